//! One struct per template.

pub(super) mod second_factor;

use askama::Template;

use super::account::OwnSession;
use super::forms::{AcceptForm, ForgottenForm, ProfileForm, SignInForm};
use super::invitations::Invitation;
use super::second_factor::factor::State;
use super::{ProgramChoice, password_rules};
use crate::clock::Instant;
use crate::locale::Locale;
use crate::web::{FieldErrors, Frame};

#[derive(Template)]
#[template(path = "auth/sign_in.html")]
pub(super) struct SignInPage {
    pub frame: Frame,
    pub form: SignInForm,
    pub errors: FieldErrors,
}

/// Where somebody lands who belongs to several programs, or to none.
#[derive(Template)]
#[template(path = "auth/home.html")]
pub(super) struct HomePage {
    pub frame: Frame,
    pub organisation: String,
    pub programs: Vec<ProgramChoice>,
}

impl HomePage {
    fn title(&self) -> &'static str {
        if self.programs.is_empty() { "No program yet" } else { "Choose a program" }
    }
}

#[derive(Template)]
#[template(path = "auth/forgotten.html")]
pub(super) struct ForgottenPage {
    pub frame: Frame,
    pub form: ForgottenForm,
    pub errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "auth/reset.html")]
pub(super) struct ResetPage {
    pub frame: Frame,
    pub email: String,
    /// What the new password must be like.
    pub password_hint: &'static str,
    pub errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "auth/invitation.html")]
pub(super) struct InvitationPage {
    frame: Frame,
    organisation: String,
    email: String,
    form: AcceptForm,
    errors: FieldErrors,
}

impl InvitationPage {
    pub(super) fn new(
        frame: Frame,
        invitation: &Invitation,
        form: AcceptForm,
        errors: FieldErrors,
    ) -> Self {
        let login = &invitation.login;
        let (organisation, email) = (login.organisation_name.clone(), login.email.clone());
        Self { frame, organisation, email, form, errors }
    }

    fn hint(&self) -> &'static str {
        password_rules::HINT
    }
}

/// What a link shows that has done its work or had its time.
#[derive(Template)]
#[template(path = "auth/link_over.html")]
pub(super) struct LinkOverPage {
    pub frame: Frame,
    pub title: &'static str,
    pub text: &'static str,
    pub href: &'static str,
    pub label: &'static str,
}

impl LinkOverPage {
    pub(super) fn of_reset(frame: Frame) -> Self {
        Self {
            frame,
            title: "This link is no longer good",
            text: "A link for a new password can be used once, within an hour, and only the \
                   newest one counts. Ask for another one.",
            href: "/password/forgot",
            label: "Get a new link",
        }
    }

    pub(super) fn of_invitation(frame: Frame) -> Self {
        Self {
            frame,
            title: "This invitation is no longer good",
            text: "An invitation can be accepted once, within seven days, and only the newest one \
                   counts. If you have accepted it already, sign in. Otherwise ask whoever invited \
                   you for another one.",
            href: "/sign-in",
            label: "Go to the sign-in",
        }
    }
}

#[derive(Template)]
#[template(path = "auth/account.html")]
pub(super) struct AccountPage {
    pub frame: Frame,
    pub email: String,
    pub profile: ProfileForm,
    pub sessions: Vec<OwnSession>,
    pub second_factor: State,
    /// Whether the person must have a second factor.
    pub demanded: bool,
    /// What a new password must be like.
    pub password_hint: &'static str,
    pub errors: FieldErrors,
}

/// A choice in a list.
struct Choice {
    value: &'static str,
    label: &'static str,
}

impl AccountPage {
    fn locales(&self) -> Vec<Choice> {
        Locale::ALL.iter().map(|one| Choice { value: one.tag(), label: one.label() }).collect()
    }

    fn moment(&self, at: &Instant) -> String {
        format!("{} UTC", self.frame.locale().moment(*at, chrono_tz::UTC))
    }
}
