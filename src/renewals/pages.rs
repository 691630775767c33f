//! The page of renewals.

use std::collections::BTreeMap;

use askama::Template;

use super::filter::{Filter, Horizon, Show};
use super::model::Line;
use super::outline::{Group, Month, Wording, outline};
use super::totals::{RATE_GOAL, Totals};
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
    /// Who gets the renewal notices, by the organisation that sold the licences.
    pub told: BTreeMap<i64, Vec<RoleRecipient>>,
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
    /// Where it is decided who is told; for those who may see it.
    roles_href: Option<String>,
    lead: String,
    tabs: Vec<Tab>,
    stats: Vec<Stat>,
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

struct Chart {
    title: &'static str,
    summary: String,
    heads: [&'static str; 3],
    bars: Vec<Bar>,
}

struct Bar {
    label: String,
    month: String,
    value: String,
    detail: String,
    percent: usize,
    tone: &'static str,
}

struct MonthSection {
    title: String,
    /// How many licences end in the month and what they are worth, on this page or not.
    hint: String,
    groups: Vec<GroupSection>,
}

struct GroupSection {
    group: Group,
    told: String,
}

impl RenewalsPage {
    pub(super) fn new(frame: Frame, scope: &Scope, read: Overview) -> Self {
        let locale = scope.actor().locale;
        let (filter, totals) = (&read.filter, &read.totals);
        let horizon = &totals.horizon;
        let show = filter.show;
        let wording = Wording { scope, filter, horizon, thresholds: totals.thresholds, locale };
        let address = |at: &str| filter.address(scope, "/renewals", show, at);
        let on_page = read.lines.rows.len();
        let category = ChosenCategory::of(scope, filter, &read.lines.rows);
        let months = outline(read.lines.rows, &wording);
        let told = |id: i64| names(read.told.get(&id), locale);
        let sees_others = scope.part() != Some(Part::Partner);
        Self {
            frame,
            show,
            action: bare_address(scope, show),
            csv_href: filter.address(scope, "/renewals.csv", show, ""),
            licences_href: scope.path("/licences"),
            inquiry_href: (scope.part() == Some(Part::Partner) && show != Show::Renewed)
                .then(|| scope.path("/inquiries/new")),
            roles_href: scope.part().map(|_| scope.path("/roles")),
            lead: lead(scope, horizon),
            tabs: tabs(scope, filter, totals, locale),
            stats: stats(totals, locale),
            chart: chart(show, horizon, totals, locale),
            search: filter.search.clone(),
            category,
            month: filter.month.map(|month| month.to_string()).unwrap_or_default(),
            month_choices: month_choices(horizon.months(show), locale),
            filtered: filter.is_set(),
            names_partners: sees_others,
            told: if sees_others { String::new() } else { told(scope.organisation_id()) },
            shown: shown(on_page, filter, totals, locale),
            previous: read.lines.previous.as_deref().map(address),
            next: read.lines.next.as_deref().map(address),
            months: months
                .into_iter()
                .map(|month| section(month, show, totals, locale, &told))
                .collect(),
        }
    }

    fn is_coming(&self) -> bool {
        self.show == Show::Coming
    }

    fn is_late(&self) -> bool {
        self.show == Show::Late
    }
}

/// The tab without any filter.
fn bare_address(scope: &Scope, show: Show) -> String {
    match show {
        Show::Coming => scope.path("/renewals"),
        Show::Late | Show::Renewed => scope.path(&format!("/renewals?show={show}")),
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
    let rate = totals.rate();
    let (value, tone) = match rate.percent() {
        Some(percent) if percent >= RATE_GOAL => (format!("{percent} %"), "good"),
        Some(percent) => (format!("{percent} %"), "warn"),
        None => ("–".to_owned(), ""),
    };
    vec![
        figure("Coming in 12 months", Show::Coming, ""),
        figure("Late, can still be renewed", Show::Late, "bad"),
        Stat {
            label: "Renewal rate, last 12 months",
            value,
            detail: match rate.ended {
                0 => "Nothing has ended yet".to_owned(),
                ended => format!(
                    "{} of {} renewed, goal {RATE_GOAL} %",
                    locale.number(rate.renewed),
                    locale.number(ended)
                ),
            },
            tone,
        },
    ]
}

/// What is coming by month; what was renewed as a rate by month; nothing for what is late.
fn chart(show: Show, horizon: &Horizon, totals: &Totals, locale: Locale) -> Option<Chart> {
    let chart = match show {
        Show::Coming => coming_chart(horizon, totals, locale),
        Show::Renewed => rate_chart(horizon, totals, locale),
        Show::Late => return None,
    };
    let drawn = chart.bars.iter().any(|bar| bar.percent > 0);
    drawn.then_some(chart)
}

fn coming_chart(horizon: &Horizon, totals: &Totals, locale: Locale) -> Chart {
    let months = horizon.months(Show::Coming);
    let figures: Vec<_> =
        months.iter().map(|month| (*month, totals.month(Show::Coming, *month))).collect();
    let highest = figures.iter().map(|(_, figure)| figure.count).max();
    let highest = highest.unwrap_or_default().max(1);
    let most = figures.iter().max_by_key(|(_, figure)| figure.count);
    Chart {
        title: "Licences that end, by month",
        summary: most.map_or_else(String::new, |(month, figure)| {
            let month = locale.month(month.first_day());
            format!("{} at most, in {month}", locale.number(figure.count))
        }),
        heads: ["Month", "Licences", "Value"],
        bars: figures
            .iter()
            .map(|(month, figure)| Bar {
                label: locale.short_month(month.first_day()),
                month: locale.month(month.first_day()),
                value: locale.number(figure.count),
                detail: figure.value(locale),
                percent: usize::try_from(figure.count * 100 / highest).unwrap_or(0),
                tone: "",
            })
            .collect(),
    }
}

fn rate_chart(horizon: &Horizon, totals: &Totals, locale: Locale) -> Chart {
    let mut months = horizon.months(Show::Renewed);
    months.reverse();
    months.retain(|month| month.first_day() <= horizon.yesterday());
    let bars = months.into_iter().map(|month| {
        let rate = totals.rate_of(month);
        let percent = rate.percent();
        Bar {
            label: locale.short_month(month.first_day()),
            month: locale.month(month.first_day()),
            value: percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %")),
            detail: format!("{} of {}", locale.number(rate.renewed), locale.number(rate.ended)),
            percent: usize::try_from(percent.unwrap_or(0)).unwrap_or(0),
            tone: match percent {
                Some(percent) if percent < RATE_GOAL => "bad",
                _ => "",
            },
        }
    });
    Chart {
        title: "Renewal rate, by the month of the end",
        summary: format!("months under {RATE_GOAL} % are marked"),
        heads: ["Month", "Renewal rate", "Renewed of ended"],
        bars: bars.collect(),
    }
}

fn month_choices(months: Vec<CalendarMonth>, locale: Locale) -> Vec<Choice> {
    months
        .into_iter()
        .map(|month| Choice { value: month.to_string(), label: locale.month(month.first_day()) })
        .collect()
}

fn section(
    month: Month,
    show: Show,
    totals: &Totals,
    locale: Locale,
    told: &impl Fn(i64) -> String,
) -> MonthSection {
    let figure = totals.month(show, month.month);
    let count = licences(usize::try_from(figure.count).unwrap_or(0), locale);
    MonthSection {
        title: locale.month(month.month.first_day()),
        hint: format!("{count} · {}", figure.value(locale)),
        groups: month
            .groups
            .into_iter()
            .map(|group| GroupSection { told: told(group.reseller_id), group })
            .collect(),
    }
}

/// `Olive Owner, Colin Colleague and 3 more`.
fn names(people: Option<&Vec<RoleRecipient>>, locale: Locale) -> String {
    const NAMED: usize = 3;
    let people = people.map_or(&[][..], Vec::as_slice);
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
