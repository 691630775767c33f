//! One inquiry that was sent.

use askama::Template;
use diesel::prelude::*;

use crate::audit::{self, Line as HistoryLine};
use crate::auth::{Part, Scope, Seats};
use crate::db::schema::quotes;
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::money::Money;
use crate::pricing::inquiries::forms::{Refused, WithdrawalForm};
use crate::pricing::inquiries::model::{Inquiry, InquiryLine, KIND};
use crate::pricing::inquiries::{InquiryStatus, currency_of};
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "inquiries/show.html")]
pub(in crate::pricing::inquiries) struct InquiryPage {
    frame: Frame,
    list_href: String,
    csv_href: String,
    pdf_href: String,
    inquiry: Inquiry,
    tone: &'static str,
    status_label: &'static str,
    submitted_iso: String,
    submitted_text: String,
    wanted: String,
    lines: Vec<Line>,
    total: String,
    /// The quote, for those who may see it.
    quote: Option<(String, String)>,
    /// Where a quote is begun, for whoever was asked.
    quote_action: Option<String>,
    withdrawal_href: Option<String>,
    /// What the reader waits for or can do next.
    next: String,
    history: Vec<HistoryLine>,
}

struct Line {
    product: String,
    sku: String,
    kind_label: &'static str,
    base: String,
    base_href: Option<String>,
    quantity: String,
    term: String,
    unit_price: String,
    total: String,
}

impl InquiryPage {
    /// Two queries beside the one for the inquiry itself.
    pub(in crate::pricing::inquiries) fn read(
        visit: &Visit,
        scope: &Scope,
        (inquiry, lines): (Inquiry, Vec<InquiryLine>),
        conn: &mut Conn,
    ) -> Result<Self> {
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let currency = currency_of(&inquiry)?;
        let show = |minor: Option<i64>| {
            minor.map(|minor| Money::new(minor, currency).show(locale)).unwrap_or_default()
        };
        let is_quoter = inquiry.quoter_id == Some(scope.organisation_id());
        let quote = quote_of(scope, &inquiry, is_quoter, conn)?;
        let entries = audit::timeline(KIND, inquiry.id, conn)?;
        let own = Seats::PARTNER.has(scope.seat());
        let submitted = inquiry.submitted_at.unwrap_or(inquiry.created_at);
        let path = inquiry.path(scope);
        let waits = inquiry.status == InquiryStatus::Submitted;
        let begins = is_quoter && quote.is_none() && waits;
        let sees_base = scope.part() != Some(Part::Distributor);
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/inquiries"),
            csv_href: format!("{path}/lines.csv"),
            pdf_href: format!("{path}/inquiry.pdf"),
            tone: inquiry.status.tone(),
            status_label: inquiry.status.label(),
            submitted_iso: submitted.to_string(),
            submitted_text: locale.moment(submitted, zone),
            wanted: inquiry.wanted_on.map(|day| locale.day(day)).unwrap_or_default(),
            total: show(inquiry.msrp_minor),
            quote_action: begins.then(|| format!("{path}/quote")),
            withdrawal_href: (own && inquiry.status.is_open())
                .then(|| format!("{path}/withdrawal")),
            next: next(&inquiry, own, is_quoter),
            history: HistoryLine::all(&entries, locale, zone),
            lines: lines
                .iter()
                .map(|line| Line {
                    product: line.product.name.clone(),
                    sku: line.sku.clone(),
                    kind_label: line.kind.label(),
                    base: line.base.reference.clone().unwrap_or_default(),
                    base_href: (line.base.reference.as_ref())
                        .filter(|_| sees_base)
                        .map(|base| scope.path(&format!("/licences/{base}"))),
                    quantity: format!(
                        "{} × {}",
                        locale.number(line.quantity.into()),
                        line.product.unit
                    ),
                    term: term(line.months),
                    unit_price: show(line.unit_minor),
                    total: show(line.msrp_minor),
                })
                .collect(),
            quote: quote.map(|reference| (scope.path(&format!("/quotes/{reference}")), reference)),
            inquiry,
        })
    }
}

fn term(months: Option<i32>) -> String {
    match months {
        None => String::new(),
        Some(1) => "1 month".to_owned(),
        Some(months) => format!("{months} months"),
    }
}

/// The quote's reference, where there is one that the person may see: its reseller and the vendor
/// see it once it was sent.
fn quote_of(
    scope: &Scope,
    inquiry: &Inquiry,
    is_quoter: bool,
    conn: &mut Conn,
) -> Result<Option<String>> {
    let mut query = quotes::table
        .filter(quotes::program_id.eq(scope.program().id))
        .filter(quotes::inquiry_id.eq(inquiry.id))
        .select(quotes::reference)
        .into_boxed();
    if is_quoter {
        // One that was withdrawn makes room for another.
        query = query.filter(quotes::status.ne("withdrawn"));
    } else {
        query = query.filter(quotes::sent_at.is_not_null());
    }
    Ok(query.order(quotes::id.desc()).limit(1).kept().get_result(conn).optional()?)
}

fn next(inquiry: &Inquiry, own: bool, is_quoter: bool) -> String {
    let quoter = inquiry.quoter.as_deref().unwrap_or_default();
    match inquiry.status {
        InquiryStatus::Submitted if is_quoter => "Answer with a quote.".to_owned(),
        InquiryStatus::Submitted => format!("{quoter} answers with a quote."),
        InquiryStatus::Quoted if own => "Look at the quote and accept or decline it.".to_owned(),
        InquiryStatus::Quoted => format!("{} decides about the quote.", inquiry.reseller),
        InquiryStatus::Accepted => "The quote was accepted and an order placed.".to_owned(),
        InquiryStatus::Draft
        | InquiryStatus::Declined
        | InquiryStatus::Expired
        | InquiryStatus::Withdrawn => "Nothing more can be done with it.".to_owned(),
    }
}

#[derive(Template)]
#[template(path = "inquiries/withdrawal.html")]
pub(in crate::pricing::inquiries) struct WithdrawalPage {
    frame: Frame,
    path: String,
    list_href: String,
    customer: String,
    quoter: String,
    seen: i64,
    form: WithdrawalForm,
    errors: FieldErrors,
}

impl WithdrawalPage {
    /// One query.
    pub(in crate::pricing::inquiries) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        refused: Refused<WithdrawalForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let inquiry = Inquiry::find_for(scope, reference, conn)?;
        if !inquiry.status.is_open() {
            return Err(Error::conflict(format!(
                "Inquiry {} cannot be withdrawn: it is {}.",
                inquiry.reference,
                inquiry.status.label().to_lowercase()
            )));
        }
        Ok(Self {
            frame: visit.frame(scope),
            path: inquiry.path(scope),
            list_href: scope.path("/inquiries"),
            customer: inquiry.customer_name.clone(),
            quoter: inquiry.quoter.clone().unwrap_or_default(),
            seen: inquiry.revision,
            form: refused.form,
            errors: refused.errors,
        })
    }
}
