//! One deal that was submitted.

use askama::Template;
use chrono::NaiveDate;
use iso_currency::Currency;

use super::Moment;
use super::files::Files;
use crate::audit::{self, Line};
use crate::auth::Scope;
use crate::calendar::{add_days, days_between};
use crate::db::Conn;
use crate::deals::candidates::{candidates_for, ranked};
use crate::deals::forms::{DecisionForm, Refused};
use crate::deals::model::{Deal, DealProduct, FirstApproval, KIND, WholeDeal};
use crate::deals::{DealStatus, Step};
use crate::error::Result;
use crate::locale::Locale;
use crate::maintenance::{self, Capability};
use crate::money::Money;
use crate::stoppages::StoppedNote;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "deals/show.html")]
pub(in crate::deals) struct DealPage {
    frame: Frame,
    list_href: String,
    deal: Deal,
    is_vendor: bool,
    tone: &'static str,
    status_label: &'static str,
    closes: String,
    submitted: Option<Moment>,
    receipt_href: String,
    lines: Vec<DealLine>,
    total: String,
    /// The last day of its protection, and what is left of it.
    until: String,
    left: String,
    /// Why it is protected for longer than was given; empty where it is not.
    longer: String,
    extension: String,
    candidates: Vec<Beside>,
    files: Files,
    /// Who has approved it as the first of two; for the vendor.
    first: Option<First>,
    buttons: Vec<Button>,
    asks_until: bool,
    grants_until: bool,
    names_duplicate: bool,
    stopped: Option<StoppedNote>,
    history: Vec<Line>,
    form: DecisionForm,
    errors: FieldErrors,
}

/// The first of two approvals.
struct First {
    who: String,
    at: Moment,
    note: String,
    /// Whether it is the person's own, who cannot be the second.
    is_own: bool,
}

struct DealLine {
    product: String,
    code: String,
    quantity: String,
    msrp: String,
}

/// Another deal that may be of the same customer.
struct Beside {
    href: String,
    value: String,
    label: String,
    partner: String,
    reference: String,
    customer: String,
    reason: String,
    tone: &'static str,
    status_label: &'static str,
    excludes: bool,
}

/// What can be done, each with its own address.
struct Button {
    label: &'static str,
    action: String,
    tone: &'static str,
}

/// Every step that the form of this page takes: its button, and where it goes.
const STEPS: &[(Step, &str, &str, &str)] = &[
    (Step::Review, "Begin the review", "/review", "primary"),
    (Step::Approve, "Approve", "/approval", "primary"),
    (Step::Return, "Return for more information", "/return", ""),
    (Step::Reject, "Reject", "/rejection", "danger"),
    (Step::Duplicate, "It is a duplicate", "/duplicate", ""),
    (Step::GrantExtension, "Grant the extension", "/extension/grant", "primary"),
    (Step::RefuseExtension, "Refuse the extension", "/extension/refusal", ""),
    (Step::AskExtension, "Ask for an extension", "/extension", ""),
    (Step::Win, "Won", "/win", ""),
    (Step::Lose, "Lost", "/loss", ""),
    (Step::Revoke, "Revoke the approval", "/revocation", "danger"),
    (Step::Withdraw, "Withdraw", "/withdrawal", "danger"),
];

impl DealPage {
    /// Two queries beside the one for the deal itself.
    pub(in crate::deals) fn read(
        visit: &Visit,
        scope: &Scope,
        WholeDeal { deal, products, files }: WholeDeal,
        refused: Option<Refused<DecisionForm>>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let (locale, program) = (scope.actor().locale, scope.program());
        let (zone, currency) = (program.time_zone, deal.currency()?);
        let entries = match scope.is_vendor() {
            true => audit::timeline(KIND, deal.id, conn)?,
            false => audit::timeline_of(scope.organisation_id(), KIND, deal.id, conn)?,
        };
        let candidates = beside(&deal, scope, conn)?;
        let open = |step: Step| step.is_open(scope.seat(), &deal);
        let last = deal.last_day(program);
        let form = refused.unwrap_or_else(|| Refused {
            form: proposed(&deal, last, &candidates),
            errors: FieldErrors::default(),
        });
        let stopped = maintenance::stopped(program, Capability::DealRegistration, visit.now());
        let left = last.map(|last| days_between(scope.today(), last));
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/deals"),
            is_vendor: scope.is_vendor(),
            tone: deal.status.tone(),
            status_label: deal.status.label(),
            closes: deal.closes_on.map(|day| locale.day(day)).unwrap_or_default(),
            submitted: deal
                .submitted_at
                .map(|at| Moment { iso: at.to_string(), text: locale.moment(at, zone) }),
            receipt_href: scope.path(&format!("/deals/receipts/{}", deal.receipt)),
            lines: products.iter().filter_map(|one| DealLine::of(one, currency, locale)).collect(),
            total: deal.value()?.show(locale),
            until: last.map(|day| locale.day(day)).unwrap_or_default(),
            left: left
                .filter(|_| deal.status == DealStatus::Approved)
                .map_or_else(String::new, left_words),
            longer: longer(&deal, last),
            extension: deal.extension_until_on.map(|day| locale.day(day)).unwrap_or_default(),
            asks_until: open(Step::AskExtension),
            grants_until: open(Step::GrantExtension),
            names_duplicate: open(Step::Duplicate),
            buttons: buttons(&deal, scope, !candidates.is_empty()),
            candidates,
            files: Files::of(&deal, &files, scope),
            first: First::of(&deal, scope),
            stopped: stopped.map(|stopped| stopped.note(locale)),
            history: Line::all(&entries, locale, zone),
            form: form.form,
            errors: form.errors,
            deal,
        })
    }

    fn is_waiting(&self) -> bool {
        self.deal.status.waits()
    }

    fn may_be_duplicate(&self) -> bool {
        self.names_duplicate && !self.candidates.is_empty()
    }

    fn only_reviews(&self) -> bool {
        self.deal.status == DealStatus::Submitted && self.is_vendor
    }

    fn why_hint(&self) -> &'static str {
        match self.is_vendor {
            true => {
                "The partner reads it, but not what goes with the first of two approvals. Needed \
                 unless you approve, grant or record a win."
            }
            false => "The vendor reads it. Needed for an extension and for a lost deal.",
        }
    }
}

/// The deals that may be of the same customer, for whoever decides.
fn beside(deal: &Deal, scope: &Scope, conn: &mut Conn) -> Result<Vec<Beside>> {
    if !scope.is_vendor() || !deal.status.waits() {
        return Ok(Vec::new());
    }
    let others = candidates_for(deal, conn)?;
    Ok(ranked(deal, others, scope.program(), scope.actor().locale)
        .iter()
        .map(|one| Beside::of(&one.deal, one.reason.clone(), one.excludes, scope))
        .collect())
}

/// What the form proposes.
fn proposed(deal: &Deal, last: Option<NaiveDate>, candidates: &[Beside]) -> DecisionForm {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    DecisionForm {
        granted_until: day(deal.extension_until_on),
        until: day(last.map(|last| add_days(last, 30))),
        duplicate_of: candidates.first().map(|one| one.value.clone()).unwrap_or_default(),
        ..DecisionForm::default()
    }
}

fn buttons(deal: &Deal, scope: &Scope, has_candidates: bool) -> Vec<Button> {
    let path = deal.path(scope);
    let first = deal.names.first_approval.as_ref();
    STEPS
        .iter()
        .filter(|(step, ..)| step.is_open(scope.seat(), deal))
        .filter(|(step, ..)| *step != Step::Duplicate || has_candidates)
        .filter(|(step, ..)| {
            *step != Step::Approve || !first.is_some_and(|first| is_own(first, scope))
        })
        .map(|(step, label, action, tone)| {
            let is_second = *step == Step::Approve && first.is_some();
            let label = if is_second { "Approve as the second" } else { label };
            Button { label, action: format!("{path}{action}"), tone }
        })
        .collect()
}

fn is_own(first: &FirstApproval, scope: &Scope) -> bool {
    first.approved_by_id == scope.actor().contact_id
}

impl First {
    fn of(deal: &Deal, scope: &Scope) -> Option<Self> {
        let first = deal.names.first_approval.as_ref().filter(|_| scope.is_vendor())?;
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        Some(Self {
            who: first.approved_by.clone(),
            at: Moment {
                iso: first.approved_at.to_string(),
                text: locale.moment(first.approved_at, zone),
            },
            note: first.note.clone(),
            is_own: is_own(first, scope),
        })
    }
}

impl DealLine {
    fn of(product: &DealProduct, currency: Currency, locale: Locale) -> Option<Self> {
        let (quantity, msrp) = product.wanted?;
        Some(Self {
            product: product.name.clone(),
            code: product.code.clone(),
            quantity: format!("{} × {}", locale.number(quantity.into()), product.unit),
            msrp: Money::new(msrp, currency).show(locale),
        })
    }
}

fn left_words(days: i64) -> String {
    match days {
        0 => "Today is the last day.".to_owned(),
        1 => "Tomorrow is the last day.".to_owned(),
        days if days < 0 => "It is over.".to_owned(),
        days => format!("{days} days are left."),
    }
}

/// What maintenance adds to the last day.
fn longer(deal: &Deal, last: Option<NaiveDate>) -> String {
    let Some((given, last)) = deal.protected_until_on.zip(last) else { return String::new() };
    match days_between(given, last) {
        0 => String::new(),
        1 => {
            "One day longer, because registration is stopped for maintenance on one day.".to_owned()
        }
        days => format!(
            "{days} days longer, because registration is stopped for maintenance on {days} days."
        ),
    }
}

impl Beside {
    fn of(deal: &Deal, reason: String, excludes: bool, scope: &Scope) -> Self {
        Self {
            href: deal.path(scope),
            value: deal.reference.clone(),
            label: format!("{} ({}, {})", deal.reference, deal.names.partner, deal.customer_name),
            partner: deal.names.partner.clone(),
            reference: deal.reference.clone(),
            customer: deal.customer_name.clone(),
            reason,
            tone: deal.status.tone(),
            status_label: deal.status.label(),
            excludes,
        }
    }
}
