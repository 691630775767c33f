//! Price lists as they are stored, for their vendor.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::prelude::*;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};

use super::difference::{PriceKey, PriceTable};
use crate::audit::Subject;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{price_lists, prices, products};
use crate::error::{Error, Result};
use crate::web::Cursor;

/// What a price list's history calls it.
pub const KIND: &str = "price_list";

/// A price list without its prices.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = price_lists)]
pub struct ListRecord {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    currency: String,
    pub effective_on: NaiveDate,
    /// From the program's pack; else published in the portal.
    pub from_pack: bool,
    /// Whether its prices were invented to show how the portal works.
    pub illustrative: bool,
    pub source: String,
    /// Names this version of the list: a replacement is published anew.
    pub published_at: Instant,
    pub published_by: String,
}

/// Where a list stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Announced,
    InForce,
    Past,
}

impl Phase {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Announced => "Announced",
            Self::InForce => "In force",
            Self::Past => "Past",
        }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Announced => "info",
            Self::InForce => "good",
            Self::Past => "plain",
        }
    }
}

impl ListRecord {
    /// For the vendor's own people; nobody else sees a list as such.
    pub(super) fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        if !scope.is_vendor() {
            return Err(Error::NotFound);
        }
        Ok(price_lists::table
            .filter(price_lists::program_id.eq(scope.program().id))
            .filter(price_lists::reference.eq(reference))
            .select(Self::as_select())
            .first(conn)?)
    }

    /// The list of a currency that begins on a day.
    pub(super) fn of_day(
        program_id: i64,
        currency: Currency,
        day: NaiveDate,
        conn: &mut Conn,
    ) -> Result<Option<Self>> {
        Ok(price_lists::table
            .filter(price_lists::program_id.eq(program_id))
            .filter(price_lists::currency.eq(currency.code()))
            .filter(price_lists::effective_on.eq(day))
            .select(Self::as_select())
            .first(conn)
            .optional()?)
    }

    /// The list that a list of this day follows.
    pub(super) fn before(
        program_id: i64,
        currency: Currency,
        day: NaiveDate,
        conn: &mut Conn,
    ) -> Result<Option<Self>> {
        Ok(price_lists::table
            .filter(price_lists::program_id.eq(program_id))
            .filter(price_lists::currency.eq(currency.code()))
            .filter(price_lists::effective_on.lt(day))
            .order(price_lists::effective_on.desc())
            .select(Self::as_select())
            .first(conn)
            .optional()?)
    }

    pub fn currency(&self) -> Result<Currency> {
        Currency::from_code(&self.currency)
            .ok_or_else(|| Error::internal(format!("{} is no currency", self.currency)))
    }

    pub fn currency_code(&self) -> &str {
        &self.currency
    }

    pub(super) fn subject<'a>(&'a self, name: &'a str) -> Subject<'a> {
        Subject {
            kind: KIND,
            id: self.id,
            reference: &self.reference,
            name,
            program_id: Some(self.program_id),
            organisation_id: None,
        }
    }

    /// As history names it.
    pub fn name(&self) -> String {
        format!("{} from {}", self.currency, self.effective_on)
    }

    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/prices/{}", self.reference))
    }
}

/// What the list of lists carries in its address.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::catalogue) struct ListsQuery {
    /// ISO 4217.
    pub currency: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl ListsQuery {
    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }
}

/// Lists of the program, the latest first, with where each stands. Two queries.
pub(super) fn lists_for(
    scope: &Scope,
    query: &ListsQuery,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<(ListRecord, Phase)>> {
    let mut lists = price_lists::table
        .filter(price_lists::program_id.eq(scope.program().id))
        .select(ListRecord::as_select())
        .limit(most)
        .into_boxed();
    if !query.currency.trim().is_empty() {
        lists = lists.filter(price_lists::currency.eq(query.currency.trim().to_uppercase()));
    }
    let cursor = query.cursor();
    let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    let place = cursor.and_then(|one| Some((one.key.parse::<NaiveDate>().ok()?, one.reference)));
    if let Some((day, reference)) = place {
        let same_day = price_lists::effective_on.eq(day);
        lists = if backwards {
            let later = same_day.and(price_lists::reference.gt(reference));
            lists.filter(price_lists::effective_on.gt(day).or(later))
        } else {
            let earlier = same_day.and(price_lists::reference.lt(reference));
            lists.filter(price_lists::effective_on.lt(day).or(earlier))
        };
    }
    lists = if backwards {
        lists.order((price_lists::effective_on.asc(), price_lists::reference.asc()))
    } else {
        lists.order((price_lists::effective_on.desc(), price_lists::reference.desc()))
    };
    let lists: Vec<ListRecord> = lists.load(conn)?;
    let phases = Phases::of(scope, conn)?;
    Ok(lists.into_iter().map(|list| (phases.of_list(&list), list)).map(|(p, l)| (l, p)).collect())
}

/// A list with the one before it and where it stands; for the vendor's own people. One query.
pub(super) fn list_in_its_row(
    scope: &Scope,
    reference: &str,
    conn: &mut Conn,
) -> Result<(ListRecord, Option<ListRecord>, Phase)> {
    if !scope.is_vendor() {
        return Err(Error::NotFound);
    }
    let mut lists: Vec<ListRecord> = price_lists::table
        .filter(price_lists::program_id.eq(scope.program().id))
        .order(price_lists::effective_on)
        .select(ListRecord::as_select())
        .load(conn)?;
    let place = lists.iter().position(|list| list.reference == reference).ok_or(Error::NotFound)?;
    let list = lists.swap_remove(place);
    let of_currency = || lists.iter().filter(|one| one.currency == list.currency);
    let before = of_currency()
        .filter(|one| one.effective_on < list.effective_on)
        .max_by_key(|one| one.effective_on)
        .cloned();
    let today = scope.today();
    let followed =
        of_currency().any(|one| one.effective_on > list.effective_on && one.effective_on <= today);
    let phase = match list.effective_on > today {
        true => Phase::Announced,
        false if followed => Phase::Past,
        false => Phase::InForce,
    };
    Ok((list, before, phase))
}

/// Since when each currency's prices are in force.
struct Phases {
    today: NaiveDate,
    since: HashMap<String, Option<NaiveDate>>,
}

impl Phases {
    fn of(scope: &Scope, conn: &mut Conn) -> Result<Self> {
        let today = scope.today();
        let since: Vec<(String, Option<NaiveDate>)> = price_lists::table
            .filter(price_lists::program_id.eq(scope.program().id))
            .filter(price_lists::effective_on.le(today))
            .group_by(price_lists::currency)
            .select((price_lists::currency, max(price_lists::effective_on)))
            .load(conn)?;
        Ok(Self { today, since: since.into_iter().collect() })
    }

    fn of_list(&self, list: &ListRecord) -> Phase {
        if list.effective_on > self.today {
            return Phase::Announced;
        }
        let since = self.since.get(&list.currency).copied().flatten();
        if since == Some(list.effective_on) { Phase::InForce } else { Phase::Past }
    }
}

/// All prices of a list.
pub(super) fn table_of(list_id: i64, conn: &mut Conn) -> Result<PriceTable> {
    Ok(tables_of(&[list_id], conn)?.remove(&list_id).unwrap_or_default())
}

/// All prices of some lists. One query.
pub(super) fn tables_of(list_ids: &[i64], conn: &mut Conn) -> Result<HashMap<i64, PriceTable>> {
    let rows: Vec<(i64, String, i32, i32, i64)> = prices::table
        .inner_join(products::table)
        .filter(prices::price_list_id.eq_any(list_ids))
        .select((
            prices::price_list_id,
            products::code,
            prices::months,
            prices::from_quantity,
            prices::unit_minor,
        ))
        .load(conn)?;
    let mut tables = HashMap::<i64, PriceTable>::new();
    for (list_id, product, months, from_quantity, unit_minor) in rows {
        let key = PriceKey { product, months, from_quantity };
        tables.entry(list_id).or_default().insert(key, unit_minor);
    }
    Ok(tables)
}
