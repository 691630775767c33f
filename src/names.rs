//! Names as people write them and as they are compared: no case, no accents, no punctuation. And the
//! names of companies and their domains, by which it is told whether two are one customer.

mod legal_forms;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::Host;

use legal_forms::{AND, BEGINNINGS, ENDINGS, LETTERS};

/// A name folded for search, sorting and comparison: compatibility-decomposed, without accents,
/// case-folded, with everything that is neither letter nor digit as one space.
pub fn fold(name: &str) -> String {
    let bare: String = name
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .default_case_fold()
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of a company, by which two are the same: folded, without its legal form, without spaces,
/// and whether or not it says `&`. Never empty where [`fold`] is not.
pub fn company(name: &str) -> String {
    let folded = fold(&name.replace('&', " and "));
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    while let Some(ending) = ending_of(&words) {
        words.truncate(words.len() - ending);
    }
    if words.len() > 1 && BEGINNINGS.contains(&words[0]) {
        words.remove(0);
    }
    let last = words.len().saturating_sub(1);
    let kept = words
        .iter()
        .enumerate()
        .filter(|(place, word)| *place == 0 || *place == last || !AND.contains(word));
    kept.flat_map(|(_, word)| word.chars()).map(plain_letter).collect()
}

/// How many of the last words are a legal form: `b v` is one of two words. None where nothing would
/// be left.
fn ending_of(words: &[&str]) -> Option<usize> {
    const LONGEST: usize = 5;
    let most = LONGEST.min(words.len().saturating_sub(1));
    (1..=most).rev().find(|count| {
        let ending = &words[words.len() - count..];
        let meant = ending.iter().filter(|word| !AND.contains(word));
        ENDINGS.contains(&meant.copied().collect::<String>().as_str())
    })
}

fn plain_letter(letter: char) -> String {
    let known = LETTERS.iter().find(|(one, _)| *one == letter);
    known.map_or_else(|| letter.to_string(), |(_, plain)| (*plain).to_owned())
}

/// The domain of a company as it is compared: in ASCII, without `www.`, a final dot and whatever
/// stands round it in an address. None where it is no domain, such as an IP address.
pub fn domain(typed: &str) -> Option<String> {
    const LONGEST: usize = 253;
    let typed = typed.trim();
    let (_, rest) = typed.split_once("://").unwrap_or(("", typed));
    let rest = rest.split(['/', '?', '#']).next()?;
    let host = rest.rsplit('@').next()?;
    let host = host.split(':').next()?.trim_end_matches('.');
    let Ok(Host::Domain(ascii)) = Host::parse(host) else { return None };
    let bare = ascii.strip_prefix("www.").unwrap_or(&ascii);
    let has_dot = bare.split('.').filter(|label| !label.is_empty()).count() > 1;
    let sound = has_dot
        && bare.len() <= LONGEST
        && bare.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
    sound.then(|| bare.to_owned())
}

/// Whose mail lies there is no company's domain: one of them would keep all of their customers.
const MAIL_PROVIDERS: [&str; 10] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "gmx.de",
    "gmx.net",
    "proton.me",
];

/// Whether a domain is one of those at which people of many companies have their mail.
pub fn is_mail_provider(domain: &str) -> bool {
    MAIL_PROVIDERS.contains(&domain)
}

/// An e-mail address folded for comparison.
pub fn fold_email(email: &str) -> String {
    email.trim().nfkc().default_case_fold().collect()
}

/// Behind all folded names that begin with what was typed, in the order of code points.
pub fn after_prefix(typed: &str) -> String {
    format!("{}\u{10ffff}", fold(typed))
}

/// A text as part of a LIKE pattern, with its wildcards escaped by `\`.
pub fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// With a capital first letter, as a sentence begins.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
