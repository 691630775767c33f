//! Which passwords are taken: long ones that nobody would guess, of whatever characters.
//!
//! NIST SP 800-63B and ASVS 5.0, chapter 6: at least 15 characters where the password is the only
//! factor, 8 beside a second one, no rules of composition, nothing common, nothing that stands on the person's card.

use crate::names;

/// Fewest characters while a password is the only factor.
pub const SHORTEST: usize = 15;
/// Fewest characters beside a second factor.
pub const SHORTEST_OF_TWO: usize = 8;
/// Most characters; enough for any sentence or password manager.
pub const LONGEST: usize = 128;

/// What the forms say before anybody types.
pub const HINT: &str = "At least 15 characters. Several words that do not belong together are easy \
    to remember and hard to guess.";
/// The same for somebody with a second factor.
pub const HINT_OF_TWO: &str = "At least 8 characters, because you have a second factor; longer is \
    better. Several words that do not belong together are easy to remember and hard to guess.";

/// Words shorter than this occur in too many good passwords to be refused.
const SHORTEST_WORD: usize = 4;

/// What is known of a person, and so not to be part of the password.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub name: String,
    pub email: String,
    pub organisation: String,
    /// Whether a code is asked for beside the password.
    pub second_factor: bool,
}

/// The rules. The error says what to do, to the person.
pub fn check(password: &str, about: &About) -> Result<(), String> {
    let length = password.chars().count();
    if length == 0 {
        return Err("Enter a new password.".to_owned());
    }
    let shortest = about.shortest();
    if length < shortest {
        return Err(format!(
            "The password has {length} characters; use at least {shortest}. Three or four words \
             will do."
        ));
    }
    if length > LONGEST {
        return Err(format!("The password has {length} characters; use at most {LONGEST}."));
    }
    if password.chars().any(char::is_control) {
        return Err("The password contains a control character; leave it out.".to_owned());
    }
    let words = about.words();
    let folded = names::fold(password).replace(' ', "");
    if words.iter().any(|word| folded.contains(word.as_str())) {
        return Err(
            "Leave your name, your e-mail address and your organisation's name out of the \
                    password."
                .to_owned(),
        );
    }
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    if u8::from(zxcvbn::zxcvbn(password, &known).score()) < 3 {
        return Err("This password is easy to guess. Avoid repeated or common words and \
                    sequences; add another word or two."
            .to_owned());
    }
    Ok(())
}

impl About {
    fn shortest(&self) -> usize {
        if self.second_factor { SHORTEST_OF_TWO } else { SHORTEST }
    }

    /// What the form says before the person types.
    pub fn hint(&self) -> &'static str {
        if self.second_factor { HINT_OF_TWO } else { HINT }
    }

    fn words(&self) -> Vec<String> {
        let texts = [&self.name, &self.email, &self.organisation];
        texts
            .iter()
            .flat_map(|text| {
                let folded = names::fold(text);
                folded
                    .split(' ')
                    .filter(|word| word.chars().count() >= SHORTEST_WORD)
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}
