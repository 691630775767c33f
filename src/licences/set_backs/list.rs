//! Set-back licences as a list: those that lost most first, with what they add up to.

use chrono::NaiveDate;
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::auth::{Part, Scope};
use crate::db::schema::{customers, enrolments, licences, organisations, products, set_backs};
use crate::db::{Conn, Keep, padded};
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};
use crate::{keyset, names, reference};

/// Partners that the page names; the file has every line.
const PARTNERS: i64 = 20;

/// What the list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::licences) struct SetBackQuery {
    /// Part of the customer's name, or the licence's reference.
    pub q: String,
    /// The reference of a partner's enrolment; for vendor and distributor.
    pub partner: String,
    /// `none`: nothing was left of the term when the policy changed; `some`: something was.
    pub left: String,
    #[serde(skip_serializing)]
    pub page: String,
}

/// Of the filter by what is left.
pub(super) const LEFT: [(&str, &str); 2] =
    [("none", "Ended by the change"), ("some", "Still running then")];

impl SetBackQuery {
    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.partner, &self.left].iter().any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }
}

/// A row.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = set_backs)]
pub(super) struct SetBackLine {
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
    #[diesel(select_expression = licences::sku)]
    pub sku: String,
    #[diesel(select_expression = licences::quantity)]
    pub quantity: i32,
    #[diesel(select_expression = licences::processed_on)]
    pub processed_on: NaiveDate,
    #[diesel(select_expression = licences::ends_on)]
    pub ends_on: Option<NaiveDate>,
    #[diesel(select_expression = licences::activated_on)]
    pub activated_on: Option<NaiveDate>,
    pub changed_on: NaiveDate,
    pub days_gone: i32,
    pub days_left: i32,
    pub told_on: Option<NaiveDate>,
}

/// The rows that the person may see and the filters leave; a macro, because the types of the
/// queries have no name.
macro_rules! narrowed {
    ($query:expr, $scope:expr, $list:expr) => {{
        let (scope, list): (&Scope, &SetBackQuery) = ($scope, $list);
        let mut query = $query.filter(set_backs::program_id.eq(scope.program().id)).into_boxed();
        let own = scope.organisation_id();
        query = match scope.part() {
            None => query,
            Some(Part::Partner) => query.filter(set_backs::reseller_id.eq(own)),
            Some(Part::Distributor) => query.filter(set_backs::distributor_id.eq(own)),
        };
        if !list.partner.trim().is_empty() {
            let partner = enrolments::table
                .filter(enrolments::program_id.eq(scope.program().id))
                .filter(enrolments::reference.eq(reference::normalise(&list.partner)))
                .select(enrolments::organisation_id);
            query = query.filter(set_backs::reseller_id.eq_any(partner));
        }
        let sought = names::fold(&list.q);
        if !sought.is_empty() {
            let pattern = format!("%{}%", names::escape_like(&sought));
            let by_reference = set_backs::reference.eq(reference::normalise(&list.q));
            let by_name = customers::name_key.like(pattern).escape('\\');
            query = query.filter(by_reference.or(by_name));
        }
        match list.left.as_str() {
            "none" => query.filter(set_backs::days_left.eq(0)),
            "some" => query.filter(set_backs::days_left.gt(0)),
            _ => query,
        }
    }};
}

/// The list: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &SetBackQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<SetBackLine>> {
    let joined = set_backs::table
        .inner_join(
            licences::table
                .inner_join(customers::table)
                .inner_join(products::table)
                .inner_join(organisations::table.on(organisations::id.eq(licences::reseller_id))),
        )
        .select(SetBackLine::as_select());
    let query = narrowed!(joined, scope, list);
    let days = |cursor: &Cursor| cursor.key.parse::<i32>().ok();
    let (by_days, by_row) = (set_backs::days_gone, set_backs::reference);
    let query = keyset!(falling: query, by_days, by_row, cursor, most, days);
    Ok(query.kept().load(conn)?)
}

/// Where a page after this row goes on.
pub(super) fn sort_key(row: &SetBackLine) -> (String, String) {
    (row.days_gone.to_string(), row.reference.clone())
}

/// What a list adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub licences: i64,
    pub days_gone: i64,
    pub days_left: i64,
}

impl Totals {
    /// Of all partners together; nothing where there may be more of them than are listed.
    pub(super) fn of_all(partners: &[PartnerCost]) -> Option<Self> {
        let are_all = i64::try_from(partners.len()).is_ok_and(|count| count < PARTNERS);
        let sum = |part: fn(&Self) -> i64| partners.iter().map(|one| part(&one.totals)).sum();
        are_all.then(|| Self {
            licences: sum(|one| one.licences),
            days_gone: sum(|one| one.days_gone),
            days_left: sum(|one| one.days_left),
        })
    }
}

/// Licences, days gone and days left, as a query adds them up.
type Sums = (i64, Option<i64>, Option<i64>);

impl Totals {
    fn of((licences, gone, left): Sums) -> Self {
        let (days_gone, days_left) = (gone.unwrap_or_default(), left.unwrap_or_default());
        Self { licences, days_gone, days_left }
    }
}

pub(super) fn totals_for(scope: &Scope, list: &SetBackQuery, conn: &mut Conn) -> Result<Totals> {
    let joined = set_backs::table
        .inner_join(licences::table.inner_join(customers::table))
        .select((count_star(), sum(set_backs::days_gone), sum(set_backs::days_left)));
    let sums: Sums = narrowed!(joined, scope, list).first(conn)?;
    Ok(Totals::of(sums))
}

/// A partner, and what its licences lost.
pub(super) struct PartnerCost {
    pub name: String,
    pub reference: String,
    pub totals: Totals,
}

/// The partners that lost most.
pub(super) fn by_partner(
    scope: &Scope,
    list: &SetBackQuery,
    conn: &mut Conn,
) -> Result<Vec<PartnerCost>> {
    let grouped = set_backs::table
        .inner_join(licences::table.inner_join(customers::table))
        .group_by(set_backs::reseller_id)
        .select((
            set_backs::reseller_id,
            (count_star(), sum(set_backs::days_gone), sum(set_backs::days_left)),
        ))
        .order((sum(set_backs::days_gone).desc(), set_backs::reseller_id.asc()))
        .limit(PARTNERS);
    let rows: Vec<(i64, Sums)> = narrowed!(grouped, scope, list).load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let names: Vec<(i64, String, String)> = enrolments::table
        .inner_join(organisations::table)
        .filter(enrolments::program_id.eq(scope.program().id))
        .filter(enrolments::organisation_id.eq_any(padded(&ids)))
        .select((enrolments::organisation_id, organisations::name, enrolments::reference))
        .kept()
        .load(conn)?;
    let cost = |(id, sums): (i64, Sums)| {
        let (_, name, reference) = names.iter().find(|(of, ..)| *of == id).cloned()?;
        Some(PartnerCost { name, reference, totals: Totals::of(sums) })
    };
    Ok(rows.into_iter().filter_map(cost).collect())
}

/// All lines that the filters leave, as a file.
pub(super) struct SetBacksFile {
    pub query: SetBackQuery,
}

impl CsvList for SetBacksFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("set-back-licences-{}-{}.csv", scope.program().slug, scope.today())
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
            "processed_on",
            "policy_changed_on",
            "days_gone",
            "days_left",
            "ends_on",
            "activated_on",
            "told_on",
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
            let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            rows.row([
                line.reference.clone(),
                line.customer.clone(),
                line.country.clone(),
                line.reseller.clone(),
                line.product.clone(),
                line.sku.clone(),
                line.quantity.to_string(),
                line.unit.clone(),
                line.processed_on.to_string(),
                line.changed_on.to_string(),
                line.days_gone.to_string(),
                line.days_left.to_string(),
                day(line.ends_on),
                day(line.activated_on),
                day(line.told_on),
            ])?;
        }
        Ok(next_part(&found, sort_key))
    }
}
