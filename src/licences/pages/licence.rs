//! The page of one licence.

use askama::Template;
use chrono::NaiveDate;
use iso_currency::Currency;

use super::Badge;
use super::notices::rung_words;
use crate::audit::{Entry, Line};
use crate::auth::{Part, Scope, Seat};
use crate::calendar::{TermMonths, add_days, days_between};
use crate::error::Result;
use crate::licences::record::{Decided, Neighbour, Record};
use crate::licences::rulebook;
use crate::licences::rules::{LineKind, change_months, lost_days};
use crate::licences::set_backs::SetBack;
use crate::licences::set_backs::cost::percent;
use crate::locale::Locale;
use crate::maintenance::{Capability, StoppedNote, stopped};
use crate::money::Money;
use crate::programs::Rules;
use crate::web::{FieldErrors, Frame, Visit, list_address};

#[derive(Template)]
#[template(path = "licences/show.html")]
pub(in crate::licences) struct LicencePage {
    frame: Frame,
    list_href: String,
    href: String,
    customer_href: String,
    reference: String,
    customer: String,
    product: String,
    category: String,
    line_kind: &'static str,
    sku: String,
    quantity: String,
    serial_number: String,
    price: String,
    total: String,
    reseller: String,
    distributor: String,
    delivered_to: String,
    order: String,
    /// Its schedule, with its address.
    schedule: Option<(String, String)>,
    released_at: String,
    processed_at: String,
    badge: Badge,
    dates: Dates,
    chain: Vec<Link>,
    next_notice: String,
    renewal: Renewal,
    timeline: Vec<Line>,
    errors: FieldErrors,
    may_activate: bool,
    /// Why no activation is recorded now; none where it can be.
    stopped: Option<StoppedNote>,
    /// Where its reseller asks for the price of a renewal, or of more units.
    inquiry_href: Option<String>,
    /// Whether units can be added to it today.
    runs: bool,
    activated_on: String,
    set_backs_href: String,
    lost_days_href: String,
}

/// What can be done about the line's end, and until when.
#[derive(Default)]
struct Renewal {
    /// Empty where there is nothing to say.
    sentence: String,
    can_be_renewed: bool,
    /// It can be had as a new one only.
    as_new: bool,
}

/// The dates of the line, and why they are so.
struct Dates {
    months: String,
    starts_on: String,
    ends_on: String,
    activated_on: String,
    warranty: String,
    warranty_why: String,
    /// Who or what activates it.
    activation: String,
    /// What a mid-term change is, or would be, priced by; empty where there is none.
    change_months: String,
    why: String,
    rules: String,
    lost: String,
    /// What the end of its waiting cost; empty where it did not wait so long.
    set_back: String,
}

/// A line before or after in the chain of renewals.
struct Link {
    label: &'static str,
    reference: String,
    /// Empty where it is another organisation's.
    href: String,
    term: String,
}

impl LicencePage {
    pub(in crate::licences) fn new(
        visit: &Visit,
        scope: &Scope,
        record: &Record,
        rules: &Rules,
        history: &[Entry],
        errors: FieldErrors,
    ) -> Result<Self> {
        let (licence, locale, today) = (&record.licence, scope.actor().locale, scope.today());
        let zone = scope.program().time_zone;
        let thresholds = rulebook::thresholds(rules, today);
        let status = licence.has_term().then(|| licence.standing().on(today, thresholds));
        let amount = |minor: i64| {
            Currency::from_code(&licence.currency)
                .map(|currency| Money::new(minor, currency).show(locale))
                .unwrap_or_default()
        };
        let (number, delivered_to, released_at, processed_at) = &record.order;
        let total = licence.unit_price_minor.saturating_mul(licence.quantity.into());
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/licences"),
            inquiry_href: (scope.part() == Some(Part::Partner) && licence.renewed_by_id.is_none())
                .then(|| scope.path("/inquiries/new"))
                .filter(|_| licence.ends_on.is_some()),
            runs: licence.ends_on.is_some_and(|ends_on| ends_on >= today),
            href: scope.path(&format!("/licences/{}", licence.reference)),
            set_backs_href: list_address(
                &scope.path("/set-backs"),
                &[("q", &licence.reference)],
                None,
            ),
            lost_days_href: scope.path("/lost-days"),
            customer_href: scope.path(&format!("/customers/{}", record.customer.1)),
            reference: licence.reference.clone(),
            customer: record.customer.0.clone(),
            product: record.product.clone(),
            category: record.category.1.clone(),
            line_kind: licence.kind.label(),
            sku: licence.sku.clone(),
            quantity: format!("{} × {}", locale.number(licence.quantity.into()), record.unit),
            serial_number: licence.serial_number.clone(),
            price: amount(licence.unit_price_minor),
            total: amount(total),
            reseller: record.reseller.clone(),
            distributor: record.distributor.clone().unwrap_or_else(|| "None".to_owned()),
            delivered_to: delivered_to.clone(),
            order: number.clone(),
            schedule: record
                .schedule
                .as_ref()
                .map(|number| (scope.path(&format!("/schedules/{number}")), number.clone())),
            released_at: released_at.map(|at| locale.moment(at, zone)).unwrap_or_default(),
            processed_at: locale.moment(*processed_at, zone),
            badge: Badge::of(status),
            dates: Dates::of(record, rules, scope)?,
            chain: chain(record, scope),
            next_notice: next_notice(record, rules, today, locale),
            renewal: Renewal::of(record, rules, today, locale),
            timeline: Line::all(history, locale, scope.program().time_zone),
            may_activate: licence.can_be_activated() && may_record(scope),
            stopped: stopped(scope.program(), Capability::LicenceActivation, visit.now())
                .map(|one| one.note(locale)),
            activated_on: today.to_string(),
            errors,
        })
    }

    /// The form again, with what was typed.
    pub(in crate::licences) fn with_typed(mut self, activated_on: String) -> Self {
        self.activated_on = activated_on;
        self
    }
}

impl Renewal {
    /// By the policy of the day on which it is asked.
    fn of(record: &Record, rules: &Rules, today: NaiveDate, locale: Locale) -> Self {
        let licence = &record.licence;
        let Some(end) = licence.ends_on.filter(|_| licence.renewed_by_id.is_none()) else {
            return Self::default();
        };
        match licence.kind {
            LineKind::Nfr => return Self::default(),
            LineKind::Change => {
                let sentence = "It is renewed with the licence that it was added to.".to_owned();
                return Self { sentence, ..Self::default() };
            }
            LineKind::Trial => {
                let sentence =
                    "A trial is not renewed; what follows it is a new licence.".to_owned();
                return Self { sentence, as_new: true, ..Self::default() };
            }
            LineKind::New | LineKind::Renewal => {}
        }
        let lapse_days = rules.policies.at(today).renewal_lapse_days;
        let until = add_days(end, lapse_days.into());
        let (end_text, until_text) = (locale.day(end), locale.day(until));
        let (sentence, can_be_renewed) = if today <= end {
            let text = format!(
                "Renewed by {end_text} it goes on without a gap. After that it can be renewed until \
                 {until_text}, from the day of the renewal on."
            );
            (text, true)
        } else if today <= until {
            let text = format!(
                "It ended on {end_text} and can be renewed until {until_text}; the new term starts \
                 on the day of the renewal."
            );
            (text, true)
        } else {
            let text = format!(
                "It could be renewed until {until_text}. Now it can be bought as new only."
            );
            (text, false)
        };
        Self { sentence, can_be_renewed, as_new: !can_be_renewed }
    }
}

fn may_record(scope: &Scope) -> bool {
    matches!(scope.seat(), Seat::PartnerAdministrator | Seat::PartnerMember | Seat::BackOffice)
}

impl Dates {
    fn of(record: &Record, rules: &Rules, scope: &Scope) -> Result<Self> {
        let (licence, locale) = (&record.licence, scope.actor().locale);
        let day = |day: Option<NaiveDate>, none: &str| {
            day.map_or_else(|| none.to_owned(), |day| locale.day(day))
        };
        let no_date = if licence.has_term() { "Not yet" } else { "No term" };
        let no_end = if licence.starts_on.is_some() { "No end" } else { no_date };
        let decided = record.decided(rules, scope)?;
        let activation = activation(record, &decided, locale);
        let why = decided
            .dates
            .map_or_else(|refusal| refusal.to_string(), |dates| dates.basis.sentence().to_owned());
        let in_force = rules.policies.at(licence.processed_on);
        let rules = match rules.policies.iter().next() {
            Some(first) if first.from == in_force.from => {
                "By the program's rules from its beginning.".to_owned()
            }
            _ => format!("By the rules in force since {}.", locale.day(in_force.from)),
        };
        let warranty = licence.warranty_starts_on.zip(licence.warranty_ends_on);
        Ok(Self {
            months: match licence.months {
                Some(1) => "1 month".to_owned(),
                Some(months) => format!("{months} months"),
                None => "None".to_owned(),
            },
            starts_on: day(licence.starts_on, no_date),
            ends_on: day(licence.ends_on, no_end),
            activated_on: day(licence.activated_on, "Not recorded"),
            warranty: warranty
                .map(|(start, end)| format!("{} – {}", locale.day(start), locale.day(end)))
                .unwrap_or_default(),
            warranty_why: decided.warranty.map(|why| why.sentence(locale)).unwrap_or_default(),
            activation,
            change_months: change(record, scope.today()),
            why,
            rules,
            lost: lost(record, scope.today()),
            set_back: record.set_back.map(|cost| set_back(cost, locale)).unwrap_or_default(),
        })
    }
}

/// How a line is activated. The portal stores no keys: it records that one was used.
fn activation(record: &Record, decided: &Decided, locale: Locale) -> String {
    let licence = &record.licence;
    let text = match (licence.kind, decided.by_key, decided.keys_ended_on) {
        _ if !licence.has_term()
            || licence.months.is_none() && licence.kind != LineKind::Change =>
        {
            ""
        }
        (LineKind::Renewal, true, _) if licence.activated_on.is_some() => "Activated by key.",
        (LineKind::Renewal, true, None) => "By key: record it when the customer has used its key.",
        (LineKind::Renewal, true, Some(day)) => {
            return format!("By itself since {}: no key is needed any more.", locale.day(day));
        }
        (LineKind::Renewal | LineKind::Change, ..) => "By itself when processed; no key.",
        _ => "By the customer, who takes it into use.",
    };
    text.to_owned()
}

/// By how many months a change is priced: those left, rounded up.
fn change(record: &Record, today: NaiveDate) -> String {
    let licence = &record.licence;
    let is_change = licence.kind == LineKind::Change;
    let day = if is_change { licence.processed_on } else { today };
    let begun = licence.starts_on.is_some_and(|start| start <= day);
    let left = licence.ends_on.filter(|_| begun).and_then(|end| change_months(day, end));
    match left.map(TermMonths::get) {
        None => String::new(),
        Some(1) if is_change => "1 month was left".to_owned(),
        Some(months) if is_change => format!("{months} months were left, rounded up"),
        Some(1) => "1 month is left".to_owned(),
        Some(months) => format!("{months} months are left, rounded up"),
    }
}

/// What of the term was gone when the policy ended the waiting.
fn set_back(cost: SetBack, locale: Locale) -> String {
    let (gone, left) = (i64::from(cost.days_gone), i64::from(cost.days_left));
    format!(
        "{} of its {} days were gone on {}, {} were left",
        locale.number(gone),
        locale.number(gone + left),
        locale.day(cost.changed_on),
        locale.number(left)
    )
}

/// The lost-days meter: what ran before it was activated.
fn lost(record: &Record, today: NaiveDate) -> String {
    let licence = &record.licence;
    let counts = !matches!(licence.kind, LineKind::Renewal | LineKind::Change);
    let (Some(start), true) = (licence.starts_on.filter(|_| licence.months.is_some()), counts)
    else {
        return String::new();
    };
    let until = match (licence.activated_on, licence.ends_on) {
        (Some(activated_on), _) => activated_on,
        (None, Some(end)) => today.min(add_days(end, 1)),
        (None, None) => today,
    };
    let term = licence.ends_on.map(|end| days_between(start, add_days(end, 1)));
    let share = term.map(|term| percent(lost_days(start, until).into(), term));
    let share = share.map(|share| format!(", {share} % of it")).unwrap_or_default();
    match lost_days(start, until) {
        0 => String::new(),
        1 => format!("1 day of the term ran unused{share}."),
        days => format!("{days} days of the term ran unused{share}."),
    }
}

/// The next rung of the ladder, where the line still has one before it.
fn next_notice(record: &Record, rules: &Rules, today: NaiveDate, locale: Locale) -> String {
    let licence = &record.licence;
    let Some(end) = licence.ends_on.filter(|_| licence.renewed_by_id.is_none()) else {
        return String::new();
    };
    let next = rules
        .ladder
        .iter()
        .map(|rung| (*rung, add_days(end, -i64::from(*rung))))
        .find(|(_, day)| *day >= today);
    next.map(|(rung, day)| format!("{}, {}", locale.day(day), rung_words(rung))).unwrap_or_default()
}

fn chain(record: &Record, scope: &Scope) -> Vec<Link> {
    let locale = scope.actor().locale;
    let link = |label: &'static str, neighbour: &Neighbour| Link {
        label,
        href: if neighbour.is_visible_to(scope) {
            scope.path(&format!("/licences/{}", neighbour.reference))
        } else {
            String::new()
        },
        reference: neighbour.reference.clone(),
        term: match (neighbour.starts_on, neighbour.ends_on) {
            (Some(start), Some(end)) => {
                format!("{} – {}", locale.short_day(start), locale.short_day(end))
            }
            _ => "No dates yet".to_owned(),
        },
    };
    let before = match record.licence.kind {
        LineKind::Change => "Changes",
        _ => "Renews",
    };
    let base = record.base.iter().map(|one| link(before, one));
    let renewal = record.renewal.iter().map(|one| link("Renewed by", one));
    base.chain(renewal).collect()
}
