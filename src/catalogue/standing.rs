//! Whether something can be ordered on a day, and from or until when, by the dated policies.

use chrono::NaiveDate;

use crate::calendar::{TermMonths, add_days};
use crate::programs::pack::{OddTerms, Policy, PolicyTimeline, SkuForm};

/// Whether a SKU can be ordered on a day. Days are the program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can; nothing where it always could, or where no end is known.
    Orderable { since: Option<NaiveDate>, until: Option<NaiveDate> },
    /// It cannot; until when it could before, and from when it can again.
    NotOrderable { ended: Option<NaiveDate>, begins: Option<NaiveDate> },
}

/// Days without a change.
struct Span {
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    accepted: bool,
}

impl Standing {
    /// Judges a day by the policies that accept something and those that do not.
    pub fn on(
        day: NaiveDate,
        policies: &PolicyTimeline,
        accepts: impl Fn(&Policy) -> bool,
    ) -> Self {
        let mut spans: Vec<Span> = Vec::new();
        for policy in policies.iter() {
            let accepted = accepts(policy);
            match spans.last_mut() {
                Some(last) if last.accepted == accepted => {}
                Some(last) => {
                    last.last = Some(add_days(policy.from, -1));
                    spans.push(Span { first: Some(policy.from), last: None, accepted });
                }
                // The first policy also holds on every earlier day.
                None => spans.push(Span { first: None, last: None, accepted }),
            }
        }
        let begun = spans.partition_point(|span| span.first.is_none_or(|first| first <= day));
        let before = begun.checked_sub(2).and_then(|place| spans.get(place));
        let after = spans.get(begun);
        match begun.checked_sub(1).and_then(|place| spans.get(place)) {
            Some(Span { accepted: true, first, last }) => {
                Self::Orderable { since: *first, until: *last }
            }
            _ => Self::NotOrderable {
                ended: before.and_then(|span| span.last),
                begins: after.and_then(|span| span.first),
            },
        }
    }

    pub fn is_orderable(self) -> bool {
        matches!(self, Self::Orderable { .. })
    }
}

/// Whether a term is one of the usual ones.
pub(super) fn is_standard(policy: &Policy, months: TermMonths) -> bool {
    policy.standard_terms.contains(&i32::from(months.get()))
}

/// Whether the older SKU of a term can be ordered under a policy.
pub(super) fn accepts_legacy(policy: &Policy, months: TermMonths) -> bool {
    policy.sku_forms.contains(&SkuForm::Legacy) && is_standard(policy, months)
}

/// Whether the newer SKU of a term can be ordered under a policy.
pub(super) fn accepts_new(policy: &Policy, months: TermMonths) -> bool {
    let is_sold = is_standard(policy, months) || policy.odd_terms == OddTerms::OwnSku;
    policy.sku_forms.contains(&SkuForm::New) && is_sold
}

/// Whether a term can be ordered as so many times the older SKU of one month.
pub(super) fn accepts_multiples(policy: &Policy, months: TermMonths) -> bool {
    policy.odd_terms == OddTerms::OneMonthMultiples
        && accepts_legacy(policy, TermMonths::SHORTEST)
        && !is_standard(policy, months)
}
