//! The same people in every test: `owner` and `colleague` at Acme, `stranger` at Globex, two
//! distributors, the vendor's staff, and a rival of another vendor. Programs `shield` and `small`.

use chrono::NaiveDate;
use diesel::dsl::insert_into;
use diesel::prelude::*;
use portal::audit::By;
use portal::clock::Instant;
use portal::db::Conn;
use portal::db::schema::{
    contacts, enrolment_distributors, enrolment_types, enrolments, logins, organisations,
    partner_types, programs, tiers,
};
use portal::error::Result;
use portal::programs::{self as program_packs, pack};
use portal::{names, reference};

pub const SHIELD: &str = include_str!("../packs/shield.toml");
/// The same with prices, discounts and promotions.
pub const PRICED_SHIELD: &str =
    concat!(include_str!("../packs/shield.toml"), include_str!("../packs/shield-prices.toml"));
const SMALL: &str = include_str!("../packs/small.toml");

/// Who a person of the tests is: name, organisation, access.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub key: &'static str,
    pub name: &'static str,
    pub organisation: &'static str,
    pub access: &'static str,
    /// Whether there is a login; the others only receive mail.
    pub signs_in: bool,
}

const fn person(
    key: &'static str,
    name: &'static str,
    organisation: &'static str,
    access: &'static str,
    signs_in: bool,
) -> Person {
    Person { key, name, organisation, access, signs_in }
}

pub const PEOPLE: &[Person] = &[
    person("owner", "Olive Owner", "Acme", "administrator", true),
    person("colleague", "Colin Colleague", "Acme", "member", true),
    person("reader", "Rita Reader", "Acme", "member", false),
    person("stranger", "Stella Stranger", "Globex", "administrator", true),
    person("distributor", "Dora Distributor", "Nordic Supply", "administrator", true),
    person("other_distributor", "Otto Other", "Southern Supply", "administrator", true),
    person("manager", "Mona Manager", "Shield Security", "program_manager", true),
    person("cam", "Carl Cam", "Shield Security", "cam", true),
    person("back_office", "Beth Backoffice", "Shield Security", "back_office", true),
    person("rival", "Rex Rival", "Small", "program_manager", true),
    person("suspended", "Sam Suspended", "Initech", "administrator", true),
    person("applicant", "Ada Applicant", "Umbrella", "administrator", true),
];

/// An organisation with its part in the program `shield`.
const ORGANISATIONS: &[(&str, &str, &str)] = &[
    ("Acme", "partner", "active"),
    ("Globex", "partner", "active"),
    ("Nordic Supply", "distributor", "active"),
    ("Southern Supply", "distributor", "active"),
    ("Initech", "partner", "suspended"),
    ("Umbrella", "partner", "applied"),
];

/// When the story of every test begins: 10:00 in Tokyo on a Monday.
pub fn beginning() -> Instant {
    let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    Instant::from_utc(day.and_hms_opt(1, 0, 0).unwrap())
}

pub fn email_of(person: &Person) -> String {
    let host = names::fold(person.organisation).replace(' ', "-");
    format!("{}@{host}.example", person.key.replace('_', "-"))
}

pub fn find(key: &str) -> &'static Person {
    PEOPLE.iter().find(|person| person.key == key).unwrap()
}

/// Makes programs, organisations, enrolments, contacts and logins.
pub fn settle(conn: &mut Conn) -> Result<()> {
    for (name, text) in [("shield.toml", PRICED_SHIELD), ("small.toml", SMALL)] {
        let pack = pack::parse(name, text).unwrap();
        program_packs::import(&pack, By::Portal("the tests"), beginning(), conn)?;
    }
    let shield: i64 =
        programs::table.filter(programs::slug.eq("shield")).select(programs::id).first(conn)?;
    for (name, part, status) in ORGANISATIONS {
        enrol(name, part, status, shield, conn)?;
    }
    buys_from("Acme", &["Nordic Supply", "Southern Supply"], conn)?;
    buys_from("Globex", &["Southern Supply"], conn)?;
    PEOPLE.iter().try_for_each(|person| settle_person(person, conn))
}

pub fn enrol(name: &str, part: &str, status: &str, program: i64, conn: &mut Conn) -> Result<()> {
    let organisation: i64 = insert_into(organisations::table)
        .values((
            organisations::reference.eq(reference::draw("O")),
            organisations::name.eq(name),
            organisations::name_key.eq(names::fold(name)),
            organisations::country.eq("JP"),
            organisations::created_at.eq(beginning()),
        ))
        .returning(organisations::id)
        .get_result(conn)?;
    let tier: i64 = tiers::table
        .filter(tiers::program_id.eq(program))
        .filter(tiers::key.eq("knight"))
        .select(tiers::id)
        .first(conn)?;
    let enrolment: i64 = insert_into(enrolments::table)
        .values((
            enrolments::reference.eq(reference::draw("P")),
            enrolments::program_id.eq(program),
            enrolments::organisation_id.eq(organisation),
            enrolments::part.eq(part),
            enrolments::tier_id.eq((part == "partner").then_some(tier)),
            enrolments::currency.eq("JPY"),
            enrolments::status.eq(status),
            enrolments::name_key.eq(names::fold(name)),
            enrolments::enrolled_on.eq(NaiveDate::from_ymd_opt(2024, 5, 6).unwrap()),
            enrolments::created_at.eq(beginning()),
        ))
        .returning(enrolments::id)
        .get_result(conn)?;
    if part == "partner" {
        let installer: i64 = partner_types::table
            .filter(partner_types::program_id.eq(program))
            .filter(partner_types::key.eq("installer"))
            .select(partner_types::id)
            .first(conn)?;
        insert_into(enrolment_types::table)
            .values((
                enrolment_types::enrolment_id.eq(enrolment),
                enrolment_types::type_id.eq(installer),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn enrolment_of(name: &str, conn: &mut Conn) -> Result<i64> {
    Ok(enrolments::table
        .filter(enrolments::name_key.eq(names::fold(name)))
        .select(enrolments::id)
        .first(conn)?)
}

fn buys_from(partner: &str, distributors: &[&str], conn: &mut Conn) -> Result<()> {
    let partner = enrolment_of(partner, conn)?;
    for distributor in distributors {
        let distributor = enrolment_of(distributor, conn)?;
        insert_into(enrolment_distributors::table)
            .values((
                enrolment_distributors::enrolment_id.eq(partner),
                enrolment_distributors::distributor_id.eq(distributor),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn settle_person(person: &Person, conn: &mut Conn) -> Result<()> {
    let organisation: i64 = organisations::table
        .filter(organisations::name.eq(person.organisation))
        .select(organisations::id)
        .first(conn)?;
    let email = email_of(person);
    let contact: i64 = insert_into(contacts::table)
        .values((
            contacts::reference.eq(reference::draw("C")),
            contacts::organisation_id.eq(organisation),
            contacts::name.eq(person.name),
            contacts::name_key.eq(names::fold(person.name)),
            contacts::email.eq(&email),
            contacts::email_key.eq(&email),
            contacts::job_title.eq(""),
            contacts::phone.eq(""),
            contacts::locale.eq("en-GB"),
            contacts::access.eq(person.access),
            contacts::status.eq("active"),
            contacts::created_at.eq(beginning()),
            contacts::updated_at.eq(beginning()),
        ))
        .returning(contacts::id)
        .get_result(conn)?;
    if person.signs_in {
        insert_into(logins::table)
            .values((logins::contact_id.eq(contact), logins::email_key.eq(&email)))
            .execute(conn)?;
    }
    Ok(())
}
