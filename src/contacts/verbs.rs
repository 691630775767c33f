//! Every change of a contact: checks, row, history and mail in one transaction.

use diesel::prelude::*;

use super::fields::{Field, Merged, NewContact, Values, merge};
use super::{Contact, Status, actions, note_gaps};
use crate::audit::{self, By, Change};
use crate::auth::{self, Access, Scope};
use crate::clock::Instant;
use crate::db::schema::{audit_events, contacts};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::web::Site;
use crate::{names, reference};

/// Adds a contact to an organisation that the caller has found within its scope.
pub fn add(
    organisation_id: i64,
    new: &NewContact,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Contact> {
    let email_key = names::fold_email(&new.email);
    let row = (
        contacts::reference.eq(reference::draw("C")),
        contacts::organisation_id.eq(organisation_id),
        contacts::name.eq(&new.name),
        contacts::name_key.eq(names::fold(&new.name)),
        contacts::email.eq(&new.email),
        contacts::email_key.eq(&email_key),
        contacts::job_title.eq(&new.job_title),
        contacts::phone.eq(&new.phone),
        contacts::locale.eq(new.locale.tag()),
        contacts::access.eq(new.access),
        contacts::status.eq(Status::Active),
        contacts::created_at.eq(now),
        contacts::updated_at.eq(now),
    );
    if db::insert_new!(conn, contacts::table, row) == 0 {
        return Err(email_taken(&new.email));
    }
    let contact = by_email(organisation_id, &email_key, conn)?.ok_or(Error::LostRace)?;
    audit::record(by, &actions::ADDED, contact.subject(), Change::default(), now, conn)?;
    Ok(contact)
}

/// The contact of an organisation with this address, folded.
pub(super) fn by_email(
    organisation_id: i64,
    email_key: &str,
    conn: &mut Conn,
) -> Result<Option<Contact>> {
    Ok(contacts::table
        .filter(contacts::organisation_id.eq(organisation_id))
        .filter(contacts::email_key.eq(email_key))
        .select(Contact::as_select())
        .first(conn)
        .optional()?)
}

fn email_taken(email: &str) -> Error {
    Error::field(
        "email",
        format!("A contact of your organisation has the address {email} already."),
    )
}

/// An edit as its form sends it: the fields as they were shown, and as they are wanted.
#[derive(Clone, Debug)]
pub struct EditContact {
    pub shown: Values,
    pub wanted: NewContact,
}

/// What became of an edit.
#[derive(Debug)]
pub enum Edited {
    Saved(Contact),
    /// Nothing is saved: somebody else changed the same fields meanwhile, to other values.
    Disputed {
        stored: Contact,
        values: Values,
        disputes: Vec<Dispute>,
    },
}

/// A field that two people changed at once.
#[derive(Clone, Debug)]
pub struct Dispute {
    pub field: Field,
    /// What is stored now.
    pub theirs: String,
    /// Who stored it, and when; nobody where the history does not tell.
    pub by: String,
    pub at: Option<Instant>,
}

/// Edits a contact of one's own organisation.
pub fn edit(
    scope: &Scope,
    contact_reference: &str,
    edit: &EditContact,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Edited> {
    let stored = Contact::find_to_manage(scope, contact_reference, conn)?;
    let Merged { values, conflicts } = merge(&edit.shown, &edit.wanted.values(), &stored.values());
    if !conflicts.is_empty() {
        let disputes =
            conflicts.iter().map(|field| dispute(*field, &stored, conn)).collect::<Result<_>>()?;
        return Ok(Edited::Disputed { stored, values, disputes });
    }
    let by = By::Person(scope.actor());
    let keep = Some(scope.actor().session_id);
    store(&stored, &values, by, now, conn)?;
    if values.get(&Field::Access) != stored.values().get(&Field::Access) {
        // What somebody may do now is never done in a session from before.
        auth::end_sessions_of(stored.id, keep, conn)?;
    }
    if values.get(&Field::Email) != Some(&stored.email) {
        auth::end_sessions_of(stored.id, keep, conn)?;
        auth::address_changed(by, stored.id, &stored.email, site, now, conn)?;
    }
    Ok(Edited::Saved(Contact::find_for(scope, contact_reference, conn)?))
}

fn dispute(field: Field, stored: &Contact, conn: &mut Conn) -> Result<Dispute> {
    let found: Option<(String, Instant)> = audit_events::table
        .filter(audit_events::subject_kind.eq("contact"))
        .filter(audit_events::subject_id.eq(stored.id))
        .filter(audit_events::action.eq(field.action().name))
        .order(audit_events::id.desc())
        .select((audit_events::actor_name, audit_events::at))
        .first(conn)
        .optional()?;
    let (by, at) = found.map_or_else(Default::default, |(by, at)| (by, Some(at)));
    let theirs = stored.values().remove(&field).unwrap_or_default();
    Ok(Dispute { field, theirs, by, at })
}

/// Stores what differs, with a line of history for each field.
pub(super) fn store(
    stored: &Contact,
    values: &Values,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let before = stored.values();
    let changed: Vec<Field> =
        Field::ALL.into_iter().filter(|field| values.get(field) != before.get(field)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let text = |field: Field| values.get(&field).map(String::as_str).unwrap_or_default();
    let email_key = names::fold_email(text(Field::Email));
    if email_key != stored.email_key
        && by_email(stored.organisation_id, &email_key, conn)?.is_some()
    {
        return Err(email_taken(text(Field::Email)));
    }
    let access: Access = text(Field::Access).parse().map_err(Error::internal)?;
    diesel::update(contacts::table.find(stored.id))
        .set((
            contacts::name.eq(text(Field::Name)),
            contacts::name_key.eq(names::fold(text(Field::Name))),
            contacts::email.eq(text(Field::Email)),
            contacts::email_key.eq(email_key),
            contacts::job_title.eq(text(Field::JobTitle)),
            contacts::phone.eq(text(Field::Phone)),
            contacts::locale.eq(text(Field::Locale)),
            contacts::access.eq(access),
            contacts::updated_at.eq(now),
        ))
        .execute(conn)?;
    if stored.manages() && !access.manages_organisation() {
        let why = "This is the last active contact who manages your organisation. Give somebody \
                   else that access first.";
        require_manager(stored.organisation_id, conn)?
            .ok_or_else(|| Error::field("access", why))?;
    }
    for field in changed {
        let old = before.get(&field).map(|value| field.words(value)).unwrap_or_default();
        let new = field.words(text(field));
        // An emptied field is still a change that a timeline can show.
        let to = if new.is_empty() { "empty" } else { &new };
        let change = Change { from: &old, to, why: "" };
        audit::record(by, field.action(), stored.subject(), change, now, conn)?;
    }
    Ok(())
}

/// Whether somebody active still manages an organisation. Asked after the change and in its
/// transaction: writes follow one another, so the last two cannot go at once.
fn require_manager(organisation_id: i64, conn: &mut Conn) -> Result<Option<()>> {
    let left: Option<i64> = contacts::table
        .filter(contacts::organisation_id.eq(organisation_id))
        .filter(contacts::access.eq_any([Access::Administrator, Access::ProgramManager]))
        .filter(contacts::status.eq(Status::Active))
        .select(contacts::id)
        .first(conn)
        .optional()?;
    Ok(left.map(|_| ()))
}

/// Deactivates a contact of one's own organisation: no mail, no signing in, from now on.
pub fn deactivate(
    scope: &Scope,
    contact_reference: &str,
    why: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<Contact> {
    let contact = Contact::find_to_manage(scope, contact_reference, conn)?;
    if contact.id == scope.actor().contact_id {
        return Err(Error::conflict(
            "You cannot deactivate yourself. Ask another administrator of your organisation.",
        ));
    }
    change_status(&contact, Status::Active, Status::Deactivated, now, conn)?;
    require_manager(contact.organisation_id, conn)?.ok_or_else(|| {
        Error::conflict(
            "This is the last active contact who manages your organisation and cannot be \
             deactivated.",
        )
    })?;
    auth::shut_out(contact.id, conn)?;
    let by = By::Person(scope.actor());
    let change = Change { why, ..Change::default() };
    audit::record(by, &actions::DEACTIVATED, contact.subject(), change, now, conn)?;
    Ok(contact)
}

/// Reactivates a contact of one's own organisation, with the roles it had.
pub fn reactivate(
    scope: &Scope,
    contact_reference: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<Contact> {
    let contact = Contact::find_to_manage(scope, contact_reference, conn)?;
    change_status(&contact, Status::Deactivated, Status::Active, now, conn)?;
    let by = By::Person(scope.actor());
    audit::record(by, &actions::REACTIVATED, contact.subject(), Change::default(), now, conn)?;
    Ok(contact)
}

fn change_status(
    contact: &Contact,
    from: Status,
    to: Status,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let row = contacts::table.find(contact.id).filter(contacts::status.eq(from));
    let changed = diesel::update(row)
        .set((contacts::status.eq(to), contacts::updated_at.eq(now)))
        .execute(conn)?;
    if changed == 0 {
        let is = if to == Status::Active { "active" } else { "deactivated" };
        return Err(Error::conflict(format!("{} is {is} already.", contact.name)));
    }
    note_gaps(&[contact.organisation_id], conn)
}

/// Invites a contact of one's own organisation to sign in.
pub fn invite(
    scope: &Scope,
    contact_reference: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Contact> {
    let contact = Contact::find_to_manage(scope, contact_reference, conn)?;
    let by = By::Person(scope.actor());
    auth::invite(by, contact.id, Some(scope.program()), site, now, conn)?;
    Ok(contact)
}
