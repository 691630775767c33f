//! What a revision says otherwise than the one before it, line by line. Both are as one viewer sees
//! them, so nothing that is hidden shows in their difference.

use super::lines::QuoteLine;
use crate::pricing::waterfall::{LevelKind, Step};

/// A level that came, went, or takes off another share or amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChangedLevel {
    pub kind: LevelKind,
    pub rule: String,
    pub before: Option<Step>,
    pub now: Option<Step>,
}

/// A line that costs something else, or for other reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChangedLine {
    pub position: i32,
    pub product: String,
    /// Recommended price, then what is left of it: before and now.
    pub msrp_minor: (i64, i64),
    pub net_minor: (i64, i64),
    pub levels: Vec<ChangedLevel>,
}

/// The lines that differ, in their order.
pub(super) fn between(before: &[QuoteLine], now: &[QuoteLine]) -> Vec<ChangedLine> {
    let pairs = before.iter().zip(now);
    pairs.filter_map(|(before, now)| changed_line(before, now)).collect()
}

fn changed_line(before: &QuoteLine, now: &QuoteLine) -> Option<ChangedLine> {
    let levels = changed_levels(&before.steps, &now.steps);
    let same = before.msrp_minor == now.msrp_minor && before.net_minor == now.net_minor;
    (!same || !levels.is_empty()).then(|| ChangedLine {
        position: now.position,
        product: now.product.clone(),
        msrp_minor: (before.msrp_minor, now.msrp_minor),
        net_minor: (before.net_minor, now.net_minor),
        levels,
    })
}

fn changed_levels(before: &[Step], now: &[Step]) -> Vec<ChangedLevel> {
    let same_rule =
        |a: &Step, b: &Step| a.level.kind == b.level.kind && a.level.rule == b.level.rule;
    let mut changed = Vec::new();
    for step in before {
        let after = now.iter().find(|other| same_rule(step, other));
        let differs = after.is_none_or(|after| {
            after.level.percent != step.level.percent || after.amount_minor != step.amount_minor
        });
        if differs {
            changed.push(changed_level(Some(step), after));
        }
    }
    let new = now.iter().filter(|step| !before.iter().any(|other| same_rule(step, other)));
    changed.extend(new.map(|step| changed_level(None, Some(step))));
    changed.sort_by_key(|level| level.kind);
    changed
}

fn changed_level(before: Option<&Step>, now: Option<&Step>) -> ChangedLevel {
    let level = now.or(before).map(|step| &step.level);
    ChangedLevel {
        kind: level.map_or(LevelKind::Program, |level| level.kind),
        rule: level.map(|level| level.rule.clone()).unwrap_or_default(),
        before: before.cloned(),
        now: now.cloned(),
    }
}
