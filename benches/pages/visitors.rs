//! Who looks at the pages: a partner's administrator with a full page of licences, a distributor's,
//! and a program manager. The data is generated and has no sign-ins: sessions are put into the database.

use actix_web::cookie::{Cookie, CookieJar, Key};
use diesel::prelude::*;
use portal::audit::By;
use portal::auth::{self, Access, NewPerson};
use portal::clock::Instant;
use portal::db::schema::{contacts, enrolments, licences, logins, mails, programs};
use portal::db::{Conn, Db};
use portal::error::Result;
use portal::mail::MailStatus;

/// Rows of a full page.
const ROWS: i64 = 50;

/// The value of a `Cookie` header for each of them.
pub(crate) struct Visitors {
    pub(crate) partner: String,
    pub(crate) distributor: String,
    pub(crate) vendor: String,
}

impl Visitors {
    pub(crate) fn sign_in(program: &str, now: Instant, key: &Key, db: &Db) -> Self {
        let slug = program.to_owned();
        let [partner, distributor, vendor] = db
            .write_blocking(move |conn| {
                send_all(now, conn)?;
                let partner = partner_administrator(&slug, conn)?;
                let distributor = distributor_administrator(&slug, conn)?;
                let vendor = manager(&slug, now, conn)?;
                Ok([
                    session(partner, now, conn)?,
                    session(distributor, now, conn)?,
                    session(vendor, now, conn)?,
                ])
            })
            .unwrap()
            .map(|session| cookie(&session, key));
        Self { partner, distributor, vendor }
    }
}

/// The mails of the nights were sent before anybody looks.
fn send_all(now: Instant, conn: &mut Conn) -> Result<()> {
    diesel::update(mails::table.filter(MailStatus::Queued.alone()))
        .set((
            mails::status.eq(MailStatus::Sent),
            mails::settled_at.eq(Some(now)),
            mails::answer.eq("250 taken"),
        ))
        .execute(conn)?;
    Ok(())
}

/// The cookie as the portal would have set it.
fn cookie(session: &str, key: &Key) -> String {
    let mut jar = CookieJar::new();
    jar.signed_mut(key).add(Cookie::new("session", session.to_owned()));
    jar.get("session").unwrap().to_string()
}

fn session(contact_id: i64, now: Instant, conn: &mut Conn) -> Result<String> {
    let known: i64 =
        logins::table.filter(logins::contact_id.eq(contact_id)).count().get_result(conn)?;
    if known == 0 {
        auth::create_login(By::Portal("The benchmark"), contact_id, None, now, conn)?;
    }
    auth::begin_session(contact_id, "127.0.0.1", "benchmark", now, conn)
}

/// Of the partner in the middle of the list that has enough licences for a full page.
fn partner_administrator(slug: &str, conn: &mut Conn) -> Result<i64> {
    let program_id: i64 =
        programs::table.filter(programs::slug.eq(slug)).select(programs::id).first(conn)?;
    let partners: Vec<i64> = enrolments::table
        .filter(enrolments::program_id.eq(program_id))
        .filter(enrolments::part.eq(auth::Part::Partner))
        .order(enrolments::id)
        .select(enrolments::organisation_id)
        .load(conn)?;
    for organisation_id in partners.iter().skip(partners.len() / 2) {
        let lines: i64 = licences::table
            .filter(licences::program_id.eq(program_id))
            .filter(licences::reseller_id.eq(organisation_id))
            .count()
            .get_result(conn)?;
        if lines >= ROWS {
            return administrator(*organisation_id, conn);
        }
    }
    panic!("no partner has {ROWS} licences: generate more of them");
}

/// Of the first distributor.
fn distributor_administrator(slug: &str, conn: &mut Conn) -> Result<i64> {
    let organisation_id: i64 = enrolments::table
        .inner_join(programs::table)
        .filter(programs::slug.eq(slug))
        .filter(enrolments::part.eq(auth::Part::Distributor))
        .order(enrolments::id)
        .select(enrolments::organisation_id)
        .first(conn)?;
    administrator(organisation_id, conn)
}

fn administrator(organisation_id: i64, conn: &mut Conn) -> Result<i64> {
    Ok(contacts::table
        .filter(contacts::organisation_id.eq(organisation_id))
        .filter(contacts::access.eq(Access::Administrator))
        .filter(contacts::status.eq("active"))
        .order(contacts::id)
        .select(contacts::id)
        .first(conn)?)
}

/// A program manager of the vendor, made where there is none.
fn manager(slug: &str, now: Instant, conn: &mut Conn) -> Result<i64> {
    let organisation_id: i64 =
        programs::table.filter(programs::slug.eq(slug)).select(programs::vendor_id).first(conn)?;
    let found: Option<i64> = contacts::table
        .filter(contacts::organisation_id.eq(organisation_id))
        .filter(contacts::access.eq(Access::ProgramManager))
        .select(contacts::id)
        .first(conn)
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    let person = NewPerson {
        organisation_id,
        name: "Max Manager".to_owned(),
        email: "max.manager@vendor.example".to_owned(),
        access: Access::ProgramManager,
    };
    auth::add_person(By::Portal("The benchmark"), &person, None, now, conn)
}
