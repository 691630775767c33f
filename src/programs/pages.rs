//! What the page of a program shows.

use std::collections::BTreeMap;

use askama::Template;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::Rules;
use super::pack::{Policy, PolicyTimeline};
use super::words::{self, Rule};
use crate::auth::{Program, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::web::Frame;

/// The lists of a program, in one question.
#[derive(Default)]
pub(super) struct Facts {
    vendor: String,
    types: Vec<String>,
    tiers: Vec<String>,
    categories: BTreeMap<String, String>,
}

#[derive(QueryableByName)]
struct FactRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    name: String,
}

const FACTS: &str = "\
    SELECT 'type' AS kind, key, name, CAST(position AS BIGINT) AS place \
      FROM partner_types WHERE program_id = $1 \
    UNION ALL \
    SELECT 'tier', key, name, CAST(rank AS BIGINT) FROM tiers WHERE program_id = $2 \
    UNION ALL \
    SELECT 'category', key, name, CAST(position AS BIGINT) FROM categories WHERE program_id = $3 \
    UNION ALL \
    SELECT 'vendor', reference, name, CAST(0 AS BIGINT) FROM organisations WHERE id = $4 \
    ORDER BY 1, 4, 2";

impl Facts {
    pub(super) fn of(program: &Program, conn: &mut Conn) -> Result<Self> {
        let rows: Vec<FactRow> = sql_query(FACTS)
            .bind::<BigInt, _>(program.id)
            .bind::<BigInt, _>(program.id)
            .bind::<BigInt, _>(program.id)
            .bind::<BigInt, _>(program.vendor_id)
            .load(conn)?;
        let mut facts = Self::default();
        for row in rows {
            match row.kind.as_str() {
                "type" => facts.types.push(row.name),
                "tier" => facts.tiers.push(row.name),
                "category" => drop(facts.categories.insert(row.key, row.name)),
                _ => facts.vendor = row.name,
            }
        }
        Ok(facts)
    }
}

/// The notice ladder in words; negative days are after the end.
fn notices(ladder: &[i32]) -> String {
    let listed = |days: Vec<i32>| {
        let days: Vec<String> = days.iter().map(i32::to_string).collect();
        days.join(", ")
    };
    let before = listed(ladder.iter().copied().filter(|days| *days >= 0).collect());
    let after = listed(ladder.iter().filter(|days| **days < 0).map(|days| -days).collect());
    match (before.is_empty(), after.is_empty()) {
        (_, true) => format!("{before} days before a licence ends"),
        (true, false) => format!("{after} days after a licence ended"),
        (false, false) => format!("{before} days before a licence ends, and {after} after it"),
    }
}

fn target(percent: i32) -> String {
    format!("{percent} % of the licences that come to their end")
}

/// A policy as a group of the table: what it changes.
pub(super) struct PolicyGroup {
    pub heading: String,
    pub tone: &'static str,
    pub status: &'static str,
    pub lines: Vec<PolicyLine>,
}

/// One rule that changes, and what held before.
pub(super) struct PolicyLine {
    pub label: &'static str,
    pub value: String,
    pub before: String,
}

#[derive(Template)]
#[template(path = "programs/program.html")]
pub(super) struct ProgramPage {
    frame: Frame,
    name: String,
    vendor: String,
    currency: String,
    time_zone: String,
    types: String,
    tiers: String,
    notices: String,
    /// Empty where the program sets itself none.
    renewal_target: String,
    today_text: String,
    rules: Vec<Rule>,
    groups: Vec<PolicyGroup>,
}

impl ProgramPage {
    pub(super) fn new(frame: Frame, scope: &Scope, facts: Facts, rules: &Rules) -> Self {
        let program = scope.program();
        let locale = frame.locale();
        let in_force = rules.policies.at(scope.today());
        Self {
            name: program.name.clone(),
            currency: program.currency.clone(),
            time_zone: program.time_zone.name().to_owned(),
            types: facts.types.join(", "),
            tiers: facts.tiers.join(", "),
            notices: notices(&rules.ladder),
            renewal_target: rules.renewal_target_percent.map_or_else(String::new, target),
            today_text: locale.day(scope.today()),
            rules: words::rules(in_force, &facts.categories, locale),
            groups: groups(&rules.policies, in_force, &facts.categories, locale),
            vendor: facts.vendor,
            frame,
        }
    }
}

/// The policies from the latest to the first, each with what it changes.
fn groups(
    policies: &PolicyTimeline,
    in_force: &Policy,
    categories: &BTreeMap<String, String>,
    locale: Locale,
) -> Vec<PolicyGroup> {
    let mut groups = Vec::new();
    let mut before: Option<Vec<Rule>> = None;
    for policy in policies.iter() {
        let (tone, status) = match policy.from.cmp(&in_force.from) {
            std::cmp::Ordering::Less => ("plain", "Past"),
            std::cmp::Ordering::Equal => ("good", "In force"),
            std::cmp::Ordering::Greater => ("info", "Announced"),
        };
        let heading = match before {
            None => "From the beginning".to_owned(),
            Some(_) => format!("From {}", locale.day(policy.from)),
        };
        let rules = words::rules(policy, categories, locale);
        let lines = changes(&rules, before.as_deref()).chain(words::once(policy).map(line_of));
        groups.push(PolicyGroup { heading, tone, status, lines: lines.collect() });
        before = Some(rules);
    }
    groups.reverse();
    groups
}

fn changes<'a>(
    rules: &'a [Rule],
    before: Option<&'a [Rule]>,
) -> impl Iterator<Item = PolicyLine> + 'a {
    rules.iter().enumerate().filter_map(move |(place, rule)| {
        let old = before.and_then(|before| before.get(place));
        let changed = old.is_none_or(|old| old != rule);
        let old = old.map(|old| old.value.clone()).unwrap_or_default();
        changed.then(|| PolicyLine { before: old, ..line_of(rule.clone()) })
    })
}

fn line_of(rule: Rule) -> PolicyLine {
    PolicyLine { label: rule.label, value: rule.value, before: String::new() }
}
