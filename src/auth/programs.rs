//! The programs that a person's organisation runs or takes part in.

use chrono::NaiveDate;
use chrono_tz::Tz;
use diesel::prelude::*;

use super::{Actor, Part};
use crate::clock::Instant;
use crate::db::schema::{enrolments, programs};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::stoppages::Stoppages;

/// A program as every page and mail of it needs to know it.
#[derive(Clone, Debug)]
pub struct Program {
    pub id: i64,
    pub slug: String,
    pub name: String,
    pub vendor_id: i64,
    /// ISO 4217.
    pub currency: String,
    pub time_zone: Tz,
    /// `#rrggbb`.
    pub colour: String,
    /// What stops when, as it was when the program was read.
    pub stoppages: Stoppages,
}

impl Program {
    /// The program's civil day at an instant.
    pub fn day_of(&self, now: Instant) -> NaiveDate {
        now.to_datetime().with_timezone(&self.time_zone).date_naive()
    }

    /// A program by its slug, whoever asks: for mails, sweeps and the command line.
    pub fn find_unscoped(slug: &str, conn: &mut Conn) -> Result<Self> {
        let row: ProgramRow = programs::table
            .filter(programs::slug.eq(slug))
            .select(ProgramRow::as_select())
            .first(conn)?;
        row.program()
    }

    /// All programs, by name.
    pub fn all_unscoped(conn: &mut Conn) -> Result<Vec<Self>> {
        let rows: Vec<ProgramRow> =
            programs::table.order(programs::slug).select(ProgramRow::as_select()).load(conn)?;
        rows.into_iter().map(ProgramRow::program).collect()
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = programs)]
pub(super) struct ProgramRow {
    id: i64,
    slug: String,
    name: String,
    vendor_id: i64,
    currency: String,
    time_zone: String,
    colour: String,
    maintenance: String,
}

impl ProgramRow {
    pub(super) fn program(self) -> Result<Program> {
        Ok(Program {
            time_zone: self.time_zone.parse().map_err(Error::internal)?,
            id: self.id,
            slug: self.slug,
            name: self.name,
            vendor_id: self.vendor_id,
            currency: self.currency,
            colour: self.colour,
            stoppages: Stoppages::parse(&self.maintenance)?,
        })
    }
}

/// A line of the program switcher.
#[derive(Clone, Debug)]
pub struct ProgramChoice {
    pub slug: String,
    pub name: String,
    pub current: bool,
}

/// An organisation's place in a program: its enrolment, or none for the vendor itself.
pub(crate) struct Place {
    pub program: Program,
    pub enrolment: Option<Enrolled>,
}

pub(crate) struct Enrolled {
    pub id: i64,
    pub part: Part,
    pub status: String,
    /// In which the organisation buys.
    pub currency: String,
}

/// The places of a person's organisation, in the order of the programs' names.
pub(crate) fn places_of(actor: &Actor, conn: &mut Conn) -> Result<Vec<Place>> {
    if actor.access.is_vendor() {
        let rows: Vec<ProgramRow> = programs::table
            .filter(programs::vendor_id.eq(actor.organisation_id))
            .order(programs::name)
            .select(ProgramRow::as_select())
            .kept()
            .load(conn)?;
        return rows
            .into_iter()
            .map(|row| Ok(Place { program: row.program()?, enrolment: None }))
            .collect();
    }
    let rows: Vec<(ProgramRow, i64, Part, String, String)> = enrolments::table
        .inner_join(programs::table)
        .filter(enrolments::organisation_id.eq(actor.organisation_id))
        .order(programs::name)
        .select((
            ProgramRow::as_select(),
            enrolments::id,
            enrolments::part,
            enrolments::status,
            enrolments::currency,
        ))
        .kept()
        .load(conn)?;
    rows.into_iter()
        .map(|(row, id, part, status, currency)| {
            let enrolment = Some(Enrolled { id, part, status, currency });
            Ok(Place { program: row.program()?, enrolment })
        })
        .collect()
}

/// The programs that a person can go to, for pages outside of any.
pub fn programs_of(actor: &Actor, conn: &mut Conn) -> Result<Vec<ProgramChoice>> {
    let places = places_of(actor, conn)?;
    Ok(places
        .into_iter()
        .filter(|place| place.enrolment.as_ref().is_none_or(|enrolled| enrolled.status != "ended"))
        .map(|place| ProgramChoice {
            slug: place.program.slug,
            name: place.program.name,
            current: false,
        })
        .collect())
}
