//! The licences that customers hold already or get by the same file: what a renewal or a change
//! can be for.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::calendar::days_between;
use crate::customers::Identity;
use crate::db::schema::{licences, orders};
use crate::db::{self, Conn};
use crate::error::Result;
use crate::licences::rules::LineKind;

/// Where a licence is: in the database, or among the lines that the import will write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Stored(i64),
    /// The place of its line in the plan.
    Planned(usize),
}

/// A licence, as far as a renewal or a change of it asks.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) at: Base,
    /// None while it is only planned.
    pub(super) reference: Option<String>,
    /// `external_number/position`.
    pub(super) order_line: String,
    pub(super) product_id: i64,
    pub(super) serial_number: String,
    pub(super) kind: LineKind,
    pub(super) quantity: i32,
    pub(super) has_term: bool,
    pub(super) starts_on: Option<NaiveDate>,
    pub(super) ends_on: Option<NaiveDate>,
    pub(super) renewed: bool,
}

/// What a line asks of the licences of its customer.
pub(super) struct Wanted<'a> {
    pub(super) kind: LineKind,
    pub(super) product_id: i64,
    pub(super) serial_number: &'a str,
    pub(super) renews: &'a str,
    pub(super) processed_on: NaiveDate,
    pub(super) lapse_days: i64,
}

/// Why no licence, or no single one, was found.
pub(super) enum NotFound {
    NoneFits,
    Several(Vec<String>),
    /// Named, but the customer has none of that name.
    Unknown,
    AlreadyRenewed,
    NoTerm,
}

/// The licences by customer.
#[derive(Default)]
pub(super) struct Holdings {
    by_customer: HashMap<Identity, Vec<Held>>,
}

impl Holdings {
    /// The licences that these customers have in the database.
    pub(super) fn stored(customers: &HashMap<Identity, i64>, conn: &mut Conn) -> Result<Self> {
        let identities: HashMap<i64, &Identity> =
            customers.iter().map(|(identity, id)| (*id, identity)).collect();
        let mut ids: Vec<i64> = identities.keys().copied().collect();
        ids.sort_unstable();
        let mut holdings = Self::default();
        for chunk in ids.chunks(db::ROWS_PER_STATEMENT) {
            let rows: Vec<Row> = licences::table
                .inner_join(orders::table)
                .filter(licences::customer_id.eq_any(chunk))
                .select(Row::as_select())
                .load(conn)?;
            for row in rows {
                let identity = identities[&row.customer_id];
                holdings.add(identity, row.held());
            }
        }
        Ok(holdings)
    }

    pub(super) fn add(&mut self, customer: &Identity, held: Held) {
        match self.by_customer.get_mut(customer) {
            Some(list) => list.push(held),
            None => {
                self.by_customer.insert(customer.clone(), vec![held]);
            }
        }
    }

    /// The one licence that a renewal or change is for.
    pub(super) fn find(&self, customer: &Identity, wanted: &Wanted<'_>) -> Result<Held, NotFound> {
        let theirs = self.by_customer.get(customer).map_or(&[][..], Vec::as_slice);
        if wanted.renews.is_empty() {
            return choose(theirs, wanted);
        }
        let named =
            theirs.iter().find(|held| held.is_called(wanted.renews)).ok_or(NotFound::Unknown)?;
        match wanted.kind {
            LineKind::Renewal if named.renewed => Err(NotFound::AlreadyRenewed),
            _ if !named.has_term => Err(NotFound::NoTerm),
            _ => Ok(named.clone()),
        }
    }

    /// A renewal was planned: the licence cannot be renewed again.
    pub(super) fn mark_renewed(&mut self, customer: &Identity, base: Base) {
        let theirs = self.by_customer.get_mut(customer).into_iter().flatten();
        for held in theirs.filter(|held| held.at == base) {
            held.renewed = true;
        }
    }
}

/// The one that fits; of renewals, one that is not too late is taken before those that are.
fn choose(theirs: &[Held], wanted: &Wanted<'_>) -> Result<Held, NotFound> {
    let fitting: Vec<&Held> = theirs.iter().filter(|held| held.fits(wanted)).collect();
    let in_time: Vec<&Held> =
        fitting.iter().copied().filter(|held| held.is_in_time(wanted)).collect();
    let candidates = if in_time.is_empty() { fitting } else { in_time };
    match candidates.as_slice() {
        [] => Err(NotFound::NoneFits),
        [one] => Ok((*one).clone()),
        several => {
            Err(NotFound::Several(several.iter().take(4).map(|held| held.describe()).collect()))
        }
    }
}

impl Held {
    fn is_called(&self, name: &str) -> bool {
        self.reference.as_deref() == Some(name) || self.order_line == name
    }

    fn fits(&self, wanted: &Wanted<'_>) -> bool {
        let same_device =
            wanted.serial_number.is_empty() || self.serial_number == wanted.serial_number;
        let renewable = match wanted.kind {
            LineKind::Change => self.runs_on(wanted.processed_on),
            _ => !self.renewed,
        };
        self.product_id == wanted.product_id
            && same_device
            && renewable
            && self.has_term
            && !matches!(self.kind, LineKind::Trial | LineKind::Change)
    }

    /// A line that still waits may start any day.
    fn runs_on(&self, day: NaiveDate) -> bool {
        self.starts_on.is_none_or(|start| start <= day) && self.ends_on.is_none_or(|end| day <= end)
    }

    fn is_in_time(&self, wanted: &Wanted<'_>) -> bool {
        self.ends_on.is_none_or(|end| days_between(end, wanted.processed_on) <= wanted.lapse_days)
    }

    fn describe(&self) -> String {
        let name = self.reference.as_deref().unwrap_or(&self.order_line);
        match self.ends_on {
            Some(end) => format!("{name} ({} units, ends {end})", self.quantity),
            None => format!("{name} ({} units, no end yet)", self.quantity),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = licences)]
struct Row {
    id: i64,
    reference: String,
    #[diesel(select_expression = orders::external_number)]
    external_number: String,
    position: i32,
    customer_id: i64,
    product_id: i64,
    serial_number: String,
    kind: LineKind,
    quantity: i32,
    months: Option<i32>,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    renewed_by_id: Option<i64>,
}

impl Row {
    fn held(self) -> Held {
        Held {
            at: Base::Stored(self.id),
            order_line: format!("{}/{}", self.external_number, self.position),
            reference: Some(self.reference),
            product_id: self.product_id,
            serial_number: self.serial_number,
            kind: self.kind,
            quantity: self.quantity,
            has_term: self.months.is_some() || self.ends_on.is_some(),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            renewed: self.renewed_by_id.is_some(),
        }
    }
}
