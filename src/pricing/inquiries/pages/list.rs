//! The list of inquiries.

use askama::Template;

use crate::auth::{Part, Scope, Seats};
use crate::calendar::days_between;
use crate::db::Conn;
use crate::error::Result;
use crate::money::Money;
use crate::pricing::inquiries::list::{InquiryQuery, list_for, sort_key};
use crate::pricing::inquiries::model::Inquiry;
use crate::pricing::inquiries::{InquiryStatus, currency_of};
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "inquiries/index.html")]
pub(in crate::pricing::inquiries) struct ListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    new_href: Option<String>,
    /// Whether the inquiries are the person's own organisation's.
    is_partner: bool,
    names_asked: bool,
    lead: &'static str,
    query: InquiryQuery,
    statuses: Vec<Word>,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

/// A choice of the filter bar.
struct Word {
    value: &'static str,
    label: &'static str,
}

struct Line {
    href: String,
    reference: String,
    customer: String,
    country: String,
    reseller: String,
    asked: String,
    count: String,
    msrp: String,
    tone: &'static str,
    status_label: &'static str,
    at_iso: String,
    at_text: String,
    /// How long it has waited for an answer; empty where it does not.
    age: String,
}

impl ListPage {
    /// One query.
    pub(in crate::pricing::inquiries) fn read(
        visit: &Visit,
        scope: &Scope,
        query: InquiryQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), |inquiry| sort_key(scope, inquiry));
        let path = scope.path("/inquiries");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let is_partner = scope.part() == Some(Part::Partner);
        let lines = rows.rows.iter().map(|inquiry| Line::of(inquiry, scope));
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/inquiries.csv"), &query, None),
            new_href: Seats::PARTNER.has(scope.seat()).then(|| scope.path("/inquiries/new")),
            is_partner,
            names_asked: scope.part() != Some(Part::Distributor),
            lead: lead(scope.part()),
            statuses: statuses(is_partner),
            lines: lines.collect::<Result<_>>()?,
            path,
            query,
        })
    }
}

fn lead(part: Option<Part>) -> &'static str {
    match part {
        Some(Part::Partner) => "What you asked a price for, at recommended prices (MSRP).",
        Some(Part::Distributor) => {
            "What your resellers ask you a price for. Each waits for a quote."
        }
        None => "What partners asked a price for, at recommended prices (MSRP).",
    }
}

fn statuses(is_partner: bool) -> Vec<Word> {
    let shown = InquiryStatus::ALL.iter().filter(|one| is_partner || **one != InquiryStatus::Draft);
    shown.map(|one| Word { value: one.as_str(), label: one.label() }).collect()
}

impl Line {
    fn of(inquiry: &Inquiry, scope: &Scope) -> Result<Self> {
        let locale = scope.actor().locale;
        let at = inquiry.submitted_at.unwrap_or(inquiry.created_at);
        let day = scope.program().day_of(at);
        let currency = currency_of(inquiry)?;
        let msrp = inquiry.msrp_minor.map(|minor| Money::new(minor, currency).show(locale));
        let waits = inquiry.status == InquiryStatus::Submitted;
        let age = match days_between(day, scope.today()) {
            _ if !waits => String::new(),
            0 => "since today".to_owned(),
            1 => "for 1 day".to_owned(),
            days => format!("for {days} days"),
        };
        Ok(Self {
            href: inquiry.path(scope),
            reference: inquiry.reference.clone(),
            customer: inquiry.customer_name.clone(),
            country: inquiry.customer_country.clone(),
            reseller: inquiry.reseller.clone(),
            asked: inquiry.quoter.clone().unwrap_or_default(),
            count: locale.number(inquiry.lines.into()),
            msrp: msrp.unwrap_or_default(),
            tone: inquiry.status.tone(),
            status_label: inquiry.status.label(),
            at_iso: at.to_string(),
            at_text: locale.short_day(day),
            age,
        })
    }
}
