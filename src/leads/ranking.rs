//! Which partner a lead goes to first, and why: a decision without a database.
//!
//! What is asked comes in a fixed order, and the name and the reference come last: of two partners one
//! is always first, and the same question gives the same answer.

use std::cmp::Reverse;

/// What counts of a partner that could take a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub country: String,
    /// The first of its types in the order of the pack, which is the order in which they are asked,
    /// and the name of it; none where it has none.
    pub kind: Option<(i64, String)>,
    /// Whether it has sold something of the lead's category; none where the lead names none.
    pub has_sold: Option<bool>,
    /// Its tier's rank, 1 the lowest, and its name; none where it has none.
    pub tier: Option<(i64, String)>,
    /// Leads that it has and that are not over.
    pub open_leads: i64,
    /// Of the leads that it answered within a year, how many it accepted, and how many they were.
    pub accepted: i64,
    pub answered: i64,
    /// As names are compared.
    pub name_key: String,
    pub reference: String,
}

/// Where a partner stands for a lead of a country: the least is the first. What it has in hand, and
/// what follows, decides among those of equal [`Class`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    class: Class,
    open_leads: i64,
    acceptance: Reverse<i64>,
    name_key: &'a str,
    reference: &'a str,
}

/// What does not change with the leads that a partner gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class {
    is_abroad: bool,
    kind: i64,
    has_not_sold: bool,
    tier: Reverse<i64>,
}

/// Of whoever has answered nothing: neither good nor bad.
const NEUTRAL: i64 = 50;

impl Known {
    pub fn class(&self, lead_country: Option<&str>) -> Class {
        Class {
            is_abroad: lead_country.is_some_and(|country| country != self.country),
            kind: self.kind.as_ref().map_or(i64::MAX, |(position, _)| *position),
            has_not_sold: self.has_sold == Some(false),
            tier: Reverse(self.tier.as_ref().map_or(0, |(rank, _)| *rank)),
        }
    }

    pub fn place(&self, lead_country: Option<&str>) -> Place<'_> {
        self.place_with(lead_country, self.open_leads)
    }

    /// Where it would stand with so many open leads.
    pub(super) fn place_with(&self, lead_country: Option<&str>, open_leads: i64) -> Place<'_> {
        Place {
            class: self.class(lead_country),
            open_leads,
            acceptance: Reverse(self.acceptance()),
            name_key: &self.name_key,
            reference: &self.reference,
        }
    }

    /// Whole per cents, rounded down.
    fn acceptance(&self) -> i64 {
        (self.accepted * 100).checked_div(self.answered).unwrap_or(NEUTRAL)
    }
}

/// Why a partner stands where it does, in the order in which it is asked. `category` is that of the
/// leads, where they have one.
pub fn reason(known: &Known, lead_country: Option<&str>, category: Option<&str>) -> String {
    let mut reasons = vec![match lead_country {
        Some(country) if country == known.country => "Same country".to_owned(),
        Some(_) => format!("Another country ({})", known.country),
        None => format!("In {}", known.country),
    }];
    reasons.extend(known.kind.as_ref().map(|(_, name)| name.clone()));
    reasons.extend(category.zip(known.has_sold).map(|(category, has_sold)| match has_sold {
        true => format!("has sold {category}"),
        false => format!("has not sold {category} yet"),
    }));
    reasons.extend(known.tier.as_ref().map(|(_, name)| name.clone()));
    reasons.push(match known.open_leads {
        0 => "no open leads".to_owned(),
        1 => "1 open lead".to_owned(),
        many => format!("{many} open leads"),
    });
    reasons.push(match (known.accepted, known.answered) {
        (_, 0) => "none answered in a year".to_owned(),
        (accepted, answered) => format!("accepted {accepted} of {answered} in a year"),
    });
    reasons.join(", ")
}
