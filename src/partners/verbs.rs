//! Every change of an enrolment: checks, row and history in one transaction.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::choices::{Choice, Surroundings, names_of, values_of};
use super::{
    CAM_CHANGED, CURRENCY_CHANGED, DISTRIBUTORS_CHANGED, ENROLLED, Enrolment, EnrolmentStatus,
    StatusChange, TIER_CHANGED, TYPES_CHANGED,
};
use crate::audit::{self, Action, By, Change, Subject};
use crate::auth::{Part, Program, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    enrolment_distributors, enrolment_types, enrolments, organisations, programs,
};
use crate::error::{Error, Result};
use crate::{names, reference};

/// What an organisation gets when it joins a program, or is given later.
#[derive(Clone, Debug)]
pub struct Terms {
    pub types: Vec<Choice>,
    pub tier: Option<Choice>,
    pub cam: Option<Choice>,
    pub distributors: Vec<Choice>,
    /// ISO 4217.
    pub currency: String,
}

/// A decision to give an enrolment other terms.
#[derive(Clone, Debug)]
pub(super) struct EditEnrolment {
    pub terms: Terms,
    /// The [`fingerprint`] of the terms on which the decision was made.
    pub was: String,
    pub why: String,
}

/// An organisation that joins a program.
#[derive(Clone, Debug)]
pub struct Enrol {
    pub organisation_id: i64,
    pub organisation_name: String,
    pub part: Part,
    pub status: EnrolmentStatus,
    pub enrolled_on: NaiveDate,
    pub terms: Terms,
}

/// What an enrolment is given at the moment, in one line: sent with the form that changes it, so
/// that two people who edit at once do not undo each other.
pub(super) fn fingerprint(enrolment: &Enrolment, around: &Surroundings) -> String {
    let tier = enrolment.tier.as_ref().map_or("", |tier| tier.key.as_str());
    let cam = enrolment.cam.as_ref().map_or("", |cam| cam.reference.as_str());
    [
        &values_of(&around.types, " "),
        tier,
        cam,
        &values_of(&around.distributors, " "),
        &enrolment.currency,
    ]
    .join("|")
}

/// Gives an enrolment other terms; each that differs is a line of its history.
pub(super) fn edit(
    scope: &Scope,
    enrolment: &Enrolment,
    command: &EditEnrolment,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let around = Surroundings::of(enrolment, conn)?;
    if fingerprint(enrolment, &around) != command.was {
        return Err(Error::conflict(format!(
            "Somebody else changed {} while you were editing. Open the page again to see what it \
             is now.",
            enrolment.organisation.name
        )));
    }
    let terms = &command.terms;
    let row = (
        enrolments::tier_id.eq(terms.tier.as_ref().map(|tier| tier.id)),
        enrolments::cam_id.eq(terms.cam.as_ref().map(|cam| cam.id)),
        enrolments::currency.eq(&terms.currency),
    );
    diesel::update(enrolments::table.find(enrolment.id)).set(row).execute(conn)?;
    put_types(enrolment.id, &terms.types, conn)?;
    put_distributors(enrolment.id, &terms.distributors, conn)?;
    for (action, from, to) in differences(enrolment, &around, terms) {
        let change = Change { from: &from, to: &to, why: &command.why };
        audit::record(By::Person(scope.actor()), action, subject(enrolment), change, now, conn)?;
    }
    Ok(())
}

/// What the new terms change: the action, and the words before and after.
fn differences(
    enrolment: &Enrolment,
    around: &Surroundings,
    terms: &Terms,
) -> Vec<(&'static Action, String, String)> {
    let nothing = || "none".to_owned();
    let named = |names: String| if names.is_empty() { nothing() } else { names };
    let label = |choice: &Option<Choice>| choice.as_ref().map_or_else(nothing, |c| c.label.clone());
    let tier = enrolment.tier.as_ref().map_or_else(nothing, |tier| tier.name.clone());
    let cam = enrolment.cam.as_ref().map_or_else(nothing, |cam| cam.name.clone());
    let all = [
        (&TYPES_CHANGED, named(names_of(&around.types)), named(names_of(&terms.types))),
        (&TIER_CHANGED, tier, label(&terms.tier)),
        (&CAM_CHANGED, cam, label(&terms.cam)),
        (
            &DISTRIBUTORS_CHANGED,
            named(names_of(&around.distributors)),
            named(names_of(&terms.distributors)),
        ),
        (&CURRENCY_CHANGED, enrolment.currency.clone(), terms.currency.clone()),
    ];
    all.into_iter().filter(|(_, from, to)| from != to).collect()
}

fn put_types(enrolment_id: i64, types: &[Choice], conn: &mut Conn) -> Result<()> {
    let of_enrolment =
        enrolment_types::table.filter(enrolment_types::enrolment_id.eq(enrolment_id));
    diesel::delete(of_enrolment).execute(conn)?;
    for kind in types {
        let row =
            (enrolment_types::enrolment_id.eq(enrolment_id), enrolment_types::type_id.eq(kind.id));
        diesel::insert_into(enrolment_types::table).values(row).execute(conn)?;
    }
    Ok(())
}

fn put_distributors(enrolment_id: i64, sellers: &[Choice], conn: &mut Conn) -> Result<()> {
    let of_enrolment =
        enrolment_distributors::table.filter(enrolment_distributors::enrolment_id.eq(enrolment_id));
    diesel::delete(of_enrolment).execute(conn)?;
    for seller in sellers {
        let row = (
            enrolment_distributors::enrolment_id.eq(enrolment_id),
            enrolment_distributors::distributor_id.eq(seller.id),
        );
        diesel::insert_into(enrolment_distributors::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Suspends, reactivates or ends an enrolment. It acts on the next request of its people.
pub(super) fn change_status(
    scope: &Scope,
    reference: &str,
    change: StatusChange,
    why: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<Enrolment> {
    let enrolment = Enrolment::find_for(scope, reference, conn)?;
    if let Some(why_not) = change.why_not(enrolment.status) {
        return Err(Error::conflict(why_not));
    }
    let unchanged =
        enrolments::table.find(enrolment.id).filter(enrolments::status.eq(enrolment.status));
    let changed =
        diesel::update(unchanged).set(enrolments::status.eq(change.leads_to())).execute(conn)?;
    if changed == 0 {
        return Err(Error::LostRace);
    }
    let change_of_status =
        Change { from: enrolment.status.label(), to: change.leads_to().label(), why };
    let by = By::Person(scope.actor());
    audit::record(by, change.action(), subject(&enrolment), change_of_status, now, conn)?;
    Ok(enrolment)
}

/// Enrols an organisation and gives the enrolment's key and reference.
pub fn enrol(
    by: By<'_>,
    program: &Program,
    command: &Enrol,
    now: Instant,
    conn: &mut Conn,
) -> Result<(i64, String)> {
    let of_organisation = enrolments::table
        .filter(enrolments::organisation_id.eq(command.organisation_id))
        .filter(enrolments::program_id.eq(program.id));
    if diesel::select(diesel::dsl::exists(of_organisation)).get_result(conn)? {
        return Err(Error::conflict(format!(
            "{} is enrolled in {} already.",
            command.organisation_name, program.name
        )));
    }
    let reference = reference::draw("P");
    let terms = &command.terms;
    let row = (
        enrolments::reference.eq(&reference),
        enrolments::program_id.eq(program.id),
        enrolments::organisation_id.eq(command.organisation_id),
        enrolments::part.eq(command.part),
        enrolments::tier_id.eq(terms.tier.as_ref().map(|tier| tier.id)),
        enrolments::currency.eq(&terms.currency),
        enrolments::status.eq(command.status),
        enrolments::cam_id.eq(terms.cam.as_ref().map(|cam| cam.id)),
        enrolments::name_key.eq(names::fold(&command.organisation_name)),
        enrolments::enrolled_on.eq(command.enrolled_on),
        enrolments::created_at.eq(now),
    );
    let id = diesel::insert_into(enrolments::table)
        .values(row)
        .returning(enrolments::id)
        .get_result(conn)?;
    put_types(id, &terms.types, conn)?;
    put_distributors(id, &terms.distributors, conn)?;
    let subject = Subject {
        kind: KIND,
        id,
        reference: &reference,
        name: &command.organisation_name,
        program_id: Some(program.id),
        organisation_id: Some(command.organisation_id),
    };
    let change = Change { to: command.status.label(), ..Change::default() };
    audit::record(by, &ENROLLED, subject, change, now, conn)?;
    Ok((id, reference))
}

/// Makes an organisation and gives its key.
pub fn add_organisation(name: &str, country: &str, now: Instant, conn: &mut Conn) -> Result<i64> {
    let row = (
        organisations::reference.eq(reference::draw("O")),
        organisations::name.eq(name),
        organisations::name_key.eq(names::fold(name)),
        organisations::country.eq(country),
        organisations::created_at.eq(now),
    );
    Ok(diesel::insert_into(organisations::table)
        .values(row)
        .returning(organisations::id)
        .get_result(conn)?)
}

/// Organisations of this name (folded, in any country) that the vendor of a program knows: those
/// enrolled in one of its programs. Others are not told, however alike they are called.
pub fn namesakes(
    program: &Program,
    name: &str,
    conn: &mut Conn,
) -> Result<Vec<super::Organisation>> {
    let of_vendor =
        programs::table.filter(programs::vendor_id.eq(program.vendor_id)).select(programs::id);
    let known = enrolments::table
        .filter(enrolments::program_id.eq_any(of_vendor))
        .filter(enrolments::name_key.eq(names::fold(name)))
        .select(enrolments::organisation_id);
    Ok(organisations::table
        .filter(organisations::id.eq_any(known))
        .order(organisations::id)
        .select(super::Organisation::as_select())
        .load(conn)?)
}

/// An organisation by its exact reference, whoever's partner it is: who knows the reference has it
/// from the organisation.
pub fn organisation_by_reference(
    typed: &str,
    conn: &mut Conn,
) -> Result<Option<super::Organisation>> {
    Ok(organisations::table
        .filter(organisations::reference.eq(reference::normalise(typed)))
        .select(super::Organisation::as_select())
        .first(conn)
        .optional()?)
}

/// Under this kind history keeps enrolments.
pub const KIND: &str = "enrolment";

fn subject(enrolment: &Enrolment) -> Subject<'_> {
    Subject {
        kind: KIND,
        id: enrolment.id,
        reference: &enrolment.reference,
        name: &enrolment.organisation.name,
        program_id: Some(enrolment.program_id),
        organisation_id: Some(enrolment.organisation.id),
    }
}

/// The choices with these values, each once and in the order of the list; none where one is not in
/// the list.
pub fn all_chosen(list: &[Choice], values: &[String]) -> Option<Vec<Choice>> {
    let wanted: BTreeSet<&str> = values.iter().map(String::as_str).collect();
    let found: Vec<Choice> =
        list.iter().filter(|choice| wanted.contains(choice.value.as_str())).cloned().collect();
    (found.len() == wanted.len()).then_some(found)
}
