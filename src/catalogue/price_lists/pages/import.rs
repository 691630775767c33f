//! A price list is published from a file.

use askama::Template;
use iso_currency::Currency;

use super::show::Counts;
use crate::auth::Scope;
use crate::catalogue::price_lists::difference::{Difference, Step};
use crate::catalogue::price_lists::forms::PublicationForm;
use crate::catalogue::price_lists::import::{Column, MOST_LINES, Plan};
use crate::catalogue::price_lists::publishing::Seen;
use crate::money::Money;
use crate::sheet::Fault;
use crate::web::{FieldErrors, Frame};

/// More faults than these are counted, not shown.
const MOST_FAULTS: usize = 100;
/// So many changes are shown, the biggest first.
const MOST_CHANGES: usize = 50;

/// What became of an upload; all empty before one.
#[derive(Default)]
pub(in crate::catalogue::price_lists) struct Outcome {
    pub errors: FieldErrors,
    pub faults: Vec<Fault>,
    pub plan: Option<Plan>,
    /// Somebody else published a list of that day first.
    pub overtaken: bool,
}

/// A price and what happens to it, as a table shows it.
pub(in crate::catalogue::price_lists) struct ChangeLine {
    pub product: String,
    /// `12 months`; empty where there is no term.
    pub months: String,
    pub from_quantity: String,
    pub old: String,
    pub new: String,
    pub change: String,
    pub tone: &'static str,
}

impl ChangeLine {
    /// The biggest changes, and how many more there are.
    pub(in crate::catalogue::price_lists) fn all(
        difference: &Difference,
        currency: Currency,
        scope: &Scope,
    ) -> (Vec<Self>, usize) {
        let locale = scope.actor().locale;
        let money = |minor| Money::new(minor, currency).show(locale);
        let shown = difference.changes.iter().take(MOST_CHANGES);
        let lines = shown.map(|change| {
            let (old, new, tone) = match change.step {
                Step::Added { to } => (String::new(), money(to), "info"),
                Step::Removed { from } => (money(from), String::new(), "plain"),
                Step::Changed { from, to } => {
                    (money(from), money(to), if to > from { "warn" } else { "good" })
                }
            };
            let change_text = match change.step {
                Step::Added { .. } => "New".to_owned(),
                Step::Removed { .. } => "No longer listed".to_owned(),
                step => step.percent(locale).unwrap_or_else(|| "From nothing".to_owned()),
            };
            Self {
                product: change.key.product.clone(),
                months: term(change.key.months),
                from_quantity: locale.number(change.key.from_quantity.into()),
                old,
                new,
                change: change_text,
                tone,
            }
        });
        (lines.collect(), difference.changes.len().saturating_sub(MOST_CHANGES))
    }
}

fn term(months: i32) -> String {
    match months {
        0 => String::new(),
        1 => "1 month".to_owned(),
        many => format!("{many} months"),
    }
}

#[derive(Template)]
#[template(path = "catalogue/import.html")]
pub(in crate::catalogue::price_lists) struct ImportPage {
    frame: Frame,
    path: String,
    lists_href: String,
    form: PublicationForm,
    errors: FieldErrors,
    faults: Vec<Fault>,
    more_faults: usize,
    checked: Option<Checked>,
    overtaken: bool,
    columns: &'static [Column],
    most_lines: String,
}

/// What a check found.
struct Checked {
    what: String,
    /// The day of the list that it is compared with.
    before: Option<String>,
    /// Who published the list that it would take the place of, and when.
    replaces: Option<String>,
    prices: String,
    counts: Counts,
    changes: Vec<ChangeLine>,
    more: usize,
}

impl Checked {
    fn of(plan: &Plan, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let currency = plan.publication.currency;
        let (changes, more) = ChangeLine::all(&plan.difference, currency, scope);
        Self {
            what: format!("{} from {}", currency.code(), locale.day(plan.publication.effective_on)),
            before: plan.before.as_ref().map(|list| locale.day(list.effective_on)),
            replaces: plan.replaces.as_ref().map(|list| {
                let at = locale.moment(list.published_at, scope.program().time_zone);
                format!("{}, {at}", list.published_by)
            }),
            prices: match plan.prices.len() {
                1 => "1 price".to_owned(),
                many => {
                    format!("{} prices", locale.number(i64::try_from(many).unwrap_or(i64::MAX)))
                }
            },
            counts: Counts::of(&plan.difference, scope),
            changes,
            more,
        }
    }
}

impl ImportPage {
    pub(in crate::catalogue::price_lists) fn new(
        frame: Frame,
        scope: &Scope,
        mut form: PublicationForm,
        outcome: Outcome,
    ) -> Self {
        let mut faults = outcome.faults;
        let more_faults = faults.len().saturating_sub(MOST_FAULTS);
        faults.truncate(MOST_FAULTS);
        let most_lines = i64::try_from(MOST_LINES).unwrap_or(i64::MAX);
        if form.currency.is_empty() && outcome.errors.is_empty() {
            form.currency.clone_from(&scope.program().currency);
        }
        // What the person saw is what a publication may replace.
        let replaces = outcome.plan.as_ref().and_then(|plan| plan.replaces.as_ref());
        form.seen = replaces.map(Seen::of).unwrap_or_default();
        Self {
            path: scope.path("/prices/import"),
            lists_href: scope.path("/prices"),
            form,
            errors: outcome.errors,
            checked: outcome.plan.as_ref().map(|plan| Checked::of(plan, scope)),
            overtaken: outcome.overtaken,
            columns: Column::ALL,
            most_lines: frame.locale().number(most_lines),
            frame,
            faults,
            more_faults,
        }
    }
}
