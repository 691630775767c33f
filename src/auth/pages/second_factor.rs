//! The pages of the second factor.

use askama::Template;

use crate::auth::forms::CodeForm;
use crate::auth::second_factor::totp::{self, Qr};
use crate::clock::Instant;
use crate::error::Result;
use crate::web::{FieldErrors, Frame};

/// The second half of a sign-in.
#[derive(Template)]
#[template(path = "auth/second_factor/sign_in.html")]
pub(in crate::auth) struct CodePage {
    pub frame: Frame,
    pub form: CodeForm,
    pub errors: FieldErrors,
}

impl CodePage {
    /// A closed box would hide what is wrong.
    fn shows_recovery(&self) -> bool {
        self.errors.on("recovery_code").is_some()
    }
}

/// Before anything is set up: what it is, and the way to begin.
#[derive(Template)]
#[template(path = "auth/second_factor/begin.html")]
pub(in crate::auth) struct BeginPage {
    pub frame: Frame,
    /// Whether nothing else can be done before.
    pub due: bool,
    /// Whether it was reset, and a long password would do instead.
    pub owed: bool,
    pub asks_password: bool,
    pub email: String,
    pub errors: FieldErrors,
}

/// The secret, for the app to read, and the field for its first code.
#[derive(Template)]
#[template(path = "auth/second_factor/activate.html")]
pub(in crate::auth) struct ActivatePage {
    pub frame: Frame,
    pub due: bool,
    qr: Qr,
    /// The same in letters.
    groups: Vec<String>,
    account: String,
    issuer: String,
    /// What the app reads, as a link for the phone itself.
    address: String,
    pub errors: FieldErrors,
}

impl ActivatePage {
    pub(in crate::auth) fn new(
        frame: Frame,
        due: bool,
        secret: &[u8],
        issuer: &str,
        account: &str,
        errors: FieldErrors,
    ) -> Result<Self> {
        let address = totp::address(secret, issuer, account)?;
        Ok(Self {
            frame,
            due,
            qr: Qr::of(&address)?,
            groups: totp::groups(secret),
            account: account.to_owned(),
            issuer: issuer.to_owned(),
            address,
            errors,
        })
    }
}

/// How it stands with a factor that is on.
#[derive(Template)]
#[template(path = "auth/second_factor/show.html")]
pub(in crate::auth) struct SecondFactorPage {
    pub frame: Frame,
    pub since: Instant,
    pub codes_left: i64,
}

impl SecondFactorPage {
    fn moment(&self, at: &Instant) -> String {
        format!("{} UTC", self.frame.locale().moment(*at, chrono_tz::UTC))
    }
}

/// What a change asks for: password and code.
#[derive(Template)]
#[template(path = "auth/second_factor/proof.html")]
pub(in crate::auth) struct ProofPage {
    pub frame: Frame,
    pub change: Change,
    /// Whether the person must have a second factor, and sets another one up at once.
    pub demanded: bool,
    pub email: String,
    pub errors: FieldErrors,
}

/// What password and code are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::auth) enum Change {
    RenewCodes,
    Remove,
}

impl Change {
    pub(in crate::auth) fn path(self) -> &'static str {
        match self {
            Self::RenewCodes => "/account/second-factor/recovery-codes",
            Self::Remove => "/account/second-factor/removal",
        }
    }
}

impl ProofPage {
    fn title(&self) -> &'static str {
        match self.change {
            Change::RenewCodes => "New recovery codes",
            Change::Remove => "Remove the second factor",
        }
    }

    fn lead(&self) -> &'static str {
        match (self.change, self.demanded) {
            (Change::RenewCodes, _) => {
                "You get ten new codes. The ones you have stop working, and you are signed out \
                 everywhere else."
            }
            (Change::Remove, true) => {
                "For a new phone or another app. Your access needs a second factor, so you set up \
                 another one straight away. You are signed out everywhere else."
            }
            (Change::Remove, false) => {
                "From then on your password alone lets you in, so it needs at least 15 characters. \
                 You are signed out everywhere else."
            }
        }
    }

    fn button(&self) -> &'static str {
        match self.change {
            Change::RenewCodes => "Make new codes",
            Change::Remove => "Remove the second factor",
        }
    }

    fn tone(&self) -> &'static str {
        match self.change {
            Change::RenewCodes => "primary",
            Change::Remove => "danger",
        }
    }
}

/// The recovery codes, this once.
#[derive(Template)]
#[template(path = "auth/second_factor/codes.html")]
pub(in crate::auth) struct CodesPage {
    pub frame: Frame,
    pub codes: Vec<String>,
    /// Whether the factor was just set up.
    pub first: bool,
}
