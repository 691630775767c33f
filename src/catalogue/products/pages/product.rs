//! One product: its prices by term and quantity, what is announced, and promotions.

use askama::Template;
use chrono::NaiveDate;

use crate::auth::Scope;
use crate::catalogue::products::lists::{Dated, ProductPrices, YEAR};
use crate::catalogue::products::query::ProductQuery;
use crate::catalogue::products::words;
use crate::catalogue::promotions::{OfferLine, PublicOffer};
use crate::catalogue::{Band, Product};
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::money::Money;
use crate::web::{Frame, Visit, list_address};

/// So many announced lists are written out whole.
const WRITTEN_OUT: usize = 2;

/// More terms than these are shown when somebody asks for them; at once a month and the years are.
const MOST_TERMS: usize = 12;

#[derive(Template)]
#[template(path = "catalogue/product.html")]
pub(in crate::catalogue::products) struct ProductPage {
    frame: Frame,
    catalogue_href: String,
    product: Product,
    kind_label: &'static str,
    warranty: String,
    /// What one customer can have at most, in words; empty where there is no limit.
    limit: String,
    currency: String,
    /// The vendor's other currencies.
    currencies: Vec<Link>,
    /// The list in force first, then those that are announced.
    tables: Vec<PriceTable>,
    /// A past list, where one is chosen.
    past: Option<PriceTable>,
    history: Vec<Past>,
    history_of: String,
    offers: Vec<OfferLine>,
}

struct Link {
    href: String,
    label: String,
}

/// The prices of one list.
struct PriceTable {
    title: String,
    hint: String,
    announced: bool,
    /// What the quantities of the columns are.
    bands: Vec<String>,
    rows: Vec<Row>,
    /// Every term, where there are more than are shown at once.
    all: Vec<Row>,
    illustrative: bool,
}

struct Row {
    term: String,
    cells: Vec<String>,
}

/// A price and since when it held.
struct Past {
    /// Where all prices of the list are; empty of one that stands on the page anyway.
    href: String,
    day_iso: String,
    day: String,
    price: String,
    tone: &'static str,
    status: &'static str,
}

impl ProductPage {
    /// Three queries.
    pub(in crate::catalogue::products) fn read(
        visit: &Visit,
        scope: &Scope,
        code: &str,
        query: &ProductQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let product = Product::find(scope.program().id, code, conn)?;
        let past: Option<NaiveDate> = query.from.parse().ok();
        let prices = ProductPrices::of(scope, product.id, &query.currency, past, conn)?;
        let mut offers = PublicOffer::current(scope, conn)?;
        offers.retain(|offer| offer.is_for(product.category_id));
        let lists = &prices.lists;
        let locale = scope.actor().locale;
        let others = lists.currencies.iter().filter(|code| {
            lists.currencies.len() > 1
                && lists.currency.is_some_and(|current| current.code() != code.as_str())
        });
        let path = scope.path(&format!("/catalogue/{}", product.code));
        let shown = lists.in_force().into_iter().chain(lists.announced().take(WRITTEN_OUT));
        let view = View { prices: &prices, product: &product, scope, locale };
        Ok(Self {
            frame: visit.frame(scope),
            catalogue_href: scope.path("/catalogue"),
            kind_label: words::kind(product.kind),
            warranty: product
                .warranty_months
                .map(|one| words::term(one.get().into()))
                .unwrap_or_default(),
            limit: limit(&product, locale),
            currency: lists.currency.map(|one| one.code().to_owned()).unwrap_or_default(),
            currencies: others
                .map(|code| Link {
                    href: list_address(&path, &[("currency", code.as_str())], None),
                    label: code.clone(),
                })
                .collect(),
            past: past.and_then(|day| view.past_table(day)),
            tables: shown.filter_map(|list| view.table(list)).collect(),
            history: view.history(&path, &query.currency),
            history_of: view.history_of(),
            offers: offers.iter().map(|offer| OfferLine::of(offer, scope)).collect(),
            product,
        })
    }
}

fn limit(product: &Product, locale: Locale) -> String {
    product
        .most_units
        .map(|most| {
            let units = if most == 1 { "" } else { "s" };
            format!(
                "At most {} {}{units} for one customer",
                locale.number(most.into()),
                product.unit
            )
        })
        .unwrap_or_default()
}

struct View<'a> {
    prices: &'a ProductPrices,
    product: &'a Product,
    scope: &'a Scope,
    locale: Locale,
}

impl View<'_> {
    fn money(&self, minor: i64) -> String {
        let currency = self.prices.lists.currency;
        currency.map(|one| Money::new(minor, one).show(self.locale)).unwrap_or_default()
    }

    /// A past list by the day on which it began.
    fn past_table(&self, day: NaiveDate) -> Option<PriceTable> {
        let (list, last_day) = self.prices.lists.past(day)?;
        let table = self.table(list)?;
        let [from, until] = [day, last_day].map(|day| self.locale.day(day));
        Some(PriceTable {
            title: format!("Prices from {from}"),
            hint: format!("Past: they held until {until}."),
            ..table
        })
    }

    /// Terms by quantities; none where the list has no price of it.
    fn table(&self, list: &Dated) -> Option<PriceTable> {
        let terms: Vec<i32> = self.prices.terms(list).collect();
        let mut starts: Vec<i32> = terms
            .iter()
            .flat_map(|term| self.prices.bands(list, *term))
            .map(|band| band.from_quantity)
            .collect();
        starts.sort_unstable();
        starts.dedup();
        if terms.is_empty() {
            return None;
        }
        let bands = starts
            .iter()
            .enumerate()
            .map(|(place, from)| words::band(*from, starts.get(place + 1).copied(), self.locale));
        let row = |term: &i32| Row {
            term: if *term == 0 { "No term".to_owned() } else { words::term(*term) },
            cells: starts
                .iter()
                .map(|from| self.price_in(self.prices.bands(list, *term), *from))
                .collect(),
        };
        let (usual, all) = if terms.len() > MOST_TERMS {
            let usual: Vec<i32> =
                terms.iter().copied().filter(|term| *term == 1 || term % YEAR == 0).collect();
            (usual, terms.as_slice())
        } else {
            (terms.clone(), [].as_slice())
        };
        let day = self.locale.day(list.effective_on);
        let announced = list.effective_on > self.scope.today();
        Some(PriceTable {
            title: match announced {
                true => format!("Prices from {day}"),
                false => "Prices today".to_owned(),
            },
            hint: match announced {
                true => "Announced; until then today's prices hold.".to_owned(),
                false => format!("In force since {day}."),
            },
            announced,
            bands: bands.collect(),
            rows: usual.iter().map(row).collect(),
            all: all.iter().map(row).collect(),
            illustrative: list.illustrative,
        })
    }

    /// What one unit costs from a quantity on; empty where the lowest band begins above it.
    fn price_in(&self, bands: &[Band], quantity: i32) -> String {
        let after = bands.partition_point(|band| band.from_quantity <= quantity);
        let band = after.checked_sub(1).and_then(|place| bands.get(place));
        band.map(|band| self.money(band.unit_minor)).unwrap_or_default()
    }

    /// The price by which lists are compared, as each list has it; the latest first.
    fn history(&self, path: &str, currency: &str) -> Vec<Past> {
        let Some(months) = self.compared() else { return Vec::new() };
        let today = self.scope.today();
        let in_force = self.prices.lists.in_force();
        let of_list = |list: &Dated| {
            let band = *self.prices.bands(list, months).first()?;
            let (tone, status) = match in_force {
                Some(current) if current.id == list.id => ("good", "In force"),
                _ if list.effective_on > today => ("info", "Announced"),
                _ => ("plain", "Past"),
            };
            let day = list.effective_on.to_string();
            let query = [("currency", currency), ("from", day.as_str())];
            let is_past = self.prices.lists.past(list.effective_on).is_some();
            let href = || format!("{}#past", list_address(path, &query, None));
            Some(Past {
                href: if is_past { href() } else { String::new() },
                day_iso: list.effective_on.to_string(),
                day: self.locale.day(list.effective_on),
                price: self.money(band.unit_minor),
                tone,
                status,
            })
        };
        self.prices.lists.latest_first().filter_map(of_list).collect()
    }

    fn compared(&self) -> Option<i32> {
        let lists = &self.prices.lists;
        let list = lists.in_force().into_iter().chain(lists.announced());
        list.filter_map(|list| self.prices.headline(list)).map(|price| price.months).next()
    }

    fn history_of(&self) -> String {
        match self.compared() {
            None => String::new(),
            Some(months) => {
                let names_term = if months == YEAR { "" } else { ", the shortest term" };
                let term = if months == 0 { "" } else { names_term };
                format!("{}{term}.", crate::names::capitalised(&words::per(self.product, months)))
            }
        }
    }
}
