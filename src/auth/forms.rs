//! What people send: strings in, commands out.

use serde::Deserialize;

use super::account::Profile;
use super::second_factor::factor::Given;
use super::sign_in::{Attempt, Place};
use crate::clock::Instant;
use crate::error::Result;
use crate::locale::Locale;
use crate::web::{Fields, Guest};

/// Longer than any address or password that is right.
const LONGEST_TRIED: usize = 1000;

/// A recovery code with as many blanks and hyphens as anybody would type.
const LONGEST_CODE: usize = 100;

const NAME: usize = 100;
const JOB_TITLE: usize = 100;
const PHONE: usize = 40;

/// Where to go after signing in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NextQuery {
    pub next: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    pub email: String,
    pub password: String,
    pub next: String,
}

impl SignInForm {
    /// Nothing is said of what an address or a password should look like: that would say which
    /// ones are worth trying.
    pub(super) fn parse(&self, guest: &Guest) -> Result<Attempt> {
        let mut fields = Fields::default();
        let email = fields.required("email", "Your e-mail address", &self.email, LONGEST_TRIED);
        if self.password.is_empty() {
            fields.refuse("password", "Enter your password.");
        }
        let (password, place) = (self.password.clone(), Place::of(guest));
        fields.finish(|| Some(Attempt { email, password, place }))
    }
}

/// The second half of a sign-in: one of the two.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    pub code: String,
    pub recovery_code: String,
    pub next: String,
}

impl CodeForm {
    pub(super) fn parse(&self, phone_time: Instant) -> Result<Given> {
        let mut fields = Fields::default();
        let given = if self.recovery_code.trim().is_empty() {
            let code = fields.required("code", "The code", &self.code, LONGEST_CODE);
            Given::of(&code, phone_time)
        } else {
            let code = &self.recovery_code;
            Given::RecoveryCode(fields.line("recovery_code", "The code", code, LONGEST_CODE))
        };
        fields.finish(|| Some(given))
    }

    /// The field that a wrong code was typed into.
    pub(super) fn field(&self) -> &'static str {
        if self.recovery_code.trim().is_empty() { "code" } else { "recovery_code" }
    }
}

/// The beginning of a second factor; no password is asked for just after signing in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BeginForm {
    pub current_password: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ActivateForm {
    pub code: String,
}

impl ActivateForm {
    pub(super) fn parse(&self, phone_time: Instant) -> Result<Given> {
        let mut fields = Fields::default();
        let code = fields.required("code", "The code", &self.code, LONGEST_CODE);
        // There are no recovery codes yet, whatever it looks like.
        fields.finish(|| Some(Given::Code(code, phone_time)))
    }
}

/// What a change of a second factor asks for: password and code.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProofForm {
    pub current_password: String,
    pub code: String,
}

impl ProofForm {
    pub(super) fn parse(&self, phone_time: Instant) -> Result<Given> {
        let mut fields = Fields::default();
        if self.current_password.is_empty() {
            fields.refuse("current_password", "Enter your current password.");
        }
        let code = fields.required("code", "The code", &self.code, LONGEST_CODE);
        fields.finish(|| Some(Given::of(&code, phone_time)))
    }
}

/// Recovery codes on their way into a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodesForm {
    pub code: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ForgottenForm {
    pub email: String,
}

impl ForgottenForm {
    pub(super) fn parse(&self) -> Result<String> {
        let mut fields = Fields::default();
        let email = fields.email("email", &self.email);
        fields.finish(|| Some(email))
    }
}

/// A new password, where a link has shown who somebody is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewPasswordForm {
    pub password: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AcceptForm {
    pub name: String,
    pub password: String,
}

impl AcceptForm {
    /// The name; the password's rules are asked when it is hashed.
    pub(super) fn parse(&self) -> Result<String> {
        let mut fields = Fields::default();
        let name = fields.required("name", "Your name", &self.name, NAME);
        if self.password.is_empty() {
            fields.refuse("password", "Enter a new password.");
        }
        fields.finish(|| Some(name))
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProfileForm {
    pub name: String,
    pub job_title: String,
    pub phone: String,
    pub locale: String,
    /// Which state of the profile the form was made from.
    pub seen: String,
}

impl ProfileForm {
    pub(super) fn of(profile: Profile, seen: String) -> Self {
        let Profile { name, job_title, phone, locale } = profile;
        Self { name, job_title, phone, locale: locale.tag().to_owned(), seen }
    }

    pub(super) fn parse(&self) -> Result<Profile> {
        let mut fields = Fields::default();
        let name = fields.required("name", "Your name", &self.name, NAME);
        let job_title = fields.line("job_title", "Your job title", &self.job_title, JOB_TITLE);
        let phone = fields.line("phone", "Your phone number", &self.phone, PHONE);
        let locale = Locale::ALL.into_iter().find(|one| one.tag() == self.locale);
        if locale.is_none() {
            fields.refuse("locale", "Choose how dates and numbers are written.");
        }
        fields.finish(|| Some(Profile { name, job_title, phone, locale: locale? }))
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChangePasswordForm {
    pub current_password: String,
    pub password: String,
}

impl ChangePasswordForm {
    pub(super) fn parse(&self) -> Result<()> {
        let mut fields = Fields::default();
        if self.current_password.is_empty() {
            fields.refuse("current_password", "Enter your current password.");
        }
        if self.password.is_empty() {
            fields.refuse("password", "Enter a new password.");
        } else if self.password == self.current_password {
            fields.refuse("password", "The new password is the current one; choose another.");
        }
        fields.finish(|| Some(()))
    }
}

impl Place {
    pub(super) fn of(guest: &Guest) -> Self {
        Self {
            client: guest.client().to_owned(),
            user_agent: guest.user_agent().to_owned(),
            former: guest.actor().map(|actor| (actor.contact_id, actor.session_id)),
        }
    }
}

/// A path of our own to go on to, or the start: nobody is led elsewhere by a link to us.
pub(super) fn own_path(next: &str) -> &str {
    let bytes_are_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_ours = next.starts_with('/') && !next.starts_with("//") && next.len() <= 2000;
    // Coming back to the sign-in, or out again, would be no way on.
    let leads_on = !next.starts_with("/sign-");
    if bytes_are_plain && is_ours && leads_on { next } else { "/" }
}
