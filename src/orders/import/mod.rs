//! Orders from a file, or from the page that takes one: read and checked whole, decided whole, then
//! written in batches. What was processed elsewhere becomes licences; what was only released waits to be
//! processed here.
//!
//! Nothing is written unless every line is right. Each batch is a transaction of its own; when an
//! import is stopped between two, running it again goes on where it stopped, because an order
//! that is in the program already, with the same content, is left alone (domain, section 4).

mod batch;
mod cells;
mod dates;
mod directory;
mod held;
mod open;
mod order;
mod plan;
mod table;

use std::sync::Arc;

pub(super) use cells::EMPTY;
pub use order::{Order, OrderHead, OrderLine};
pub use plan::{Plan, PlannedLine, PlannedOrder};
pub use table::{Column, MOST_LINES};

use crate::audit::By;
use crate::auth::{Actor, Program};
use crate::clock::Instant;
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::sheet::{Fault, Sheet};
use crate::web::Site;
use batch::LineIds;

/// A file that was read as a table. Its cells are not checked yet.
pub struct OrderFile {
    sheet: Sheet<Column>,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub orders: usize,
    pub licences: usize,
    /// Of the orders, those that are still to be processed.
    pub open_orders: usize,
    /// Orders that were in the program already and were left alone.
    pub known_orders: usize,
}

impl OrderFile {
    pub fn read(bytes: &[u8]) -> Self {
        Self { sheet: table::read(bytes) }
    }

    /// The program that the first line names; the others must name the same.
    pub fn program(&self) -> Option<&str> {
        self.sheet.lines.first().map(|line| line.cell(Column::Program))
    }

    /// What is wrong with the file as a table: its headings, the number of cells in a line.
    pub fn faults(&self) -> &[Fault] {
        &self.sheet.faults
    }

    /// Decides the whole file and writes nothing: the plan, or everything that is wrong.
    pub fn check(
        &self,
        program: &Program,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<Result<Plan, Vec<Fault>>> {
        plan::check(&self.sheet.lines, program, now, self.sheet.faults.clone(), conn)
    }
}

/// Writes a plan of a few lines, all of it in the transaction of the caller.
pub(super) fn write_one(
    plan: &Plan,
    by: By<'_>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Imported> {
    let all = 0..plan.orders.len();
    let written = batch::write(plan, &all, &LineIds::new(), by, site, now, conn)?;
    Ok(Imported {
        orders: written.orders,
        licences: written.licences,
        open_orders: written.open_orders,
        known_orders: plan.known_orders + written.known_orders,
    })
}

/// Writes a plan; `progress` is told how many of its orders are done. Without a person it was the
/// command line.
pub fn write(
    db: &Db,
    plan: Plan,
    person: Option<&Actor>,
    site: &Site,
    now: Instant,
    mut progress: impl FnMut(usize),
) -> Result<Imported> {
    let mut done = Imported { known_orders: plan.known_orders, ..Imported::default() };
    let plan = Arc::new(plan);
    let mut line_ids = LineIds::new();
    for range in batch::batches(&plan) {
        let end = range.end;
        let written = {
            let (plan, person, site) = (Arc::clone(&plan), person.cloned(), site.clone());
            let bases = batch::planned_bases(&plan, &range, &line_ids);
            db.write_blocking(move |conn| {
                let by = person.as_ref().map_or(By::Portal("the order import"), By::Person);
                batch::write(&plan, &range, &bases, by, &site, now, conn)
            })?
        };
        line_ids.extend(written.line_ids);
        done.orders += written.orders;
        done.licences += written.licences;
        done.open_orders += written.open_orders;
        done.known_orders += written.known_orders;
        progress(end);
    }
    Ok(done)
}
