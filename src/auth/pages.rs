//! One struct per template.

use askama::Template;

use super::ProgramChoice;
use super::forms::SignInForm;
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
