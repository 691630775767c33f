//! Order processing: of a released order either all lines become licences, or the whole order is
//! refused with the reason of each line. Status, licences, schedule, history and mail are one
//! transaction.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{Order, OrderLine};
use super::rules::{Days, Ordered, Refused, refusal_of_sku};
use super::{Hold, OrderStatus, PROCESSED, REFUSED, telling};
use crate::audit::{self, By, Change};
use crate::auth::Program;
use crate::calendar::TermMonths;
use crate::catalogue::SkuBook;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{licences, order_lines, orders};
use crate::error::{Error, Result};
use crate::licences::goods_of;
use crate::licences::rules::{BaseLine, LineDates, LineFacts, LineKind, line_dates};
use crate::licences::{self as licence_lines, NO_END, NewLicence, Renewed, RuleBook, TrialEnd};
use crate::reference;
use crate::schedules::{self, Issuing};
use crate::web::Site;

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// So many licences were made.
    Processed { licences: usize },
    /// So many of its lines are the reason.
    Refused { lines: usize },
}

/// What a program's orders are judged by, read once for any number of them.
pub struct Processor<'a> {
    program: &'a Program,
    rulebook: RuleBook,
    skus: SkuBook,
    site: &'a Site,
    by: By<'a>,
    now: Instant,
}

/// A licence that a line renews or changes.
struct Base {
    reference: String,
    ends_on: Option<NaiveDate>,
    is_renewed: bool,
}

impl<'a> Processor<'a> {
    pub fn of(
        program: &'a Program,
        site: &'a Site,
        by: By<'a>,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<Self> {
        let rulebook = RuleBook::of_program(program.id, conn)?;
        let skus = SkuBook::read(program.id, conn)?;
        Ok(Self { program, rulebook, skus, site, by, now })
    }

    /// Processes a released order, if it is still as it was read.
    pub fn process(&self, order: &Order, conn: &mut Conn) -> Result<Outcome> {
        let lines = OrderLine::of(order.id, conn)?;
        let bases = bases_of(&lines, conn)?;
        let decided = self.decide(order, &lines, &bases)?;
        let refused: Vec<(&OrderLine, &Refused)> = lines
            .iter()
            .zip(&decided)
            .filter_map(|(line, one)| Some((line, one.as_ref().err()?)))
            .collect();
        if !refused.is_empty() {
            self.refuse(order, &refused, conn)?;
            return Ok(Outcome::Refused { lines: refused.len() });
        }
        let dates: Vec<LineDates> =
            decided.into_iter().filter_map(std::result::Result::ok).collect();
        self.grant(order, &lines, &dates, conn)?;
        Ok(Outcome::Processed { licences: lines.len() })
    }

    fn decide(
        &self,
        order: &Order,
        lines: &[OrderLine],
        bases: &HashMap<i64, Base>,
    ) -> Result<Vec<std::result::Result<LineDates, Refused>>> {
        let mut renewed = HashSet::new();
        lines.iter().map(|line| self.decide_line(order, line, bases, &mut renewed)).collect()
    }

    fn decide_line(
        &self,
        order: &Order,
        line: &OrderLine,
        bases: &HashMap<i64, Base>,
        renewed: &mut HashSet<i64>,
    ) -> Result<std::result::Result<LineDates, Refused>> {
        let processed_on = self.program.day_of(self.now);
        let released_on = order.released_at.map_or(processed_on, |at| self.program.day_of(at));
        let months = line.months.and_then(|months| TermMonths::new(months.into()).ok());
        let ordered =
            Ordered { sku: &line.sku, product_id: line.product_id, months, kind: line.kind };
        let days = Days { released_on, processed_on };
        let policies = self.rulebook.timeline();
        if let Some(refused) = refusal_of_sku(ordered, days, &self.skus, policies) {
            return Ok(Err(refused));
        }
        let base = line.base_id.and_then(|id| bases.get(&id));
        if let (LineKind::Renewal, Some(id), Some(base)) = (line.kind, line.base_id, base)
            && (base.is_renewed || !renewed.insert(id))
        {
            return Ok(Err(refused(format!("{} was renewed already.", base.reference))));
        }
        let product = self.rulebook.product(line.product_id)?;
        let facts = LineFacts {
            kind: line.kind,
            goods: goods_of(product),
            months,
            released_on: Some(released_on),
            processed_on,
            activated_on: None,
            base: base.map(|base| BaseLine { ends_on: base.ends_on }),
        };
        let dates = line_dates(&facts, self.rulebook.policies(product)?, processed_on);
        Ok(dates.map_err(|why| refused(why.to_string())))
    }

    /// All lines become licences.
    fn grant(
        &self,
        order: &Order,
        lines: &[OrderLine],
        dates: &[LineDates],
        conn: &mut Conn,
    ) -> Result<()> {
        self.settle(order, OrderStatus::Processed, "", conn)?;
        let rows: Vec<NewLicence> =
            lines.iter().zip(dates).map(|(line, dates)| self.licence(order, line, dates)).collect();
        let names: Vec<String> = lines
            .iter()
            .map(|line| licence_lines::line_name(&line.product, &order.customer))
            .collect();
        let ids = licence_lines::add_all(&rows, &names, self.by, self.now, conn)?;
        let renewed: Vec<Renewed> = rows
            .iter()
            .zip(&ids)
            .filter(|(row, _)| row.kind == LineKind::Renewal)
            .filter_map(|(row, id)| {
                let renewal = row.reference.clone();
                Some(Renewed { base_id: row.base_id?, renewal_id: *id, renewal })
            })
            .collect();
        licence_lines::mark_renewed(&renewed, self.by, self.now, conn)?;
        let starts: Vec<TrialEnd> = rows.iter().filter_map(NewLicence::paid_start).collect();
        licence_lines::end_trials(&starts, self.by, self.now, conn)?;
        let issuing =
            Issuing { program: self.program, by: self.by, site: self.site, now: self.now };
        schedules::issue_all(&[order.id], &issuing, conn)?;
        let (from, to) = (order.status.label(), OrderStatus::Processed.label());
        let change = Change { from, to, why: "" };
        audit::record(self.by, &PROCESSED, order.subject(), change, self.now, conn)
    }

    fn licence(&self, order: &Order, line: &OrderLine, dates: &LineDates) -> NewLicence {
        let mut row = NewLicence {
            reference: reference::draw("L"),
            program_id: order.program_id,
            order_id: order.id,
            position: line.position,
            reseller_id: order.reseller_id,
            distributor_id: order.distributor_id,
            customer_id: order.customer_id,
            product_id: line.product_id,
            sku: line.sku.clone(),
            quantity: line.quantity,
            kind: line.kind,
            months: line.months,
            unit_price_minor: line.unit_minor,
            currency: order.currency.clone(),
            processed_on: self.program.day_of(self.now),
            activated_on: None,
            starts_on: None,
            ends_on: None,
            due_on: NO_END,
            base_id: line.base_id,
            serial_number: line.serial_number.clone(),
            warranty_starts_on: None,
            warranty_ends_on: None,
        };
        row.date(dates);
        row
    }

    /// One bad line refuses the whole order.
    fn refuse(
        &self,
        order: &Order,
        refused: &[(&OrderLine, &Refused)],
        conn: &mut Conn,
    ) -> Result<()> {
        let why = match refused {
            [(line, _)] => format!("Line {} cannot be processed.", line.position),
            lines => format!("{} lines cannot be processed.", lines.len()),
        };
        self.settle(order, OrderStatus::Refused, &why, conn)?;
        for (line, refused) in refused {
            diesel::update(order_lines::table.find(line.id))
                .set((
                    order_lines::refusal.eq(&refused.why),
                    order_lines::instead_sku.eq(&refused.instead_sku),
                ))
                .execute(conn)?;
        }
        let (from, to) = (order.status.label(), OrderStatus::Refused.label());
        let change = Change { from, to, why: &why };
        audit::record(self.by, &REFUSED, order.subject(), change, self.now, conn)?;
        telling::tell_refused(self.program, order, refused, self.site, self.now, conn)
    }

    fn settle(&self, order: &Order, status: OrderStatus, why: &str, conn: &mut Conn) -> Result<()> {
        let processed_at = (status == OrderStatus::Processed).then_some(self.now);
        let row = orders::table
            .find(order.id)
            .filter(orders::status.eq(order.status))
            .filter(orders::hold.eq(order.hold));
        let changed = diesel::update(row)
            .set((
                orders::status.eq(status),
                orders::hold.eq(Hold::None),
                orders::why.eq(why),
                orders::processed_at.eq(processed_at),
            ))
            .execute(conn)?;
        if changed == 0 {
            return Err(Error::LostRace);
        }
        Ok(())
    }
}

fn refused(why: String) -> Refused {
    Refused { why, instead_sku: String::new() }
}

fn bases_of(lines: &[OrderLine], conn: &mut Conn) -> Result<HashMap<i64, Base>> {
    let ids: Vec<i64> = lines.iter().filter_map(|line| line.base_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, String, Option<NaiveDate>, Option<i64>)> = licences::table
        .filter(licences::id.eq_any(ids))
        .select((licences::id, licences::reference, licences::ends_on, licences::renewed_by_id))
        .load(conn)?;
    let base = |(id, reference, ends_on, renewed_by_id): (_, _, _, Option<i64>)| {
        (id, Base { reference, ends_on, is_renewed: renewed_by_id.is_some() })
    };
    Ok(rows.into_iter().map(base).collect())
}
