//! Reading licences by their end: one page of them within a scope, and the ones that a mail names.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::filter::{Filter, Horizon, Show};
use super::ladder::Rung;
use super::words::End;
use crate::auth::{Part, Scope};
use crate::db::schema::{
    basket_lines, categories, customers, enrolments, licences, organisations, products,
};
use crate::db::{Conn, Keep, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::licences::rules::LineKind;
use crate::web::{Cursor, PAGE_ROWS, Page};

/// A licence as the page lists it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub reference: String,
    pub sku: String,
    pub quantity: i32,
    pub unit_price_minor: i64,
    pub currency: String,
    pub starts_on: Option<NaiveDate>,
    pub due_on: NaiveDate,
    pub product: String,
    pub unit: String,
    pub category_key: String,
    pub category: String,
    pub customer_id: i64,
    pub customer: String,
    pub reseller_id: i64,
    pub reseller: String,
    /// Nobody of the reseller's holds the role that is told of it.
    pub untold: bool,
    /// The person has put it into the basket.
    pub in_basket: bool,
    /// The licence that took over, where the person may see that one too.
    pub renewal: Option<Renewal>,
}

#[derive(Clone, Debug)]
pub(super) struct Renewal {
    pub reference: String,
    pub ends_on: Option<NaiveDate>,
}

diesel::alias!(
    pub(super) const RENEWALS: Alias<Renewals> = licences as renewals;
    pub(super) const SOUGHT_CUSTOMERS: Alias<SoughtCustomers> = customers as sought_customers;
    pub(super) const SOUGHT_CATEGORIES: Alias<SoughtCategories> = categories as sought_categories;
    pub(super) const SOUGHT_PRODUCTS: Alias<SoughtProducts> = products as sought_products;
);

/// Narrows a boxed query over licences, joined or not, to what the scope allows (a partner's own,
/// what was ordered through a distributor, all of the vendor's program) and to what was searched
/// for. The tab and the month are not part of it; neither is what cannot be renewed anyway.
macro_rules! narrowed {
    ($query:expr, $scope:expr, $filter:expr) => {{
        let (scope, filter): (&Scope, &Filter) = ($scope, $filter);
        let program_id = scope.program().id;
        let own = scope.organisation_id();
        let mut query = $query
            .filter(licences::program_id.eq(program_id))
            .filter(licences::kind.eq_any(LineKind::RENEWABLE));
        query = match scope.part() {
            None => query,
            Some(Part::Partner) => query.filter(licences::reseller_id.eq(own)),
            Some(Part::Distributor) => query.filter(licences::distributor_id.eq(own)),
        };
        if let Some(pattern) = filter.name_pattern() {
            let named = SOUGHT_CUSTOMERS
                .filter(SOUGHT_CUSTOMERS.field(customers::program_id).eq(program_id))
                .filter(SOUGHT_CUSTOMERS.field(customers::name_key).like(pattern).escape('\\'))
                .select(SOUGHT_CUSTOMERS.field(customers::id));
            query = query.filter(licences::customer_id.eq_any(named));
        }
        if !filter.category.is_empty() {
            let category = SOUGHT_CATEGORIES
                .filter(SOUGHT_CATEGORIES.field(categories::program_id).eq(program_id))
                .filter(SOUGHT_CATEGORIES.field(categories::key).eq(&filter.category))
                .select(SOUGHT_CATEGORIES.field(categories::id));
            let of_category = SOUGHT_PRODUCTS
                .filter(SOUGHT_PRODUCTS.field(products::category_id).eq_any(category))
                .select(SOUGHT_PRODUCTS.field(products::id));
            query = query.filter(licences::product_id.eq_any(of_category));
        }
        query
    }};
}
pub(super) use narrowed;

/// The lines of the person's basket, as a query.
macro_rules! mine {
    ($scope:expr) => {
        basket_lines::table
            .filter(basket_lines::contact_id.eq($scope.actor().contact_id))
            .filter(basket_lines::program_id.eq($scope.program().id))
    };
}
pub(super) use mine;

/// Licences with all that the list shows beside them, as a boxed query.
macro_rules! listed {
    ($scope:expr) => {
        licences::table
            .inner_join(products::table.inner_join(categories::table))
            .inner_join(customers::table)
            .inner_join(organisations::table.on(organisations::id.eq(licences::reseller_id)))
            .left_join(
                enrolments::table.on(enrolments::program_id
                    .eq(licences::program_id)
                    .and(enrolments::organisation_id.eq(licences::reseller_id))),
            )
            .left_join(
                basket_lines::table.on(basket_lines::licence_id
                    .eq(licences::id)
                    .and(basket_lines::contact_id.eq($scope.actor().contact_id))
                    .and(basket_lines::program_id.eq($scope.program().id))),
            )
            .left_join(
                RENEWALS.on(RENEWALS.field(licences::id).nullable().eq(licences::renewed_by_id)),
            )
            .select((
                (
                    licences::reference,
                    licences::sku,
                    licences::quantity,
                    licences::unit_price_minor,
                    licences::currency,
                    licences::starts_on,
                    licences::due_on,
                ),
                (products::name, products::unit, categories::key, categories::name),
                (customers::id, customers::name),
                (
                    organisations::id,
                    organisations::name,
                    enrolments::lacks_renewals.nullable(),
                    basket_lines::licence_id.nullable(),
                ),
                RENEWALS
                    .fields((
                        licences::reference,
                        licences::ends_on,
                        licences::reseller_id,
                        licences::distributor_id,
                    ))
                    .nullable(),
            ))
            .into_boxed()
    };
}

/// Where lines of many partners and customers come together each costs more to read, and fewer
/// of them are a page.
fn rows_of_page(scope: &Scope) -> usize {
    match scope.part() {
        Some(Part::Partner) => PAGE_ROWS,
        Some(Part::Distributor) | None => PAGE_ROWS / 2,
    }
}

/// One page of a tab's lines, by end date and reference.
pub(super) fn page_of_lines(
    scope: &Scope,
    filter: &Filter,
    horizon: &Horizon,
    conn: &mut Conn,
) -> Result<Page<Line>> {
    let (rows, cursor) = (rows_of_page(scope), filter.cursor.as_ref());
    let limit = i64::try_from(rows).unwrap_or(0) + 1;
    let lines = lines(scope, filter, horizon, cursor, limit, conn)?;
    Ok(Page::of_rows(rows, lines, cursor, key))
}

/// All lines of a tab after a cursor, as many as asked for.
pub(super) fn lines(
    scope: &Scope,
    filter: &Filter,
    horizon: &Horizon,
    cursor: Option<&Cursor>,
    limit: i64,
    conn: &mut Conn,
) -> Result<Vec<Line>> {
    let (first, last) = horizon.span_of(filter);
    let backwards = cursor.is_some_and(|cursor| cursor.backwards);
    let descending = filter.show.newest_first() != backwards;
    let mut query = narrowed!(listed!(scope), scope, filter)
        .filter(licences::due_on.between(first, last))
        .limit(limit);
    query = match filter.show {
        Show::Coming | Show::Late | Show::Lapsed => query.filter(licences::renewed_by_id.is_null()),
        Show::Renewed => query.filter(licences::renewed_by_id.is_not_null()),
    };
    let start = cursor.and_then(place);
    query = match (start, descending) {
        (None, _) => query,
        (Some((due_on, reference)), true) => query
            .filter(licences::due_on.le(due_on))
            .filter(licences::due_on.lt(due_on).or(licences::reference.lt(reference))),
        (Some((due_on, reference)), false) => query
            .filter(licences::due_on.ge(due_on))
            .filter(licences::due_on.gt(due_on).or(licences::reference.gt(reference))),
    };
    query = if descending {
        query.order((licences::due_on.desc(), licences::reference.desc()))
    } else {
        query.order((licences::due_on.asc(), licences::reference.asc()))
    };
    let rows: Vec<Row> = query.kept().load(conn)?;
    Ok(rows.into_iter().map(|row| line(scope, row)).collect())
}

type Row = (
    (String, String, i32, i64, String, Option<NaiveDate>, NaiveDate),
    (String, String, String, String),
    (i64, String),
    (i64, String, Option<bool>, Option<i64>),
    Option<(String, Option<NaiveDate>, i64, Option<i64>)>,
);

fn line(scope: &Scope, row: Row) -> Line {
    let (licence, product, customer, reseller, renewal) = row;
    let (reference, sku, quantity, unit_price_minor, currency, starts_on, due_on) = licence;
    // The renewal may have been bought elsewhere, and is then not this person's to see.
    let own = scope.organisation_id();
    let renewal = renewal.filter(|(_, _, reseller_id, distributor_id)| match scope.part() {
        None => true,
        Some(Part::Partner) => *reseller_id == own,
        Some(Part::Distributor) => *distributor_id == Some(own),
    });
    Line {
        reference,
        sku,
        quantity,
        unit_price_minor,
        currency,
        starts_on,
        due_on,
        product: product.0,
        unit: product.1,
        category_key: product.2,
        category: product.3,
        customer_id: customer.0,
        customer: customer.1,
        reseller_id: reseller.0,
        reseller: reseller.1,
        untold: reseller.2.unwrap_or(false),
        in_basket: reseller.3.is_some(),
        renewal: renewal.map(|(reference, ends_on, ..)| Renewal { reference, ends_on }),
    }
}

/// What a line is sorted by, as a cursor carries it.
pub(super) fn key(line: &Line) -> (String, String) {
    (line.due_on.to_string(), line.reference.clone())
}

fn place(cursor: &Cursor) -> Option<(NaiveDate, String)> {
    Some((cursor.key.parse().ok()?, cursor.reference.clone()))
}

/// A licence as a renewal mail names it.
#[derive(Clone, Debug)]
pub(super) struct EndingLine {
    pub id: i64,
    pub rung: Rung,
    pub reference: String,
    pub sku: String,
    pub quantity: i32,
    pub due_on: NaiveDate,
    pub product: String,
    pub unit: String,
    pub customer_id: i64,
    pub customer: String,
}

impl EndingLine {
    pub(super) fn end(&self, seen_on: NaiveDate) -> End {
        End { on: self.due_on, seen_on }
    }
}

/// The licences behind ids that the sweep has found, in order of date, each with its rung.
pub(super) fn ending_lines(rungs: &[(i64, Rung)], conn: &mut Conn) -> Result<Vec<EndingLine>> {
    let rung_of: BTreeMap<i64, Rung> = rungs.iter().copied().collect();
    let mut lines = Vec::with_capacity(rungs.len());
    for some in rungs.chunks(ROWS_PER_STATEMENT) {
        let ids: Vec<i64> = some.iter().map(|(id, _)| *id).collect();
        let rows = licences::table
            .inner_join(products::table)
            .inner_join(customers::table)
            .filter(licences::id.eq_any(ids))
            .select((
                licences::id,
                licences::reference,
                licences::sku,
                licences::quantity,
                licences::due_on,
                (products::name, products::unit),
                (customers::id, customers::name),
            ))
            .load::<EndingRow>(conn)?;
        lines.extend(rows.into_iter().filter_map(|row| {
            let (id, reference, sku, quantity, due_on, product, customer) = row;
            Some(EndingLine {
                rung: *rung_of.get(&id)?,
                id,
                reference,
                sku,
                quantity,
                due_on,
                product: product.0,
                unit: product.1,
                customer_id: customer.0,
                customer: customer.1,
            })
        }));
    }
    lines.sort_by(|a, b| (a.due_on, &a.reference).cmp(&(b.due_on, &b.reference)));
    Ok(lines)
}

type EndingRow = (i64, String, String, i32, NaiveDate, (String, String), (i64, String));
