//! What runs unused: the earliest start, so the most lost days, first.

use chrono::NaiveDate;
use diesel::dsl::{count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::{Deserialize, Serialize};

use crate::auth::Scope;
use crate::calendar::{add_days, days_between};
use crate::db::schema::{customers, enrolments, licences, organisations, products};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::licences::model::within;
use crate::licences::rules::{LineKind, lost_days};
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};
use crate::{keyset, names, reference};

/// What the list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::licences) struct UnusedQuery {
    /// Part of the customer's name, or the licence's reference.
    pub q: String,
    /// Part of the partner's name; for vendor and distributor.
    pub partner: String,
    /// At least so many days lost.
    pub days: String,
    #[serde(skip_serializing)]
    pub page: String,
}

/// Of the filter by days lost.
pub(super) const DAYS: [i64; 4] = [7, 30, 90, 180];

impl UnusedQuery {
    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.partner, &self.days].iter().any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    fn least(&self) -> i64 {
        self.days.parse().ok().filter(|days| DAYS.contains(days)).unwrap_or(1)
    }
}

/// A row.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = licences)]
pub(super) struct UnusedLine {
    pub reference: String,
    #[diesel(select_expression = customers::name)]
    pub customer: String,
    #[diesel(select_expression = customers::reference)]
    pub customer_reference: String,
    #[diesel(select_expression = customers::country)]
    pub country: String,
    #[diesel(select_expression = organisations::name)]
    pub reseller: String,
    #[diesel(select_expression = products::name)]
    pub product: String,
    #[diesel(select_expression = products::unit)]
    pub unit: String,
    pub sku: String,
    pub quantity: i32,
    pub kind: LineKind,
    pub processed_on: NaiveDate,
    #[diesel(select_expression = licences::starts_on.assume_not_null())]
    pub starts_on: NaiveDate,
    pub due_on: NaiveDate,
}

impl UnusedLine {
    pub(super) fn lost(&self, today: NaiveDate) -> i64 {
        lost_days(self.starts_on, today).into()
    }

    /// Of its whole term.
    pub(super) fn term_days(&self) -> i64 {
        days_between(self.starts_on, add_days(self.due_on, 1))
    }
}

/// Written out, so that both engines see that the indexes of what was not activated are meant.
fn unused() -> SqlLiteral<Bool> {
    sql("licences.activated_on IS NULL AND licences.months IS NOT NULL \
         AND licences.kind <> 'renewal' AND licences.kind <> 'change'")
}

/// The rows that the person may see and the filters leave; a macro, because the types of the
/// queries have no name.
macro_rules! narrowed {
    ($query:expr, $scope:expr, $list:expr) => {{
        let (scope, list): (&Scope, &UnusedQuery) = ($scope, $list);
        let today = scope.today();
        let mut query = within!($query.into_boxed(), scope)
            .filter(unused())
            .filter(licences::starts_on.le(add_days(today, -list.least())))
            .filter(licences::due_on.ge(today));
        let sought = names::fold(&list.q);
        if !sought.is_empty() {
            let pattern = format!("%{}%", names::escape_like(&sought));
            let by_reference = licences::reference.eq(reference::normalise(&list.q));
            let by_name = customers::name_key.like(pattern).escape('\\');
            query = query.filter(by_reference.or(by_name));
        }
        let partner = names::fold(&list.partner);
        if !partner.is_empty() {
            let pattern = format!("%{}%", names::escape_like(&partner));
            let partners = enrolments::table
                .filter(enrolments::program_id.eq(scope.program().id))
                .filter(enrolments::name_key.like(pattern).escape('\\'))
                .select(enrolments::organisation_id);
            query = query.filter(licences::reseller_id.eq_any(partners));
        }
        query
    }};
}

/// The list: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &UnusedQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<UnusedLine>> {
    let joined = licences::table
        .inner_join(customers::table)
        .inner_join(products::table)
        .inner_join(organisations::table.on(organisations::id.eq(licences::reseller_id)))
        .select(UnusedLine::as_select());
    let query = narrowed!(joined, scope, list);
    let day = |cursor: &Cursor| cursor.key.parse::<NaiveDate>().ok();
    let (by_day, by_row) = (licences::starts_on.assume_not_null(), licences::reference);
    let query = keyset!(rising: query, by_day, by_row, cursor, most, day);
    Ok(query.kept().load(conn)?)
}

/// Where a page after this row goes on.
pub(super) fn sort_key(row: &UnusedLine) -> (String, String) {
    (row.starts_on.to_string(), row.reference.clone())
}

/// What the list adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub licences: i64,
    pub lost: i64,
}

/// Counted by start, so that neither engine reckons with dates.
pub(super) fn totals_for(scope: &Scope, list: &UnusedQuery, conn: &mut Conn) -> Result<Totals> {
    let by_start = licences::table
        .inner_join(customers::table)
        .group_by(licences::starts_on)
        .select((licences::starts_on.assume_not_null(), count_star()));
    let starts: Vec<(NaiveDate, i64)> = narrowed!(by_start, scope, list).load(conn)?;
    let today = scope.today();
    Ok(starts.into_iter().fold(Totals::default(), |sum, (start, count)| Totals {
        licences: sum.licences + count,
        lost: sum.lost + count * i64::from(lost_days(start, today)),
    }))
}

/// All lines that the filters leave, as a file.
pub(super) struct UnusedFile {
    pub query: UnusedQuery,
}

impl CsvList for UnusedFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("lost-days-{}-{}.csv", scope.program().slug, scope.today())
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec![
            "reference",
            "customer",
            "customer_country",
            "reseller",
            "product",
            "sku",
            "quantity",
            "unit",
            "kind",
            "processed_on",
            "starts_on",
            "ends_on",
            "days_lost",
            "days_of_term",
        ]
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let found = list_for(scope, &self.query, after, ROWS_AT_ONCE, conn)?;
        for line in &found {
            rows.row([
                line.reference.clone(),
                line.customer.clone(),
                line.country.clone(),
                line.reseller.clone(),
                line.product.clone(),
                line.sku.clone(),
                line.quantity.to_string(),
                line.unit.clone(),
                line.kind.to_string(),
                line.processed_on.to_string(),
                line.starts_on.to_string(),
                line.due_on.to_string(),
                line.lost(scope.today()).to_string(),
                line.term_days().to_string(),
            ])?;
        }
        Ok(next_part(&found, sort_key))
    }
}
