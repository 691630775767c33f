//! How a quote ends: accepted as it was shown, declined, withdrawn, or over by its date. Of several at
//! once the first one counts, and the others are told which it was.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::drafts::not_withdrawn;
use super::lines::QuoteLine;
use super::model::{Quote, QuoteRow, Revision};
use super::special::close_open;
use super::{QuoteStatus, Viewer, telling};
use crate::audit::{self, Action, By, Change};
use crate::auth::{Program, Scope};
use crate::clock::Instant;
use crate::db::schema::quotes;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};
use crate::pricing::actions::{
    INQUIRY_ACCEPTED, INQUIRY_DECLINED, INQUIRY_EXPIRED, INQUIRY_REOPENED, QUOTE_ACCEPTED,
    QUOTE_DECLINED, QUOTE_EXPIRED, QUOTE_WITHDRAWN,
};
use crate::pricing::inquiries::{self, Inquiry, InquiryStatus};
use crate::sweep::{Sweep, SweepOutcome};
use crate::web::Site;

/// What the reseller was looking at: the revision's number, and the quote's counter of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub number: i32,
    pub revision: i64,
}

/// What was accepted.
pub struct Accepted {
    pub quote: Quote,
    pub lines: Vec<QuoteLine>,
}

/// A way for a quote to end.
struct End<'a> {
    status: QuoteStatus,
    action: &'static Action,
    inquiry: (InquiryStatus, &'static Action),
    why: &'a str,
}

/// Accepts a quote as it was shown, for the reseller to whom it was sent.
pub fn accept(
    scope: &Scope,
    reference: &str,
    shown: Shown,
    now: Instant,
    conn: &mut Conn,
) -> Result<Accepted> {
    let quote = Quote::find_for(scope, reference, conn)?;
    maintenance::open_for(scope.program(), Capability::Quotes, now)?;
    let sent = shown_revision(scope, &quote, shown)?;
    let lines = QuoteLine::of(&[sent.id], Viewer::Reseller, conn)?.remove(&sent.id);
    let end = End {
        status: QuoteStatus::Accepted,
        action: &QUOTE_ACCEPTED,
        inquiry: (InquiryStatus::Accepted, &INQUIRY_ACCEPTED),
        why: "",
    };
    settle(&quote.row, &end, By::Person(scope.actor()), now, conn)?;
    Ok(Accepted { lines: lines.unwrap_or_default(), quote })
}

/// Declines a quote as it was shown, for a reason that its quoter reads.
pub fn decline(
    scope: &Scope,
    quote: &Quote,
    shown: Shown,
    why: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    shown_revision(scope, quote, shown)?;
    let end = End {
        status: QuoteStatus::Declined,
        action: &QUOTE_DECLINED,
        inquiry: (InquiryStatus::Declined, &INQUIRY_DECLINED),
        why,
    };
    settle(&quote.row, &end, By::Person(scope.actor()), now, conn)?;
    telling::tell_declined(scope.program(), quote, site, now, conn)
}

/// Takes a quote back, for its quoter. An inquiry that it answered waits for an answer again.
pub(super) fn withdraw(
    scope: &Scope,
    quote: &Quote,
    why: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    if !quote.row.status.is_open() {
        return Err(over(&quote.row));
    }
    let end = End {
        status: QuoteStatus::Withdrawn,
        action: &QUOTE_WITHDRAWN,
        inquiry: (InquiryStatus::Submitted, &INQUIRY_REOPENED),
        why,
    };
    settle(&quote.row, &end, By::Person(scope.actor()), now, conn)?;
    if quote.sent().is_some() {
        telling::tell_withdrawn(scope.program(), quote, why, site, now, conn)?;
    }
    Ok(())
}

/// The quote of an inquiry that its reseller withdraws ends with it; call it in the same transaction.
pub fn end_with_inquiry(
    inquiry: &Inquiry,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let id: Option<i64> = quotes::table
        .filter(quotes::inquiry_id.eq(inquiry.id))
        .filter(not_withdrawn())
        .filter(quotes::status.eq_any([QuoteStatus::Draft, QuoteStatus::Sent]))
        .select(quotes::id)
        .first(conn)
        .optional()?;
    let Some(id) = id else { return Ok(()) };
    let quote = Quote::find_unscoped(id, conn)?.row;
    end_row(&quote, QuoteStatus::Withdrawn, "", conn)?;
    record(&quote, QuoteStatus::Withdrawn, &QUOTE_WITHDRAWN, by, now, conn)?;
    close_open(&quote, by, now, conn)
}

/// The revision that somebody decides on, if it is the one that they were shown and may still be
/// decided on.
fn shown_revision<'q>(scope: &Scope, quote: &'q Quote, shown: Shown) -> Result<&'q Revision> {
    if quote.row.status != QuoteStatus::Sent {
        return Err(over(&quote.row));
    }
    let sent = quote.sent().ok_or_else(|| over(&quote.row))?;
    if sent.number != shown.number {
        return Err(Error::conflict(format!(
            "Revision {} of quote {} was sent meanwhile. Look at it again.",
            sent.number, quote.row.reference
        )));
    }
    if quote.row.revision != shown.revision {
        return Err(Error::conflict(format!(
            "Quote {} was changed meanwhile. Look at it again.",
            quote.row.reference
        )));
    }
    let last_day = sent.last_day(scope.program());
    if last_day < scope.today() {
        let day = scope.actor().locale.day(last_day);
        return Err(Error::conflict(format!(
            "Quote {} could be accepted until {day}. Ask for another one.",
            quote.row.reference
        )));
    }
    Ok(sent)
}

fn over(quote: &QuoteRow) -> Error {
    let status = quote.status.label().to_lowercase();
    Error::conflict(format!("Quote {} is {status} already.", quote.reference))
}

/// Ends a quote, only if it is still as it was read, and its inquiry with it.
fn settle(
    quote: &QuoteRow,
    end: &End<'_>,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    end_row(quote, end.status, end.why, conn)?;
    record(quote, end.status, end.action, by, now, conn)?;
    close_open(quote, by, now, conn)?;
    let Some(id) = quote.inquiry_id else { return Ok(()) };
    let inquiry = Inquiry::find_unscoped(id, conn)?;
    let (status, action) = end.inquiry;
    // An answer that was never sent leaves its inquiry where it is.
    if quote.sent_at.is_none() || inquiry.status == status {
        return Ok(());
    }
    if inquiry.status != InquiryStatus::Quoted {
        // One that its reseller withdrew is over already; nothing can be accepted on it.
        return match end.status {
            QuoteStatus::Accepted => Err(inquiries::changed_meanwhile(&inquiry)),
            _ => Ok(()),
        };
    }
    inquiries::move_to(&inquiry, status, action, "", by, now, conn)
}

fn end_row(quote: &QuoteRow, status: QuoteStatus, why: &str, conn: &mut Conn) -> Result<()> {
    let row = quotes::table
        .find(quote.id)
        .filter(quotes::status.eq(quote.status))
        .filter(quotes::revision.eq(quote.revision));
    let changed = diesel::update(row)
        .set((
            quotes::status.eq(status),
            quotes::why.eq(why),
            quotes::revision.eq(quotes::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::LostRace);
    }
    Ok(())
}

/// What was never sent is the quoter's history alone. The reason is no part of it: the vendor reads
/// the log of its program.
fn record(
    quote: &QuoteRow,
    status: QuoteStatus,
    action: &Action,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let whose = if quote.sent_at.is_some() { quote.reseller_id } else { quote.quoter_id };
    let change = Change { from: quote.status.label(), to: status.label(), ..Change::default() };
    audit::record(by, action, quote.subject(whose), change, now, conn)
}

/// Quotes that end in one transaction.
const BATCH: i64 = 200;

pub const SWEEP: Sweep = Sweep {
    name: "quotes",
    what: "lets quotes lapse that nobody accepted in time",
    hour: 0,
    run: expire_due,
};

fn expire_due(
    program: &Program,
    day: NaiveDate,
    site: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let (mut expired, mut after) = (0, None);
    loop {
        let (program, site) = (program.clone(), site.clone());
        let (batch, next) =
            db.write_blocking(move |conn| expire_batch(&program, day, after, &site, now, conn))?;
        expired += batch;
        after = next;
        if after.is_none() {
            return Ok(SweepOutcome::new(expired, format!("{expired} quotes lapsed")));
        }
    }
}

/// The last day and the id of a quote: behind it the next batch begins.
type Place = (NaiveDate, i64);

/// Lets the next quotes lapse whose last day is over; gives how many, and where the next batch begins.
/// Nothing lapses while quotes are stopped.
fn expire_batch(
    program: &Program,
    day: NaiveDate,
    after: Option<Place>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<(usize, Option<Place>)> {
    let windows = maintenance::current(program, conn)?;
    if windows.stopped(Capability::Quotes, now).is_some() {
        return Ok((0, None));
    }
    let pauses = windows.pauses(Capability::Quotes);
    let mut query = quotes::table
        .filter(quotes::program_id.eq(program.id))
        // Written out, so that both engines see that the index of open quotes is meant.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("quotes.status = 'sent'"))
        .filter(quotes::valid_until_on.lt(day))
        .order((quotes::valid_until_on, quotes::id))
        .limit(BATCH)
        .select((
            quotes::id,
            quotes::valid_until_on.assume_not_null(),
            quotes::sent_at.assume_not_null(),
        ))
        .into_boxed();
    if let Some((last, id)) = after {
        let same_day = quotes::valid_until_on.eq(last).and(quotes::id.gt(id));
        query = query
            .filter(quotes::valid_until_on.ge(last))
            .filter(quotes::valid_until_on.gt(last).or(same_day));
    }
    let found: Vec<(i64, NaiveDate, Instant)> = query.load(conn)?;
    let is_over = |(_, given, sent_at): &&(i64, NaiveDate, Instant)| {
        pauses.last_day(*sent_at, *given, program.time_zone) < day
    };
    let mut expired = 0;
    for (id, ..) in found.iter().filter(is_over) {
        let quote = Quote::find_unscoped(*id, conn)?;
        let end = End {
            status: QuoteStatus::Expired,
            action: &QUOTE_EXPIRED,
            inquiry: (InquiryStatus::Expired, &INQUIRY_EXPIRED),
            why: "",
        };
        settle(&quote.row, &end, By::Portal("Quote validity"), now, conn)?;
        telling::tell_expired(program, &quote, site, now, conn)?;
        expired += 1;
    }
    let full = i64::try_from(found.len()).is_ok_and(|count| count >= BATCH);
    let last = found.last().filter(|_| full).map(|(id, given, _)| (*given, *id));
    Ok((expired, last))
}
