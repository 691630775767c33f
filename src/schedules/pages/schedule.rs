//! One schedule: what was issued, and what is different today.

use askama::Template;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Line as HistoryLine};
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::paper::MOST_ROWS;
use crate::schedules::KIND;
use crate::schedules::lines::{Line, warranty};
use crate::schedules::model::Schedule;
use crate::web::{Cursor, Frame, PAGE_LIMIT, Page, Visit, list_address};

/// What the page's address carries: where its lines go on.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::schedules) struct LinesQuery {
    #[serde(skip_serializing)]
    page: String,
}

#[derive(Template)]
#[template(path = "schedules/show.html")]
pub(in crate::schedules) struct SchedulePage {
    frame: Frame,
    list_href: String,
    href: String,
    /// None where it is too long for a paper.
    pdf_href: Option<String>,
    customer_href: String,
    order_href: Option<String>,
    /// Where the ledger says who got it by mail; only the reseller's own is shown.
    mail_href: Option<String>,
    schedule: Schedule,
    issued_iso: String,
    issued: String,
    count: String,
    rows: Vec<Row>,
    moved: usize,
    previous: Option<String>,
    next: Option<String>,
    history: Vec<HistoryLine>,
}

struct Row {
    position: i32,
    href: String,
    licence: String,
    product: String,
    sku: String,
    kind: &'static str,
    quantity: String,
    starts: String,
    ends: String,
    device: String,
    /// The dates that are others by now; empty where none is.
    today: String,
}

impl SchedulePage {
    /// Three queries.
    pub(in crate::schedules) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        query: &LinesQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let schedule = Schedule::find_for(scope, reference, conn)?;
        let cursor = Cursor::parse(&query.page);
        let lines = Line::some(schedule.id, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let lines = Page::new(lines, cursor.as_ref(), Line::sort_key);
        let entries = audit::timeline(KIND, schedule.id, conn)?;
        let locale = scope.actor().locale;
        let href = schedule.path(scope);
        let page = |cursor: &String| list_address(&href, query, Some(cursor));
        let rows: Vec<Row> = lines.rows.iter().map(|line| Row::of(line, scope)).collect();
        let fits = usize::try_from(schedule.lines).is_ok_and(|lines| lines <= MOST_ROWS);
        let is_partner = scope.part() == Some(Part::Partner);
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/schedules"),
            pdf_href: fits.then(|| format!("{href}/schedule.pdf")),
            customer_href: scope.path(&format!("/customers/{}", schedule.customer_reference)),
            order_href: schedule.order_path(scope),
            mail_href: is_partner.then(|| scope.path(&format!("/mail?q={}", schedule.reference))),
            issued_iso: schedule.issued_on.to_string(),
            issued: locale.day(schedule.issued_on),
            count: locale.number(schedule.lines.into()),
            moved: rows.iter().filter(|row| !row.today.is_empty()).count(),
            rows,
            previous: lines.previous.as_ref().map(page),
            next: lines.next.as_ref().map(page),
            history: HistoryLine::all(&entries, locale, scope.program().time_zone),
            href,
            schedule,
        })
    }

    fn shown(&self) -> String {
        match (self.rows.first(), self.rows.last()) {
            (Some(first), Some(last)) if self.rows.len() > 1 => {
                format!("Lines {} to {} of {}", first.position, last.position, self.count)
            }
            (Some(only), _) => format!("Line {} of {}", only.position, self.count),
            _ => String::new(),
        }
    }
}

impl Row {
    fn of(line: &Line, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let dates = line.issued();
        let (starts, ends) = line.term(dates, locale);
        Self {
            position: line.position,
            href: scope.path(&format!("/licences/{}", line.licence)),
            licence: line.licence.clone(),
            product: line.product.clone(),
            sku: line.sku.clone(),
            kind: line.kind.label(),
            quantity: format!("{} × {}", locale.number(line.quantity.into()), line.unit),
            starts,
            ends,
            device: line.device(dates, locale),
            today: today(line, locale),
        }
    }
}

/// What is different today: a licence that was activated later, was set back when the policy
/// changed, or a trial that ended early.
pub(super) fn today(line: &Line, locale: Locale) -> String {
    let (issued, today) = (line.issued(), line.today());
    let mut parts = Vec::new();
    if (issued.starts_on, issued.ends_on) != (today.starts_on, today.ends_on) {
        parts.push(line.period(today, locale));
    }
    let warranties =
        [issued, today].map(|dates| (dates.warranty_starts_on, dates.warranty_ends_on));
    if warranties[0] != warranties[1] {
        parts.extend(warranty(today, locale));
    }
    parts.join(" · ")
}
