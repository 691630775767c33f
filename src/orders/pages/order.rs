//! One order: its lines, where it stands, what can be done with it.

use askama::Template;

use crate::audit::{self, Line as HistoryLine};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::licences::OrderedLicence;
use crate::locale::Locale;
use crate::orders::forms::ReasonForm;
use crate::orders::model::{Corrections, KIND, Order, OrderLine};
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
    /// Four queries; a fifth for an order that was refused or corrects one.
    pub(in crate::orders) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        (form, errors): (ReasonForm, FieldErrors),
        conn: &mut Conn,
    ) -> Result<Self> {
        let order = Order::find_for(scope, reference, conn)?;
        let ordered = OrderLine::of(order.id, conn)?;
        let made = match order.status {
            OrderStatus::Processed => OrderedLicence::of_order(order.id, conn)?,
            _ => Vec::new(),
        };
        let entries = audit::timeline(KIND, order.id, conn)?;
        let corrections = match order.status == OrderStatus::Refused || order.corrects_id.is_some()
        {
            true => order.corrections(conn)?,
            false => Corrections::default(),
        };
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
                correct: offers(Step::Correct) && corrections.corrected_by.is_none(),
            },
            events: events(&order, scope),
            lines: lines(&order, &ordered, made, scope),
            msrp: order.msrp_minor.map(money).unwrap_or_default(),
            net: order.net_minor.map(money),
            corrects: corrections.corrects.map(|one| link("orders", one)),
            corrected_by: corrections.corrected_by.map(|one| link("orders", one)),
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
    let placed = event("Placed", order.placed_at, &order.placed_by);
    let released = event("Released", order.released_at, "");
    let processed = event("Processed", order.processed_at, "");
    [placed, released, processed].into_iter().flatten().collect()
}

/// The lines as they were ordered, each with the licence made of it; an order that came processed
/// has its licences alone.
fn lines(
    order: &Order,
    ordered: &[OrderLine],
    made: Vec<OrderedLicence>,
    scope: &Scope,
) -> Vec<Line> {
    let locale = scope.actor().locale;
    if ordered.is_empty() {
        return made.into_iter().map(|one| of_licence(one, scope)).collect();
    }
    let money = |minor: i64| amount(minor, &order.currency, locale);
    let mut made: Vec<Option<OrderedLicence>> = made.into_iter().map(Some).collect();
    let mut licence_of = |position: i32| {
        let fits = |one: &&mut Option<OrderedLicence>| {
            one.as_ref().is_some_and(|one| one.position == position)
        };
        made.iter_mut().find(fits).and_then(Option::take)
    };
    ordered
        .iter()
        .map(|line| Line {
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
            licence: licence_of(line.position).map(|one| MadeOf::of(&one, scope)),
        })
        .collect()
}

fn of_licence(made: OrderedLicence, scope: &Scope) -> Line {
    let locale = scope.actor().locale;
    let licence = Some(MadeOf::of(&made, scope));
    Line {
        position: made.position,
        sku: made.sku,
        kind: made.kind.label(),
        base: made.base.unwrap_or_default(),
        serial_number: made.serial_number,
        quantity: locale.number(made.quantity.into()),
        term: months(made.months),
        msrp: amount(made.unit_price_minor * i64::from(made.quantity), &made.currency, locale),
        net: String::new(),
        refusal: String::new(),
        product: made.product,
        licence,
    }
}

impl MadeOf {
    fn of(made: &OrderedLicence, scope: &Scope) -> Self {
        Self {
            href: scope.path(&format!("/licences/{}", made.reference)),
            reference: made.reference.clone(),
            term: term_words(made, scope.actor().locale),
        }
    }
}

fn term_words(made: &OrderedLicence, locale: Locale) -> String {
    match (made.starts_on, made.ends_on) {
        (Some(start), Some(end)) => {
            format!("{} – {}", locale.short_day(start), locale.short_day(end))
        }
        (Some(start), None) => format!("from {}", locale.short_day(start)),
        _ if made.months.is_some() => "no dates yet".to_owned(),
        _ => String::new(),
    }
}

fn months(months: Option<i32>) -> String {
    match months {
        None => String::new(),
        Some(1) => "1 month".to_owned(),
        Some(months) => format!("{months} months"),
    }
}
