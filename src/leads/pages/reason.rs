//! A step that needs a reason, asked for on a page of its own.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::LeadKind;
use crate::leads::forms::{Refused, TextForm};
use crate::leads::model::Lead;
use crate::leads::rules::Step;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "leads/reason.html")]
pub(in crate::leads) struct ReasonPage {
    frame: Frame,
    title: String,
    /// Where its reader came from.
    path: String,
    action: String,
    list_href: String,
    label: String,
    /// What becomes of the lead.
    sentence: String,
    hint: &'static str,
    button: &'static str,
    /// The revision that the page shows.
    seen: i64,
    form: TextForm,
    errors: FieldErrors,
}

/// How a step is asked for.
struct Words {
    /// Before what the lead is called, and behind it.
    title: (&'static str, &'static str),
    place: &'static str,
    sentence: String,
    hint: &'static str,
    button: &'static str,
}

impl ReasonPage {
    /// One query.
    pub(in crate::leads) fn read(
        visit: &Visit,
        scope: &Scope,
        step: Step,
        reference: &str,
        refused: Refused<TextForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let lead = Lead::find_for(scope, reference, conn)?;
        lead.allow(step, scope)?;
        let label = match lead.details_for(scope) {
            Some(details) => details.company.clone(),
            None => format!("lead {}", lead.reference),
        };
        let words = words(step, &lead, scope);
        let path = lead.path(scope);
        Ok(Self {
            frame: visit.frame(scope),
            title: format!("{}{label}{}", words.title.0, words.title.1),
            action: format!("{path}/{}", words.place),
            list_href: scope.path("/leads"),
            path,
            label,
            sentence: words.sentence,
            hint: words.hint,
            button: words.button,
            seen: lead.revision,
            form: refused.form,
            errors: refused.errors,
        })
    }
}

fn words(step: Step, lead: &Lead, scope: &Scope) -> Words {
    let of_both = "Kept in the history; the vendor reads it too.";
    match step {
        Step::Decline => Words {
            title: ("Decline ", ""),
            place: "decline",
            sentence:
                "The lead leaves you and does not come back: another partner gets it, or the \
                       vendor decides."
                    .to_owned(),
            hint: "The vendor reads it; no other partner does.",
            button: "Decline",
        },
        Step::Lose => Words {
            title: ("Mark ", " as lost"),
            place: "loss",
            sentence: "They bought elsewhere, or not at all. The lead is over then.".to_owned(),
            hint: of_both,
            button: "Mark as lost",
        },
        Step::Junk => Words {
            title: ("Mark ", " as junk"),
            place: "junk",
            sentence:
                "There is nobody who might buy: a wrong address, a test, the same one twice. \
                       The lead is over then."
                    .to_owned(),
            hint: of_both,
            button: "Mark as junk",
        },
        Step::Close => Words {
            title: ("Close ", ""),
            place: "closing",
            sentence: closing(lead, scope),
            hint: if scope.is_vendor() {
                "Kept in the history; the partner that has the lead reads it too."
            } else {
                of_both
            },
            button: "Close",
        },
        _ => Words {
            title: ("Recall ", ""),
            place: "recall",
            sentence: format!(
                "{} has not accepted this lead. It loses it and is told so by mail; then the lead can \
                 be assigned again.",
                lead.partner_name()
            ),
            hint: "Kept in the history, for the vendor alone.",
            button: "Recall",
        },
    }
}

fn closing(lead: &Lead, scope: &Scope) -> String {
    match lead.partner_name() {
        partner
            if scope.is_vendor() && !partner.is_empty() && lead.kind == LeadKind::Distributed =>
        {
            format!("The lead is over then, and {partner} is told why by mail.")
        }
        _ => "The lead is over then.".to_owned(),
    }
}
