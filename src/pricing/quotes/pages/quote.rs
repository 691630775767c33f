//! A quote as it was sent.

use askama::Template;

use super::paper::Paper;
use super::{Moment, standing};
use crate::audit::{self, Line};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::maintenance::{Capability, StoppedNote, stopped};
use crate::pricing::quotes::forms::{ReasonForm, Refused};
use crate::pricing::quotes::model::{KIND, Quote, Viewer};
use crate::pricing::quotes::{QuoteStatus, settling::Shown};
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "quotes/show.html")]
pub(in crate::pricing::quotes) struct QuotePage {
    frame: Frame,
    path: String,
    list_href: String,
    reference: String,
    status: QuoteStatus,
    /// None of a draft that was withdrawn.
    sent: Option<Moment>,
    sent_by: String,
    why: String,
    private_note: String,
    paper: Paper,
    /// The order that came of it, with its address.
    order: Option<(String, String)>,
    is_quoter: bool,
    is_reseller: bool,
    /// What an answer says that it was looking at; none where there is nothing to answer.
    answer: Option<Shown>,
    /// Why it cannot be accepted now; none where it can.
    stopped: Option<StoppedNote>,
    history: Vec<Line>,
    form: ReasonForm,
    errors: FieldErrors,
}

impl QuotePage {
    /// Two queries.
    pub(in crate::pricing::quotes) fn read(
        visit: &Visit,
        scope: &Scope,
        quote: Quote,
        refused: Refused<ReasonForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        // A draft that was withdrawn has nothing else to show.
        let revision = quote.sent().or(quote.draft()).cloned().ok_or(Error::NotFound)?;
        let entries = match quote.viewer {
            Viewer::Quoter => audit::timeline(KIND, quote.row.id, conn)?,
            _ => audit::timeline_of(quote.row.reseller_id, KIND, quote.row.id, conn)?,
        };
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let status = standing(&quote.row, scope);
        let may_answer = quote.viewer == Viewer::Reseller && status == QuoteStatus::Sent;
        let shown = Shown { number: revision.number, revision: quote.row.revision };
        let paper = Paper::read(scope, &quote, &revision, quote.viewer, conn)?;
        let order = quote.row.order.clone();
        Ok(Self {
            frame: visit.frame(scope),
            path: quote.row.path(scope),
            list_href: scope.path("/quotes"),
            status,
            sent: revision.sent_at.map(|at| Moment::of(at, scope)),
            sent_by: revision.sent_by,
            why: quote.row.why.clone(),
            private_note: revision.private_note,
            paper,
            order: order.map(|order| (scope.path(&format!("/orders/{order}")), order)),
            is_quoter: quote.viewer == Viewer::Quoter,
            is_reseller: quote.viewer == Viewer::Reseller,
            answer: may_answer.then_some(shown),
            stopped: stopped(scope.program(), Capability::Quotes, visit.now())
                .map(|one| one.note(locale)),
            history: Line::all(&entries, locale, zone),
            form: refused.form,
            errors: refused.errors,
            reference: quote.row.reference,
        })
    }

    fn may_be_revised(&self) -> bool {
        self.is_quoter && self.status == QuoteStatus::Sent
    }

    /// Why there is nothing to do; empty where there is.
    fn why_not(&self) -> &'static str {
        match self.status {
            QuoteStatus::Accepted => "It was accepted; the order is on its way.",
            QuoteStatus::Declined => "It was declined.",
            QuoteStatus::Expired => "Its last day went by.",
            QuoteStatus::Withdrawn => "It was withdrawn.",
            QuoteStatus::Draft | QuoteStatus::Sent => "",
        }
    }
}
