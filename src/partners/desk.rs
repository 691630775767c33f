//! Who at the vendor looks after a partner: its channel account manager, or the program
//! managers where it has none.

use diesel::prelude::*;

use crate::auth::{Access, Program};
use crate::contacts::RoleRecipient;
use crate::db::Conn;
use crate::db::schema::{contacts, enrolments};
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::{Reason, Recipient};

type Person = (i64, String, String, String, Access);

/// The vendor's people who are told about a partner's work, each with the reason.
pub fn vendor_desk(
    program: &Program,
    partner_id: i64,
    partner: &str,
    conn: &mut Conn,
) -> Result<Vec<RoleRecipient>> {
    let cam = enrolments::table
        .filter(enrolments::program_id.eq(program.id))
        .filter(enrolments::organisation_id.eq(partner_id))
        .filter(enrolments::cam_id.is_not_null())
        .select(enrolments::cam_id.assume_not_null());
    let people: Vec<Person> = contacts::table
        .filter(contacts::organisation_id.eq(program.vendor_id))
        .filter(contacts::status.eq("active"))
        .filter(contacts::access.eq(Access::ProgramManager).or(contacts::id.eq_any(cam)))
        .order((contacts::name_key, contacts::id))
        .select((contacts::id, contacts::name, contacts::email, contacts::locale, contacts::access))
        .load(conn)?;
    let has_cam = people.iter().any(|(.., access)| *access == Access::Cam);
    let wanted = if has_cam { Access::Cam } else { Access::ProgramManager };
    let told = people.into_iter().filter(|(.., access)| *access == wanted);
    Ok(told
        .map(|(contact_id, name, email, locale, _)| {
            let text = if has_cam {
                format!("You get this because you are the channel account manager of {partner}.")
            } else {
                format!(
                    "You get this because you manage {} and {partner} has no channel account \
                     manager.",
                    program.name
                )
            };
            let locale = Locale::parse(&locale);
            let recipient = Recipient { contact_id, name, email, locale };
            RoleRecipient { recipient, reason: Reason::concerned(text) }
        })
        .collect())
}
