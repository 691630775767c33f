//! Leads come into being, and are edited while that misleads nobody.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::actions::{EDITED, ENTERED};
use super::deadline::Deadlines;
use super::fields::NewLead;
use super::model::{KIND, Lead};
use super::rules::Step;
use super::topics::Topics;
use super::{LeadKind, LeadStatus};
use crate::audit::{self, By, Change, Subject};
use crate::auth::{Program, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::leads;
use crate::error::{Error, Result};
use crate::{names, reference};

/// What the reference of a lead begins with.
const PREFIX: &str = "LD";

// NULL is written as NULL: SQLite takes many rows in one statement only without defaults.
#[derive(Insertable)]
#[diesel(table_name = leads, treat_none_as_default_value = false)]
pub(super) struct Row<'a> {
    pub reference: String,
    program_id: i64,
    kind: LeadKind,
    external_id: Option<&'a str>,
    status: LeadStatus,
    company: &'a str,
    company_key: String,
    contact_name: &'a str,
    email: &'a str,
    phone: &'a str,
    country: &'a str,
    interest: &'a str,
    product_id: Option<i64>,
    category_id: Option<i64>,
    source: &'a str,
    note: &'a str,
    language: &'a str,
    assigned_to_id: Option<i64>,
    assigned_at: Option<Instant>,
    assigned_by_id: Option<i64>,
    assigned_by: String,
    opened_at: Option<Instant>,
    opened_by_id: Option<i64>,
    opened_by: &'static str,
    last_activity_at: Option<Instant>,
    expires_on: Option<NaiveDate>,
    revision: i64,
    created_at: Instant,
}

/// The revision of a lead that has not been changed yet.
pub(super) const FIRST_REVISION: i64 = 1;

impl<'a> Row<'a> {
    /// A lead of the vendor's that nobody has yet.
    pub(super) fn new(program_id: i64, new: &'a NewLead, now: Instant) -> Self {
        Self {
            reference: reference::draw(PREFIX),
            program_id,
            kind: LeadKind::Distributed,
            external_id: None,
            status: LeadStatus::New,
            company: &new.company,
            company_key: names::fold(&new.company),
            contact_name: &new.contact_name,
            email: &new.email,
            phone: &new.phone,
            country: &new.country,
            interest: &new.interest,
            product_id: new.topic.and_then(super::topics::TopicId::product),
            category_id: new.topic.and_then(super::topics::TopicId::category),
            source: &new.source,
            note: &new.note,
            language: &new.language,
            assigned_to_id: None,
            assigned_at: None,
            assigned_by_id: None,
            assigned_by: String::new(),
            opened_at: None,
            opened_by_id: None,
            opened_by: "",
            last_activity_at: None,
            expires_on: None,
            revision: FIRST_REVISION,
            created_at: now,
        }
    }

    /// With its number in the system it comes from.
    pub(super) fn numbered(self, external_id: &'a str) -> Self {
        Self { external_id: Some(external_id), ..self }
    }

    /// Handed to a partner at once.
    pub(super) fn assigned_to(self, partner_id: i64, by: By<'_>) -> Self {
        Self {
            status: LeadStatus::Assigned,
            assigned_to_id: Some(partner_id),
            assigned_at: Some(self.created_at),
            assigned_by_id: by.contact_id(),
            assigned_by: by.name(),
            ..self
        }
    }

    /// A partner's own: nobody hands it out, and its work has begun.
    fn own(program_id: i64, partner_id: i64, new: &'a NewLead, by: By<'_>, now: Instant) -> Self {
        Self {
            kind: LeadKind::Generated,
            status: LeadStatus::Accepted,
            assigned_to_id: Some(partner_id),
            assigned_at: Some(now),
            assigned_by_id: by.contact_id(),
            assigned_by: by.name(),
            last_activity_at: Some(now),
            ..Self::new(program_id, new, now)
        }
    }
}

/// Enters a lead of the vendor's; gives its reference.
pub fn enter(
    program: &Program,
    new: &NewLead,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    insert(Row::new(program.id, new, now), None, by, now, conn)
}

/// Enters a lead that a partner of the program brought itself; gives its reference.
pub fn enter_own(
    program: &Program,
    partner_id: i64,
    new: &NewLead,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let expires_on = Deadlines::of(program, conn)?.ending(now).map(|(day, _)| day);
    let row = Row { expires_on, ..Row::own(program.id, partner_id, new, by, now) };
    insert(row, Some(partner_id), by, now, conn)
}

fn insert(
    row: Row<'_>,
    organisation_id: Option<i64>,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let id: i64 =
        diesel::insert_into(leads::table).values(&row).returning(leads::id).get_result(conn)?;
    let subject = Subject {
        kind: KIND,
        id,
        reference: &row.reference,
        name: row.company,
        program_id: Some(row.program_id),
        organisation_id,
    };
    let change = Change { to: row.status.label(), ..Change::default() };
    audit::record(by, &ENTERED, subject, change, now, conn)?;
    Ok(row.reference)
}

/// The vendor edits what it distributes, a partner what it brought itself.
pub(super) fn require_author(scope: &Scope, lead: &Lead) -> Result<()> {
    lead.allow(Step::Edit, scope)
}

/// Edits a lead that the form showed as of a revision.
pub(super) fn edit(
    scope: &Scope,
    lead_reference: &str,
    seen: i64,
    new: &NewLead,
    topics: &Topics,
    now: Instant,
    conn: &mut Conn,
) -> Result<Lead> {
    let lead = Lead::find_for(scope, lead_reference, conn)?;
    require_author(scope, &lead)?;
    let row = leads::table.find(lead.id).filter(leads::revision.eq(seen));
    let changed = diesel::update(row)
        .set((
            leads::company.eq(&new.company),
            leads::company_key.eq(names::fold(&new.company)),
            leads::contact_name.eq(&new.contact_name),
            leads::email.eq(&new.email),
            leads::phone.eq(&new.phone),
            leads::country.eq(&new.country),
            leads::interest.eq(&new.interest),
            leads::product_id.eq(new.topic.and_then(super::topics::TopicId::product)),
            leads::category_id.eq(new.topic.and_then(super::topics::TopicId::category)),
            leads::source.eq(&new.source),
            leads::note.eq(&new.note),
            leads::language.eq(&new.language),
            leads::revision.eq(leads::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::conflict(
            "Somebody else changed this lead while you were editing. Open it again to see what it \
             says now.",
        ));
    }
    let own = lead.assigned_to_id.filter(|_| lead.kind == LeadKind::Generated);
    let changes = new.differences(&lead, topics.name_of(new.topic));
    let lines: Vec<(Subject<'_>, Change<'_>)> = changes
        .iter()
        .map(|(label, from, to)| (lead.subject(own), Change { from, to, why: label }))
        .collect();
    audit::record_all(By::Person(scope.actor()), &EDITED, &lines, now, conn)?;
    Ok(lead)
}
