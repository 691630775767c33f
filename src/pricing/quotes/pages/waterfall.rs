//! A line's price as a page shows it: what each level takes off, and why.

use crate::locale::Locale;
use crate::pricing::promotions::WhyNot;
use crate::pricing::quotes::amount;
use crate::pricing::quotes::lines::{QuoteLine, Remarks};
use crate::pricing::waterfall::{LevelKind, Step};

/// Words and ways of writing that all lines of a page share.
pub(in crate::pricing::quotes) struct Wording<'a> {
    pub currency: &'a str,
    pub locale: Locale,
    /// Whether the vendor quoted: its own level is not a distributor's.
    pub by_vendor: bool,
}

pub(in crate::pricing::quotes) struct ShownLine {
    pub position: i32,
    pub product: String,
    pub product_code: String,
    pub sku: String,
    /// "10 seats at JPY 3,000, 12 months".
    pub what: String,
    pub kind: &'static str,
    /// The licence that it renews or changes; empty for something new.
    pub base: String,
    pub msrp: String,
    pub steps: Vec<ShownStep>,
    pub net: String,
    /// What is said of codes that take nothing off it.
    pub remarks: Vec<String>,
    /// The quoter's own share, as a field shows it; empty where there is none.
    pub own: String,
}

pub(in crate::pricing::quotes) struct ShownStep {
    pub label: &'static str,
    pub rule: String,
    pub since: String,
    pub approved_by: String,
    pub percent: String,
    pub amount: String,
}

impl Wording<'_> {
    pub(in crate::pricing::quotes) fn amount(&self, minor: i64) -> String {
        amount(minor, self.currency, self.locale)
    }

    pub(in crate::pricing::quotes) fn level(&self, kind: LevelKind) -> &'static str {
        match kind {
            LevelKind::Distributor if self.by_vendor => "Vendor discount",
            other => other.label(),
        }
    }

    pub(in crate::pricing::quotes) fn lines(&self, lines: &[QuoteLine]) -> Vec<ShownLine> {
        lines.iter().map(|line| self.line(line)).collect()
    }

    fn line(&self, line: &QuoteLine) -> ShownLine {
        ShownLine {
            position: line.position,
            product: line.product.clone(),
            product_code: line.product_code.clone(),
            sku: line.sku.clone(),
            what: self.what(line),
            kind: line.kind.label(),
            base: line.base.clone().unwrap_or_default(),
            msrp: self.amount(line.msrp_minor),
            steps: line.steps.iter().map(|step| self.step(step)).collect(),
            net: self.amount(line.net_minor),
            remarks: self.remarks(line),
            own: if line.own.is_none() { String::new() } else { line.own.plain() },
        }
    }

    fn what(&self, line: &QuoteLine) -> String {
        let count = self.locale.number(line.quantity.into());
        let unit = if line.quantity == 1 { line.unit.clone() } else { format!("{}s", line.unit) };
        let each = self.amount(line.unit_minor);
        match line.months {
            Some(1) => format!("{count} {unit} at {each}, 1 month"),
            Some(months) => format!("{count} {unit} at {each}, {months} months"),
            None => format!("{count} {unit} at {each}"),
        }
    }

    fn step(&self, step: &Step) -> ShownStep {
        ShownStep {
            label: self.level(step.level.kind),
            rule: step.level.rule.clone(),
            since: self.locale.short_day(step.level.effective_on),
            approved_by: step.level.approved_by.clone(),
            percent: step.level.percent.show(self.locale),
            amount: format!("\u{2212}{}", self.amount(step.amount_minor)),
        }
    }

    /// Which code takes nothing off and why, and what the cheapest permitted set is.
    fn remarks(&self, line: &QuoteLine) -> Vec<String> {
        let Remarks { refused, displaced } = &line.remarks;
        if refused.is_empty() && displaced.is_empty() {
            return Vec::new();
        }
        let mut said: Vec<String> =
            refused.iter().map(|(code, why)| self.why_not(code, why)).collect();
        said.extend(displaced.iter().map(|kind| {
            let label = self.level(*kind).to_lowercase();
            format!("A promotion stands in for the {label}: the line costs less so.")
        }));
        // Where no code takes anything off there was nothing to choose.
        if line.steps.iter().any(|step| step.level.kind == LevelKind::Promotion) {
            let set: Vec<&str> = line.steps.iter().filter_map(in_set).collect();
            said.push(format!("The cheapest permitted set: {}.", listed(&set)));
        }
        said
    }

    fn why_not(&self, code: &str, why: &WhyNot) -> String {
        match why {
            WhyNot::Unknown => format!("{code}: there is no such promotion."),
            WhyNot::NotYet(day) => format!("{code} begins on {}.", self.locale.day(*day)),
            WhyNot::Over(day) => format!("{code} ended on {}.", self.locale.day(*day)),
            WhyNot::OtherCategory(names) => format!("{code} is for other products: {names}."),
            WhyNot::TooFew(least) => format!("{code} needs at least {least} units."),
            WhyNot::NotBeside(others) if others.is_empty() => {
                format!("{code} takes nothing more off.")
            }
            WhyNot::NotBeside(others) => {
                format!("{code} does not go together with {}, which costs less.", others.join(", "))
            }
        }
    }
}

/// A level that was chosen among those of the program and the codes.
fn in_set(step: &Step) -> Option<&str> {
    match step.level.kind {
        LevelKind::Program | LevelKind::DealRegistration => Some(step.level.kind.label()),
        LevelKind::Promotion => step.level.rule.split(':').next(),
        LevelKind::Special | LevelKind::Distributor => None,
    }
}

/// "A", "A and B", "A, B and C".
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
