//! A special price is asked for, decided, or taken back.

use diesel::prelude::*;

use super::super::model::{Quote, QuoteRow};
use super::super::telling::special as telling;
use super::{KIND, Special, SpecialStatus};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::special_prices;
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};
use crate::percent::BasisPoints;
use crate::pricing::actions::{
    SPECIAL_APPROVED, SPECIAL_REJECTED, SPECIAL_REQUESTED, SPECIAL_WITHDRAWN,
};
use crate::reference;
use crate::web::Site;

/// A request by its id, as long as nobody has decided it; a macro, because its type has no name.
macro_rules! open {
    ($id:expr) => {
        special_prices::table
            .filter(special_prices::id.eq($id))
            .filter(special_prices::status.eq(SpecialStatus::Submitted))
    };
}

/// What is asked for.
pub struct Request {
    pub percent: BasisPoints,
    /// None: for every line.
    pub product_id: Option<i64>,
    pub reason: String,
}

/// What the vendor says.
pub(in crate::pricing::quotes) enum Decision {
    /// Not more than was asked for.
    Approve(BasisPoints),
    Reject(String),
}

#[derive(Insertable)]
#[diesel(table_name = special_prices, treat_none_as_default_value = false)]
struct NewSpecial<'a> {
    reference: String,
    program_id: i64,
    quote_id: i64,
    product_id: Option<i64>,
    status: SpecialStatus,
    asked_basis_points: i32,
    reason: &'a str,
    requested_at: Instant,
    requested_by_id: Option<i64>,
    requested_by: String,
    decided_by: &'static str,
    why: &'static str,
}

/// Asks the vendor for a special price on a quote that is open; gives its reference.
pub fn request(
    scope: &Scope,
    quote: &Quote,
    asked: &Request,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    if !quote.row.status.is_open() {
        return Err(over(&quote.row));
    }
    maintenance::open_for(scope.program(), Capability::Quotes, now)?;
    let by = By::Person(scope.actor());
    let row = NewSpecial {
        reference: reference::draw("SP"),
        program_id: quote.row.program_id,
        quote_id: quote.row.id,
        product_id: asked.product_id,
        status: SpecialStatus::Submitted,
        asked_basis_points: asked.percent.get(),
        reason: &asked.reason,
        requested_at: now,
        requested_by_id: by.contact_id(),
        requested_by: by.name(),
        decided_by: "",
        why: "",
    };
    diesel::insert_into(special_prices::table).values(&row).execute(conn)?;
    let special = Special::find_for(scope, &row.reference, conn)?;
    let change = Change { to: SpecialStatus::Submitted.label(), ..Change::default() };
    audit::record(by, &SPECIAL_REQUESTED, special.subject(), change, now, conn)?;
    telling::tell_requested(scope.program(), &special, site, now, conn)?;
    Ok(row.reference)
}

fn over(quote: &QuoteRow) -> Error {
    let status = quote.status.label().to_lowercase();
    Error::conflict(format!(
        "Quote {} is {status}; its prices do not change any more.",
        quote.reference
    ))
}

/// Grants or refuses a special price for the vendor, once, and not to oneself.
pub(in crate::pricing::quotes) fn decide(
    scope: &Scope,
    special: &Special,
    decision: &Decision,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    if special.is_asked_by(scope) {
        return Err(Error::forbidden(
            "You asked for this special price: somebody else decides. You can withdraw it.",
        ));
    }
    let quote = Quote::find_unscoped(special.quote_id, conn)?;
    if special.status == SpecialStatus::Submitted && !quote.row.status.is_open() {
        return Err(over(&quote.row));
    }
    maintenance::open_for(scope.program(), Capability::Quotes, now)?;
    let by = By::Person(scope.actor());
    let (status, action, granted, why) = match decision {
        Decision::Approve(percent) => {
            (SpecialStatus::Approved, &SPECIAL_APPROVED, Some(percent.get()), "")
        }
        Decision::Reject(why) => (SpecialStatus::Rejected, &SPECIAL_REJECTED, None, why.as_str()),
    };
    let changed = diesel::update(open!(special.id))
        .set((
            special_prices::status.eq(status),
            special_prices::granted_basis_points.eq(granted),
            special_prices::decided_at.eq(Some(now)),
            special_prices::decided_on.eq(Some(scope.today())),
            special_prices::decided_by_id.eq(by.contact_id()),
            special_prices::decided_by.eq(by.name()),
            special_prices::why.eq(why),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(decided_before(special));
    }
    let change = Change { from: special.status.label(), to: status.label(), why };
    audit::record(by, action, special.subject(), change, now, conn)?;
    telling::tell_decided(scope.program(), special, status, site, now, conn)
}

/// Takes a request back that nobody has decided yet. The caller is of whoever asked.
pub(in crate::pricing::quotes) fn withdraw(
    scope: &Scope,
    special: &Special,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let set = special_prices::status.eq(SpecialStatus::Withdrawn);
    if diesel::update(open!(special.id)).set(set).execute(conn)? == 0 {
        return Err(decided_before(special));
    }
    let change = Change {
        from: special.status.label(),
        to: SpecialStatus::Withdrawn.label(),
        ..Change::default()
    };
    audit::record(
        By::Person(scope.actor()),
        &SPECIAL_WITHDRAWN,
        special.subject(),
        change,
        now,
        conn,
    )
}

fn decided_before(special: &Special) -> Error {
    Error::conflict(format!("The special price {} was decided already.", special.reference))
}

/// Requests that nobody has decided are over with their quote.
pub(in crate::pricing::quotes) fn close_open(
    quote: &QuoteRow,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let waiting: Vec<(i64, String)> = special_prices::table
        .filter(special_prices::quote_id.eq(quote.id))
        .filter(special_prices::status.eq(SpecialStatus::Submitted))
        .select((special_prices::id, special_prices::reference))
        .load(conn)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = waiting.iter().map(|(id, _)| *id).collect();
    diesel::update(special_prices::table.filter(special_prices::id.eq_any(ids)))
        .set(special_prices::status.eq(SpecialStatus::Withdrawn))
        .execute(conn)?;
    let change = Change {
        from: SpecialStatus::Submitted.label(),
        to: SpecialStatus::Withdrawn.label(),
        ..Change::default()
    };
    let lines: Vec<(Subject<'_>, Change<'_>)> = waiting
        .iter()
        .map(|(id, reference)| {
            let subject = Subject {
                kind: KIND,
                id: *id,
                reference,
                name: &quote.customer_name,
                program_id: Some(quote.program_id),
                organisation_id: Some(quote.quoter_id),
            };
            (subject, change)
        })
        .collect();
    audit::record_all(by, &SPECIAL_WITHDRAWN, &lines, now, conn)
}
