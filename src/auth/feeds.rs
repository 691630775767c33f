//! Feeds: an address with a secret under which a program, a calendar for example, reads in a
//! person's name, without a session.
//!
//! A person has one for each program. Only the secret's hash is stored. Whose address it is, is
//! asked anew at each reading: what stops a person stops the address, and it never sees more than
//! its owner does at that moment.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use diesel::prelude::*;
use rand::Rng;

use super::actions::{FEED_ENDED, FEED_MADE};
use super::actor::{Actor, SecondFactor};
use super::session_store::hash_key;
use super::throttle::{self, Limit};
use super::{Access, Scope, Who};
use crate::audit::{self, By, Change, Subject};
use crate::clock::Instant;
use crate::db::schema::{calendar_feeds, contacts, logins, organisations, programs};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::locale::Locale;

/// How often one address is read. Calendars ask every few minutes at most, on several devices.
const READINGS: Limit = Limit::new("feed.readings", 60, Duration::hours(1));

/// A person's feed, as far as anybody can know it.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Feed {
    pub created_at: Instant,
    /// When it was read last.
    pub fetched_at: Option<Instant>,
}

impl Feed {
    /// The person's own in the program.
    pub fn of(scope: &Scope, conn: &mut Conn) -> Result<Option<Self>> {
        Ok(calendar_feeds::table
            .filter(calendar_feeds::program_id.eq(scope.program().id))
            .filter(calendar_feeds::contact_id.eq(scope.actor().contact_id))
            .select((calendar_feeds::created_at, calendar_feeds::fetched_at))
            .first(conn)
            .optional()?)
    }
}

/// Makes an address in place of an earlier one, and gives its secret: nobody can ask for it again.
pub fn make(scope: &Scope, now: Instant, conn: &mut Conn) -> Result<String> {
    delete(scope, conn)?;
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let row = (
        calendar_feeds::program_id.eq(scope.program().id),
        calendar_feeds::contact_id.eq(scope.actor().contact_id),
        calendar_feeds::token_hash.eq(hash_key(&token)),
        calendar_feeds::created_at.eq(now),
    );
    diesel::insert_into(calendar_feeds::table).values(row).execute(conn)?;
    let by = By::Person(scope.actor());
    audit::record(by, &FEED_MADE, subject(scope), Change::default(), now, conn)?;
    Ok(token)
}

/// Ends the person's address; says whether there was one.
pub fn end(scope: &Scope, now: Instant, conn: &mut Conn) -> Result<bool> {
    let ended = delete(scope, conn)? > 0;
    if ended {
        let by = By::Person(scope.actor());
        audit::record(by, &FEED_ENDED, subject(scope), Change::default(), now, conn)?;
    }
    Ok(ended)
}

fn delete(scope: &Scope, conn: &mut Conn) -> Result<usize> {
    let own = calendar_feeds::table
        .filter(calendar_feeds::program_id.eq(scope.program().id))
        .filter(calendar_feeds::contact_id.eq(scope.actor().contact_id));
    Ok(diesel::delete(own).execute(conn)?)
}

fn subject(scope: &Scope) -> Subject<'_> {
    Subject { program_id: Some(scope.program().id), ..scope.actor().subject() }
}

/// Ends all addresses of a person who is shut out.
pub(super) fn end_feeds_of(contact_id: i64, conn: &mut Conn) -> Result<()> {
    let all = calendar_feeds::table.filter(calendar_feeds::contact_id.eq(contact_id));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

/// An address that is good, and whose it is.
pub struct Opened {
    id: i64,
    pub scope: Scope,
}

type Row = (i64, String, (i64, String, String, String, Access, String), (i64, String), bool);

/// Opens the feed with this secret, as far as its owner's seat may have what it shows. Whatever is
/// wrong, the answer is the same: not found.
pub fn open(token: &str, who: Who, now: Instant, conn: &mut Conn) -> Result<Opened> {
    let found: Option<Row> = calendar_feeds::table
        .inner_join(programs::table)
        .inner_join(contacts::table)
        .inner_join(organisations::table.on(organisations::id.eq(contacts::organisation_id)))
        .inner_join(logins::table.on(logins::contact_id.eq(contacts::id)))
        .filter(calendar_feeds::token_hash.eq(hash_key(token)))
        .filter(contacts::status.eq("active"))
        .filter(logins::locked_at.is_null())
        .filter(logins::second_factor_owed.eq(false))
        .select((
            calendar_feeds::id,
            programs::slug,
            (
                contacts::id,
                contacts::reference,
                contacts::name,
                contacts::email,
                contacts::access,
                contacts::locale,
            ),
            (organisations::id, organisations::name),
            logins::second_factor_at.is_not_null(),
        ))
        .kept()
        .get_result(conn)
        .optional()?;
    let (id, slug, person, organisation, has_second_factor) = found.ok_or(Error::NotFound)?;
    let (contact_id, reference, name, email, access, locale) = person;
    let (organisation_id, organisation_name) = organisation;
    let actor = Actor {
        contact_id,
        reference,
        name,
        email,
        access,
        locale: Locale::parse(&locale),
        organisation_id,
        organisation_name,
        // No session: nothing that is done for a feed may need one.
        session_id: 0,
        second_factor: if has_second_factor { SecondFactor::On } else { SecondFactor::Off },
    };
    match Scope::enter(&actor, &slug, who, now, conn) {
        Ok(scope) => Ok(Opened { id, scope }),
        Err(Error::Forbidden(_)) => Err(Error::NotFound),
        Err(fault) => Err(fault),
    }
}

/// Counts a reading; refused where the address was read too often.
pub fn count_reading(id: i64, now: Instant, conn: &mut Conn) -> Result<()> {
    throttle::spend(&READINGS, &id.to_string(), now, conn)?;
    diesel::update(calendar_feeds::table.find(id))
        .set(calendar_feeds::fetched_at.eq(now))
        .execute(conn)?;
    Ok(())
}

impl Opened {
    pub fn id(&self) -> i64 {
        self.id
    }
}
