//! The vendor's counts: how much mail its program sends, and what of it does not arrive.

use askama::Template;
use chrono::{Datelike, Duration, NaiveDate};

use super::{Figures, Tab, chosen_period, periods, tabs};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::ledger::counts::{Counts, Tally};
use crate::ledger::filter::CountsQuery;
use crate::ledger::words::{self, Choice};
use crate::locale::Locale;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "ledger/counts.html")]
pub(in crate::ledger) struct CountsPage {
    frame: Frame,
    lead: String,
    tabs: Vec<Tab>,
    action: String,
    csv_href: String,
    periods: Vec<Choice>,
    period: &'static str,
    /// The partner whose mails alone are counted.
    partner: Option<ChosenPartner>,
    filtered: bool,
    stats: Vec<Stat>,
    chart_title: &'static str,
    chart_summary: String,
    spans: Vec<Bar>,
    kinds: Vec<KindLine>,
    reasons: Vec<ReasonLine>,
    is_empty: bool,
}

struct ChosenPartner {
    reference: String,
    name: String,
    href: String,
    /// The same counts of everybody.
    without: String,
}

struct Stat {
    label: &'static str,
    value: String,
    detail: &'static str,
    tone: &'static str,
}

/// A day, or a week, of the chart and of the table beside it.
struct Bar {
    label: String,
    name: String,
    value: String,
    percent: usize,
    tone: &'static str,
    figures: Figures,
}

struct KindLine {
    label: String,
    figures: Figures,
}

struct ReasonLine {
    reason: String,
    status: &'static str,
    tone: &'static str,
    mails: String,
}

impl CountsPage {
    pub(in crate::ledger) fn read(
        visit: &Visit,
        scope: &Scope,
        query: &CountsQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let counts = Counts::read(scope, query, conn)?;
        let locale = scope.actor().locale;
        let path = scope.path("/mail");
        let total = counts.total();
        let spans = spans(&counts, query, scope, locale);
        Ok(Self {
            frame: visit.frame(scope),
            lead: lead(scope, &counts),
            tabs: tabs(scope, "/mail"),
            csv_href: query.address(&scope.path("/mail.csv"), None),
            periods: periods(),
            period: chosen_period(query),
            partner: counts.partner.as_ref().map(|partner| ChosenPartner {
                reference: partner.reference.clone(),
                name: partner.name.clone(),
                href: scope.path(&format!("/partners/{}", partner.reference)),
                without: CountsQuery { partner: String::new(), ..query.clone() }
                    .address(&path, None),
            }),
            filtered: !query.partner.is_empty() || !chosen_period(query).is_empty(),
            stats: stats(total, locale),
            chart_title: match query.period().step() {
                1 => "Mails by day",
                _ => "Mails by week",
            },
            chart_summary: format!("{} in all", locale.number(total.all())),
            kinds: kinds(&counts, locale),
            reasons: reasons(&counts, locale),
            is_empty: total.all() == 0,
            action: path,
            spans,
        })
    }
}

fn lead(scope: &Scope, counts: &Counts) -> String {
    let whose = match &counts.partner {
        Some(partner) => format!("to people of {}", partner.name),
        None => "to everybody".to_owned(),
    };
    format!(
        "How many mails {} sent {whose}, and what became of them. Single mails are for those who \
         got them and for their administrators.",
        scope.program().name
    )
}

fn stats(total: Tally, locale: Locale) -> Vec<Stat> {
    let stat = |label, figure, detail, tone| Stat {
        label,
        value: locale.number(figure),
        detail,
        tone: if figure > 0 { tone } else { "" },
    };
    vec![
        stat("Sent", total.sent, "By themselves or in a digest", ""),
        stat("Waiting", total.waiting, "On their way, collected or parked", ""),
        stat("Failed", total.failed, "Given up on", "bad"),
        stat("Not sent", total.suppressed, "Nobody was left to get them", ""),
    ]
}

/// From the first day of the period to today.
fn spans(counts: &Counts, query: &CountsQuery, scope: &Scope, locale: Locale) -> Vec<Bar> {
    let (period, today) = (query.period(), scope.today());
    let step = Duration::days(period.step());
    let mut days = Vec::new();
    let mut first = period.first_day(scope);
    while first <= today {
        days.push((first, first + step - Duration::days(1)));
        first += step;
    }
    let tallies: Vec<Tally> =
        days.iter().map(|(first, last)| counts.days_from(*first, *last)).collect();
    let highest = tallies.iter().map(|tally| tally.all()).max().unwrap_or(0).max(1);
    days.into_iter()
        .zip(tallies)
        .map(|((first, last), tally)| {
            let percent = usize::try_from(tally.all() * 100 / highest).unwrap_or(0);
            Bar {
                label: label(first, last),
                name: name(first, last, locale),
                value: short(tally.all()),
                percent,
                tone: if tally.failed > 0 { "bad" } else { "" },
                figures: Figures::of(tally, locale),
            }
        })
        .collect()
}

/// As much as a narrow bar has room for: the day of the month; a week begins with it.
fn label(first: NaiveDate, last: NaiveDate) -> String {
    if first == last {
        first.day().to_string()
    } else {
        format!("{}/{}", first.day(), first.month())
    }
}

fn name(first: NaiveDate, last: NaiveDate, locale: Locale) -> String {
    if first == last {
        locale.day(first)
    } else {
        format!("{} to {}", locale.short_day(first), locale.short_day(last))
    }
}

/// A figure above a bar; nothing above none.
fn short(figure: i64) -> String {
    match figure {
        0 => String::new(),
        1..10_000 => figure.to_string(),
        _ => format!("{}k", figure / 1_000),
    }
}

fn kinds(counts: &Counts, locale: Locale) -> Vec<KindLine> {
    let lines = counts.by_event().into_iter().map(|(event, tally)| KindLine {
        label: words::kind(event),
        figures: Figures::of(tally, locale),
    });
    lines.collect()
}

fn reasons(counts: &Counts, locale: Locale) -> Vec<ReasonLine> {
    let lines = counts.reasons.iter().map(|(status, reason, mails)| ReasonLine {
        reason: reason.clone(),
        status: words::label(*status),
        tone: words::tone(*status),
        mails: locale.number(*mails),
    });
    lines.collect()
}
