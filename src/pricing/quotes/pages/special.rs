//! Special prices: the list, and one of them.

use askama::Template;

use super::waterfall::{ShownLine, Wording};
use super::{Moment, Word};
use crate::audit::{self, Line};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::maintenance::{Capability, StoppedNote, stopped};
use crate::pricing::quotes::forms::{DecisionForm, Refused};
use crate::pricing::quotes::lines::QuoteLine;
use crate::pricing::quotes::model::Viewer;
use crate::pricing::quotes::special::list::{SpecialQuery, list_for, sort_key};
use crate::pricing::quotes::special::{KIND, Special};
use crate::pricing::quotes::{DECIDING, SpecialStatus};
use crate::web::{FieldErrors, Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "quotes/special/index.html")]
pub(in crate::pricing::quotes) struct SpecialListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    is_vendor: bool,
    query: SpecialQuery,
    statuses: Vec<Word>,
    lines: Vec<ListLine>,
    previous: Option<String>,
    next: Option<String>,
}

struct ListLine {
    href: String,
    reference: String,
    customer: String,
    reseller: String,
    quoter: String,
    about: String,
    asked: String,
    granted: String,
    tone: &'static str,
    status: &'static str,
    at: Moment,
}

impl SpecialListPage {
    /// One query.
    pub(in crate::pricing::quotes) fn read(
        visit: &Visit,
        scope: &Scope,
        query: SpecialQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), sort_key);
        let path = scope.path("/special-prices");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let word = |one: &SpecialStatus| Word::new(one.as_str(), one.label());
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/special-prices.csv"), &query, None),
            is_vendor: scope.is_vendor(),
            statuses: SpecialStatus::ALL.iter().map(word).collect(),
            lines: rows.rows.iter().map(|special| ListLine::of(special, scope)).collect(),
            path,
            query,
        })
    }
}

impl ListLine {
    fn of(special: &Special, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        Self {
            href: special.path(scope),
            reference: special.reference.clone(),
            customer: special.customer.clone(),
            reseller: special.reseller.clone(),
            quoter: special.quoter.clone(),
            about: special.about().to_owned(),
            asked: special.asked().show(locale),
            granted: special.granted().map(|percent| percent.show(locale)).unwrap_or_default(),
            tone: special.status.tone(),
            status: special.status.label(),
            at: Moment::of(special.requested_at, scope),
        }
    }
}

#[derive(Template)]
#[template(path = "quotes/special/show.html")]
pub(in crate::pricing::quotes) struct SpecialPage {
    frame: Frame,
    path: String,
    list_href: String,
    special: Special,
    asked: String,
    granted: String,
    requested: Moment,
    decided: Option<Moment>,
    /// Where the quote is, if the person may open it.
    quote_href: Option<String>,
    /// The lines that it is for: recommended prices and the levels that the vendor approved.
    lines: Vec<ShownLine>,
    net_label: &'static str,
    may_decide: bool,
    /// Why it cannot be decided now; none where it can.
    stopped: Option<StoppedNote>,
    /// The person could decide, but asked for it.
    needs_another: bool,
    may_withdraw: bool,
    history: Vec<Line>,
    form: DecisionForm,
    errors: FieldErrors,
}

impl SpecialPage {
    /// Four queries with that of the scope: the request, its quote with the lines, its history.
    pub(in crate::pricing::quotes) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        refused: Refused<DecisionForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let special = Special::find_for(scope, reference, conn)?;
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let viewer = Viewer::of(scope, special.quoter_id);
        let by_vendor = special.quoter_id == scope.program().vendor_id;
        let lines = QuoteLine::of_special(special.quote_id, special.product_id, viewer, conn)?;
        let wording = Wording { currency: &special.currency, locale, by_vendor };
        let waits = special.status == SpecialStatus::Submitted;
        let is_own = viewer == Viewer::Quoter;
        let decides = DECIDING.has(scope.seat());
        let asked_by_self = special.is_asked_by(scope);
        let quote_href = scope.path(&format!("/quotes/{}", special.quote));
        let entries = audit::timeline(KIND, special.id, conn)?;
        let mut form = refused.form;
        if refused.errors.is_empty() {
            form.percent = special.asked().plain();
        }
        Ok(Self {
            frame: visit.frame(scope),
            path: special.path(scope),
            list_href: scope.path("/special-prices"),
            asked: special.asked().show(locale),
            granted: special.granted().map(|percent| percent.show(locale)).unwrap_or_default(),
            requested: Moment::of(special.requested_at, scope),
            decided: special.decided_at.map(|at| Moment::of(at, scope)),
            quote_href: Some(quote_href).filter(|_| is_own || special.quote_sent_at.is_some()),
            lines: wording.lines(&lines),
            net_label: viewer.net_label(),
            stopped: stopped(scope.program(), Capability::Quotes, visit.now())
                .map(|one| one.note(locale)),
            may_decide: waits && decides && !asked_by_self,
            needs_another: waits && decides && asked_by_self,
            may_withdraw: waits && is_own,
            history: Line::all(&entries, locale, zone),
            form,
            errors: refused.errors,
            special,
        })
    }
}
