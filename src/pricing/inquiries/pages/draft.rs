//! The configurator: a draft with its lines, the catalogue beside, prices of today.

use askama::Template;

use crate::auth::Scope;
use crate::catalogue::{Product, ProductKind, Shelf};
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::money::Money;
use crate::pricing::inquiries::configured::{Configured, configure, terms_of, total};
use crate::pricing::inquiries::forms::{DraftForm, Refused};
use crate::pricing::inquiries::model::{Inquiry, InquiryLine};
use crate::pricing::inquiries::quoters::{Quoter, Surroundings};
use crate::pricing::inquiries::{Purpose, currency_of};
use crate::web::{FieldErrors, Frame, Visit};
use iso_currency::Currency;

/// So many products are shown; further ones are found by name.
const MOST_FOUND: usize = 8;
/// The terms at which products are shown before they are chosen, the usual one first.
const SHOWN_TERMS: [i32; 2] = [12, 1];

#[derive(Template)]
#[template(path = "inquiries/draft.html")]
pub(in crate::pricing::inquiries) struct DraftPage {
    frame: Frame,
    path: String,
    list_href: String,
    reference: String,
    /// The registered deal that it carries; empty where it carries none.
    deal: String,
    title: String,
    currency: String,
    illustrative: bool,
    lines: Vec<Line>,
    total: String,
    can_send: bool,
    found: Vec<Found>,
    more_found: bool,
    quoters: Vec<Quoter>,
    /// Whom the form chose, or the only one there is.
    quoter: String,
    form: DraftForm,
    errors: FieldErrors,
}

/// A line with its inputs.
struct Line {
    id: String,
    number: usize,
    product: String,
    code: String,
    category: String,
    unit: String,
    kind_label: &'static str,
    /// The licence that it renews or changes; empty where it is new.
    base: String,
    base_href: String,
    quantity: String,
    months: String,
    has_term: bool,
    /// Of a change the term is given.
    fixed_term: bool,
    unit_price: String,
    total: String,
    hint: String,
    problem: String,
}

/// A product that can be added.
struct Found {
    code: String,
    name: String,
    category: String,
    price: String,
    per: String,
    illustrative: bool,
    limit: String,
}

/// What a draft is shown with.
pub(in crate::pricing::inquiries) struct Shown {
    pub refused: Option<Refused<DraftForm>>,
    pub q: String,
    pub quoter: String,
}

impl DraftPage {
    /// Two queries beside the one for the draft itself.
    pub(in crate::pricing::inquiries) fn read(
        visit: &Visit,
        scope: &Scope,
        (inquiry, lines): (Inquiry, Vec<InquiryLine>),
        shown: Shown,
        conn: &mut Conn,
    ) -> Result<Self> {
        let (today, locale) = (scope.today(), scope.actor().locale);
        let currency = currency_of(&inquiry)?;
        let mut terms = terms_of(&lines, today);
        terms.extend(SHOWN_TERMS);
        let shelf = Shelf::of(scope.program().id, currency, today, &terms, conn)?;
        let surroundings = Surroundings::of(scope, conn)?;
        let stored = DraftForm::showing(&inquiry, &lines, &shown.q);
        let Refused { form, errors } = shown
            .refused
            .unwrap_or_else(|| Refused { form: stored, errors: FieldErrors::default() });
        let lines = configure(lines, &shelf, &surroundings.terms, today)?;
        let sum = total(&lines).map(|minor| Money::new(minor, currency).show(locale));
        let can_send = !lines.is_empty() && lines.iter().all(|line| line.problem.is_none());
        let mut found: Vec<Found> = shelf
            .search(&form.q)
            .filter(|product| product.kind != ProductKind::Usage)
            .take(MOST_FOUND + 1)
            .map(|product| Found::of(product, &shelf, currency, locale))
            .collect();
        let more_found = found.len() > MOST_FOUND;
        found.truncate(MOST_FOUND);
        let only = match surroundings.quoters.as_slice() {
            [one] => one.value.clone(),
            _ => String::new(),
        };
        Ok(Self {
            frame: visit.frame(scope),
            path: inquiry.path(scope),
            list_href: scope.path("/inquiries"),
            title: title(&inquiry),
            deal: inquiry.deal.clone().unwrap_or_default(),
            currency: inquiry.currency.clone(),
            illustrative: shelf.products.iter().any(|product| product.illustrative),
            lines: lines
                .iter()
                .enumerate()
                .map(|(at, one)| Line::of(one, at, &form, scope, currency))
                .collect(),
            total: sum.unwrap_or_default(),
            can_send,
            found,
            more_found,
            quoter: if shown.quoter.is_empty() { only } else { shown.quoter },
            quoters: surroundings.quoters,
            reference: inquiry.reference,
            form,
            errors,
        })
    }

    fn count_words(&self) -> String {
        match self.lines.len() {
            0 => "No lines yet".to_owned(),
            1 => "1 line".to_owned(),
            many => format!("{many} lines"),
        }
    }
}

fn title(inquiry: &Inquiry) -> String {
    match inquiry.customer_name.as_str() {
        "" => "New inquiry".to_owned(),
        customer => format!("Inquiry for {customer}"),
    }
}

impl Line {
    fn of(
        one: &Configured,
        place: usize,
        form: &DraftForm,
        scope: &Scope,
        currency: Currency,
    ) -> Self {
        let locale = scope.actor().locale;
        let show = |minor: i64| Money::new(minor, currency).show(locale);
        let line = &one.line;
        let id = line.id.to_string();
        // What was typed stays, right or wrong.
        let typed = form.line.iter().position(|known| *known == id);
        let typed = |list: &Vec<String>| typed.and_then(|at| list.get(at)).cloned();
        let stored_months = line.months.map(|months| months.to_string()).unwrap_or_default();
        let base = line.base.reference.clone().unwrap_or_default();
        let hint = one.unit.and_then(|unit| unit.cheaper_band(line.quantity)).map(|band| {
            let total = band.unit_minor.saturating_mul(band.from_quantity.into());
            format!(
                "{} cost less: {} together.",
                locale.number(band.from_quantity.into()),
                show(total)
            )
        });
        Self {
            number: place + 1,
            product: line.product.name.clone(),
            code: line.product.code.clone(),
            category: line.product.category.clone(),
            unit: line.product.unit.clone(),
            kind_label: line.kind.label(),
            base_href: scope.path(&format!("/licences/{base}")),
            base,
            quantity: typed(&form.quantity).unwrap_or_else(|| line.quantity.to_string()),
            months: match one.months.filter(|_| line.kind == Purpose::Change) {
                Some(left) => left.to_string(),
                None => typed(&form.months).unwrap_or(stored_months),
            },
            has_term: line.product.kind.has_term(),
            fixed_term: line.kind == Purpose::Change,
            unit_price: one.unit.map(|unit| show(unit.band.unit_minor)).unwrap_or_default(),
            total: one.total_minor.map(show).unwrap_or_default(),
            hint: hint.unwrap_or_default(),
            problem: one.problem.as_ref().map(|why| why.text(locale)).unwrap_or_default(),
            id,
        }
    }
}

impl Found {
    fn of(product: &Product, shelf: &Shelf, currency: Currency, locale: Locale) -> Self {
        let terms: &[i32] = if product.kind.has_term() { &SHOWN_TERMS } else { &[0] };
        let price = terms.iter().find_map(|months| {
            let term = crate::calendar::TermMonths::new(i64::from(*months)).ok();
            Some((shelf.unit(product.id, term, 1)?.band.unit_minor, *months))
        });
        let per = match price {
            None => String::new(),
            Some((_, 0)) => format!("per {}", product.unit),
            Some((_, 1)) => format!("per {}, 1 month", product.unit),
            Some((_, months)) => format!("per {}, {months} months", product.unit),
        };
        let limit = product
            .most_units
            .map(|most| format!("At most {} × {}", locale.number(most.into()), product.unit));
        Self {
            code: product.code.clone(),
            name: product.name.clone(),
            category: product.category.name.clone(),
            price: price
                .map(|(minor, _)| Money::new(minor, currency).show(locale))
                .unwrap_or_default(),
            per,
            illustrative: product.illustrative,
            limit: limit.unwrap_or_default(),
        }
    }
}
