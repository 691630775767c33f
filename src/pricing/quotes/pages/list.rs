//! The list of quotes.

use askama::Template;

use super::{Word, standing};
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::pricing::quotes::QuoteStatus;
use crate::pricing::quotes::list::{AGES, OWN, QuoteQuery, list_for, sort_key};
use crate::pricing::quotes::model::QuoteRow;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "quotes/index.html")]
pub(in crate::pricing::quotes) struct ListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    new_href: Option<String>,
    specials_href: Option<String>,
    is_vendor: bool,
    is_partner: bool,
    query: QuoteQuery,
    statuses: Vec<Word>,
    ages: Vec<Word>,
    whose: Vec<Word>,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

struct Line {
    href: String,
    reference: String,
    customer: String,
    reseller: String,
    quoter: String,
    tone: &'static str,
    status: &'static str,
    /// Empty where nothing was sent.
    msrp: String,
    /// Empty where it is hidden, too.
    net: String,
    valid_until: String,
    at_iso: String,
    at_text: String,
}

impl ListPage {
    /// One query.
    pub(in crate::pricing::quotes) fn read(
        visit: &Visit,
        scope: &Scope,
        query: QuoteQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let own = query.is_own(scope);
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), |quote| sort_key(own, quote));
        let path = scope.path("/quotes");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let is_partner = scope.part() == Some(Part::Partner);
        let for_quoters = |inner: &str| Some(scope.path(inner)).filter(|_| !is_partner);
        let shown = QuoteStatus::ALL.iter().filter(|one| own || **one != QuoteStatus::Draft);
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/quotes.csv"), &query, None),
            new_href: for_quoters("/quotes/new"),
            specials_href: for_quoters("/special-prices"),
            is_vendor: scope.is_vendor(),
            is_partner,
            statuses: shown.map(|one| Word::new(one.as_str(), one.label())).collect(),
            ages: AGES.iter().map(|days| Word::new(days.to_string(), age(*days))).collect(),
            whose: vec![Word::new(OWN, "Quoted by us")],
            lines: rows.rows.iter().map(|quote| Line::of(quote, own, scope)).collect(),
            path,
            query,
        })
    }
}

fn age(days: i64) -> String {
    match days {
        365 => "Last 12 months".to_owned(),
        days => format!("Last {days} days"),
    }
}

impl Line {
    fn of(quote: &QuoteRow, own: bool, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let at = quote.sent_at.filter(|_| !own).unwrap_or(quote.created_at);
        let amount =
            |minor: Option<i64>| minor.map(|minor| quote.amount(minor, locale)).unwrap_or_default();
        let status = standing(quote, scope);
        Self {
            href: quote.path(scope),
            reference: quote.reference.clone(),
            customer: quote.customer_name.clone(),
            reseller: quote.reseller.clone(),
            quoter: quote.quoter.clone(),
            tone: status.tone(),
            status: status.label(),
            msrp: amount(quote.msrp_minor),
            net: amount(quote.net_minor),
            valid_until: quote
                .last_day(scope.program())
                .map(|day| locale.short_day(day))
                .unwrap_or_default(),
            at_iso: at.to_string(),
            at_text: locale.short_day(scope.program().day_of(at)),
        }
    }
}
