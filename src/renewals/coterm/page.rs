//! The planner's page: a day, and for each licence the two terms round it.

use askama::Template;
use chrono::{Months, NaiveDate};

use super::model::{Ending, MOST_LINES, Offer};
use super::rules::{Candidate, NoPlan, Plan, plan};
use crate::auth::{Part, Scope};
use crate::calendar::{add_days, term_end};
use crate::customers::Customer;
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::programs::rules_of;
use crate::web::{FieldErrors, Frame, Visit};

/// How far ahead may be aimed: the longest term and what is left of a running one.
const FARTHEST: Months = Months::new(120);
/// Where nobody aims: a year after the last end.
const USUAL: Months = Months::new(12);

#[derive(Template)]
#[template(path = "renewals/coterm.html")]
pub(super) struct CoTermPage {
    frame: Frame,
    path: String,
    customer: String,
    customer_href: String,
    target: String,
    errors: FieldErrors,
    rows: Vec<Row>,
    /// Where the reseller asks for the prices of the plan.
    inquiry_href: Option<String>,
    has_more: bool,
    planned: String,
    exact: String,
    gap: String,
    overlap: String,
}

struct Row {
    href: String,
    reference: String,
    product: String,
    detail: String,
    ends_iso: String,
    ends: String,
    starts: String,
    choices: Vec<Choice>,
    /// Why it cannot be planned; empty where it can.
    no_plan: String,
    /// Another line of its product beside it.
    beside: bool,
}

struct Choice {
    /// As the form of a new inquiry takes it.
    value: String,
    label: String,
    is_best: bool,
}

impl CoTermPage {
    /// Three reads. A customer without such licences is looked for by itself, and nothing is planned.
    pub(super) fn read(
        visit: &Visit,
        scope: &Scope,
        customer: &str,
        typed: &str,
        conn: &mut Conn,
    ) -> Result<Self> {
        let (today, locale) = (scope.today(), scope.actor().locale);
        let lines = Ending::all_of(scope, customer, conn)?;
        let (target, errors) = aim(typed, &lines, today, locale);
        let (name, plans) = match lines.first() {
            Some(line) => (line.customer.clone(), plans_of(scope, &lines, target, conn)?),
            None => (Customer::find_for(scope, customer, conn)?.name, Vec::new()),
        };
        let best: Vec<i64> =
            plans.iter().flatten().filter_map(|plan| Some(plan.best()?.gap)).collect();
        let count = |fits: fn(i64) -> bool| best.iter().filter(|gap| fits(**gap)).count();
        let number = |count: usize| locale.number(i64::try_from(count).unwrap_or(i64::MAX));
        let days = |fits: fn(i64) -> bool| best.iter().filter(|gap| fits(**gap)).sum::<i64>().abs();
        let customer_href = scope.path(&format!("/customers/{customer}"));
        Ok(Self {
            frame: visit.frame(scope),
            path: format!("{customer_href}/co-term"),
            customer: name,
            customer_href,
            target: if errors.is_empty() { target.to_string() } else { typed.to_owned() },
            errors,
            inquiry_href: (scope.part() == Some(Part::Partner) && !best.is_empty())
                .then(|| scope.path("/inquiries/new")),
            has_more: i64::try_from(lines.len()).is_ok_and(|count| count >= MOST_LINES),
            planned: number(best.len()),
            exact: number(count(|gap| gap == 0)),
            gap: locale.number(days(|gap| gap > 0)),
            overlap: locale.number(days(|gap| gap < 0)),
            rows: lines
                .iter()
                .zip(&plans)
                .map(|(line, plan)| Row::of(line, plan, &lines, scope))
                .collect(),
        })
    }
}

fn plans_of(
    scope: &Scope,
    lines: &[Ending],
    target: NaiveDate,
    conn: &mut Conn,
) -> Result<Vec<Result<Plan, NoPlan>>> {
    let today = scope.today();
    let rules = rules_of(scope.program().id, conn)?;
    let policy = rules.policies.at(today);
    let offer = Offer::of(scope, policy, lines, conn)?;
    let lapse_days = u16::try_from(policy.renewal_lapse_days).unwrap_or(u16::MAX);
    let of_line = |line: &Ending| plan(line.ends_on, target, &offer.terms(line), lapse_days, today);
    Ok(lines.iter().map(of_line).collect())
}

/// The day that is aimed at; what cannot be is said, and the usual one is taken.
fn aim(
    typed: &str,
    lines: &[Ending],
    today: NaiveDate,
    locale: Locale,
) -> (NaiveDate, FieldErrors) {
    let last = lines.iter().map(|line| line.ends_on).max().unwrap_or(today).max(today);
    let usual = term_end(add_days(last, 1), USUAL);
    if typed.trim().is_empty() {
        return (usual, FieldErrors::default());
    }
    let farthest = term_end(today, FARTHEST);
    let day = NaiveDate::parse_from_str(typed.trim(), "%Y-%m-%d").ok();
    match day {
        Some(day) if day > today && day <= farthest => (day, FieldErrors::default()),
        _ => {
            let text =
                format!("Enter a day after today, up to {}, as a date.", locale.day(farthest));
            (usual, FieldErrors::one("target", text))
        }
    }
}

impl Row {
    fn of(line: &Ending, plan: &Result<Plan, NoPlan>, all: &[Ending], scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let beside = |other: &&Ending| {
            other.product_id == line.product_id
                && other.reference != line.reference
                && other.starts_on.is_some_and(|start| start <= line.ends_on)
                && line.starts_on.is_some_and(|start| start <= other.ends_on)
        };
        let best = plan.as_ref().ok().and_then(Plan::best);
        let candidates = plan.iter().flat_map(|plan| [plan.shorter, plan.longer]).flatten();
        Self {
            href: scope.path(&format!("/licences/{}", line.reference)),
            reference: line.reference.clone(),
            product: line.product.clone(),
            detail: format!("{} × {}", locale.number(line.quantity.into()), line.unit),
            ends_iso: line.ends_on.to_string(),
            ends: locale.short_day(line.ends_on),
            starts: match plan {
                Ok(plan) => locale.short_day(plan.starts_on),
                Err(_) => String::new(),
            },
            choices: candidates
                .map(|one| Choice {
                    value: format!("{}:{}", line.reference, one.months),
                    label: words(&one, locale),
                    is_best: Some(one) == best,
                })
                .collect(),
            no_plan: match plan {
                Ok(_) => String::new(),
                Err(NoPlan::NotSold) => "No term of it is sold today.".to_owned(),
                Err(NoPlan::Lapsed(last)) => {
                    format!("It could be renewed until {}: buy it as new.", locale.day(*last))
                }
            },
            beside: all.iter().any(|other| beside(&other)),
        }
    }
}

/// `11 months, to 31 Aug 2024: 30 days short`
fn words(one: &Candidate, locale: Locale) -> String {
    let months = match one.months.get() {
        1 => "1 month".to_owned(),
        months => format!("{months} months"),
    };
    let days = match one.gap.abs() {
        1 => "1 day".to_owned(),
        days => format!("{} days", locale.number(days)),
    };
    let how = match one.gap {
        0 => "on the day".to_owned(),
        1.. => format!("{days} short"),
        _ => format!("{days} beyond"),
    };
    format!("{months}, to {}: {how}", locale.short_day(one.ends_on))
}
