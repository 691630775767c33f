//! The demo's orders: files like any vendor's, but with days counted from the day on which the
//! demo begins, so that there is always something that ends soon.

use chrono::{Duration, NaiveDate};

use super::content;
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::orders::import::{self, OrderFile};
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
