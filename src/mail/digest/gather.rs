//! What is due for one person in one program, taken up in one transaction.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::Round;
use super::message::{Notice, NoticesCollected, WRITTEN_OUT};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::{contacts, logins, mail_bodies, mails, organisations};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::mail::hours::{Hours, Rhythm};
use crate::mail::preferences::Chosen;
use crate::mail::waiting::{put_off, waiting};
use crate::mail::{Because, Letter, MailStatus, Reason, Recipient, outbox, tally};
use crate::web::Site;

/// One person in one program.
#[derive(Clone)]
pub struct Place {
    pub contact_id: i64,
    pub program: Program,
}

/// A waiting mail whose time has come.
#[derive(Clone, Queryable)]
pub(super) struct DueMail {
    id: i64,
    role: Option<String>,
    because: Option<Because>,
    pub subject: String,
    pub reason: String,
    pub queued_at: Instant,
}

/// The person as they are now, not as they were when the mails were queued.
struct Person {
    to: Recipient,
    organisation_id: i64,
    organisation: String,
    /// Whether there is a login, with which they can choose for themselves.
    signs_in: bool,
}

/// Takes up what is due: refuses what may not be sent any more, lets go what is wanted at once, and
/// makes the day's digest of the rest.
pub fn gather(place: &Place, site: &Site, now: Instant, conn: &mut Conn) -> Result<Round> {
    let mut due = due_mails(place, now, conn)?;
    if due.is_empty() {
        return Ok(Round::default());
    }
    let person = person(place.contact_id, conn)?;
    let refused = refuse(&mut due, now, conn)?;
    let chosen = Chosen::by(place.contact_id, conn)?;
    let rhythm_of =
        |mail: &DueMail| chosen.rhythm(place.program.id, mail.role.as_deref().unwrap_or_default());
    let (at_once, collected): (Vec<DueMail>, Vec<DueMail>) =
        due.into_iter().partition(|mail| rhythm_of(mail) == Rhythm::AtOnce);
    release(&ids(&at_once), conn)?;
    let hours = chosen.preferences.hours(place.program.time_zone);
    let digest = Digest { place, person: &person, hours, site, now };
    let is_sent = !collected.is_empty() && digest.send(&collected, conn)?;
    Ok(Round {
        released: at_once.len(),
        digests: usize::from(is_sent),
        digested: if is_sent { collected.len() } else { 0 },
        refused,
    })
}

fn ids(mails: &[DueMail]) -> Vec<i64> {
    mails.iter().map(|mail| mail.id).collect()
}

/// The oldest first. On PostgreSQL those that another process has taken up are left out.
fn due_mails(place: &Place, now: Instant, conn: &mut Conn) -> Result<Vec<DueMail>> {
    Ok(db::load_unclaimed!(
        conn,
        mails::table
            .filter(waiting())
            .filter(mails::contact_id.eq(place.contact_id))
            .filter(mails::program_id.eq(place.program.id))
            .filter(mails::waiting_until_at.le(now))
            .order(mails::id)
            .select((
                mails::id,
                mails::role,
                mails::because,
                mails::subject,
                mails::reason,
                mails::queued_at,
            ))
    ))
}

fn person(contact_id: i64, conn: &mut Conn) -> Result<Person> {
    type Row = (String, String, String, i64, String, Option<String>);
    let (name, email, locale, organisation_id, organisation, password): Row = contacts::table
        .inner_join(organisations::table)
        .left_join(logins::table.on(logins::contact_id.eq(contacts::id)))
        .filter(contacts::id.eq(contact_id))
        .select((
            contacts::name,
            contacts::email,
            contacts::locale,
            organisations::id,
            organisations::name,
            logins::password_hash.nullable(),
        ))
        .first(conn)?;
    Ok(Person {
        to: Recipient { contact_id, name, email, locale: Locale::parse(&locale) },
        organisation_id,
        organisation,
        signs_in: password.is_some(),
    })
}

/// Ends what may not be sent any more, with the reason, and takes it out of what is due.
fn refuse(due: &mut Vec<DueMail>, now: Instant, conn: &mut Conn) -> Result<usize> {
    let obstacles = outbox::obstacles(&ids(due), conn)?;
    for (id, why) in &obstacles {
        diesel::update(mails::table.find(*id).filter(waiting()))
            .set((
                mails::status.eq(MailStatus::Suppressed),
                mails::answer.eq(why),
                mails::settled_at.eq(Some(now)),
                mails::waiting_until_at.eq(None::<Instant>),
            ))
            .execute(conn)?;
    }
    due.retain(|mail| !obstacles.contains_key(&mail.id));
    Ok(obstacles.len())
}

/// Lets mails go out by themselves, from now on.
fn release(ids: &[i64], conn: &mut Conn) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let now = db::now(conn)?;
    diesel::update(mails::table.filter(mails::id.eq_any(ids)).filter(waiting()))
        .set((
            mails::status.eq(MailStatus::Queued),
            mails::next_attempt_at.eq(now),
            mails::waiting_until_at.eq(None::<Instant>),
        ))
        .execute(conn)?;
    Ok(())
}

/// The roles that brought the mails here and that the person holds: what the digest can stop.
fn stops(collected: &[DueMail]) -> Vec<String> {
    let held = collected.iter().filter(|mail| mail.because == Some(Because::Holder));
    let roles: BTreeSet<String> = held.filter_map(|mail| mail.role.clone()).collect();
    roles.into_iter().collect()
}

/// The digest of a person's day.
struct Digest<'a> {
    place: &'a Place,
    person: &'a Person,
    hours: Hours,
    site: &'a Site,
    now: Instant,
}

impl Digest<'_> {
    /// Queues it and marks what it tells; `false` where the day has had its digest, so that the
    /// mails wait for tomorrow's.
    fn send(&self, collected: &[DueMail], conn: &mut Conn) -> Result<bool> {
        let day = self.hours.day_of(self.now);
        let ids = ids(collected);
        let message = self.message(collected, conn)?;
        let letter = Letter {
            to: &self.person.to,
            program: Some(&self.place.program),
            organisation_id: self.person.organisation_id,
            reason: Reason {
                text: message.because.clone(),
                because: Because::Digest,
                list: None,
                role: None,
                stops: stops(collected),
            },
            key: &format!("{}:{day}", self.place.program.slug),
            message: &message,
        };
        let Some(digest_id) = outbox::queue(&letter, self.site, self.now, conn)? else {
            let next = self.hours.next_digest(Rhythm::Daily, self.now);
            put_off(&ids, next, conn)?;
            return Ok(false);
        };
        let reference: String =
            mails::table.find(digest_id).select(mails::reference).first(conn)?;
        let told = diesel::update(mails::table.filter(mails::id.eq_any(&ids)).filter(waiting()))
            .set((
                mails::status.eq(MailStatus::Digested),
                mails::digest_id.eq(Some(digest_id)),
                mails::answer.eq(format!("told in the digest {reference}")),
                mails::settled_at.eq(Some(self.now)),
                mails::waiting_until_at.eq(None::<Instant>),
            ))
            .execute(conn)?;
        if told != ids.len() {
            return Err(Error::LostRace);
        }
        tally::digested(digest_id, conn)?;
        Ok(true)
    }

    fn message(&self, collected: &[DueMail], conn: &mut Conn) -> Result<NoticesCollected> {
        let written_out = &collected[..collected.len().min(WRITTEN_OUT)];
        let texts: HashMap<i64, String> = mail_bodies::table
            .filter(mail_bodies::mail_id.eq_any(ids(written_out)))
            .select((mail_bodies::mail_id, mail_bodies::text_body))
            .load::<(i64, String)>(conn)?
            .into_iter()
            .collect();
        let notices: Vec<Notice> = collected
            .iter()
            .map(|mail| Notice::new(mail, texts.get(&mail.id).map(String::as_str), self.site))
            .collect();
        let Person { to, organisation, signs_in, .. } = self.person;
        let program = &self.place.program;
        Ok(NoticesCollected::new(to, organisation, *signs_in, program, self.hours, notices))
    }
}
