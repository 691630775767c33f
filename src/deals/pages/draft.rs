//! A registration that its partner writes in: what it says, whether the customer is free, and which
//! rules it meets.

use askama::Template;

use super::Moment;
use super::files::Files;
use crate::audit::{self, Entry, Line};
use crate::auth::Scope;
use crate::db::Conn;
use crate::deals::actions::ASKED;
use crate::deals::eligibility::{self, Rule};
use crate::deals::forms::{DealForm, DecisionForm, Refused};
use crate::deals::model::{Deal, DealProduct, KIND, WholeDeal};
use crate::deals::status::Standing;
use crate::deals::submission::asked;
use crate::deals::{DealStatus, Step};
use crate::error::Result;
use crate::maintenance::{self, Capability};
use crate::programs::rules_of;
use crate::stoppages::StoppedNote;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "deals/draft.html")]
pub(in crate::deals) struct DraftPage {
    frame: Frame,
    path: String,
    list_href: String,
    deal: Deal,
    tone: &'static str,
    status_label: &'static str,
    total: String,
    lines: Vec<LineInput>,
    files: Files,
    standing: Option<Told>,
    rules: Vec<Rule>,
    can_discard: bool,
    can_withdraw: bool,
    stopped: Option<StoppedNote>,
    history: Vec<Line>,
    form: DealForm,
    errors: FieldErrors,
}

/// A product of the category, with what was entered for it.
struct LineInput {
    code: String,
    name: String,
    unit: String,
    quantity: String,
    msrp: String,
}

/// What the last question gave.
struct Told {
    standing: Standing,
    at: Moment,
}

impl DraftPage {
    /// Two queries beside the one for the deal itself.
    pub(in crate::deals) fn read(
        visit: &Visit,
        scope: &Scope,
        WholeDeal { deal, products, files }: WholeDeal,
        draft: Option<Refused<DealForm>>,
        decision: Option<Refused<DecisionForm>>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let rules = rules_of(scope.program().id, conn)?;
        let policy = rules.policies.at(scope.today());
        let entries = audit::timeline_of(scope.organisation_id(), KIND, deal.id, conn)?;
        let (form, errors) = match (draft, decision) {
            (Some(refused), _) => (refused.form, refused.errors),
            (None, refused) => {
                let errors = refused.map(|one| one.errors).unwrap_or_default();
                (DealForm::showing(&deal, &products)?, errors)
            }
        };
        let stopped =
            maintenance::stopped(scope.program(), Capability::DealRegistration, visit.now());
        Ok(Self {
            frame: visit.frame(scope),
            path: deal.path(scope),
            list_href: scope.path("/deals"),
            tone: deal.status.tone(),
            status_label: deal.status.label(),
            total: deal.value()?.show(locale),
            lines: products.iter().map(|product| LineInput::of(product, &form)).collect(),
            files: Files::of(&deal, &files, scope),
            standing: told(&entries, |at| Moment {
                iso: at.to_string(),
                text: locale.moment(at, zone),
            }),
            rules: eligibility::rules(policy, asked(&deal)?, locale),
            can_discard: Step::Discard.is_open(scope.seat(), &deal),
            can_withdraw: Step::Withdraw.is_open(scope.seat(), &deal),
            stopped: stopped.map(|stopped| stopped.note(locale)),
            history: Line::all(&entries, locale, zone),
            deal,
            form,
            errors,
        })
    }

    fn is_returned(&self) -> bool {
        self.deal.status == DealStatus::Returned
    }
}

fn told(entries: &[Entry], moment: impl Fn(crate::clock::Instant) -> Moment) -> Option<Told> {
    let last = entries.iter().find(|entry| entry.action == ASKED.name)?;
    let standing = Standing::ALL.iter().find(|one| one.label() == last.to_value)?;
    Some(Told { standing: *standing, at: moment(last.at) })
}

impl LineInput {
    fn of(product: &DealProduct, form: &DealForm) -> Self {
        let (quantity, msrp) = form.entered(&product.code);
        Self {
            code: product.code.clone(),
            name: product.name.clone(),
            unit: product.unit.clone(),
            quantity: quantity.to_owned(),
            msrp: msrp.to_owned(),
        }
    }
}
