//! The list of deals.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::deals::forms::{Many, ManyForm, Refused};
use crate::deals::list::{DealQuery, MINE, OLDEST, SECOND, VALUE, WAITING, list_for, sort_key};
use crate::deals::many::{Answered, sentence};
use crate::deals::model::Deal;
use crate::deals::{DECIDING, DealStatus};
use crate::error::Result;
use crate::web::{FieldErrors, Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "deals/index.html")]
pub(in crate::deals) struct ListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    receipts_href: String,
    figures_href: String,
    new_href: Option<String>,
    is_vendor: bool,
    /// Whether the person may look after partners.
    decides: bool,
    query: DealQuery,
    statuses: Vec<Word>,
    whose: Vec<Word>,
    sorts: Vec<Word>,
    /// Whether some of them can be decided here.
    chooses: bool,
    lines: Vec<Line>,
    answers: Option<Answers>,
    form: ManyForm,
    errors: FieldErrors,
    previous: Option<String>,
    next: Option<String>,
}

/// A choice of the filter bar.
struct Word {
    value: &'static str,
    label: &'static str,
}

/// What became of those that were chosen.
struct Answers {
    /// How many were done.
    done: String,
    refused: Vec<Answer>,
}

/// One that was left alone.
struct Answer {
    href: String,
    reference: String,
    customer: String,
    why: String,
}

struct Line {
    href: String,
    /// With its revision, as the form sends it; empty where there is nothing to decide.
    choice: String,
    chosen: bool,
    /// Whether one of two people has approved it.
    waits_for_second: bool,
    reference: String,
    customer: String,
    partner: String,
    category: String,
    value: String,
    tone: &'static str,
    status_label: &'static str,
    until_iso: String,
    until_text: String,
    at_iso: String,
    at_text: String,
}

impl ListPage {
    /// One query.
    pub(in crate::deals) fn read(
        visit: &Visit,
        scope: &Scope,
        query: DealQuery,
        refused: Refused<ManyForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), |deal| sort_key(scope, &query, deal));
        let path = scope.path("/deals");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let is_vendor = scope.is_vendor();
        let line = |deal: &Deal| Line::of(deal, scope, &refused.form);
        let lines: Vec<Line> = rows.rows.iter().map(line).collect::<Result<_>>()?;
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/deals.csv"), &query, None),
            receipts_href: scope.path("/deals/receipts"),
            figures_href: scope.path("/deals/figures"),
            new_href: Some(scope.path("/deals/new")).filter(|_| !is_vendor),
            decides: DECIDING.has(scope.seat()),
            statuses: statuses(is_vendor),
            whose: vec![Word { value: MINE, label: "That I look after" }],
            sorts: vec![
                Word { value: OLDEST, label: "The oldest first" },
                Word { value: VALUE, label: "The largest first" },
            ],
            chooses: lines.iter().any(|line| !line.choice.is_empty()),
            lines,
            answers: None,
            form: refused.form,
            errors: refused.errors,
            is_vendor,
            path,
            query,
        })
    }

    /// With what became of those that were chosen.
    pub(in crate::deals) fn answering(
        self,
        scope: &Scope,
        what: Many,
        answered: Vec<Answered>,
    ) -> Self {
        let done = answered.iter().filter(|one| one.refused.is_none()).count();
        let refused = answered.into_iter().filter_map(|one| {
            Some(Answer {
                href: scope.path(&format!("/deals/{}", one.reference)),
                reference: one.reference,
                customer: one.customer,
                why: one.refused?,
            })
        });
        let answers = Answers { done: sentence(what, done), refused: refused.collect() };
        Self { answers: Some(answers), ..self }
    }

    /// What the decision on many carries, so that the list comes back as it was.
    fn kept(&self) -> [(&'static str, &str); 5] {
        let query = &self.query;
        [
            ("q", &query.q),
            ("status", &query.status),
            ("partner", &query.partner),
            ("whose", &query.whose),
            ("sort", &query.sort),
        ]
    }

    fn order_words(&self) -> &'static str {
        match self.query.sort.as_str() {
            OLDEST if self.is_vendor => "The oldest first, 50 a page",
            VALUE if self.is_vendor => "The largest first, 50 a page",
            _ => "The newest first, 50 a page",
        }
    }

    /// How the column of days is sorted.
    fn by_time(&self) -> &'static str {
        match self.query.sort.as_str() {
            OLDEST if self.is_vendor => "ascending",
            VALUE if self.is_vendor => "none",
            _ => "descending",
        }
    }

    fn by_value(&self) -> &'static str {
        if self.is_vendor && self.query.sort == VALUE { "descending" } else { "none" }
    }
}

fn statuses(is_vendor: bool) -> Vec<Word> {
    let mut words = Vec::new();
    if is_vendor {
        words.push(Word { value: WAITING, label: "To be decided" });
        words.push(Word { value: SECOND, label: "Waits for a second approval" });
    }
    let seen = DealStatus::ALL.iter().filter(|one| !is_vendor || **one != DealStatus::Draft);
    words.extend(seen.map(|one| Word { value: one.as_str(), label: one.label() }));
    words
}

impl Line {
    fn of(deal: &Deal, scope: &Scope, form: &ManyForm) -> Result<Self> {
        let (locale, program) = (scope.actor().locale, scope.program());
        let at = deal.submitted_at.filter(|_| scope.is_vendor()).unwrap_or(deal.created_at);
        let until = deal.last_day(program).filter(|_| deal.status == DealStatus::Approved);
        let can_decide = DECIDING.has(scope.seat()) && deal.status.waits();
        let choice = format!("{}:{}", deal.reference, deal.revision);
        Ok(Self {
            href: deal.path(scope),
            chosen: form.deal.contains(&choice),
            choice: Some(choice).filter(|_| can_decide).unwrap_or_default(),
            waits_for_second: scope.is_vendor() && deal.names.first_approval.is_some(),
            reference: deal.reference.clone(),
            customer: deal.customer_name.clone(),
            partner: deal.names.partner.clone(),
            category: deal.names.category.clone(),
            value: deal.value()?.show(locale),
            tone: deal.status.tone(),
            status_label: deal.status.label(),
            until_iso: until.map(|day| day.to_string()).unwrap_or_default(),
            until_text: until.map(|day| locale.short_day(day)).unwrap_or_default(),
            at_iso: at.to_string(),
            at_text: locale.short_day(program.day_of(at)),
        })
    }
}
