//! What people send: strings in, commands out.

use serde::Deserialize;

use super::sign_in::{Attempt, Place};
use crate::error::Result;
use crate::web::{Fields, Guest};

/// Longer than any address or password that is right.
const LONGEST_TRIED: usize = 1000;

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
