//! One order: its lines, where it stands, what can be done with it.

use askama::Template;
use chrono::NaiveDate;

use crate::audit::{self, Line as HistoryLine};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::licences::OrderedLicence;
use crate::orders::forms::ReasonForm;
use crate::orders::model::{KIND, Order, OrderLine};
use crate::orders::steps::Step;
use crate::orders::{Hold, OrderStatus, correcting};
use crate::pricing::quotes::amount;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "orders/show.html")]
pub(in crate::orders) struct OrderPage {
    frame: Frame,
    path: String,
    list_href: String,
    quote: Option<Link>,
    order: Order,
    steps: Steps,
    events: Vec<Event>,
    lines: Vec<Line>,
    msrp: String,
    /// None where it is hidden, and where nobody said.
    net: Option<String>,
    /// The licences on paper; none before it is processed.
    schedule: Option<Link>,
    corrects: Option<Link>,
    corrected_by: Option<Link>,
    /// Why it cannot be ordered anew at the press of a button; empty where it can.
    why_not_corrected: String,
    history: Vec<HistoryLine>,
    form: ReasonForm,
    errors: FieldErrors,
}

struct Link {
    href: String,
    reference: String,
}

/// What the person may do now.
struct Steps {
    release: bool,
    process: bool,
    hold: bool,
    resume: bool,
    cancel: bool,
    correct: bool,
}

/// An instant that the order has come to.
struct Event {
    label: &'static str,
    iso: String,
    text: String,
    who: String,
}

struct Line {
    position: i32,
    product: String,
    sku: String,
    kind: &'static str,
    base: String,
    serial_number: String,
    quantity: String,
    term: String,
    msrp: String,
    net: String,
    refusal: String,
    licence: Option<MadeOf>,
}

/// The licence that became of a line.
struct MadeOf {
    href: String,
    reference: String,
    term: String,
}

impl OrderPage {
    /// Three queries.
    pub(in crate::orders) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        (form, errors): (ReasonForm, FieldErrors),
        conn: &mut Conn,
    ) -> Result<Self> {
        let order = Order::find_for(scope, reference, conn)?;
        let (ordered, made) = match order.came_processed() {
            true => (Vec::new(), OrderedLicence::of_order(order.id, conn)?),
            false => (OrderLine::of(order.id, conn)?, Vec::new()),
        };
        let entries = audit::timeline(KIND, order.id, conn)?;
        let locale = scope.actor().locale;
        let money = |minor: i64| amount(minor, &order.currency, locale);
        let link = |kind: &str, reference: String| Link {
            href: scope.path(&format!("/{kind}/{reference}")),
            reference,
        };
        let offers = |step| order.offers(step, scope);
        Ok(Self {
            frame: visit.frame(scope),
            path: order.path(scope),
            list_href: scope.path("/orders"),
            quote: order.quote.clone().map(|quote| link("quotes", quote)),
            steps: Steps {
                release: offers(Step::Release),
                process: offers(Step::Process),
                hold: offers(Step::Hold),
                resume: offers(Step::Resume),
                cancel: offers(Step::Cancel),
                correct: offers(Step::Correct) && order.corrected_by.is_none(),
            },
            events: events(&order, scope),
            lines: lines(&order, &ordered, &made, scope),
            msrp: order.msrp_minor.map(money).unwrap_or_default(),
            net: order.net_minor.map(money),
            schedule: order.schedule.clone().map(|one| link("schedules", one)),
            corrects: order.corrects.clone().map(|one| link("orders", one)),
            corrected_by: order.corrected_by.clone().map(|one| link("orders", one)),
            why_not_corrected: correcting::why_not(&ordered).unwrap_or_default(),
            history: HistoryLine::all(&entries, locale, scope.program().time_zone),
            order,
            form,
            errors,
        })
    }

    /// What happens next, and by whom; empty where it is over.
    fn next(&self) -> String {
        let distributor = self.order.distributor.as_deref().unwrap_or("the vendor");
        match (self.order.status, self.order.hold) {
            (OrderStatus::Placed, _) => format!("{distributor} releases it to the vendor."),
            (OrderStatus::Released, _) => "The vendor processes it.".to_owned(),
            (OrderStatus::Held, Hold::ByHand) => "The vendor lets it go on.".to_owned(),
            (OrderStatus::Held, _) => {
                "It is processed when maintenance is over, in the order of release.".to_owned()
            }
            (OrderStatus::Refused, _) if self.corrected_by.is_none() => {
                "Whoever released it orders it anew.".to_owned()
            }
            _ => String::new(),
        }
    }

    fn can_step(&self) -> bool {
        let steps = &self.steps;
        steps.release || steps.process || steps.resume || steps.correct
    }
}

fn events(order: &Order, scope: &Scope) -> Vec<Event> {
    let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
    let event = |label, at: Option<Instant>, who: &str| {
        at.map(|at| Event {
            label,
            iso: at.to_string(),
            text: locale.moment(at, zone),
            who: who.to_owned(),
        })
    };
    // The back office enters what was released already.
    let entered = order.released_at < order.placed_at && order.released_at.is_some();
    let came = if entered { "Entered" } else { "Placed" };
    let placed = event(came, order.placed_at, &order.placed_by);
    let released = event("Released", order.released_at, "");
    let processed = event("Processed", order.processed_at, "");
    [placed, released, processed].into_iter().flatten().collect()
}

/// The lines as they were ordered, each with the licence made of it; an order that came processed
/// has its licences alone.
fn lines(
    order: &Order,
    ordered: &[OrderLine],
    made: &[OrderedLicence],
    scope: &Scope,
) -> Vec<Line> {
    let of_ordered = ordered.iter().map(|line| Line::of(order, line, scope));
    of_ordered.chain(made.iter().map(|made| Line::of_licence(made, scope))).collect()
}

impl Line {
    fn of(order: &Order, line: &OrderLine, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let money = |minor: i64| amount(minor, &order.currency, locale);
        let made = |(reference, starts_on, ends_on): &(String, _, _)| {
            let has_term = line.months.is_some();
            MadeOf::new(reference, (*starts_on, *ends_on), has_term, scope)
        };
        Self {
            position: line.position,
            product: line.product.clone(),
            sku: line.sku.clone(),
            kind: line.kind.label(),
            base: line.base.clone().unwrap_or_default(),
            serial_number: line.serial_number.clone(),
            quantity: locale.number(line.quantity.into()),
            term: months(line.months),
            msrp: money(line.msrp_minor),
            net: order.net_of(line).map(money).unwrap_or_default(),
            refusal: line.refusal.clone(),
            licence: line.made.as_ref().map(made),
        }
    }

    fn of_licence(made: &OrderedLicence, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let (term, has_term) = ((made.starts_on, made.ends_on), made.months.is_some());
        let total = made.unit_price_minor * i64::from(made.quantity);
        Self {
            position: made.position,
            product: made.product.clone(),
            sku: made.sku.clone(),
            kind: made.kind.label(),
            base: made.base.clone().unwrap_or_default(),
            serial_number: made.serial_number.clone(),
            quantity: locale.number(made.quantity.into()),
            term: months(made.months),
            msrp: amount(total, &made.currency, locale),
            net: String::new(),
            refusal: String::new(),
            licence: Some(MadeOf::new(&made.reference, term, has_term, scope)),
        }
    }
}

impl MadeOf {
    fn new(
        reference: &str,
        term: (Option<NaiveDate>, Option<NaiveDate>),
        has_term: bool,
        scope: &Scope,
    ) -> Self {
        let day = |day| scope.actor().locale.short_day(day);
        let term = match term {
            (Some(start), Some(end)) => format!("{} – {}", day(start), day(end)),
            (Some(start), None) => format!("from {}", day(start)),
            _ if has_term => "no dates yet".to_owned(),
            _ => String::new(),
        };
        let href = scope.path(&format!("/licences/{reference}"));
        Self { href, reference: reference.to_owned(), term }
    }
}

fn months(months: Option<i32>) -> String {
    match months {
        None => String::new(),
        Some(1) => "1 month".to_owned(),
        Some(months) => format!("{months} months"),
    }
}
