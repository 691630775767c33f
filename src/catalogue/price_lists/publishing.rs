//! Price lists are published, replaced and withdrawn, each whole and before its day comes.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use iso_currency::Currency;

use super::import::{Plan, PriceFile, check};
use super::model::ListRecord;
use super::{Decision, news};
use crate::audit::{self, Change};
use crate::catalogue::actions::{LIST_PUBLISHED, LIST_REPLACED, LIST_WITHDRAWN};
use crate::db::schema::{price_lists, prices};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::reference;
use crate::sheet::Fault;

/// What the reference of a price list begins with.
const PREFIX: &str = "PL";

/// The last year in which a list can begin, as in packs.
const LAST_YEAR: i32 = 2199;

/// What is said of a list besides its prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub currency: Currency,
    pub effective_on: NaiveDate,
    /// Where the prices are from; may be empty.
    pub source: String,
}

impl Publication {
    /// What is wrong with its day; nothing where it is still to come.
    pub(super) fn refuse_day(&self, today: NaiveDate) -> Option<String> {
        if self.effective_on <= today {
            return Some("Choose a day after today: prices in force are not rewritten.".to_owned());
        }
        (self.effective_on.year() > LAST_YEAR)
            .then(|| format!("Choose a day of the year {LAST_YEAR} at the latest."))
    }

    /// # Errors
    /// A fault of the field `effective_on` where its day has come.
    pub fn must_be_to_come(&self, today: NaiveDate) -> Result<()> {
        self.refuse_day(today).map_or(Ok(()), |why| Err(Error::field("effective_on", why)))
    }

    /// Why no list can be published beside this one of the same day and currency.
    pub(super) fn refuse_beside(&self, list: &ListRecord) -> Option<Error> {
        list.from_pack.then(|| {
            let text = format!(
                "The program's pack has a price list in {} from {}; choose another day.",
                self.currency.code(),
                self.effective_on
            );
            Error::field("effective_on", text)
        })
    }
}

/// A list as it was when somebody decided to replace it: nothing where they saw none, or will
/// replace whatever is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    None,
    List { reference: String, version: i64 },
    Whatever,
}

impl Seen {
    /// The list that a check showed, as its form sends it back.
    pub fn parse(text: &str) -> Self {
        text.rsplit_once(':')
            .and_then(|(reference, version)| {
                let version = version.parse().ok()?;
                Some(Self::List { reference: reference.to_owned(), version })
            })
            .unwrap_or(Self::None)
    }

    pub fn of(list: &ListRecord) -> String {
        format!("{}:{}", list.reference, version(list))
    }

    fn is(&self, list: Option<&ListRecord>) -> bool {
        match (self, list) {
            (Self::None, found) => found.is_none(),
            (Self::Whatever, _) => true,
            (Self::List { .. }, None) => false,
            (Self::List { reference, version: seen }, Some(list)) => {
                *reference == list.reference && *seen == version(list)
            }
        }
    }
}

/// The instant of publication tells the versions of a list apart.
pub(super) fn version(list: &ListRecord) -> i64 {
    list.published_at.to_datetime().timestamp_micros()
}

/// A list that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub reference: String,
    pub prices: usize,
    /// Whether it took the place of another.
    pub replaced: bool,
}

/// What became of a file.
#[derive(Clone, Debug)]
pub enum Done {
    Published(Published),
    Refused(Vec<Fault>),
    /// Somebody published a list of that day that the person has not seen.
    Overtaken(Box<Plan>),
}

/// Publishes a list whole, from its day on.
///
/// # Errors
/// A fault of the field `effective_on` where the day has come or is the pack's.
pub fn publish(
    file: &PriceFile,
    publication: &Publication,
    seen: &Seen,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<Done> {
    let Decision { program, now, .. } = decision;
    publication.must_be_to_come(program.day_of(now))?;
    let plan = match check(file, publication, program, conn)? {
        Ok(plan) => plan,
        Err(faults) => return Ok(Done::Refused(faults)),
    };
    if !seen.is(plan.replaces.as_ref()) {
        return Ok(Done::Overtaken(Box::new(plan)));
    }
    let list = match &plan.replaces {
        Some(old) => replace(old, publication, decision, conn)?,
        None => insert(publication, decision, conn)?,
    };
    insert_prices(&plan, list.id, conn)?;
    let action = if plan.replaces.is_some() { &LIST_REPLACED } else { &LIST_PUBLISHED };
    let (name, why) = (list.name(), summary(&plan));
    let change = Change { to: &name, why: &why, ..Change::default() };
    audit::record(decision.by, action, list.subject(&name), change, now, conn)?;
    news::announce(&list, plan.replaces.is_some(), decision, conn)?;
    Ok(Done::Published(Published {
        reference: list.reference,
        prices: plan.prices.len(),
        replaced: plan.replaces.is_some(),
    }))
}

/// What it changes, as history keeps it.
fn summary(plan: &Plan) -> String {
    let difference = &plan.difference;
    format!(
        "{} prices: {} added, {} removed, {} dearer, {} cheaper",
        plan.prices.len(),
        difference.added(),
        difference.removed(),
        difference.dearer(),
        difference.cheaper()
    )
}

fn insert(
    publication: &Publication,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<ListRecord> {
    let row = (
        price_lists::reference.eq(reference::draw(PREFIX)),
        price_lists::program_id.eq(decision.program.id),
        price_lists::currency.eq(publication.currency.code()),
        price_lists::effective_on.eq(publication.effective_on),
        price_lists::from_pack.eq(false),
        price_lists::illustrative.eq(false),
        price_lists::source.eq(&publication.source),
        price_lists::published_at.eq(decision.now),
        price_lists::published_by_id.eq(decision.by.contact_id()),
        price_lists::published_by.eq(decision.by.name()),
    );
    let id: i64 = diesel::insert_into(price_lists::table)
        .values(row)
        .returning(price_lists::id)
        .get_result(conn)
        .map_err(db::first_elsewhere)?;
    Ok(price_lists::table.find(id).select(ListRecord::as_select()).first(conn)?)
}

/// The new prices stand under the old reference: nobody was priced by a list still to come.
fn replace(
    old: &ListRecord,
    publication: &Publication,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<ListRecord> {
    let same =
        price_lists::table.find(old.id).filter(price_lists::published_at.eq(old.published_at));
    let row = (
        price_lists::source.eq(&publication.source),
        price_lists::published_at.eq(decision.now),
        price_lists::published_by_id.eq(decision.by.contact_id()),
        price_lists::published_by.eq(decision.by.name()),
    );
    if diesel::update(same).set(row).execute(conn)? == 0 {
        return Err(Error::LostRace);
    }
    diesel::delete(prices::table.filter(prices::price_list_id.eq(old.id))).execute(conn)?;
    Ok(price_lists::table.find(old.id).select(ListRecord::as_select()).first(conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = prices)]
struct Row {
    price_list_id: i64,
    product_id: i64,
    months: i32,
    from_quantity: i32,
    unit_minor: i64,
}

fn insert_prices(plan: &Plan, price_list_id: i64, conn: &mut Conn) -> Result<()> {
    let rows: Vec<Row> = plan
        .prices
        .iter()
        .filter_map(|(key, unit_minor)| {
            Some(Row {
                price_list_id,
                product_id: *plan.products.get(&key.product)?,
                months: key.months,
                from_quantity: key.from_quantity,
                unit_minor: *unit_minor,
            })
        })
        .collect();
    db::insert_all!(conn, prices::table, rows);
    Ok(())
}

/// Why a list cannot be withdrawn on a day; nothing where it can.
pub(super) fn why_kept(list: &ListRecord, today: NaiveDate) -> Option<&'static str> {
    if list.effective_on <= today {
        return Some("Its day has come: what is in force, or was, stays.");
    }
    list.from_pack.then_some("It is in the program's pack: change the pack and import it again.")
}

/// Takes a list back before its day comes. `seen` is its version as the person saw it.
///
/// # Errors
/// A conflict where its day has come, where it is the pack's, or where it was replaced since.
pub fn withdraw(
    list: &ListRecord,
    seen: i64,
    why: &str,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { program, by, now, .. } = decision;
    if let Some(why_kept) = why_kept(list, program.day_of(now)) {
        return Err(Error::conflict(format!("The list {}: {why_kept}", list.reference)));
    }
    if version(list) != seen {
        let who = &list.published_by;
        return Err(Error::conflict(format!(
            "{who} has replaced the prices of this list since you opened the page; look at them \
             first."
        )));
    }
    diesel::delete(prices::table.filter(prices::price_list_id.eq(list.id))).execute(conn)?;
    let same =
        price_lists::table.find(list.id).filter(price_lists::published_at.eq(list.published_at));
    if diesel::delete(same).execute(conn)? == 0 {
        return Err(Error::LostRace);
    }
    let name = list.name();
    let change = Change { from: &name, why, ..Change::default() };
    audit::record(by, &LIST_WITHDRAWN, list.subject(&name), change, now, conn)?;
    news::take_back(list, decision, conn)
}
