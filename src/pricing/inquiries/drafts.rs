//! Drafts: begun, changed line by line, discarded. Nobody but the reseller sees one.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::bases::BaseLicence;
use super::model::{Inquiry, InquiryLine, KIND};
use super::settling::changed_meanwhile;
use super::{InquiryStatus, Purpose};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::{inquiries, inquiry_lines};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::partners::Enrolment;
use crate::pricing::actions::{INQUIRY_BEGUN, INQUIRY_DISCARDED};
use crate::{names, reference};

/// What the reference of an inquiry begins with.
const PREFIX: &str = "I";
/// More lines are refused: a quote has to be read by somebody.
pub(super) const MOST_LINES: usize = 2_000;

/// What is the same for every line of an inquiry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Empty in a draft that nobody has finished.
    pub customer_name: String,
    /// ISO 3166-1 alpha-2, or empty.
    pub customer_country: String,
    pub wanted_on: Option<NaiveDate>,
    pub note: String,
    /// In capitals.
    pub promotion_codes: Vec<String>,
}

/// A line to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    pub product_id: i64,
    pub purpose: Purpose,
    pub quantity: i32,
    pub months: Option<i32>,
    /// The licence that it renews or changes.
    pub base_id: Option<i64>,
}

/// A line that is there, with other numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineChange {
    pub line_id: i64,
    pub quantity: i32,
    pub months: Option<i32>,
}

/// The row of a draft that is still as it was shown; a macro, because its type has no name.
macro_rules! draft_as_shown {
    ($inquiry:expr, $seen:expr) => {
        inquiries::table
            .find($inquiry.id)
            .filter(inquiries::status.eq(InquiryStatus::Draft))
            .filter(inquiries::revision.eq($seen))
    };
}

/// Begins a draft of the person's organisation; gives its reference.
pub fn begin(
    scope: &Scope,
    head: &Head,
    lines: &[NewLine],
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    refuse_too_many(lines.len())?;
    let currency = Enrolment::own(scope, conn)?.currency;
    let (by, drawn) = (By::Person(scope.actor()), reference::draw(PREFIX));
    let row = (
        inquiries::reference.eq(&drawn),
        inquiries::program_id.eq(scope.program().id),
        inquiries::reseller_id.eq(scope.organisation_id()),
        inquiries::status.eq(InquiryStatus::Draft),
        inquiries::currency.eq(currency),
        inquiries::lines.eq(count(lines.len())),
        inquiries::created_by_id.eq(by.contact_id()),
        inquiries::created_by.eq(by.name()),
        inquiries::created_at.eq(now),
        inquiries::revision.eq(1_i64),
        columns_of(head),
    );
    let id: i64 = diesel::insert_into(inquiries::table)
        .values(row)
        .returning(inquiries::id)
        .get_result(conn)?;
    insert_lines(id, 0, lines, conn)?;
    let subject = Subject {
        kind: KIND,
        id,
        reference: &drawn,
        name: &head.customer_name,
        program_id: Some(scope.program().id),
        organisation_id: Some(scope.organisation_id()),
    };
    audit::record(by, &INQUIRY_BEGUN, subject, Change::default(), now, conn)?;
    Ok(drawn)
}

/// The columns that the head fills.
type HeadColumns<'a> = (
    diesel::dsl::Eq<inquiries::customer_name, &'a str>,
    diesel::dsl::Eq<inquiries::customer_key, String>,
    diesel::dsl::Eq<inquiries::customer_country, &'a str>,
    diesel::dsl::Eq<inquiries::wanted_on, Option<NaiveDate>>,
    diesel::dsl::Eq<inquiries::note, &'a str>,
    diesel::dsl::Eq<inquiries::promotion_codes, String>,
);

fn columns_of(head: &Head) -> HeadColumns<'_> {
    (
        inquiries::customer_name.eq(head.customer_name.as_str()),
        inquiries::customer_key.eq(names::fold(&head.customer_name)),
        inquiries::customer_country.eq(head.customer_country.as_str()),
        inquiries::wanted_on.eq(head.wanted_on),
        inquiries::note.eq(head.note.as_str()),
        inquiries::promotion_codes.eq(head.promotion_codes.join(" ")),
    )
}

#[derive(Insertable)]
#[diesel(table_name = inquiry_lines, treat_none_as_default_value = false)]
struct LineRow<'a> {
    inquiry_id: i64,
    position: i32,
    product_id: i64,
    kind: Purpose,
    quantity: i32,
    months: Option<i32>,
    base_id: Option<i64>,
    sku: &'a str,
}

fn insert_lines(inquiry_id: i64, after: i32, lines: &[NewLine], conn: &mut Conn) -> Result<()> {
    let rows: Vec<LineRow<'_>> = lines
        .iter()
        .zip(after + 1..)
        .map(|(line, position)| LineRow {
            inquiry_id,
            position,
            product_id: line.product_id,
            kind: line.purpose,
            quantity: line.quantity,
            months: line.months,
            base_id: line.base_id,
            sku: "",
        })
        .collect();
    db::insert_all!(conn, inquiry_lines::table, rows);
    Ok(())
}

fn count(lines: usize) -> i32 {
    i32::try_from(lines).unwrap_or(i32::MAX)
}

fn refuse_too_many(lines: usize) -> Result<()> {
    if lines > MOST_LINES {
        return Err(Error::field("lines", format!("An inquiry has at most {MOST_LINES} lines.")));
    }
    Ok(())
}

/// What one save of a draft changes.
#[derive(Clone, Debug, Default)]
pub(super) struct SaveDraft {
    pub head: Head,
    pub changes: Vec<LineChange>,
    pub added: Vec<NewLine>,
    /// The ids of lines.
    pub removed: Vec<i64>,
    /// The revision that the page showed.
    pub seen: i64,
}

/// Saves a draft that was shown as of a revision.
pub(super) fn save(inquiry: &Inquiry, save: &SaveDraft, conn: &mut Conn) -> Result<()> {
    let known = InquiryLine::of(inquiry.id, conn)?;
    let kept = known.iter().filter(|line| !save.removed.contains(&line.id)).count();
    refuse_too_many(kept + save.added.len())?;
    let row = draft_as_shown!(inquiry, save.seen);
    let set = (
        columns_of(&save.head),
        inquiries::lines.eq(count(kept + save.added.len())),
        inquiries::revision.eq(inquiries::revision + 1),
    );
    if diesel::update(row).set(set).execute(conn)? == 0 {
        return Err(changed_meanwhile(inquiry));
    }
    for change in &save.changes {
        let Some(line) = known.iter().find(|line| line.id == change.line_id) else {
            return Err(changed_meanwhile(inquiry));
        };
        if (line.quantity, line.months) == (change.quantity, change.months) {
            continue;
        }
        diesel::update(inquiry_lines::table.find(line.id))
            .set((
                inquiry_lines::quantity.eq(change.quantity),
                inquiry_lines::months.eq(change.months),
            ))
            .execute(conn)?;
    }
    let removed = inquiry_lines::table
        .filter(inquiry_lines::inquiry_id.eq(inquiry.id))
        .filter(inquiry_lines::id.eq_any(&save.removed));
    diesel::delete(removed).execute(conn)?;
    let last = known.iter().map(|line| line.position).max().unwrap_or(0);
    insert_lines(inquiry.id, last, &save.added, conn)
}

/// Throws a draft away; that it was there stays in the history.
pub(super) fn discard(
    scope: &Scope,
    inquiry: &Inquiry,
    seen: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let lines = inquiry_lines::table.filter(inquiry_lines::inquiry_id.eq(inquiry.id));
    if inquiry.status != InquiryStatus::Draft || inquiry.revision != seen {
        return Err(changed_meanwhile(inquiry));
    }
    diesel::delete(lines).execute(conn)?;
    if diesel::delete(draft_as_shown!(inquiry, seen)).execute(conn)? == 0 {
        return Err(changed_meanwhile(inquiry));
    }
    let by = By::Person(scope.actor());
    audit::record(by, &INQUIRY_DISCARDED, inquiry.subject(), Change::default(), now, conn)
}

/// Begins drafts that renew licences of the person's own, by their references: one for each
/// customer. Not found where one is not theirs.
pub fn begin_renewals(
    scope: &Scope,
    references: &[String],
    now: Instant,
    conn: &mut Conn,
) -> Result<Vec<String>> {
    let licences = BaseLicence::all_of(scope, references, conn)?;
    begin_for_licences(scope, &licences, Purpose::Renewal, now, conn)
}

/// Begins drafts for licences of the person's own: one for each customer, in the order in which
/// they come; gives their references.
pub(super) fn begin_for_licences(
    scope: &Scope,
    licences: &[BaseLicence],
    purpose: Purpose,
    now: Instant,
    conn: &mut Conn,
) -> Result<Vec<String>> {
    let mut drafts: Vec<(Head, i64, Vec<NewLine>)> = Vec::new();
    for licence in licences {
        let line = licence.line(purpose);
        match drafts.iter_mut().find(|(_, customer, _)| *customer == licence.customer_id) {
            Some((.., lines)) => lines.push(line),
            None => drafts.push((licence.head(), licence.customer_id, vec![line])),
        }
    }
    drafts.iter().map(|(head, _, lines)| begin(scope, head, lines, now, conn)).collect()
}
