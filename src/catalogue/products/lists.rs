//! The price lists that a person's prices are of, and the prices that pages show of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::define_sql_function;
use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable};
use iso_currency::Currency;

use crate::auth::Scope;
use crate::calendar::add_days;
use crate::catalogue::Band;
use crate::db::Conn;
use crate::db::schema::{enrolments, price_lists, prices, products};
use crate::error::Result;

define_sql_function! {
    /// The first of two that is not null.
    fn coalesce(a: Nullable<Integer>, b: Nullable<Integer>) -> Nullable<Integer>;
}

/// What people compare by, where a product is sold for it.
pub(super) const YEAR: i32 = 12;

/// So many announced lists are looked at for another price.
const MOST_ANNOUNCED: usize = 3;

/// A price list as prices name it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = price_lists)]
pub(super) struct Dated {
    pub id: i64,
    currency: String,
    pub effective_on: NaiveDate,
    /// Whether its prices were invented to show how the portal works.
    pub illustrative: bool,
}

/// The lists of one currency, the earliest first.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    /// None where nothing has a price in the person's currency.
    pub currency: Option<Currency>,
    /// Currencies between which the vendor's own people can choose.
    pub currencies: Vec<String>,
    lists: Vec<Dated>,
    today: NaiveDate,
}

/// The lists that a person may choose from; a macro, because its type has no name.
macro_rules! lists_of {
    ($query:expr, $scope:expr) => {{
        let scope: &Scope = $scope;
        let mut query = $query.filter(price_lists::program_id.eq(scope.program().id)).into_boxed();
        if let Some(enrolment_id) = scope.enrolment_id() {
            let paid_in = enrolments::table.find(enrolment_id).select(enrolments::currency);
            query = query.filter(price_lists::currency.eq_any(paid_in));
        }
        query
    }};
}

impl Lists {
    /// In the currency that the organisation pays in; for the vendor in the one that was chosen, or
    /// the program's. One query.
    pub(super) fn of(scope: &Scope, chosen: &str, conn: &mut Conn) -> Result<Self> {
        let lists = lists_of!(price_lists::table.select(Dated::as_select()), scope).load(conn)?;
        Ok(Self::among(lists, scope, chosen))
    }

    fn among(mut lists: Vec<Dated>, scope: &Scope, chosen: &str) -> Self {
        lists.sort_by_key(|list| (list.effective_on, list.id));
        let mut currencies: Vec<String> = lists.iter().map(|list| list.currency.clone()).collect();
        currencies.sort();
        currencies.dedup();
        let chosen = chosen.trim().to_uppercase();
        let own = &scope.program().currency;
        let code = [&chosen, own]
            .into_iter()
            .find(|code| currencies.contains(code))
            .or_else(|| currencies.first())
            .cloned()
            .unwrap_or_default();
        lists.retain(|list| list.currency == code);
        Self {
            currency: Currency::from_code(&code).filter(|_| !lists.is_empty()),
            currencies,
            lists,
            today: scope.today(),
        }
    }

    pub(super) fn in_force(&self) -> Option<&Dated> {
        self.lists.iter().rev().find(|list| list.effective_on <= self.today)
    }

    /// Those still to come, the next one first.
    pub(super) fn announced(&self) -> impl Iterator<Item = &Dated> {
        self.lists.iter().filter(|list| list.effective_on > self.today)
    }

    /// All lists, the latest first.
    pub(super) fn latest_first(&self) -> impl Iterator<Item = &Dated> {
        self.lists.iter().rev()
    }

    /// The list that began on a day and was followed by another, with its last day.
    pub(super) fn past(&self, day: NaiveDate) -> Option<(&Dated, NaiveDate)> {
        let mut from_then = self.lists.iter().filter(|list| list.effective_on >= day);
        let list = from_then.next().filter(|list| list.effective_on == day)?;
        let next = from_then.find(|next| next.effective_on > day)?;
        (next.effective_on <= self.today).then(|| (list, add_days(next.effective_on, -1)))
    }

    fn shown(&self) -> Vec<i64> {
        let announced = self.announced().take(MOST_ANNOUNCED);
        self.in_force().into_iter().chain(announced).map(|list| list.id).collect()
    }
}

/// The one price by which a product is compared: of a year where it is sold for one, else of its
/// shortest term, each in its lowest band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Headline {
    pub months: i32,
    pub from_quantity: i32,
    pub unit_minor: i64,
}

/// What products cost today and in lists to come, by list and product.
#[derive(Clone, Debug, Default)]
pub(super) struct Headlines(BTreeMap<(i64, i64), Headline>);

impl Headlines {
    /// One query.
    pub(super) fn of(
        lists: &Lists,
        scope: &Scope,
        product_ids: &[i64],
        conn: &mut Conn,
    ) -> Result<Self> {
        let ids = lists.shown();
        if ids.is_empty() || product_ids.is_empty() {
            return Ok(Self::default());
        }
        let (yearly, shortest) = diesel::alias!(prices as yearly, prices as shortest);
        let of_year = yearly
            .filter(yearly.field(prices::price_list_id).eq(price_lists::id))
            .filter(yearly.field(prices::product_id).eq(products::id))
            .filter(yearly.field(prices::months).eq(YEAR))
            .limit(1)
            .select(yearly.field(prices::months))
            .single_value();
        let of_shortest = shortest
            .filter(shortest.field(prices::price_list_id).eq(price_lists::id))
            .filter(shortest.field(prices::product_id).eq(products::id))
            .select(min(shortest.field(prices::months)))
            .single_value();
        let rows: Vec<(i64, i64, i32, i32, i64)> = products::table
            .inner_join(price_lists::table.on(price_lists::program_id.eq(products::program_id)))
            .inner_join(prices::table.on(
                prices::price_list_id.eq(price_lists::id).and(prices::product_id.eq(products::id)),
            ))
            .filter(products::program_id.eq(scope.program().id))
            .filter(products::id.eq_any(product_ids))
            .filter(price_lists::id.eq_any(ids))
            .filter(prices::months.nullable().eq(coalesce(of_year, of_shortest)))
            .select((
                price_lists::id,
                products::id,
                prices::months,
                prices::from_quantity,
                prices::unit_minor,
            ))
            .load(conn)?;
        let mut found = BTreeMap::<(i64, i64), Headline>::new();
        for (list, product, months, from_quantity, unit_minor) in rows {
            let new = Headline { months, from_quantity, unit_minor };
            let kept = found.entry((list, product)).or_insert(new);
            if from_quantity < kept.from_quantity {
                *kept = new;
            }
        }
        Ok(Self(found))
    }

    pub(super) fn get(&self, list: &Dated, product_id: i64) -> Option<Headline> {
        self.0.get(&(list.id, product_id)).copied()
    }
}

/// The prices of one product: all of the lists in force and to come and of one that is chosen of those
/// before, of the others of those the prices of a year (or without a term).
#[derive(Clone, Debug)]
pub(super) struct ProductPrices {
    pub lists: Lists,
    /// By list and months, the lowest band first.
    bands: BTreeMap<(i64, i32), Vec<Band>>,
}

type Row = (Dated, Option<(i32, i32, i64)>);

impl ProductPrices {
    /// One query, so that no list is mixed with another.
    pub(super) fn of(
        scope: &Scope,
        product_id: i64,
        chosen: &str,
        past: Option<NaiveDate>,
        conn: &mut Conn,
    ) -> Result<Self> {
        // Of today's list everything is read as it is.
        let past = price_lists::effective_on.eq(past.unwrap_or(scope.today()));
        let later = diesel::alias!(price_lists as later_lists);
        let followed = diesel::dsl::exists(
            later
                .filter(later.field(price_lists::program_id).eq(price_lists::program_id))
                .filter(later.field(price_lists::currency).eq(price_lists::currency))
                .filter(later.field(price_lists::effective_on).gt(price_lists::effective_on))
                .filter(later.field(price_lists::effective_on).le(scope.today())),
        );
        let query = price_lists::table
            .left_join(
                prices::table.on(prices::price_list_id
                    .eq(price_lists::id)
                    .and(prices::product_id.eq(product_id))
                    .and(prices::months.eq_any([0, YEAR]).or(diesel::dsl::not(followed)).or(past))),
            )
            .select((
                Dated::as_select(),
                (prices::months, prices::from_quantity, prices::unit_minor).nullable(),
            ));
        let rows: Vec<Row> = lists_of!(query, scope).load(conn)?;
        let mut lists: Vec<Dated> = Vec::new();
        let mut bands = BTreeMap::<(i64, i32), Vec<Band>>::new();
        for (list, price) in rows {
            if let Some((months, from_quantity, unit_minor)) = price {
                let band = Band { from_quantity, unit_minor };
                bands.entry((list.id, months)).or_default().push(band);
            }
            if lists.iter().all(|one| one.id != list.id) {
                lists.push(list);
            }
        }
        bands.values_mut().for_each(|bands| bands.sort_by_key(|band| band.from_quantity));
        Ok(Self { lists: Lists::among(lists, scope, chosen), bands })
    }

    pub(super) fn bands(&self, list: &Dated, months: i32) -> &[Band] {
        self.bands.get(&(list.id, months)).map_or(&[], Vec::as_slice)
    }

    /// The terms that have a price in a list, the shortest first; 0 where there is none.
    pub(super) fn terms(&self, list: &Dated) -> impl Iterator<Item = i32> + '_ {
        self.bands.range((list.id, 0)..=(list.id, i32::MAX)).map(|((_, months), _)| *months)
    }

    /// The price by which lists are compared.
    pub(super) fn headline(&self, list: &Dated) -> Option<Headline> {
        let mut terms = self.terms(list);
        let first = terms.next()?;
        let months =
            if first == YEAR { first } else { terms.find(|one| *one == YEAR).unwrap_or(first) };
        let band = self.bands(list, months).first()?;
        let Band { from_quantity, unit_minor } = *band;
        Some(Headline { months, from_quantity, unit_minor })
    }
}
