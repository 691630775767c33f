//! Leads in figures.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::figures::{Month, Stage, months_for};
use crate::locale::Locale;
use crate::web::chart::{Column, Key, Shares, Stacked, begun_hours, is_minor, month_label, span};
use crate::web::downloads::Csv;
use crate::web::{Frame, Visit};

const STAGES: [Key; 4] = [
    Key { tone: "", label: "Converted" },
    Key { tone: "soft", label: "At work" },
    Key { tone: "bad", label: "Waiting" },
    Key { tone: "plain", label: "Over" },
];
const RESPONSE: [Key; 2] = [
    Key { tone: "", label: "Until opened" },
    Key { tone: "soft", label: "From opening to acceptance" },
];

#[derive(Template)]
#[template(path = "leads/figures.html")]
pub(in crate::leads) struct FiguresPage {
    frame: Frame,
    list_href: String,
    csv_href: String,
    is_vendor: bool,
    /// None where no lead came in all the time.
    stages: Option<Drawing<Stacked>>,
    /// None where no lead was answered.
    response: Option<Drawing<Stacked>>,
    acceptance: Option<Drawing<Shares>>,
    rows: Vec<Row>,
}

/// A chart with what it says in words.
struct Drawing<C> {
    chart: C,
    summary: String,
}

/// A month as the tables tell of it.
struct Row {
    month: String,
    stages: Vec<String>,
    opened: String,
    accepted: String,
    answers: String,
    rate: String,
}

impl FiguresPage {
    /// One query.
    pub(in crate::leads) fn read(visit: &Visit, scope: &Scope, conn: &mut Conn) -> Result<Self> {
        let months = months_for(scope, conn)?;
        let locale = scope.actor().locale;
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/leads"),
            csv_href: scope.path("/leads/figures.csv"),
            is_vendor: scope.is_vendor(),
            stages: stages(&months, locale),
            response: response(&months, locale),
            acceptance: acceptance(&months, locale),
            rows: months.iter().map(|month| Row::of(month, locale)).collect(),
        })
    }

    fn stage_keys(&self) -> &'static [Key] {
        &STAGES
    }

    fn stages_hint(&self) -> &'static str {
        if self.is_vendor {
            "By the month in which they came, and where they stand now."
        } else {
            "By the month in which you got them, and where they stand now."
        }
    }

    fn response_keys(&self) -> &'static [Key] {
        &RESPONSE
    }
}

impl Row {
    fn of(month: &Month, locale: Locale) -> Self {
        let response = month.response();
        let dash = || "–".to_owned();
        Self {
            month: locale.month(month.month.first_day()),
            stages: month.stages.iter().map(|count| locale.number(*count)).collect(),
            opened: response.map_or_else(dash, |(opened, _)| span(opened)),
            accepted: response.map_or_else(dash, |(_, accepted)| span(accepted)),
            answers: format!(
                "{} of {}",
                locale.number(month.accepted),
                locale.number(month.accepted + month.declined)
            ),
            rate: month.acceptance().map_or_else(dash, |rate| format!("{rate} %")),
        }
    }
}

fn stages(months: &[Month], locale: Locale) -> Option<Drawing<Stacked>> {
    let all = |stage: Stage| -> i64 { months.iter().map(|month| month.stage(stage)).sum() };
    let totals = Stage::ALL.map(all);
    if totals.iter().sum::<i64>() == 0 {
        return None;
    }
    let columns = months
        .iter()
        .map(|month| Column {
            label: month_label(month.month, locale),
            minor: is_minor(month.month),
            tip: format!(
                "{}: {}",
                locale.month(month.month.first_day()),
                counted(&month.stages, locale)
            ),
            amounts: month.stages.to_vec(),
        })
        .collect();
    let summary = format!("In all {}. The table has the figures.", counted(&totals, locale));
    Some(Drawing { chart: Stacked::new(&STAGES, columns, locale), summary })
}

fn counted(stages: &[i64; 4], locale: Locale) -> String {
    let parts = STAGES.iter().zip(stages);
    let parts: Vec<String> = parts
        .map(|(key, count)| format!("{} {}", locale.number(*count), key.label.to_lowercase()))
        .collect();
    parts.join(", ")
}

fn response(months: &[Month], locale: Locale) -> Option<Drawing<Stacked>> {
    let accepted: i64 = months.iter().map(|month| month.accepted).sum();
    let opened_after: i64 = months.iter().map(|month| month.opened_after).sum();
    let accepted_after: i64 = months.iter().map(|month| month.accepted_after).sum();
    let mean = (opened_after.checked_div(accepted)?, accepted_after.checked_div(accepted)?);
    let columns = months
        .iter()
        .map(|month| {
            let response = month.response();
            let (opened, accepted) = response.unwrap_or((0, 0));
            Column {
                label: month_label(month.month, locale),
                minor: is_minor(month.month),
                tip: match response {
                    None => format!("{}: no lead", locale.month(month.month.first_day())),
                    Some(_) => format!(
                        "{}: {} until opened, {} more until accepted",
                        locale.month(month.month.first_day()),
                        span(opened),
                        span(accepted)
                    ),
                },
                amounts: vec![begun_hours(opened), begun_hours(accepted)],
            }
        })
        .collect();
    let summary = format!(
        "Opened after {} and accepted after {} on average. The table has the figures.",
        span(mean.0),
        span(mean.1)
    );
    Some(Drawing { chart: Stacked::new(&RESPONSE, columns, locale), summary })
}

fn acceptance(months: &[Month], locale: Locale) -> Option<Drawing<Shares>> {
    let accepted: i64 = months.iter().map(|month| month.accepted).sum();
    let declined: i64 = months.iter().map(|month| month.declined).sum();
    let rate = (accepted * 100).checked_div(accepted + declined)?;
    let columns = months
        .iter()
        .map(|month| (month_label(month.month, locale), is_minor(month.month), month.acceptance()))
        .collect();
    let summary = format!(
        "{rate} % in all, {} of {}. The table has the figures.",
        locale.number(accepted),
        locale.number(accepted + declined)
    );
    Some(Drawing { chart: Shares::new(columns, None), summary })
}

const HEADS: [&str; 9] = [
    "month",
    "converted",
    "at_work",
    "waiting",
    "over",
    "accepted",
    "declined",
    "mean_hours_to_opening",
    "mean_hours_from_opening_to_acceptance",
];

/// The same figures as a file.
pub(in crate::leads) fn file(scope: &Scope, conn: &mut Conn) -> Result<Csv> {
    let mut csv = Csv::with_heads(&HEADS)?;
    for month in months_for(scope, conn)? {
        let mut cells = vec![month.month.to_string()];
        cells.extend(month.stages.iter().map(i64::to_string));
        cells.extend([month.accepted.to_string(), month.declined.to_string()]);
        let response = month.response();
        cells
            .push(response.map_or_else(String::new, |(opened, _)| begun_hours(opened).to_string()));
        cells.push(
            response.map_or_else(String::new, |(_, accepted)| begun_hours(accepted).to_string()),
        );
        csv.row(cells)?;
    }
    Ok(csv)
}
