//! Whether a line can be asked for as it stands, and what would fit instead. Decisions without a
//! database; the caller knows the product, the policy and the day.

use chrono::NaiveDate;

use crate::calendar::{TermMonths, add_days, months_left};
use crate::catalogue::{Product, ProductKind};
use crate::locale::Locale;
use crate::programs::pack::OddTerms;

use super::Purpose;

/// What a policy says of terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermRules {
    /// In months, ascending.
    pub standard_terms: Vec<i32>,
    pub odd_terms: OddTerms,
    /// Days after its end within which a licence can be renewed.
    pub renewal_lapse_days: i32,
}

/// The licence that a line renews or changes, as far as the rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    pub ends_on: Option<NaiveDate>,
    pub is_renewed: bool,
}

/// A line as the rules see it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub product: &'a Product,
    pub purpose: Purpose,
    /// Of the product in the whole inquiry.
    pub units: i64,
    pub months: Option<TermMonths>,
    pub base: Option<Base>,
}

/// Why a line cannot be sent as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Sold by the month for what is used, not by an order.
    ByUsage,
    NoTerm,
    /// Only these terms are sold.
    TermNotSold(Vec<i32>),
    NoPrice,
    /// So many at most; and what takes more, where there is such a thing.
    TooMany {
        most: i32,
        unit: String,
        instead: Option<String>,
    },
    AlreadyRenewed,
    /// Its time to be renewed ended on this day.
    Lapsed(NaiveDate),
    /// The licence to be changed runs no more, or has no end.
    NotRunning,
    /// More money than can be counted.
    TooLarge,
}

impl Problem {
    pub fn text(&self, locale: Locale) -> String {
        match self {
            Self::ByUsage => {
                "It is paid by the month for what is used, and not ordered.".to_owned()
            }
            Self::NoTerm => "Enter the months of its term, from 1 to 60.".to_owned(),
            Self::TermNotSold(terms) => {
                let terms: Vec<String> = terms.iter().map(i32::to_string).collect();
                format!("Sold for {} months.", one_of(&terms))
            }
            Self::NoPrice => {
                "There is no recommended price for it; choose another term.".to_owned()
            }
            Self::TooMany { most, unit, instead } => {
                let most =
                    format!("At most {} × {unit} for a customer", locale.number((*most).into()));
                match instead {
                    Some(other) => format!("{most}. {other} takes so many."),
                    None => format!("{most}."),
                }
            }
            Self::AlreadyRenewed => "The licence has been renewed already.".to_owned(),
            Self::Lapsed(day) => format!(
                "It could be renewed until {}; ask for a new licence instead.",
                locale.day(*day)
            ),
            Self::NotRunning => {
                "Units can be added to a licence that runs and has an end.".to_owned()
            }
            Self::TooLarge => "This is more than can be counted; make two inquiries.".to_owned(),
        }
    }
}

fn one_of(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

impl TermRules {
    /// The term that a line has: of a change the months that are left, of others as they are asked
    /// for.
    pub fn months_of(&self, asked: &Asked<'_>, today: NaiveDate) -> Option<TermMonths> {
        match (asked.purpose, asked.base.and_then(|base| base.ends_on)) {
            (Purpose::Change, Some(ends_on)) => {
                TermMonths::new(months_left(today, ends_on).into()).ok()
            }
            _ => asked.months.filter(|_| asked.product.kind.has_term()),
        }
    }

    /// Why it cannot be asked for on a day, prices aside; `larger` is what takes more units.
    pub fn problem(
        &self,
        asked: &Asked<'_>,
        larger: Option<&Product>,
        today: NaiveDate,
    ) -> Option<Problem> {
        if asked.product.kind == ProductKind::Usage {
            return Some(Problem::ByUsage);
        }
        self.base_problem(asked, today)
            .or_else(|| self.term_problem(asked, today))
            .or_else(|| too_many(asked, larger))
    }

    fn base_problem(&self, asked: &Asked<'_>, today: NaiveDate) -> Option<Problem> {
        let base = asked.base?;
        match (asked.purpose, base.ends_on) {
            (_, _) if base.is_renewed => Some(Problem::AlreadyRenewed),
            (Purpose::Renewal, Some(ends_on)) => {
                let last = add_days(ends_on, self.renewal_lapse_days.into());
                (today > last).then_some(Problem::Lapsed(last))
            }
            (Purpose::Change, ends_on) => {
                let runs = ends_on.is_some_and(|ends_on| today <= ends_on);
                (!runs).then_some(Problem::NotRunning)
            }
            _ => None,
        }
    }

    /// A change runs to the end of the licence that it changes, whatever terms are sold.
    fn term_problem(&self, asked: &Asked<'_>, today: NaiveDate) -> Option<Problem> {
        if !asked.product.kind.has_term() || asked.purpose == Purpose::Change {
            return None;
        }
        let Some(months) = self.months_of(asked, today) else { return Some(Problem::NoTerm) };
        let sold = self.odd_terms != OddTerms::None
            || self.standard_terms.contains(&i32::from(months.get()));
        (!sold).then(|| Problem::TermNotSold(self.standard_terms.clone()))
    }
}

fn too_many(asked: &Asked<'_>, larger: Option<&Product>) -> Option<Problem> {
    let most = asked.product.most_units?;
    (asked.units > most.into()).then(|| Problem::TooMany {
        most,
        unit: asked.product.unit.clone(),
        instead: larger.map(|product| product.name.clone()),
    })
}
