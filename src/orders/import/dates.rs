//! The dates of every line, in the order in which the orders were processed.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::directory::Directory;
use super::held::{Base, Held, Holdings, NotFound, Wanted};
use super::order::{Order, OrderHead, OrderLine};
use super::plan::{PlannedLine, PlannedOrder};
use super::table::Column;
use crate::auth::Program;
use crate::catalogue::{Purpose, SkuBook};
use crate::customers::Identity;
use crate::db::Conn;
use crate::error::Result;
use crate::licences::goods_of;
use crate::licences::refusal::Refusal;
use crate::licences::rules::{BaseLine, Basis, LineDates, LineFacts, LineKind, line_dates};
use crate::names::capitalised;
use crate::sheet::Fault;

/// Decides order after order; what one leaves behind can be renewed by a later one.
pub(super) struct Decider<'a> {
    directory: &'a Directory,
    program: &'a Program,
    today: NaiveDate,
    holdings: Holdings,
    /// What is still to be processed is ordered under SKUs; none where all is processed.
    skus: Option<SkuBook>,
    /// The place of the next line in the plan.
    next_place: usize,
}

impl<'a> Decider<'a> {
    pub(super) fn new(
        directory: &'a Directory,
        program: &'a Program,
        today: NaiveDate,
        orders: &[(Order, String)],
        customers: &HashMap<Identity, i64>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let refers = |line: &OrderLine| matches!(line.kind, LineKind::Renewal | LineKind::Change);
        let asked: HashMap<Identity, i64> = orders
            .iter()
            .filter(|(order, _)| order.lines.iter().any(refers))
            .filter_map(|(order, _)| {
                let (identity, id) = customers.get_key_value(&order.head.customer.identity)?;
                Some((identity.clone(), *id))
            })
            .collect();
        let any_open = orders.iter().any(|(order, _)| order.head.processed_at.is_none());
        let skus = any_open.then(|| SkuBook::read(program.id, conn)).transpose()?;
        Ok(Self {
            directory,
            program,
            today,
            holdings: Holdings::stored(&asked, conn)?,
            skus,
            next_place: 0,
        })
    }

    pub(super) fn decide(
        &mut self,
        order: Order,
        digest: String,
        faults: &mut Vec<Fault>,
    ) -> Result<PlannedOrder> {
        let Order { head, lines } = order;
        let mut planned = Vec::with_capacity(lines.len());
        for (line, position) in lines.into_iter().zip(1..) {
            planned.extend(self.decide_line(&head, line, position, faults)?);
        }
        Ok(PlannedOrder { head, digest, lines: planned })
    }

    fn decide_line(
        &mut self,
        head: &OrderHead,
        mut line: OrderLine,
        position: i32,
        faults: &mut Vec<Fault>,
    ) -> Result<Option<PlannedLine>> {
        if let Some(sku) = self.sku_of(head, &line) {
            line.sku = sku;
        }
        let product = self.directory.rulebook.product(line.product_id)?;
        let processed_on = head.processed_at.map_or(self.today, |at| self.program.day_of(at));
        let base = match self.base_of(head, &line, processed_on) {
            Ok(base) => base,
            Err(why) => {
                faults.push(base_fault(&line, &why));
                return Ok(None);
            }
        };
        let facts = LineFacts {
            kind: line.kind,
            goods: goods_of(product),
            months: line.months,
            released_on: head.released_at.map(|at| self.program.day_of(at)),
            processed_on,
            activated_on: line.activated_on,
            base: base.as_ref().map(|held| BaseLine { ends_on: held.ends_on }),
        };
        let policies = self.directory.rulebook.policies(product)?;
        let dates = match line_dates(&facts, policies, self.today) {
            Ok(dates) => dates,
            Err(refusal) => {
                faults.push(refused(head, &line, refusal));
                return Ok(None);
            }
        };
        let product_name = product.name.clone();
        let dates = head.processed_at.is_some().then_some(dates);
        self.hold(head, &line, position, dates.as_ref(), base.as_ref());
        Ok(Some(PlannedLine {
            place: self.next_place - 1,
            product_name,
            processed_on,
            dates,
            base: base.map(|held| (held.at, held.ends_on)),
            line,
        }))
    }

    /// The SKU under which a line that names none could be ordered on the day of its release.
    fn sku_of(&self, head: &OrderHead, line: &OrderLine) -> Option<String> {
        let is_code = line.sku == self.directory.code_of(line.product_id);
        let purpose = match line.kind {
            LineKind::Renewal => Purpose::Renewal,
            LineKind::New | LineKind::Change => Purpose::New,
            // What nobody pays for is ordered by the product's code.
            LineKind::Trial | LineKind::Nfr => return None,
        };
        let released_on = self.program.day_of(head.released_at?);
        let policy = self.directory.rulebook.timeline().at(released_on);
        let book = self.skus.as_ref().filter(|_| is_code && head.processed_at.is_none())?;
        let order = book.order_as(line.product_id, line.months, purpose, policy)?;
        Some(order.to_string())
    }

    fn base_of(
        &self,
        head: &OrderHead,
        line: &OrderLine,
        processed_on: NaiveDate,
    ) -> Result<Option<Held>, NotFound> {
        if !matches!(line.kind, LineKind::Renewal | LineKind::Change) {
            return Ok(None);
        }
        let wanted = Wanted {
            kind: line.kind,
            product_id: line.product_id,
            serial_number: &line.serial_number,
            renews: &line.renews,
            processed_on,
            lapse_days: self.directory.rulebook.lapse_days(processed_on).into(),
        };
        self.holdings.find(&head.customer.identity, &wanted).map(Some)
    }

    /// What the line renews cannot be renewed again; once it is processed, it can be renewed and changed
    /// itself by those after it.
    fn hold(
        &mut self,
        head: &OrderHead,
        line: &OrderLine,
        position: i32,
        dates: Option<&LineDates>,
        base: Option<&Held>,
    ) {
        let customer = &head.customer.identity;
        if let (LineKind::Renewal, Some(base)) = (line.kind, base) {
            self.holdings.mark_renewed(customer, base.at);
        }
        let place = self.next_place;
        self.next_place += 1;
        let Some(dates) = dates else { return };
        let held = Held {
            at: Base::Planned(place),
            reference: None,
            order_line: format!("{}/{position}", head.external_number),
            product_id: line.product_id,
            serial_number: line.serial_number.clone(),
            kind: line.kind,
            quantity: line.quantity,
            has_term: !matches!(dates.basis, Basis::NoTerm | Basis::Perpetual),
            starts_on: dates.starts_on,
            ends_on: dates.ends_on,
            renewed: false,
        };
        self.holdings.add(customer, held);
    }
}

fn refused(head: &OrderHead, line: &OrderLine, refusal: Refusal) -> Fault {
    use crate::licences::refusal::Fault as Part;
    let (column, found) = match refusal.fault() {
        Part::Kind => (Column::Kind, line.kind.to_string()),
        Part::Months => {
            (Column::Months, line.months.map(|months| months.to_string()).unwrap_or_default())
        }
        Part::Released => {
            (Column::ReleasedAt, head.released_at.map(|at| at.to_string()).unwrap_or_default())
        }
        Part::Activated => {
            (Column::ActivatedOn, line.activated_on.map(|day| day.to_string()).unwrap_or_default())
        }
        Part::Base => (Column::Renews, line.renews.clone()),
    };
    let sentence = refusal.to_string();
    let (reason, right) = match sentence.split_once(": ") {
        Some((reason, right)) => (format!("{reason}."), capitalised(right)),
        None => (sentence, String::new()),
    };
    Fault::new(line.line, column.name(), &found, reason, right)
}

fn base_fault(line: &OrderLine, why: &NotFound) -> Fault {
    let what = match line.kind {
        LineKind::Change => "change",
        _ => "renew",
    };
    let (reason, right) = match why {
        NotFound::NoneFits => (
            format!("The customer has no licence of this product to {what}."),
            "Write the licence's reference or its order as number/line, or write new as the kind."
                .to_owned(),
        ),
        NotFound::Several(names) => (
            format!("The customer has several licences of this product to {what}."),
            format!("Write which: {}.", names.join(", ")),
        ),
        NotFound::Unknown => (
            "The customer has no licence of this reference or order line.".to_owned(),
            "Write a reference such as L-7K3QF-9M2XT, or an order as number/line such as \
             SO-1001/2; it must be processed before this one."
                .to_owned(),
        ),
        NotFound::AlreadyRenewed => (
            "This licence was renewed already.".to_owned(),
            "Write the licence that renewed it, or write new as the kind.".to_owned(),
        ),
        NotFound::NoTerm => (
            format!("This licence has no term that one could {what}."),
            "Write another licence, or write new as the kind.".to_owned(),
        ),
    };
    Fault::new(line.line, Column::Renews.name(), &line.renews, reason, right)
}
