//! An import that is killed, again and again: what was written stands whole, and the same file
//! completes it with nothing twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use portal::db::Db;
use portal::db::schema::{audit_events, licences, orders};

use crate::demo::{open, plan, prepare};
use crate::support::binary::{portal, run};

const ORDERS: usize = 600;
const LINES: usize = 4;

/// Half of the orders are new, each of the others renews the first line of one of them.
fn file(quantity_of_last: usize) -> String {
    let heads = "external_number,program,distributor,delivery,reseller,customer,customer_country,\
                 product,sku,quantity,months,kind,released_at,processed_at,activated_on,\
                 serial_number,unit_price,renews";
    let mut text = format!("{heads}\n");
    let products = ["EPUSRZ", "SVSRVZ", "MBDEVZ", "EMUSRZ"];
    for order in 0..ORDERS {
        let customer = order % (ORDERS / 2);
        let day = if order == customer { "2022-09-30" } else { "2023-09-01" };
        for (line, product) in products.iter().enumerate() {
            let renews = match (order == customer, line) {
                (false, 0) => format!("KILL-{customer}/1"),
                _ => String::new(),
            };
            let kind = if renews.is_empty() { "new" } else { "renewal" };
            let last = order + 1 == ORDERS && line + 1 == LINES;
            let quantity = if last { quantity_of_last } else { 1 + order % 40 };
            text.push_str(&format!(
                "KILL-{order},sophos,Kappa Data,,Moselle Systems,Customer {customer},LU,{product},\
                 {product}-X,{quantity},12,{kind},{day}T08:00:00Z,{day}T10:00:00Z,,,34.50,{renews}\n",
            ));
        }
    }
    text
}

/// Orders, their lines, the lines' beginnings in the history, and how many were renewed.
fn counts(db: &Db) -> (usize, usize, usize, usize) {
    let counts: (i64, i64, i64, i64) = db
        .read_blocking(|conn| {
            let lines = licences::table
                .inner_join(orders::table)
                .filter(orders::external_number.like("KILL-%"));
            let created = audit_events::table
                .filter(audit_events::action.eq("licence.created"))
                .filter(audit_events::subject_id.eq_any(lines.select(licences::id)));
            let found = orders::table.filter(orders::external_number.like("KILL-%"));
            Ok((
                found.count().get_result(conn)?,
                lines.count().get_result(conn)?,
                created.count().get_result(conn)?,
                lines.filter(licences::renewed_by_id.is_not_null()).count().get_result(conn)?,
            ))
        })
        .unwrap();
    let (orders, lines, created, renewed) = counts;
    (orders as usize, lines as usize, created as usize, renewed as usize)
}

/// Starts the import and kills it once so many orders are there; gives how many then are.
fn kill_at(wanted: usize, data: &str, file: &Path, db: &Db) -> usize {
    let mut child = portal(&["import", "orders", file.to_str().unwrap(), "--data", data])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while counts(db).0 < wanted && child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(120), "it does not get to {wanted} orders");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    counts(db).0
}

#[test]
fn killed_at_any_line_and_run_again_it_completes_with_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let db = open(folder.path());
    prepare(plan(90_000), &db).unwrap();
    let orders = folder.path().join("orders.csv");
    std::fs::write(&orders, file(7)).unwrap();

    let mut stopped_at = BTreeSet::new();
    for wanted in [1, 137, 138, 290, 411, 555] {
        let there = kill_at(wanted, data, &orders, &db);
        let (orders, lines, created, _) = counts(&db);
        assert_eq!((lines, created), (orders * LINES, orders * LINES), "an order is there whole");
        stopped_at.insert(there);
    }
    let halfway = stopped_at.iter().filter(|there| (1..ORDERS).contains(*there)).count();
    assert!(halfway >= 2, "it was killed between its first order and its last: {stopped_at:?}");

    let import = ["import", "orders", orders.to_str().unwrap(), "--data", data];
    run(&import).succeeds();
    let whole = (ORDERS, ORDERS * LINES, ORDERS * LINES, ORDERS / 2);
    assert_eq!(counts(&db), whole);
    let again = run(&import).succeeds().out;
    assert!(again.contains(&format!("Left alone: {ORDERS} orders")), "{again}");

    // The same number with other content changes nothing, not even what is new beside it.
    let mut other = file(8);
    other.push_str(&other.lines().last().unwrap().replace("KILL-599", "KILL-NEW"));
    std::fs::write(&orders, other).unwrap();
    let refused = run(&import);
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("KILL-599"), "{}", refused.err);
    assert_eq!(counts(&db), whole);
}
