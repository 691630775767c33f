//! A draft's lines as they stand today: price, band, and what is wrong with each.

use chrono::NaiveDate;

use super::Purpose;
use super::model::InquiryLine;
use super::rules::{Asked, Base, Problem, TermRules};
use crate::calendar::TermMonths;
use crate::catalogue::{Shelf, UnitPrice};
use crate::error::{Error, Result};

/// A line with its price of the day.
#[derive(Clone, Debug)]
pub struct Configured {
    pub line: InquiryLine,
    /// As asked for; of a change the months that are left.
    pub months: Option<TermMonths>,
    pub unit: Option<UnitPrice>,
    pub total_minor: Option<i64>,
    pub problem: Option<Problem>,
}

/// The terms whose prices a draft needs: those of its lines, and the months left of what it changes.
pub fn terms_of(lines: &[InquiryLine], today: NaiveDate) -> Vec<i32> {
    let left = |line: &InquiryLine| {
        let ends_on = line.base.ends_on.filter(|_| line.kind == Purpose::Change)?;
        i32::try_from(crate::calendar::months_left(today, ends_on)).ok()
    };
    let mut terms: Vec<i32> = lines.iter().filter_map(|line| left(line).or(line.months)).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Looks at every line. Units of one product add up over the lines: a limit is a customer's.
pub fn configure(
    lines: Vec<InquiryLine>,
    shelf: &Shelf,
    terms: &TermRules,
    today: NaiveDate,
) -> Result<Vec<Configured>> {
    let units: Vec<i64> = lines
        .iter()
        .map(|one| {
            let same = lines.iter().filter(|other| other.product_id == one.product_id);
            same.map(|other| i64::from(other.quantity)).sum()
        })
        .collect();
    let lines = lines.into_iter().zip(units);
    lines.map(|(line, units)| configured(line, units, shelf, terms, today)).collect()
}

fn configured(
    line: InquiryLine,
    units: i64,
    shelf: &Shelf,
    terms: &TermRules,
    today: NaiveDate,
) -> Result<Configured> {
    let unknown =
        || Error::internal(format!("product {} is not in the catalogue", line.product_id));
    let product = shelf.product(line.product_id).ok_or_else(unknown)?;
    let asked = Asked {
        product,
        purpose: line.kind,
        units,
        months: line.months.and_then(|months| TermMonths::new(months.into()).ok()),
        base: line.base_id.map(|_| Base {
            ends_on: line.base.ends_on,
            is_renewed: line.base.renewed_by_id.is_some(),
        }),
    };
    let months = terms.months_of(&asked, today);
    let unit = shelf.unit(line.product_id, months, line.quantity);
    let total_minor = unit.and_then(|unit| unit.total(line.quantity));
    let problem = terms.problem(&asked, shelf.larger(product, units), today);
    let problem = problem.or(match (unit, total_minor) {
        (None, _) => Some(Problem::NoPrice),
        (Some(_), None) => Some(Problem::TooLarge),
        _ => None,
    });
    Ok(Configured { months, unit, total_minor, problem, line })
}

/// What the lines cost together; none where one has no price, or it is more than can be counted.
pub fn total(lines: &[Configured]) -> Option<i64> {
    lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.total_minor?))
}
