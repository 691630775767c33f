//! What things cost: the vendor's recommended prices (MSRP) on a day, all from one list.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;

use crate::calendar::TermMonths;
use crate::db::Conn;
use crate::db::schema::{price_lists, prices};
use crate::error::Result;

/// A list as prices name it: they hold from its day until the next list of its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceList {
    pub id: i64,
    pub reference: String,
    pub effective_on: NaiveDate,
    /// Whether its prices were invented to show how the portal works.
    pub illustrative: bool,
}

/// A quantity band: from so many units on, one costs so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    pub from_quantity: i32,
    pub unit_minor: i64,
}

/// What one unit costs in a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    pub band: Band,
    /// The band after it, where there is one.
    pub next: Option<Band>,
}

impl UnitPrice {
    /// All units together; none where that is more than can be counted.
    pub fn total(self, quantity: i32) -> Option<i64> {
        self.band.unit_minor.checked_mul(quantity.into())
    }

    /// The next band, where so many units cost less altogether than the quantity does now.
    pub fn cheaper_band(self, quantity: i32) -> Option<Band> {
        let next = self.next?;
        let now = self.total(quantity)?;
        let then = next.unit_minor.checked_mul(next.from_quantity.into())?;
        (then < now).then_some(next)
    }
}

/// Which prices are read.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    All,
    /// Of these products, at every term.
    Products(&'a [i64]),
}

/// Prices of one list.
#[derive(Clone, Debug)]
pub struct Prices {
    list: PriceList,
    /// By product and months (0 where there is no term), the lowest band first.
    bands: BTreeMap<(i64, i32), Vec<Band>>,
}

type Row = ((i64, String, NaiveDate, bool), Option<(i64, i32, i32, i64)>);

impl Prices {
    /// The prices in force on a day; none where the program has no list of the currency by then.
    /// One query, so that all of them are of one list whatever is published meanwhile.
    pub fn on(
        program_id: i64,
        currency: Currency,
        day: NaiveDate,
        wanted: Wanted<'_>,
        conn: &mut Conn,
    ) -> Result<Option<Self>> {
        let lists = diesel::alias!(price_lists as dated_lists);
        let in_force = lists
            .filter(lists.field(price_lists::program_id).eq(program_id))
            .filter(lists.field(price_lists::currency).eq(currency.code()))
            .filter(lists.field(price_lists::effective_on).le(day))
            .order(lists.field(price_lists::effective_on).desc())
            .limit(1)
            .select(lists.field(price_lists::id))
            .single_value();
        let ids = match wanted {
            Wanted::All => None,
            Wanted::Products(ids) => Some(ids),
        };
        let mut query = price_lists::table
            .left_join(prices::table.on(prices::price_list_id.eq(price_lists::id)))
            .filter(price_lists::id.nullable().eq(in_force))
            .select((
                (
                    price_lists::id,
                    price_lists::reference,
                    price_lists::effective_on,
                    price_lists::illustrative,
                ),
                (prices::product_id, prices::months, prices::from_quantity, prices::unit_minor)
                    .nullable(),
            ))
            .into_boxed();
        if let Some(ids) = ids {
            let sought = prices::product_id.assume_not_null().eq_any(ids);
            query = query.filter(sought.or(prices::product_id.is_null()));
        }
        let rows: Vec<Row> = query.load(conn)?;
        Ok(match (rows.is_empty(), ids) {
            (false, _) => Self::of(rows),
            // The list may be there and have none of these.
            (true, Some(_)) => Self::empty(program_id, currency, day, conn)?,
            (true, None) => None,
        })
    }

    fn of(rows: Vec<Row>) -> Option<Self> {
        let (id, reference, effective_on, illustrative) = rows.first()?.0.clone();
        let mut bands = BTreeMap::<_, Vec<Band>>::new();
        for (product_id, months, from_quantity, unit_minor) in
            rows.into_iter().filter_map(|(_, price)| price)
        {
            bands.entry((product_id, months)).or_default().push(Band { from_quantity, unit_minor });
        }
        bands.values_mut().for_each(|bands| bands.sort_by_key(|band| band.from_quantity));
        Some(Self { list: PriceList { id, reference, effective_on, illustrative }, bands })
    }

    fn empty(
        program_id: i64,
        currency: Currency,
        day: NaiveDate,
        conn: &mut Conn,
    ) -> Result<Option<Self>> {
        let list: Option<(i64, String, NaiveDate, bool)> = price_lists::table
            .filter(price_lists::program_id.eq(program_id))
            .filter(price_lists::currency.eq(currency.code()))
            .filter(price_lists::effective_on.le(day))
            .order(price_lists::effective_on.desc())
            .select((
                price_lists::id,
                price_lists::reference,
                price_lists::effective_on,
                price_lists::illustrative,
            ))
            .first(conn)
            .optional()?;
        Ok(list.map(|(id, reference, effective_on, illustrative)| Self {
            list: PriceList { id, reference, effective_on, illustrative },
            bands: BTreeMap::new(),
        }))
    }

    /// The list that they are all of.
    pub fn list(&self) -> &PriceList {
        &self.list
    }

    /// What a unit costs in this quantity; none where the list has no price for it.
    pub fn unit(
        &self,
        product_id: i64,
        months: Option<TermMonths>,
        quantity: i32,
    ) -> Option<UnitPrice> {
        let bands = self.bands(product_id, months);
        let after = bands.partition_point(|band| band.from_quantity <= quantity);
        let band = *bands.get(after.checked_sub(1)?)?;
        Some(UnitPrice { band, next: bands.get(after).copied() })
    }

    /// The bands of a product at a term, the lowest first.
    pub fn bands(&self, product_id: i64, months: Option<TermMonths>) -> &[Band] {
        let months = months.map_or(0, |months| i32::from(months.get()));
        self.bands.get(&(product_id, months)).map_or(&[], Vec::as_slice)
    }

    /// The terms for which a product has a price, the shortest first; 0 where it has no term.
    pub fn terms(&self, product_id: i64) -> impl Iterator<Item = i32> + '_ {
        self.bands.range((product_id, 0)..=(product_id, i32::MAX)).map(|((_, months), _)| *months)
    }
}
