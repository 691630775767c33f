//! The waterfall of a line: what each level takes off what the one before left (docs/domain.md,
//! section 4). Each amount is rounded half-even to the minor unit and subtracted, so that what is
//! printed adds up to the cent.

use chrono::NaiveDate;

use crate::percent::BasisPoints;
use crate::text_enum;

text_enum! {
    /// The levels, in the order in which they are taken off.
    pub enum LevelKind {
        /// By tier and category, for every partner.
        Program = "program",
        /// For a line of a registered deal.
        DealRegistration = "deal_registration",
        /// By a code.
        Promotion = "promotion",
        /// Asked for by whoever quotes, granted by the vendor.
        Special = "special",
        /// The quoter's own; the vendor does not see a distributor's.
        Distributor = "distributor",
    }
}

impl LevelKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Program => "Program discount",
            Self::DealRegistration => "Deal registration",
            Self::Promotion => "Promotion",
            Self::Special => "Special price",
            Self::Distributor => "Distributor discount",
        }
    }
}

/// A rule that takes something off a line, with what answers "why this price".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    pub kind: LevelKind,
    pub percent: BasisPoints,
    /// Which rule, in words.
    pub rule: String,
    /// The first day on which the rule holds.
    pub effective_on: NaiveDate,
    pub approved_by: String,
}

/// A level that was taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub level: Level,
    pub amount_minor: i64,
}

/// A line's price, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waterfall {
    pub msrp_minor: i64,
    pub steps: Vec<Step>,
    pub net_minor: i64,
}

impl Waterfall {
    /// Takes the levels off in their order, whatever order they come in; those of one kind in the
    /// order in which they come. A level of nothing is left out.
    pub fn of(msrp_minor: i64, mut levels: Vec<Level>) -> Self {
        levels.retain(|level| !level.percent.is_none());
        levels.sort_by_key(|level| level.kind);
        let mut left = msrp_minor;
        let steps = levels
            .into_iter()
            .map(|level| {
                let amount_minor = level.percent.of(left);
                left -= amount_minor;
                Step { level, amount_minor }
            })
            .collect();
        Self { msrp_minor, steps, net_minor: left }
    }
}
