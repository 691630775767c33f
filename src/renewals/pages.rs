//! The page of renewals.

use askama::Template;

use super::charts::Chart;
use super::filter::{Filter, Horizon, Show};
use super::model::Line;
use super::outline::{Group, Month, Wording, outline};
use super::totals::Totals;
use super::words::licences;
use crate::auth::{Part, Scope};
use crate::calendar::CalendarMonth;
use crate::contacts::RoleRecipient;
use crate::locale::Locale;
use crate::web::{Frame, Page};

/// What was read for the page.
pub(super) struct Overview {
    pub filter: Filter,
    pub totals: Totals,
    pub lines: Page<Line>,
    /// Who of a partner's own people gets the renewal notices.
    pub told: Vec<RoleRecipient>,
}

#[derive(Template)]
#[template(path = "renewals/index.html")]
pub(super) struct RenewalsPage {
    frame: Frame,
    show: Show,
    action: String,
    csv_href: String,
    licences_href: String,
    /// Where prices of chosen licences are asked for; for partners, of what is not renewed.
    inquiry_href: Option<String>,
    /// Where chosen licences are put aside; for partners, of what can be renewed.
    basket: Option<Basket>,
    calendar_href: String,
    /// Where it is decided who is told; for those who may see it.
    roles_href: Option<String>,
    lead: String,
    tabs: Vec<Tab>,
    stats: Vec<Stat>,
    /// What became of the licences, by month.
    chart: Option<Chart>,
    search: String,
    category: Option<ChosenCategory>,
    month: String,
    month_choices: Vec<Choice>,
    filtered: bool,
    names_partners: bool,
    months: Vec<MonthSection>,
    /// Who of one's own organisation is told.
    told: String,
    shown: String,
    previous: Option<String>,
    next: Option<String>,
}

struct Tab {
    href: String,
    label: &'static str,
    current: bool,
    count: String,
}

/// The person's basket.
struct Basket {
    href: String,
    label: String,
    /// Puts what is chosen in and comes back to the same list.
    put_href: String,
}

struct Stat {
    label: &'static str,
    value: String,
    detail: String,
    tone: &'static str,
}

struct Choice {
    value: String,
    label: String,
}

/// The category that the list is narrowed to, and the address without it.
struct ChosenCategory {
    key: String,
    name: String,
    without: String,
}

impl ChosenCategory {
    fn of(scope: &Scope, filter: &Filter, lines: &[Line]) -> Option<Self> {
        let key = filter.category.clone();
        let without = filter.in_category("").address(scope, "/renewals", filter.show, "");
        let name = lines.first().map_or(&key, |line| &line.category).clone();
        (!key.is_empty()).then_some(Self { key, name, without })
    }
}

struct MonthSection {
    title: String,
    /// How many licences end in the month and what they are worth, on this page or not.
    hint: String,
    groups: Vec<Group>,
}

impl RenewalsPage {
    pub(super) fn new(frame: Frame, scope: &Scope, read: Overview) -> Self {
        let locale = scope.actor().locale;
        let (filter, totals) = (&read.filter, &read.totals);
        let horizon = &totals.horizon;
        let show = filter.show;
        let wording =
            Wording { scope, filter, horizon, thresholds: totals.terms.thresholds, locale };
        let address = |at: &str| filter.address(scope, "/renewals", show, at);
        let on_page = read.lines.rows.len();
        let category = ChosenCategory::of(scope, filter, &read.lines.rows);
        let months = outline(read.lines.rows, &wording);
        let sees_others = scope.part() != Some(Part::Partner);
        Self {
            frame,
            show,
            action: bare_address(scope, show),
            csv_href: filter.address(scope, "/renewals.csv", show, ""),
            licences_href: scope.path("/licences"),
            inquiry_href: (scope.part() == Some(Part::Partner) && show != Show::Renewed)
                .then(|| scope.path("/inquiries/new")),
            basket: (scope.part() == Some(Part::Partner)).then(|| Basket {
                href: scope.path("/renewals/basket"),
                label: format!("Basket ({})", locale.number(totals.terms.in_basket)),
                put_href: filter.address(scope, "/renewals/basket", show, &filter.at),
            }),
            calendar_href: scope.path("/renewals/calendar"),
            roles_href: scope.part().map(|_| scope.path("/roles")),
            lead: lead(scope, horizon),
            tabs: tabs(scope, filter, totals, locale),
            stats: stats(totals, locale),
            chart: Chart::new(scope, filter, totals),
            search: filter.search.clone(),
            category,
            month: filter.month.map(|month| month.to_string()).unwrap_or_default(),
            month_choices: month_choices(horizon.months(show), locale),
            filtered: filter.is_set(),
            names_partners: sees_others,
            told: names(&read.told, locale),
            shown: shown(on_page, filter, totals, locale),
            previous: read.lines.previous.as_deref().map(address),
            next: read.lines.next.as_deref().map(address),
            months: months.into_iter().map(|month| section(month, show, totals, locale)).collect(),
        }
    }

    fn is_coming(&self) -> bool {
        self.show == Show::Coming
    }

    fn is_late(&self) -> bool {
        self.show == Show::Late
    }

    fn is_lapsed(&self) -> bool {
        self.show == Show::Lapsed
    }
}

/// The tab without any filter.
fn bare_address(scope: &Scope, show: Show) -> String {
    match show {
        Show::Coming => scope.path("/renewals"),
        _ => scope.path(&format!("/renewals?show={show}")),
    }
}

fn lead(scope: &Scope, horizon: &Horizon) -> String {
    let whose = match scope.part() {
        None => format!("Every licence of {}", scope.program().name),
        Some(Part::Partner) => "Your customers' licences".to_owned(),
        Some(Part::Distributor) => "Licences that were ordered through you".to_owned(),
    };
    let locale = scope.actor().locale;
    format!("{whose}, by the day on which they end: up to {}.", locale.day(horizon.last))
}

fn tabs(scope: &Scope, filter: &Filter, totals: &Totals, locale: Locale) -> Vec<Tab> {
    Show::ALL
        .iter()
        .map(|&show| Tab {
            href: filter.address(scope, "/renewals", show, ""),
            label: show.label(),
            current: show == filter.show,
            count: locale.number(totals.all(show).count),
        })
        .collect()
}

fn stats(totals: &Totals, locale: Locale) -> Vec<Stat> {
    let figure = |label, show: Show, tone| {
        let figure = totals.all(show);
        Stat {
            label,
            value: locale.number(figure.count),
            detail: figure.value(locale),
            tone: if figure.count > 0 { tone } else { "" },
        }
    };
    let (rate, target) = (totals.rate(), totals.terms.target);
    let aim = target.map_or_else(String::new, |target| format!(", target {target} %"));
    let tone = |percent: Option<i64>| match percent.zip(target) {
        Some((percent, target)) if percent >= target => "good",
        Some(_) => "warn",
        None => "",
    };
    let (by_count, by_value) = (rate.lines.percent(), rate.by_value());
    vec![
        figure("Coming in 12 months", Show::Coming, ""),
        figure("Late, can still be renewed", Show::Late, "bad"),
        Stat {
            label: "Renewal rate, last 12 months",
            value: by_count.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %")),
            detail: match rate.lines.ended {
                0 => "Nothing ended in them".to_owned(),
                ended => format!(
                    "{} of {} renewed{aim}",
                    locale.number(rate.lines.renewed),
                    locale.number(ended)
                ),
            },
            tone: tone(by_count),
        },
        Stat {
            label: "The same by value",
            tone: tone(rate.lowest_by_value()),
            detail: match by_value.is_empty() {
                true => "Nothing of any worth ended".to_owned(),
                false => format!("Of what was paid for it{aim}"),
            },
            value: if by_value.is_empty() { "–".to_owned() } else { by_value },
        },
    ]
}

fn month_choices(months: Vec<CalendarMonth>, locale: Locale) -> Vec<Choice> {
    months
        .into_iter()
        .map(|month| Choice { value: month.to_string(), label: locale.month(month.first_day()) })
        .collect()
}

fn section(month: Month, show: Show, totals: &Totals, locale: Locale) -> MonthSection {
    let figure = totals.month(show, month.month);
    let count = licences(usize::try_from(figure.count).unwrap_or(0), locale);
    MonthSection {
        title: locale.month(month.month.first_day()),
        hint: format!("{count} · {}", figure.value(locale)),
        groups: month.groups,
    }
}

/// `Olive Owner, Colin Colleague and 3 more`.
fn names(people: &[RoleRecipient], locale: Locale) -> String {
    const NAMED: usize = 3;
    let named: Vec<&str> =
        people.iter().take(NAMED).map(|one| one.recipient.name.as_str()).collect();
    let more = people.len().saturating_sub(NAMED);
    match i64::try_from(more) {
        Ok(0) | Err(_) => named.join(", "),
        Ok(more) => format!("{} and {} more", named.join(", "), locale.number(more)),
    }
}

fn shown(on_page: usize, filter: &Filter, totals: &Totals, locale: Locale) -> String {
    let all = match filter.month {
        Some(month) => totals.month(filter.show, month),
        None => totals.all(filter.show),
    };
    let all = licences(usize::try_from(all.count).unwrap_or(0), locale);
    format!("{on_page} of {all}")
}
