//! The list of licences.

use askama::Template;

use super::{Choice, Row};
use crate::auth::{Part, Scope, Seat};
use crate::calendar::CalendarMonth;
use crate::catalogue::Product;
use crate::licences::list::LicenceLine;
use crate::licences::query::{ANY_STATUS, ListQuery};
use crate::licences::status::{Status, Thresholds};
use crate::web::{Frame, Page, Visit};

/// How many months the filter offers, from the one before last on.
const MONTHS: usize = 15;

#[derive(Template)]
#[template(path = "licences/index.html")]
pub(in crate::licences) struct IndexPage {
    frame: Frame,
    path: String,
    query: ListQuery,
    statuses: Vec<Choice>,
    categories: Vec<Choice>,
    products: Vec<Choice>,
    months: Vec<Choice>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    sort_href: String,
    csv_href: String,
    all_href: String,
    set_backs_href: String,
    lost_days_href: String,
    import_href: Option<String>,
    shows_reseller: bool,
}

impl IndexPage {
    pub(in crate::licences) fn new(
        visit: &Visit,
        scope: &Scope,
        query: ListQuery,
        products: &[Product],
        page: Page<LicenceLine>,
        thresholds: Thresholds,
    ) -> Self {
        let path = scope.path("/licences");
        let link = |page: Option<String>| page.map(|page| query.address(&path, &page));
        let everything = ListQuery { status: ANY_STATUS.to_owned(), ..ListQuery::default() };
        let (previous, next) = (link(page.previous), link(page.next));
        let may_import = visit.actor().access.is_vendor() && !matches!(scope.seat(), Seat::Cam);
        Self {
            frame: visit.frame(scope),
            statuses: statuses(),
            categories: categories(products),
            products: products
                .iter()
                .map(|one| Choice { value: one.code.clone(), label: one.name.clone() })
                .collect(),
            months: months(scope, &query),
            rows: page.rows.into_iter().map(|line| Row::of(line, scope, thresholds)).collect(),
            previous,
            next,
            sort_href: query.turned().address(&path, ""),
            csv_href: query.address(&scope.path("/licences.csv"), ""),
            all_href: everything.address(&path, ""),
            set_backs_href: scope.path("/set-backs"),
            lost_days_href: scope.path("/lost-days"),
            import_href: may_import.then(|| scope.path("/orders/import")),
            shows_reseller: scope.part() != Some(Part::Partner),
            path,
            query,
        }
    }

    fn import_target(&self) -> &str {
        self.import_href.as_deref().unwrap_or(&self.path)
    }

    fn sorted(&self) -> &'static str {
        if self.query.is_latest_first() { "descending" } else { "ascending" }
    }

    fn shown(&self) -> String {
        let more = if self.next.is_some() { ", more follow" } else { "" };
        match self.rows.len() {
            1 => format!("1 licence{more}"),
            count => format!("{count} licences{more}"),
        }
    }
}

fn statuses() -> Vec<Choice> {
    let any = Choice { value: ANY_STATUS.to_owned(), label: "All, also lapsed and renewed".into() };
    std::iter::once(any)
        .chain(Status::ALL.iter().map(|status| Choice {
            value: status.as_str().to_owned(),
            label: status.label().to_owned(),
        }))
        .collect()
}

fn categories(products: &[Product]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = products
        .iter()
        .map(|one| Choice { value: one.category.key.clone(), label: one.category.name.clone() })
        .collect();
    choices.dedup_by(|a, b| a.value == b.value);
    choices
}

/// The months round today, and the one that the address names.
fn months(scope: &Scope, query: &ListQuery) -> Vec<Choice> {
    let locale = scope.actor().locale;
    let first = CalendarMonth::of(scope.today()).previous().previous();
    let mut months: Vec<CalendarMonth> = first.run(MONTHS).collect();
    months.extend(query.month.parse::<CalendarMonth>());
    months.sort();
    months.dedup();
    months
        .into_iter()
        .map(|month| Choice { value: month.to_string(), label: locale.month(month.first_day()) })
        .collect()
}
