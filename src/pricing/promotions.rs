//! Which promotions a line gets: of the codes that were named, the permitted set that costs least.
//! A code that does not apply is never dropped in silence. Judged line by line, without a database.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::rates::Rate;
use super::waterfall::{Level, LevelKind, Waterfall};
use crate::percent::BasisPoints;

/// More codes than these are refused by the forms: every set of them is tried.
pub const MOST_CODES: usize = 6;

/// A promotion as a line is held against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub code: String,
    pub name: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub percent: BasisPoints,
    pub category_ids: Vec<i64>,
    /// The names of those categories.
    pub categories: Vec<String>,
    pub least_units: i32,
    pub with_program: bool,
    pub with_deal: bool,
    /// The codes of the promotions that it goes together with.
    pub combines: Vec<String>,
    pub approved_by: String,
}

/// What of a line decides about its levels.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub category_id: i64,
    pub quantity: i32,
    pub msrp_minor: i64,
    /// The program's own discount on it, and that of its registered deal.
    pub program: Option<&'a Rate>,
    pub deal: Option<&'a Rate>,
}

/// Why a code takes nothing off a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyNot {
    Unknown,
    /// It begins on this day.
    NotYet(NaiveDate),
    /// It ended on this day.
    Over(NaiveDate),
    /// It is for these categories.
    OtherCategory(String),
    /// It needs so many units.
    TooFew(i32),
    /// It does not go together with these, which take more off.
    NotBeside(Vec<String>),
}

/// What a line gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The program's levels and the promotions, as far as they go together.
    pub levels: Vec<Level>,
    /// The codes that are used.
    pub used: Vec<String>,
    /// The other codes, each with its reason.
    pub refused: Vec<(String, WhyNot)>,
    /// The levels of the program that a promotion stands in for, because it costs less so.
    pub displaced: Vec<LevelKind>,
}

/// Something that may be taken off a line: a level, and the offer where it is a promotion.
struct Candidate<'a> {
    level: Level,
    offer: Option<&'a Offer>,
}

/// The cheapest permitted set of levels for a line on a day.
pub fn choose(codes: &[String], offers: &[Offer], line: Line<'_>, day: NaiveDate) -> Choice {
    let mut refused = Vec::new();
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    let own = [(LevelKind::Program, line.program), (LevelKind::DealRegistration, line.deal)];
    for (kind, rate) in own {
        candidates.extend(rate.map(|rate| Candidate { level: rate.level(kind), offer: None }));
    }
    for code in codes.iter().take(MOST_CODES) {
        match eligible(code, offers, line, day) {
            Ok(offer) => candidates.push(Candidate { level: offer.level(), offer: Some(offer) }),
            Err(why) => refused.push((code.clone(), why)),
        }
    }
    let best = cheapest(&candidates, line.msrp_minor);
    let chosen = |place: &usize| best & (1 << place) != 0;
    let (used, left): (Vec<usize>, Vec<usize>) = (0..candidates.len()).partition(chosen);
    for place in &left {
        if let Some(offer) = candidates[*place].offer {
            let beside = used
                .iter()
                .map(|other| &candidates[*other])
                .filter(|other| !go_together(&candidates[*place], other))
                .map(Candidate::name);
            refused.push((offer.code.clone(), WhyNot::NotBeside(beside.collect())));
        }
    }
    let code = |place: &usize| candidates[*place].offer.map(|offer| offer.code.clone());
    let displaced = |place: &usize| {
        let candidate = &candidates[*place];
        candidate.offer.is_none().then_some(candidate.level.kind)
    };
    Choice {
        used: used.iter().filter_map(code).collect(),
        levels: used.iter().map(|place| candidates[*place].level.clone()).collect(),
        displaced: left.iter().filter_map(displaced).collect(),
        refused,
    }
}

fn eligible<'a>(
    code: &str,
    offers: &'a [Offer],
    line: Line<'_>,
    day: NaiveDate,
) -> Result<&'a Offer, WhyNot> {
    let offer = offers.iter().find(|offer| offer.code == code).ok_or(WhyNot::Unknown)?;
    if day < offer.starts_on {
        return Err(WhyNot::NotYet(offer.starts_on));
    }
    if day > offer.ends_on {
        return Err(WhyNot::Over(offer.ends_on));
    }
    if !offer.category_ids.contains(&line.category_id) {
        return Err(WhyNot::OtherCategory(offer.categories.join(", ")));
    }
    if line.quantity < offer.least_units {
        return Err(WhyNot::TooFew(offer.least_units));
    }
    Ok(offer)
}

/// The set of candidates, as bits, that is permitted and costs least; of equal ones the one with
/// more in it, and of those the first.
fn cheapest(candidates: &[Candidate<'_>], msrp_minor: i64) -> u32 {
    let permitted = |set: u32| {
        let inside: Vec<&Candidate<'_>> = members(candidates, set).collect();
        let pair = |a: usize| (0..a).all(|b| go_together(inside[a], inside[b]));
        (0..inside.len()).all(pair)
    };
    let cost = |set: u32| {
        let levels = members(candidates, set).map(|one| one.level.clone()).collect();
        (Waterfall::of(msrp_minor, levels).net_minor, std::cmp::Reverse(set.count_ones()))
    };
    let sets = 0..(1_u32 << candidates.len());
    sets.filter(|set| permitted(*set)).min_by_key(|set| cost(*set)).unwrap_or(0)
}

fn members<'c, 'a>(
    candidates: &'c [Candidate<'a>],
    set: u32,
) -> impl Iterator<Item = &'c Candidate<'a>> {
    candidates.iter().enumerate().filter(move |(place, _)| set & (1 << place) != 0).map(|(_, c)| c)
}

fn go_together(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let with_level = |offer: &Offer, kind| match kind {
        LevelKind::Program => offer.with_program,
        LevelKind::DealRegistration => offer.with_deal,
        _ => true,
    };
    match (a.offer, b.offer) {
        (None, None) => true,
        (Some(offer), None) => with_level(offer, b.level.kind),
        (None, Some(offer)) => with_level(offer, a.level.kind),
        (Some(one), Some(other)) => {
            one.combines.contains(&other.code) && other.combines.contains(&one.code)
        }
    }
}

impl Candidate<'_> {
    fn name(&self) -> String {
        self.offer.map_or_else(|| self.level.kind.label().to_owned(), |offer| offer.code.clone())
    }
}

impl Offer {
    fn level(&self) -> Level {
        Level {
            kind: LevelKind::Promotion,
            percent: self.percent,
            rule: format!("{}: {}", self.code, self.name),
            effective_on: self.starts_on,
            approved_by: self.approved_by.clone(),
        }
    }
}
