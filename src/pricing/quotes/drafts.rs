//! Quotes come into being, and are worked on until they are sent. All of this is the quoter's alone:
//! nothing that a reseller can see changes by it.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::lines::QuoteLine;
use super::model::{Quote, Revision};
use super::priced::{Ordered, Priced, Question, price};
use super::stored::{self, NewRevision};
use super::{QuoteStatus, Viewer};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Scope;
use crate::calendar::add_days;
use crate::clock::Instant;
use crate::db::schema::{quote_revisions, quotes};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::pricing::actions::{QUOTE_BEGUN, QUOTE_DISCARDED, QUOTE_EDITED};
use crate::pricing::inquiries::{Inquiry, InquiryLine, InquiryStatus};
use crate::programs::pack::{Policy, QuotedBy};
use crate::programs::rules_of;
use crate::reference;

/// What the reference of a quote begins with.
const PREFIX: &str = "Q";

/// What became of a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    Now,
    /// A colleague was first.
    Before,
}

#[derive(Insertable)]
#[diesel(table_name = quotes, treat_none_as_default_value = false)]
struct NewQuote<'a> {
    reference: String,
    program_id: i64,
    inquiry_id: Option<i64>,
    quoter_id: i64,
    reseller_id: i64,
    customer_name: &'a str,
    customer_key: &'a str,
    customer_country: &'a str,
    currency: &'a str,
    status: QuoteStatus,
    created_at: Instant,
    created_by_id: Option<i64>,
    created_by: String,
    why: &'static str,
    revision: i64,
}

/// For whom something is quoted, and what.
pub(super) struct Matter<'a> {
    pub inquiry_id: Option<i64>,
    pub reseller_id: i64,
    pub customer_name: &'a str,
    pub customer_key: &'a str,
    pub customer_country: &'a str,
    pub currency: &'a str,
    pub codes: Vec<String>,
    /// The list that the lines were priced by before.
    pub known_list_id: Option<i64>,
}

/// The rules of the day, if the person's organisation may quote by them.
pub(super) fn policy_of_quoter(scope: &Scope, conn: &mut Conn) -> Result<Policy> {
    let program = scope.program();
    let policy = rules_of(program.id, conn)?.policies.at(scope.today()).clone();
    if scope.is_vendor() && policy.quoted_by == QuotedBy::Distributor {
        return Err(Error::conflict(format!(
            "Since {} only distributors quote in {}.",
            scope.actor().locale.day(policy.from),
            program.name
        )));
    }
    Ok(policy)
}

/// Begins the quote that answers an inquiry, with proposed prices; gives its reference.
pub fn begin(
    scope: &Scope,
    inquiry_reference: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<(String, Begun)> {
    let inquiry = Inquiry::find_for(scope, inquiry_reference, conn)?;
    if inquiry.quoter_id != Some(scope.organisation_id()) {
        return Err(Error::forbidden("An inquiry is answered by those to whom it was sent."));
    }
    let known: Option<String> = quotes::table
        .filter(quotes::inquiry_id.eq(inquiry.id))
        .filter(not_withdrawn())
        .select(quotes::reference)
        .first(conn)
        .optional()?;
    if let Some(reference) = known {
        return Ok((reference, Begun::Before));
    }
    if inquiry.status != InquiryStatus::Submitted {
        let status = inquiry.status.label().to_lowercase();
        return Err(Error::conflict(format!("Inquiry {} is {status}.", inquiry.reference)));
    }
    let lines = InquiryLine::of(inquiry.id, conn)?;
    let matter = Matter {
        inquiry_id: Some(inquiry.id),
        reseller_id: inquiry.reseller_id,
        customer_name: &inquiry.customer_name,
        customer_key: &inquiry.customer_key,
        customer_country: &inquiry.customer_country,
        currency: &inquiry.currency,
        codes: inquiry.codes(),
        known_list_id: inquiry.price_list_id,
    };
    let lines = lines.into_iter().map(Ordered::asked).collect();
    Ok((begin_of(scope, &matter, lines, now, conn)?, Begun::Now))
}

/// Written out, so that both engines see that the index of answers is meant.
pub(super) fn not_withdrawn() -> SqlLiteral<Bool> {
    sql("quotes.status <> 'withdrawn'")
}

/// Begins a quote as of now; gives its reference.
pub(super) fn begin_of(
    scope: &Scope,
    matter: &Matter<'_>,
    lines: Vec<Ordered>,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let policy = policy_of_quoter(scope, conn)?;
    let priced = price(&question(scope, matter), lines, conn)?;
    let by = By::Person(scope.actor());
    let row = NewQuote {
        reference: reference::draw(PREFIX),
        program_id: scope.program().id,
        inquiry_id: matter.inquiry_id,
        quoter_id: scope.organisation_id(),
        reseller_id: matter.reseller_id,
        customer_name: matter.customer_name,
        customer_key: matter.customer_key,
        customer_country: matter.customer_country,
        currency: matter.currency,
        status: QuoteStatus::Draft,
        created_at: now,
        created_by_id: by.contact_id(),
        created_by: by.name(),
        why: "",
        revision: 1,
    };
    let inserted = diesel::insert_into(quotes::table).values(&row).returning(quotes::id);
    let id: i64 = inserted.get_result(conn).map_err(db::first_elsewhere)?;
    let revision = NewRevision {
        quote_id: id,
        number: 1,
        valid_until_on: default_validity(scope, &policy),
        note: "",
        private_note: "",
        codes: &matter.codes,
    };
    stored::insert(&revision, &priced, now, conn)?;
    let subject = Subject {
        kind: super::KIND,
        id,
        reference: &row.reference,
        name: matter.customer_name,
        program_id: Some(row.program_id),
        organisation_id: Some(row.quoter_id),
    };
    let change = Change { to: QuoteStatus::Draft.label(), ..Change::default() };
    audit::record(by, &QUOTE_BEGUN, subject, change, now, conn)?;
    Ok(row.reference)
}

fn question<'a>(scope: &'a Scope, matter: &'a Matter<'_>) -> Question<'a> {
    Question {
        program: scope.program(),
        quoter_id: scope.organisation_id(),
        reseller_id: matter.reseller_id,
        currency: matter.currency,
        inquiry_id: matter.inquiry_id,
        quote_id: None,
        codes: &matter.codes,
        known_list_id: matter.known_list_id,
        day: scope.today(),
        own_since: scope.today(),
    }
}

fn default_validity(scope: &Scope, policy: &Policy) -> NaiveDate {
    add_days(scope.today(), policy.quote_validity_days.into())
}

/// What the quoter makes of a draft.
#[derive(Clone, Debug)]
pub struct EditDraft {
    /// The quoter's own level, line by line.
    pub own: Vec<BasisPoints>,
    pub codes: Vec<String>,
    pub valid_until_on: NaiveDate,
    pub note: String,
    pub private_note: String,
    /// The edition that the form showed.
    pub seen: i64,
}

/// The draft of a quote, for whoever makes it; a conflict where there is none.
pub(super) fn draft_of(quote: &Quote) -> Result<&Revision> {
    quote.draft().filter(|_| quote.row.status.is_open()).ok_or_else(|| {
        let status = quote.row.status.label().to_lowercase();
        Error::conflict(format!(
            "Quote {} is {status}; nothing is being drafted.",
            quote.row.reference
        ))
    })
}

/// Changes a draft and prices it anew.
pub fn edit(
    scope: &Scope,
    quote: &Quote,
    edited: &EditDraft,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let draft = draft_of(quote)?;
    let before = lines_of(draft, conn)?;
    let lines: Vec<Ordered> = before
        .iter()
        .enumerate()
        .map(|(place, line)| Ordered {
            own: edited.own.get(place).copied().unwrap_or(line.own),
            ..Ordered::again(line)
        })
        .collect();
    let priced = price_again(scope, quote, &edited.codes, draft, scope.today(), lines, conn)?;
    let changed = diesel::update(
        quote_revisions::table
            .find(draft.id)
            .filter(quote_revisions::status.eq(draft.status))
            .filter(quote_revisions::edition.eq(edited.seen)),
    )
    .set((
        quote_revisions::valid_until_on.eq(edited.valid_until_on),
        quote_revisions::note.eq(&edited.note),
        quote_revisions::private_note.eq(&edited.private_note),
        quote_revisions::promotion_codes.eq(edited.codes.join(" ")),
    ))
    .execute(conn)?;
    if changed == 0 {
        return Err(changed_meanwhile());
    }
    stored::replace(draft.id, &priced, now, conn)?;
    let subject = quote.row.subject(quote.row.quoter_id);
    audit::record(By::Person(scope.actor()), &QUOTE_EDITED, subject, Change::default(), now, conn)
}

pub(super) fn changed_meanwhile() -> Error {
    Error::conflict(
        "Somebody else changed this draft meanwhile. Open it again to see what it says now.",
    )
}

/// The lines of a revision with all that its quoter knows.
pub(super) fn lines_of(revision: &Revision, conn: &mut Conn) -> Result<Vec<QuoteLine>> {
    let mut found = QuoteLine::of(&[revision.id], Viewer::Quoter, conn)?;
    Ok(found.remove(&revision.id).unwrap_or_default())
}

/// Prices the lines of a quote as of today.
pub(super) fn price_again(
    scope: &Scope,
    quote: &Quote,
    codes: &[String],
    before: &Revision,
    own_since: NaiveDate,
    lines: Vec<Ordered>,
    conn: &mut Conn,
) -> Result<Priced> {
    let question = Question {
        program: scope.program(),
        quoter_id: quote.row.quoter_id,
        reseller_id: quote.row.reseller_id,
        currency: &quote.row.currency,
        inquiry_id: quote.row.inquiry_id,
        quote_id: Some(quote.row.id),
        codes,
        known_list_id: before.price_list_id,
        day: scope.today(),
        own_since,
    };
    price(&question, lines, conn)
}

/// Begins the next revision of a quote that was sent, from what was sent; that stays valid until the
/// new one is sent.
pub(super) fn revise(scope: &Scope, quote: &Quote, now: Instant, conn: &mut Conn) -> Result<Begun> {
    if quote.draft().is_some() && quote.row.status.is_open() {
        return Ok(Begun::Before);
    }
    let sent = quote.sent().filter(|_| quote.row.status == QuoteStatus::Sent);
    let Some(sent) = sent else {
        let status = quote.row.status.label().to_lowercase();
        return Err(Error::conflict(format!(
            "Quote {} is {status}; it is not revised any more.",
            quote.row.reference
        )));
    };
    let policy = policy_of_quoter(scope, conn)?;
    let lines = lines_of(sent, conn)?.iter().map(Ordered::again).collect();
    let codes = sent.codes();
    let priced = price_again(scope, quote, &codes, sent, scope.today(), lines, conn)?;
    let revision = NewRevision {
        quote_id: quote.row.id,
        number: sent.number + 1,
        valid_until_on: default_validity(scope, &policy),
        note: &sent.note,
        private_note: &sent.private_note,
        codes: &codes,
    };
    stored::insert(&revision, &priced, now, conn)?;
    let change = Change { to: &format!("Revision {}", revision.number), ..Change::default() };
    let subject = quote.row.subject(quote.row.quoter_id);
    audit::record(By::Person(scope.actor()), &QUOTE_BEGUN, subject, change, now, conn)?;
    Ok(Begun::Now)
}

/// Throws the draft of a further revision away; what was sent stays as it is.
pub(super) fn discard(scope: &Scope, quote: &Quote, now: Instant, conn: &mut Conn) -> Result<()> {
    let draft = draft_of(quote)?;
    if quote.sent().is_none() {
        return Err(Error::conflict("Nothing of this quote was sent yet: withdraw it instead."));
    }
    stored::delete(draft.id, conn)?;
    let change = Change { from: &format!("Revision {}", draft.number), ..Change::default() };
    let subject = quote.row.subject(quote.row.quoter_id);
    audit::record(By::Person(scope.actor()), &QUOTE_DISCARDED, subject, change, now, conn)
}
