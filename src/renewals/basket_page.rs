//! The basket over HTTP: what lies in it, and what is done with it.

use askama::Template;
use serde::Deserialize;

use super::basket::{self, BasketLine, Gone};
use super::filter::{Filter, Horizon, RenewalsQuery};
use super::totals::amount;
use super::words::{Count, End, licences};
use crate::auth::Scope;
use crate::locale::Locale;
use crate::web::{Flash, Form, Frame, Query, Reply, Visit, page};

const PAGE: &str = "/renewals/basket";

#[derive(Template)]
#[template(path = "renewals/basket.html")]
struct BasketPage {
    frame: Frame,
    href: String,
    renewals_href: String,
    /// What is about to be asked, before it is: how many inquiries, and for whom.
    asks: Option<String>,
    button: String,
    customers: Vec<Customer>,
}

struct Customer {
    name: String,
    hint: String,
    rows: Vec<Row>,
}

struct Row {
    reference: String,
    href: String,
    product: String,
    sku: String,
    quantity: String,
    end_iso: String,
    end: String,
    distance: String,
    value: String,
    /// Why it cannot be asked for; empty where it can.
    gone: &'static str,
}

impl BasketPage {
    fn new(visit: &Visit, scope: &Scope, horizon: &Horizon, lines: Vec<BasketLine>) -> Self {
        let locale = scope.actor().locale;
        let mut customers: Vec<(i64, usize, Customer)> = Vec::new();
        for line in lines {
            if customers.last().is_none_or(|(id, ..)| *id != line.customer_id) {
                let (name, hint, rows) = (line.customer.clone(), String::new(), Vec::new());
                customers.push((line.customer_id, 0, Customer { name, hint, rows }));
            }
            if let Some((_, open, customer)) = customers.last_mut() {
                *open += usize::from(line.gone(horizon).is_none());
                customer.rows.push(Row::of(&line, scope, horizon));
            }
        }
        for (_, open, customer) in &mut customers {
            customer.hint = match *open {
                0 => "Nothing that can be renewed".to_owned(),
                open => format!("One inquiry for {}", licences(open, locale)),
            };
        }
        let asked = customers.iter().filter(|(_, open, _)| *open > 0).count();
        let count = Count { number: asked, one: "inquiry", many: "inquiries", locale };
        let asks = (asked > 0).then(|| match asked {
            1 => "One inquiry is begun. Nothing is sent yet: you see it first.".to_owned(),
            _ => format!(
                "{count} are begun, one for each customer. Nothing is sent yet: you see them first."
            ),
        });
        Self {
            frame: visit.frame(scope),
            href: scope.path(PAGE),
            renewals_href: scope.path("/renewals"),
            asks,
            button: format!("Begin {count}"),
            customers: customers.into_iter().map(|(.., customer)| customer).collect(),
        }
    }
}

impl Row {
    fn of(line: &BasketLine, scope: &Scope, horizon: &Horizon) -> Self {
        let locale: Locale = scope.actor().locale;
        let value = line.unit_price_minor.saturating_mul(line.quantity.into());
        Self {
            href: scope.path(&format!("/licences/{}", line.reference)),
            reference: line.reference.clone(),
            product: line.product.clone(),
            sku: line.sku.clone(),
            quantity: format!("{} × {}", locale.number(line.quantity.into()), line.unit),
            end_iso: line.due_on.to_string(),
            end: locale.short_day(line.due_on),
            distance: End { on: line.due_on, seen_on: horizon.today }.distance(),
            value: amount(value, &line.currency, locale),
            gone: match line.gone(horizon) {
                None => "",
                Some(Gone::Renewed) => "Renewed meanwhile",
                Some(Gone::Lapsed) => "Too late to renew",
            },
        }
    }
}

pub(super) async fn show(visit: Visit) -> Reply {
    let built = visit.read(|visit, scope, conn| {
        let (horizon, lines) = basket::basket_of(scope, conn)?;
        Ok(BasketPage::new(visit, scope, &horizon, lines))
    });
    page(&built.await?)
}

/// Licences that were ticked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChosenForm {
    /// References.
    licence: Vec<String>,
    /// Anything: all that there are.
    all: String,
}

/// Back to the list as it was: its filters and its page stand in the address.
pub(super) async fn put(
    visit: Visit,
    Query(query): Query<RenewalsQuery>,
    Form(form): Form<ChosenForm>,
) -> Reply {
    let filter = Filter::from(query);
    let put = visit.write(move |visit, scope, conn| {
        let put = basket::put(scope, &form.licence, visit.now(), conn)?;
        let back = filter.address(scope, "/renewals", filter.show, &filter.at);
        Ok((form.licence.len(), put, scope.actor().locale, back))
    });
    let (chosen, put, locale, back) = put.await?;
    let all = licences(put.all, locale);
    let flash = match put {
        _ if chosen == 0 => Flash::warning("Choose licences first."),
        basket::Put { gone: 0, .. } => Flash::success(format!("{all} in the basket now.")),
        basket::Put { gone, .. } => Flash::warning(format!(
            "{} cannot be renewed any more; {all} in the basket.",
            licences(gone, locale)
        )),
    };
    Ok(visit.go(&back, &flash))
}

pub(super) async fn take_out(visit: Visit, Form(form): Form<ChosenForm>) -> Reply {
    let taken = visit.write(move |_, scope, conn| {
        let chosen = form.all.is_empty().then_some(form.licence.as_slice());
        let out = basket::take_out(scope, chosen, conn)?;
        Ok((out, scope.actor().locale, scope.path(PAGE)))
    });
    let (out, locale, path) = taken.await?;
    let flash = match out {
        0 => Flash::warning("Nothing was taken out: choose licences first."),
        out => Flash::success(format!("{} taken out of the basket.", licences(out, locale))),
    };
    Ok(visit.go(&path, &flash))
}

pub(super) async fn ask(visit: Visit) -> Reply {
    let begun = visit.write(|visit, scope, conn| {
        let begun = basket::ask(scope, visit.now(), conn)?;
        Ok(match begun.as_slice() {
            [one] => (scope.path(&format!("/inquiries/{one}")), 1),
            many => (scope.path("/inquiries?status=draft"), many.len()),
        })
    });
    let (path, count) = begun.await?;
    let text = match count {
        1 => "The draft is ready. Nobody else sees it until you send it.".to_owned(),
        count => format!("{count} drafts are ready, one for each customer."),
    };
    Ok(visit.go(&path, &Flash::success(text)))
}
