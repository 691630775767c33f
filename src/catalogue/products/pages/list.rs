//! The products, by category.

use askama::Template;

use crate::auth::Scope;
use crate::catalogue::products::lists::{Headline, Headlines, Lists};
use crate::catalogue::products::query::{CatalogueQuery, sort_key};
use crate::catalogue::products::words;
use crate::catalogue::tabs::{Tab, tabs};
use crate::catalogue::{Category, Product, ProductKind};
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::money::Money;
use crate::web::{Frame, PAGE_ROWS, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "catalogue/index.html")]
pub(in crate::catalogue::products) struct ListPage {
    frame: Frame,
    tabs: Vec<Tab>,
    path: String,
    csv_href: String,
    query: CatalogueQuery,
    categories: Vec<Word>,
    kinds: Vec<Word>,
    /// For the vendor, where there are several.
    currencies: Vec<Word>,
    currency: String,
    /// Since when today's prices hold; none where there are none.
    since: Option<String>,
    illustrative: bool,
    groups: Vec<Group>,
    shown: String,
    previous: Option<String>,
    next: Option<String>,
}

/// A choice of the filter bar.
struct Word {
    value: String,
    label: String,
}

/// The products of one category.
struct Group {
    category: String,
    lines: Vec<Line>,
}

struct Line {
    href: String,
    code: String,
    name: String,
    kind: &'static str,
    illustrative: bool,
    /// Empty where the list has no price for it.
    price: String,
    per: String,
    /// What a later list says, in a sentence; empty where it says nothing else.
    later: String,
}

impl ListPage {
    /// Three queries.
    pub(in crate::catalogue::products) fn read(
        visit: &Visit,
        scope: &Scope,
        query: CatalogueQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let all = Product::all(scope.program().id, conn)?;
        let (categories, kinds) = (categories(&all), kinds(&all));
        let rows = query.page_of(all, PAGE_ROWS + 1);
        let rows = Page::new(rows, query.cursor().as_ref(), sort_key);
        let lists = Lists::of(scope, &query.currency, conn)?;
        let ids: Vec<i64> = rows.rows.iter().map(|product| product.id).collect();
        let prices = Headlines::of(&lists, scope, &ids, conn)?;
        let path = scope.path("/catalogue");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let locale = scope.actor().locale;
        let in_force = lists.in_force();
        let currencies = match lists.currencies.as_slice() {
            [] | [_] => Vec::new(),
            several => several.iter().map(|code| Word::new(code, code)).collect(),
        };
        Ok(Self {
            frame: visit.frame(scope),
            tabs: tabs(scope, "/catalogue"),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/catalogue.csv"), &query, None),
            shown: shown(rows.rows.len(), rows.next.is_some()),
            groups: groups(
                &rows.rows,
                &Shelf { lists: &lists, prices: &prices, scope, query: &query },
            ),
            since: in_force.map(|list| locale.day(list.effective_on)),
            illustrative: in_force.is_some_and(|list| list.illustrative),
            currency: lists.currency.map(|one| one.code().to_owned()).unwrap_or_default(),
            categories,
            kinds,
            currencies,
            path,
            query,
        })
    }
}

impl Word {
    fn new(value: &str, label: &str) -> Self {
        Self { value: value.to_owned(), label: label.to_owned() }
    }
}

fn shown(count: usize, more: bool) -> String {
    let more = if more { ", more follow" } else { "" };
    if count == 1 { format!("1 product{more}") } else { format!("{count} products{more}") }
}

/// The categories that have products, in their order.
fn categories(products: &[Product]) -> Vec<Word> {
    let mut found: Vec<&Category> = products.iter().map(|product| &product.category).collect();
    found.dedup();
    found.into_iter().map(|one| Word::new(&one.key, &one.name)).collect()
}

fn kinds(products: &[Product]) -> Vec<Word> {
    let has = |kind: &&ProductKind| products.iter().any(|product| product.kind == **kind);
    let found = ProductKind::ALL.iter().filter(has);
    found.map(|kind| Word::new(kind.as_str(), words::kind(*kind))).collect()
}

/// What the lines of a page are made from.
struct Shelf<'a> {
    lists: &'a Lists,
    prices: &'a Headlines,
    scope: &'a Scope,
    query: &'a CatalogueQuery,
}

fn groups(products: &[Product], shelf: &Shelf<'_>) -> Vec<Group> {
    products
        .chunk_by(|a, b| a.category == b.category)
        .map(|of_category| Group {
            category: of_category.first().map(|one| one.category.name.clone()).unwrap_or_default(),
            lines: of_category.iter().map(|product| shelf.line(product)).collect(),
        })
        .collect()
}

impl Shelf<'_> {
    fn line(&self, product: &Product) -> Line {
        let locale = self.scope.actor().locale;
        let now = self.lists.in_force().and_then(|list| self.prices.get(list, product.id));
        let path = self.scope.path(&format!("/catalogue/{}", product.code));
        let currency = [("currency", self.query.currency.as_str())];
        Line {
            href: list_address(&path, &currency, None),
            code: product.code.clone(),
            name: product.name.clone(),
            kind: words::kind(product.kind),
            illustrative: product.illustrative,
            price: now.map(|price| self.money(price, locale)).unwrap_or_default(),
            per: now.map(|price| words::per(product, price.months)).unwrap_or_default(),
            later: self.later(product, now, locale).unwrap_or_default(),
        }
    }

    fn money(&self, price: Headline, locale: Locale) -> String {
        let money = self.lists.currency.map(|one| Money::new(price.unit_minor, one).show(locale));
        money.unwrap_or_default()
    }

    /// The first announced list that has another price.
    fn later(&self, product: &Product, now: Option<Headline>, locale: Locale) -> Option<String> {
        let (list, then) = self
            .lists
            .announced()
            .map(|list| (list, self.prices.get(list, product.id)))
            .find(|(_, then)| *then != now)?;
        let day = locale.day(list.effective_on);
        Some(match then {
            None => format!("From {day} no longer listed"),
            Some(then) => {
                let money = self.money(then, locale);
                let same_term = now.is_some_and(|now| now.months == then.months);
                let per = if same_term {
                    String::new()
                } else {
                    format!(" {}", words::per(product, then.months))
                };
                format!("From {day} you pay {money}{per}")
            }
        })
    }
}
