//! What a list changes beside the one before it. No database.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::locale::Locale;
use crate::percent::half_even;

/// What has a price of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceKey {
    /// Its code.
    pub product: String,
    /// 0 where there is no term.
    pub months: i32,
    pub from_quantity: i32,
}

/// All prices of a list, in minor units of its currency.
pub type PriceTable = BTreeMap<PriceKey, i64>;

/// What happens to one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Added { to: i64 },
    Removed { from: i64 },
    Changed { from: i64, to: i64 },
}

impl Step {
    /// By how much it changes, in tenths of a percent; none where that cannot be said.
    pub fn per_mille(self) -> Option<i64> {
        let Self::Changed { from, to } = self else { return None };
        if from == 0 {
            return None;
        }
        let size = i128::from(to.abs_diff(from)) * 1_000;
        let size = i64::try_from(half_even(size, from.into())).unwrap_or(i64::MAX);
        Some(if to < from { -size } else { size })
    }

    /// The same as a person reads it: `+12.5 %`.
    pub fn percent(self, locale: Locale) -> Option<String> {
        let change = self.per_mille()?;
        let sign = if change < 0 { '\u{2212}' } else { '+' };
        let size = i64::try_from(change.unsigned_abs()).unwrap_or(i64::MAX);
        let (whole, part) = (locale.number(size / 10), size % 10);
        Some(format!("{sign}{whole}{}{part}\u{a0}%", locale.decimal()))
    }

    /// The biggest changes of a price come first, then what goes and what is new.
    fn rank(self) -> (u8, Reverse<u64>) {
        match self {
            Self::Changed { .. } => {
                (0, Reverse(self.per_mille().map_or(u64::MAX, i64::unsigned_abs)))
            }
            Self::Removed { .. } => (1, Reverse(0)),
            Self::Added { .. } => (2, Reverse(0)),
        }
    }
}

/// A price and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub key: PriceKey,
    pub step: Step,
}

/// Everything that differs between two lists, the biggest changes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub changes: Vec<Change>,
    /// Prices that are the same in both.
    pub same: usize,
}

impl Difference {
    pub fn between(old: &PriceTable, new: &PriceTable) -> Self {
        let mut difference = Self::default();
        for (key, to) in new {
            let step = match old.get(key) {
                Some(from) if from == to => {
                    difference.same += 1;
                    continue;
                }
                Some(from) => Step::Changed { from: *from, to: *to },
                None => Step::Added { to: *to },
            };
            difference.changes.push(Change { key: key.clone(), step });
        }
        let gone = old.iter().filter(|(key, _)| !new.contains_key(key));
        difference.changes.extend(
            gone.map(|(key, from)| Change {
                key: key.clone(),
                step: Step::Removed { from: *from },
            }),
        );
        difference.changes.sort_by(|a, b| (a.step.rank(), &a.key).cmp(&(b.step.rank(), &b.key)));
        difference
    }

    fn count(&self, fits: impl Fn(Step) -> bool) -> usize {
        self.changes.iter().filter(|change| fits(change.step)).count()
    }

    pub fn added(&self) -> usize {
        self.count(|step| matches!(step, Step::Added { .. }))
    }

    pub fn removed(&self) -> usize {
        self.count(|step| matches!(step, Step::Removed { .. }))
    }

    pub fn dearer(&self) -> usize {
        self.count(|step| matches!(step, Step::Changed { from, to } if to > from))
    }

    pub fn cheaper(&self) -> usize {
        self.count(|step| matches!(step, Step::Changed { from, to } if to < from))
    }
}
