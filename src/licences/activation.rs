//! Recording an activation: the day on which a customer took a licence into use.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::decision::{Deciding, Undecided};
use super::verbs::{name_of, subject};
use super::{ACTIVATED, Licence, RuleBook};
use crate::audit::{self, By, Change};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::licences;
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};

/// The field of the form that holds the day.
pub(super) const FIELD: &str = "activated_on";

/// Records on which day a licence was activated, and gives it the dates that the rule has for it
/// then. The day is today or earlier; a licence is activated once.
pub fn activate(
    scope: &Scope,
    reference: &str,
    day: NaiveDate,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let licence = Licence::find_for(scope, reference, conn)?;
    if licence.activated_on.is_some() {
        return Err(already());
    }
    if !licence.can_be_activated() {
        return Err(Error::conflict("This licence needs no activation."));
    }
    maintenance::open_for(scope.program(), Capability::LicenceActivation, now)?;
    let today = scope.today();
    if day > today {
        return Err(Error::field(FIELD, "Enter today or an earlier day."));
    }
    let rulebook = RuleBook::of_program(licence.program_id, conn)?;
    let line = Undecided::find(licence.id, conn)?;
    if let Err(refusal) = line.dates(Some(day), &rulebook, today)? {
        return Err(Error::field(FIELD, refusal.to_string()));
    }
    let recorded = diesel::update(licences::table.find(licence.id))
        .filter(licences::activated_on.is_null())
        .set(licences::activated_on.eq(day))
        .execute(conn)?;
    if recorded == 0 {
        return Err(already());
    }
    let by = By::Person(scope.actor());
    let name = name_of(line.named());
    let record =
        subject(licence.id, &licence.reference, &name, licence.program_id, licence.reseller_id);
    let change = Change { to: &day.to_string(), ..Change::default() };
    audit::record(by, &ACTIVATED, record, change, now, conn)?;
    let deciding = Deciding { rulebook: &rulebook, today, by, now };
    deciding.settle(Undecided::find(licence.id, conn)?, conn)?;
    Ok(())
}

fn already() -> Error {
    Error::conflict("The activation of this licence was already recorded.")
}
