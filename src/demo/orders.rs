//! The demo's orders: files like any vendor's, but with days counted from the day on which the
//! demo begins, so that there is always something that ends soon, and something still to be processed.

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;

use super::content::{self, OrderStep, OrderStepLine};
use super::inquiries;
use crate::audit::By;
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::orders;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::orders::import::{self, OrderFile};
use crate::orders::{Order, OrderStatus, Processor};
use crate::web::Site;

/// Imports every program's orders as the back office would. Run again, it goes on where it stopped.
pub(super) fn import(began_on: NaiveDate, site: &Site, now: Instant, db: &Db) -> Result<()> {
    for (slug, file) in content::orders()? {
        let dated = dated(&file, began_on)?;
        let file = OrderFile::read(&dated);
        let checked = db.read_blocking(|conn| {
            let program = Program::find_unscoped(&slug, conn)?;
            file.check(&program, now, conn)
        })?;
        let plan = checked.map_err(|faults| {
            let faults: Vec<String> = faults.iter().take(5).map(ToString::to_string).collect();
            Error::internal(format!("orders-{slug}.csv: {}", faults.join("; ")))
        })?;
        import::write(db, plan, None, site, now, |_| {})?;
    }
    Ok(())
}

/// The file with `T-350` as the day that is 350 days before the first.
fn dated(file: &str, began_on: NaiveDate) -> Result<Vec<u8>> {
    let mut lines = csv::Reader::from_reader(file.as_bytes());
    let heads = lines.headers().map_err(Error::internal)?.clone();
    let mut dated = csv::Writer::from_writer(Vec::new());
    dated.write_record(&heads).map_err(Error::internal)?;
    for line in lines.records() {
        let line = line.map_err(Error::internal)?;
        let cells = heads.iter().zip(&line).map(|(head, cell)| match days(cell) {
            Some(days) => written(head, began_on - Duration::days(days)),
            None => cell.to_owned(),
        });
        dated.write_record(cells).map_err(Error::internal)?;
    }
    dated.into_inner().map_err(|fault| Error::internal(fault.to_string()))
}

fn days(cell: &str) -> Option<i64> {
    cell.strip_prefix("T-")?.parse().ok()
}

/// A day as its column wants it: orders are released and processed in the morning.
fn written(head: &str, day: NaiveDate) -> String {
    match head {
        "released_at" => format!("{day}T08:00:00Z"),
        "processed_at" => format!("{day}T09:30:00Z"),
        _ => day.to_string(),
    }
}

/// What the order desk has done with those of them that were still to be processed. Run again, it leaves
/// alone what was done before.
pub(super) fn step(site: &Site, now: Instant, db: &Db) -> Result<()> {
    for line in content::order_steps()? {
        let site = site.clone();
        db.write_blocking(move |conn| take(&line, &site, now, conn))?;
    }
    Ok(())
}

fn take(line: &OrderStepLine, site: &Site, at: Instant, conn: &mut Conn) -> Result<()> {
    let scope = inquiries::scope_of(&line.by, &line.program, at, conn)?;
    let reference: String = orders::table
        .filter(orders::program_id.eq(scope.program().id))
        .filter(orders::external_number.eq(&line.number))
        .select(orders::reference)
        .first(conn)?;
    let order = Order::find_for(&scope, &reference, conn)?;
    if order.status != OrderStatus::Released {
        return Ok(());
    }
    match line.step {
        OrderStep::Hold => crate::orders::hold(&scope, &order, &line.why, at, conn),
        OrderStep::Cancel => crate::orders::cancel(&scope, &order, &line.why, site, at, conn),
        OrderStep::Process => {
            let by = By::Person(scope.actor());
            let processor = Processor::of(scope.program(), site, by, at, conn)?;
            processor.process(&order, conn).map(drop)
        }
    }
}
