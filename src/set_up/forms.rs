//! The first program and its manager, as they are entered.

use super::shipped;
use crate::error::{Error, Result};
use crate::programs::pack::{self, Pack};
use crate::web::{Fields, Upload};

/// What was entered, to be shown again if something is wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct SetUpForm {
    pub pack: String,
    pub name: String,
    pub email: String,
}

/// The first program and its manager.
pub(super) struct SetUp {
    pub pack: Pack,
    pub name: String,
    pub email: String,
    pub password: String,
}

impl SetUpForm {
    pub(super) fn of(upload: &Upload) -> Self {
        let field = |name: &str| upload.field(name).to_owned();
        Self { pack: field("pack"), name: field("name"), email: field("email") }
    }

    pub(super) fn parse(&self, upload: &Upload) -> Result<SetUp> {
        let mut fields = Fields::default();
        let name = fields.required("name", "Your name", &self.name, 100);
        let email = fields.email("email", &self.email);
        let password = upload.field("password").to_owned();
        if password.is_empty() {
            fields.refuse("password", "Enter a new password.");
        }
        let pack = if upload.bytes.is_empty() {
            let chosen = shipped::find(&self.pack);
            if chosen.is_none() {
                fields.refuse("pack", "Choose a program, or a file that describes yours.");
            }
            chosen
        } else {
            uploaded(upload, &mut fields)?
        };
        fields.finish(|| Some(SetUp { pack: pack?, name, email, password }))
    }
}

/// Reads a pack of one's own; each of its problems is a fault of the form.
fn uploaded(upload: &Upload, fields: &mut Fields) -> Result<Option<Pack>> {
    let text = match upload.text() {
        Err(Error::Invalid(_)) => {
            fields.refuse("file", "The file is not UTF-8 text.");
            return Ok(None);
        }
        text => text?,
    };
    match pack::parse(&upload.file_name, &text) {
        Ok(pack) => Ok(Some(pack)),
        Err(problems) => {
            for problem in &problems {
                fields.refuse("file", problem.to_string());
            }
            Ok(None)
        }
    }
}
