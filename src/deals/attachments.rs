//! Files that a partner adds to its deals. They lie in the database, so that a backup has them, and
//! leave it as downloads alone.

use diesel::prelude::*;

use super::actions::{ATTACHED, DETACHED};
use super::drafts::as_read;
use super::files::{FileKind, NewFile};
use super::model::{Deal, within};
use super::steps::{Step, changed_meanwhile};
use crate::audit::{self, Action, By, Change};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::{deal_attachments, deals};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::reference;

/// How many files a deal has at most …
pub const MOST_FILES: usize = 10;
/// … and how many bytes all of them: 10 MB.
const MOST_BYTES_IN_ALL: i64 = 10_000_000;
/// What the reference of a file begins with.
const PREFIX: &str = "AT";

/// A file of a deal, without its content.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deal_attachments)]
pub struct Attachment {
    pub reference: String,
    pub name: String,
    pub kind: FileKind,
    /// In bytes.
    pub size: i64,
    /// Of the content, in hexadecimal.
    pub sha256: String,
    pub added_by: String,
    pub added_at: Instant,
}

impl Attachment {
    /// The files of a deal that the person may see, by name. One query.
    pub(super) fn of(deal: &Deal, conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(deal_attachments::table
            .filter(deal_attachments::deal_id.eq(deal.id))
            .order(deal_attachments::name)
            .select(Self::as_select())
            .kept()
            .load(conn)?)
    }

    /// A file with its content, if the person may see its deal.
    pub(super) fn find_for(
        scope: &Scope,
        deal: &str,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<(Self, Vec<u8>)> {
        let query = deal_attachments::table
            .inner_join(deals::table)
            .filter(deals::reference.eq(deal))
            .filter(deal_attachments::reference.eq(reference))
            .select((Self::as_select(), deal_attachments::content))
            .into_boxed();
        Ok(within!(query, scope).first(conn)?)
    }
}

/// Adds a file to a deal, whose revision counts it: whoever decides looks again.
///
/// # Errors
/// A fault of the field where the deal has too many files, or one of that name.
pub fn attach(
    scope: &Scope,
    deal: &Deal,
    file: &NewFile,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    Step::Attach.allow(scope, deal, deal.revision)?;
    let there = Attachment::of(deal, conn)?;
    let size = i64::try_from(file.content.len()).map_err(Error::internal)?;
    refuse_more(&there, file, size)?;
    count_change(deal, conn)?;
    let by = By::Person(scope.actor());
    let row = (
        deal_attachments::reference.eq(reference::draw(PREFIX)),
        deal_attachments::deal_id.eq(deal.id),
        deal_attachments::name.eq(&file.name),
        deal_attachments::kind.eq(file.kind),
        deal_attachments::size.eq(size),
        deal_attachments::sha256.eq(&file.sha256),
        deal_attachments::added_by.eq(by.name()),
        deal_attachments::added_at.eq(now),
        deal_attachments::content.eq(&file.content),
    );
    diesel::insert_into(deal_attachments::table).values(row).execute(conn)?;
    record(scope, deal, &ATTACHED, &file.name, now, conn)
}

fn refuse_more(there: &[Attachment], file: &NewFile, size: i64) -> Result<()> {
    let name = file.name.to_lowercase();
    if there.iter().any(|one| one.name.to_lowercase() == name) {
        return Err(Error::field(
            "file",
            format!("The deal has a file “{}” already; give this one another name.", file.name),
        ));
    }
    if there.len() >= MOST_FILES {
        return Err(Error::field("file", "A deal has 10 files at most; remove one first."));
    }
    if there.iter().map(|one| one.size).sum::<i64>() + size > MOST_BYTES_IN_ALL {
        return Err(Error::field(
            "file",
            "The files of a deal have 10 MB together at most; remove one first, or make this one \
             smaller.",
        ));
    }
    Ok(())
}

/// Takes a file away while the deal is written. Gives its name.
pub(super) fn detach(
    scope: &Scope,
    deal: &Deal,
    reference: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let there = Attachment::of(deal, conn)?;
    let found = there.into_iter().find(|one| one.reference == reference).ok_or(Error::NotFound)?;
    Step::Detach.allow(scope, deal, deal.revision)?;
    count_change(deal, conn)?;
    let row = deal_attachments::table.filter(deal_attachments::reference.eq(reference));
    diesel::delete(row).execute(conn)?;
    record(scope, deal, &DETACHED, &found.name, now, conn)?;
    Ok(found.name)
}

/// The files of a draft go with it.
pub(super) fn discard_all(deal: &Deal, conn: &mut Conn) -> Result<()> {
    let all = deal_attachments::table.filter(deal_attachments::deal_id.eq(deal.id));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

fn count_change(deal: &Deal, conn: &mut Conn) -> Result<()> {
    let changed =
        diesel::update(as_read(deal)).set(deals::revision.eq(deals::revision + 1)).execute(conn)?;
    if changed == 0 { Err(changed_meanwhile(deal)) } else { Ok(()) }
}

fn record(
    scope: &Scope,
    deal: &Deal,
    action: &Action,
    name: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let change = Change { to: name, ..Change::default() };
    let by = By::Person(scope.actor());
    audit::record(by, action, deal.subject(Some(deal.partner_id)), change, now, conn)
}
