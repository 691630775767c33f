//! An inquiry moves on as its quote does.

use diesel::prelude::*;

use super::{Inquiry, InquiryStatus};
use crate::audit::{self, Action, By, Change};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::inquiries;
use crate::error::{Error, Result};

/// Moves an inquiry to another state, only if it is still as it was read; its history says so.
pub(in crate::pricing) fn move_to(
    inquiry: &Inquiry,
    status: InquiryStatus,
    action: &Action,
    why: &str,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let row = inquiries::table
        .find(inquiry.id)
        .filter(inquiries::status.eq(inquiry.status))
        .filter(inquiries::revision.eq(inquiry.revision));
    let set = (inquiries::status.eq(status), inquiries::revision.eq(inquiries::revision + 1));
    if diesel::update(row).set(set).execute(conn)? == 0 {
        return Err(changed_meanwhile(inquiry));
    }
    let change = Change { from: inquiry.status.label(), to: status.label(), why };
    audit::record(by, action, inquiry.subject(), change, now, conn)
}

pub(in crate::pricing) fn changed_meanwhile(inquiry: &Inquiry) -> Error {
    Error::conflict(format!(
        "Inquiry {} was changed meanwhile. Look at it again.",
        inquiry.reference
    ))
}
