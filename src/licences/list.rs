//! Lists of licences: the filters that an address carries, and the rows they leave, in the order
//! of their ends.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::within;
use super::rules::LineKind;
use super::status::{Standing, Status, Thresholds};
use crate::auth::Scope;
use crate::calendar::{CalendarMonth, add_days};
use crate::db::schema::{categories, customers, licences, organisations, products};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::web::{Cursor, Page};
use crate::{names, reference};

/// Which licences a list shows; nothing set means all that the person may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LicenceFilter {
    /// A customer's name from its beginning, or a serial number, SKU or reference as a whole.
    pub search: Option<String>,
    pub status: StatusFilter,
    /// The key of a category.
    pub category: Option<String>,
    /// The code of a product.
    pub product: Option<String>,
    /// The month in which they end.
    pub month: Option<CalendarMonth>,
    /// The reference of a customer.
    pub customer: Option<String>,
    /// The latest end first.
    pub latest_first: bool,
}

/// Which statuses a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusFilter {
    /// Everything that somebody may still have to do with: not lapsed, not renewed.
    #[default]
    Current,
    Any,
    Only(Status),
}

/// A row of a list.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = licences)]
pub struct LicenceLine {
    pub reference: String,
    #[diesel(select_expression = customers::name)]
    pub customer: String,
    #[diesel(select_expression = customers::reference)]
    pub customer_reference: String,
    #[diesel(select_expression = customers::country)]
    pub country: String,
    #[diesel(select_expression = products::name)]
    pub product: String,
    #[diesel(select_expression = products::unit)]
    pub unit: String,
    #[diesel(select_expression = organisations::name)]
    pub reseller: String,
    pub sku: String,
    pub quantity: i32,
    pub kind: LineKind,
    pub months: Option<i32>,
    pub unit_price_minor: i64,
    pub currency: String,
    pub serial_number: String,
    pub processed_on: NaiveDate,
    pub activated_on: Option<NaiveDate>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub due_on: NaiveDate,
    pub renewed_by_id: Option<i64>,
}

impl LicenceLine {
    /// What the line is on a day; nothing for hardware and services without a term.
    pub fn status(&self, day: NaiveDate, thresholds: Thresholds) -> Option<Status> {
        let has_term = self.months.is_some() || self.starts_on.is_some();
        let standing = Standing {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            is_renewed: self.renewed_by_id.is_some(),
        };
        has_term.then(|| standing.on(day, thresholds))
    }
}

// The customers that a search names, beside the one of each row.
diesel::alias!(customers as sought: Sought);

/// Conditions on the table of licences and those joined to it.
macro_rules! narrowed {
    ($query:expr, $scope:expr, $filter:expr, $thresholds:expr) => {{
        let (scope, filter): (&Scope, &LicenceFilter) = ($scope, $filter);
        let program_id = scope.program().id;
        let mut query = within!($query, scope);
        if let Some(typed) = &filter.search {
            let named = sought
                .filter(sought.field(customers::program_id).eq(program_id))
                .filter(sought.field(customers::name_key).ge(names::fold(typed)))
                .filter(sought.field(customers::name_key).lt(names::after_prefix(typed)))
                .select(sought.field(customers::id));
            query = query.filter(
                licences::customer_id
                    .eq_any(named)
                    .or(licences::serial_number.eq(typed))
                    .or(licences::sku.eq_any([typed.clone(), typed.to_uppercase()]))
                    .or(licences::reference.eq(reference::normalise(typed))),
            );
        }
        if let Some(key) = &filter.category {
            query = query.filter(categories::key.eq(key));
        }
        if let Some(code) = &filter.product {
            query = query.filter(products::code.eq(code));
        }
        if let Some(month) = filter.month {
            query = query.filter(licences::due_on.between(month.first_day(), month.last_day()));
        }
        if let Some(customer) = &filter.customer {
            query = query.filter(customers::reference.eq(customer));
        }
        let today = scope.today();
        let expiring_until = add_days(today, $thresholds.first_rung_days.into());
        let lapsed_before = add_days(today, -i64::from($thresholds.lapse_days));
        let begun = licences::starts_on.le(today).assume_not_null();
        let open = licences::renewed_by_id.is_null();
        match filter.status {
            StatusFilter::Any => query,
            StatusFilter::Current => query
                .filter(licences::due_on.ge(lapsed_before))
                .filter(licences::renewed_by_id.is_null()),
            StatusFilter::Only(Status::Pending) => {
                query.filter(licences::starts_on.is_null()).filter(licences::months.is_not_null())
            }
            StatusFilter::Only(Status::Scheduled) => query.filter(licences::starts_on.gt(today)),
            StatusFilter::Only(Status::Renewed) => {
                query.filter(begun).filter(licences::renewed_by_id.is_not_null())
            }
            StatusFilter::Only(Status::Active) => {
                query.filter(begun.and(open)).filter(licences::due_on.gt(expiring_until))
            }
            StatusFilter::Only(Status::Expiring) => query
                .filter(begun.and(open))
                .filter(licences::due_on.between(today, expiring_until)),
            StatusFilter::Only(Status::Expired) => query
                .filter(begun.and(open))
                .filter(licences::due_on.lt(today))
                .filter(licences::due_on.ge(lapsed_before)),
            StatusFilter::Only(Status::Lapsed) => {
                query.filter(begun.and(open)).filter(licences::due_on.lt(lapsed_before))
            }
        }
    }};
}

/// One page of the licences that the person may see, by their ends.
pub fn list_for(
    scope: &Scope,
    filter: &LicenceFilter,
    cursor: Option<&Cursor>,
    thresholds: Thresholds,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<LicenceLine>> {
    let joined = licences::table
        .inner_join(customers::table)
        .inner_join(products::table.inner_join(categories::table))
        .inner_join(organisations::table.on(organisations::id.eq(licences::reseller_id)))
        .select(LicenceLine::as_select())
        .limit(most)
        .into_boxed();
    let mut query = narrowed!(joined, scope, filter, thresholds);
    let backwards = cursor.is_some_and(|cursor| cursor.backwards);
    let descending = backwards != filter.latest_first;
    let at = cursor.and_then(|at| Some((at.key.parse::<NaiveDate>().ok()?, &at.reference)));
    if let Some((due_on, reference)) = at {
        // The first condition is what the index can seek to.
        query = if descending {
            query
                .filter(licences::due_on.le(due_on))
                .filter(licences::due_on.lt(due_on).or(licences::reference.lt(reference)))
        } else {
            query
                .filter(licences::due_on.ge(due_on))
                .filter(licences::due_on.gt(due_on).or(licences::reference.gt(reference)))
        };
    }
    query = if descending {
        query.order((licences::due_on.desc(), licences::reference.desc()))
    } else {
        query.order((licences::due_on, licences::reference))
    };
    Ok(query.kept().load(conn)?)
}

/// The page that rows make.
pub(super) fn page_of(rows: Vec<LicenceLine>, cursor: Option<&Cursor>) -> Page<LicenceLine> {
    Page::new(rows, cursor, sort_key)
}

/// Where a page after this row goes on.
pub(super) fn sort_key(row: &LicenceLine) -> (String, String) {
    (row.due_on.to_string(), row.reference.clone())
}
