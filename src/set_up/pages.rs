//! One struct per template.

use askama::Template;

use super::forms::SetUpForm;
use super::shipped;
use crate::auth::password_rules;
use crate::web::{FieldErrors, Frame};

#[derive(Template)]
#[template(path = "set_up/set_up.html")]
pub(super) struct SetUpPage {
    pub frame: Frame,
    pub form: SetUpForm,
    pub errors: FieldErrors,
}

/// A shipped pack to choose.
struct Choice {
    slug: String,
    name: String,
    vendor: String,
}

impl SetUpPage {
    fn packs(&self) -> Vec<Choice> {
        shipped::all()
            .into_iter()
            .map(|pack| Choice { slug: pack.slug, name: pack.name, vendor: pack.vendor.name })
            .collect()
    }

    fn hint(&self) -> &'static str {
        password_rules::HINT
    }
}
