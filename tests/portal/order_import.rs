//! Orders from a file: what is wrong is named line by line and nothing is written; what is right
//! is written once, however often, by however many, and wherever it was stopped.

mod faults;
mod kills;

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::db::schema::{audit_events, customers, licences, orders};
use portal::licences::rules::LineKind;
use portal::orders::import::{self, OrderFile};

use crate::support::Portal;
use crate::support::orders::{Cells, file};

/// What a licence has become.
#[derive(Debug, PartialEq, Eq, Queryable)]
struct Row {
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    due_on: NaiveDate,
    base_id: Option<i64>,
    renewed_by_id: Option<i64>,
}

fn licence(portal: &Portal, order: &str, position: i32) -> (i64, Row) {
    portal.read(|conn| {
        Ok(licences::table
            .inner_join(orders::table)
            .filter(orders::external_number.eq(order))
            .filter(licences::position.eq(position))
            .select((
                licences::id,
                (
                    licences::starts_on,
                    licences::ends_on,
                    licences::due_on,
                    licences::base_id,
                    licences::renewed_by_id,
                ),
            ))
            .first(conn)?)
    })
}

fn count(portal: &Portal) -> (i64, i64, i64) {
    portal.read(|conn| {
        Ok((
            orders::table.count().get_result(conn)?,
            licences::table.count().get_result(conn)?,
            customers::table.count().get_result(conn)?,
        ))
    })
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const RENEWAL: Cells<'static> =
    &[("external_number", "SO-2"), ("kind", "renewal"), ("activated_on", "")];

#[actix_web::test]
async fn the_first_file_makes_customers_orders_and_licences_with_their_history() {
    let portal = Portal::start().await;
    let done = portal.imports(&[
        &[],
        &[("product", "Help within the hour"), ("sku", "'=H-12"), ("unit_price", "0")],
        &[("external_number", "SO-3"), ("customer", "HOOLI."), ("reseller", "Globex")],
    ]);
    assert_eq!((done.orders, done.licences, done.known_orders), (2, 3, 0));
    assert_eq!(count(&portal), (2, 3, 1), "Hooli is one customer, however it is written");
    let (_, first) = licence(&portal, "SO-1", 1);
    assert_eq!(first.starts_on, Some(day("2026-02-03")), "activated after it was processed");
    assert_eq!(first.ends_on, Some(day("2027-02-02")));
    assert_eq!(first.due_on, day("2027-02-02"));
    let (told, sku): (Vec<(String, i64)>, String) = portal.read(|conn| {
        let told = audit_events::table
            .filter(audit_events::action.ne("program.imported"))
            .group_by(audit_events::action)
            .order(audit_events::action)
            .select((audit_events::action, diesel::dsl::count_star()))
            .load(conn)?;
        let help = licences::table.filter(licences::position.eq(2));
        Ok((told, help.select(licences::sku).first(conn)?))
    });
    let expected = [
        ("customer.created", 1),
        ("licence.created", 3),
        ("order.imported", 2),
        ("schedule.issued", 2),
    ];
    assert_eq!(told, expected.map(|(action, count)| (action.to_owned(), count)));
    assert_eq!(sku, "=H-12", "a cell that our own files guard is understood");
}

#[actix_web::test]
async fn both_date_policies_hold_in_the_zone_of_the_program() {
    let portal = Portal::start().await;
    portal.imports(&[
        // 31 March 2022, 23:59 in Tokyo: the last minute under "order processed".
        &[
            ("external_number", "BEFORE"),
            ("released_at", ""),
            ("processed_at", "2022-03-31T14:59:00Z"),
            ("activated_on", "2022-05-05"),
        ],
        // A minute later it is 1 April there, and the term waits for its activation.
        &[
            ("external_number", "AFTER"),
            ("released_at", ""),
            ("processed_at", "2022-03-31T15:00:00Z"),
            ("activated_on", "2022-05-05"),
        ],
        &[("external_number", "WAITING"), ("activated_on", "")],
    ]);
    assert_eq!(licence(&portal, "BEFORE", 1).1.starts_on, Some(day("2022-03-31")));
    assert_eq!(licence(&portal, "AFTER", 1).1.starts_on, Some(day("2022-05-05")));
    let (_, waiting) = licence(&portal, "WAITING", 1);
    assert_eq!((waiting.starts_on, waiting.ends_on), (None, None));
    assert_eq!(waiting.due_on, portal::licences::NO_END);
}

#[actix_web::test]
async fn a_renewal_finds_what_it_renews_and_starts_the_day_after() {
    let portal = Portal::start().await;
    portal.imports(&[&[
        ("processed_at", "2025-02-20T03:00:00Z"),
        ("released_at", ""),
        ("activated_on", "2025-02-20"),
    ]]);
    portal.imports(&[RENEWAL]);
    let ((old_id, old), (new_id, new)) = (licence(&portal, "SO-1", 1), licence(&portal, "SO-2", 1));
    assert_eq!(old.ends_on, Some(day("2026-02-19")));
    assert_eq!((old.renewed_by_id, new.base_id), (Some(new_id), Some(old_id)));
    assert_eq!((new.starts_on, new.ends_on), (Some(day("2026-02-20")), Some(day("2027-02-19"))));
}

#[actix_web::test]
async fn a_file_may_renew_and_change_its_own_lines_in_the_order_of_processing() {
    let portal = Portal::start().await;
    let old: Cells<'_> = &[
        ("external_number", "OLD"),
        ("released_at", ""),
        ("processed_at", "2025-02-20T03:00:00Z"),
        ("activated_on", "2025-02-20"),
    ];
    let more: Cells<'_> = &[
        ("external_number", "MORE"),
        ("released_at", ""),
        ("processed_at", "2025-08-01T03:00:00Z"),
        ("kind", "change"),
        ("months", ""),
        ("activated_on", ""),
    ];
    // The file has them the other way round.
    portal.imports(&[RENEWAL, more, old]);
    let (old_id, old) = licence(&portal, "OLD", 1);
    let (_, more) = licence(&portal, "MORE", 1);
    let (renewal_id, renewal) = licence(&portal, "SO-2", 1);
    assert_eq!((more.starts_on, more.ends_on), (Some(day("2025-08-01")), old.ends_on));
    assert_eq!((more.base_id, renewal.base_id), (Some(old_id), Some(old_id)));
    assert_eq!(old.renewed_by_id, Some(renewal_id));
    assert_eq!(more.renewed_by_id, Some(renewal_id), "the renewal covers what was added");
}

#[actix_web::test]
async fn several_candidates_are_named_and_one_can_be_written() {
    let portal = Portal::start().await;
    let ended = [("released_at", ""), ("processed_at", "2025-02-20T03:00:00Z")];
    let first = [&ended[..], &[("external_number", "A"), ("activated_on", "2025-02-20")]].concat();
    let second = [&ended[..], &[("external_number", "B"), ("activated_on", "2025-02-21")]].concat();
    portal.imports(&[&first, &second]);
    let said = portal.refuses(&file(&[RENEWAL]));
    assert_eq!(said.len(), 1);
    assert!(
        said[0].contains("has several licences of this product to renew. Write which: L-"),
        "{said:?}"
    );
    assert!(said[0].contains("(5 units, ends 2026-02-20)"), "{said:?}");
    let named = [RENEWAL, &[("renews", "B/1")]].concat();
    portal.imports(&[&named]);
    assert!(licence(&portal, "A", 1).1.renewed_by_id.is_none());
    assert!(licence(&portal, "B", 1).1.renewed_by_id.is_some());
    let again = [&[("external_number", "SO-3")][..], &named[1..]].concat();
    assert_eq!(
        portal.refuses(&file(&[&again])),
        [
            "line 2, column renews: \"B/1\": This licence was renewed already. Write the licence that renewed it, or write new as the kind."
        ]
    );
}

#[actix_web::test]
async fn a_device_is_renewed_by_its_serial_number() {
    let portal = Portal::start().await;
    let device = |order: &'static str, serial: &'static str| {
        [
            ("external_number", order),
            ("product", "ALARM-CARE"),
            ("serial_number", serial),
            ("released_at", ""),
            ("processed_at", "2025-02-20T03:00:00Z"),
            ("activated_on", "2025-02-20"),
        ]
    };
    portal.imports(&[&device("A", "SN-1"), &device("B", "SN-2")]);
    let renewal = [RENEWAL, &[("product", "ALARM-CARE"), ("serial_number", "SN-2")]].concat();
    portal.imports(&[&renewal]);
    assert!(licence(&portal, "A", 1).1.renewed_by_id.is_none());
    assert!(licence(&portal, "B", 1).1.renewed_by_id.is_some());
    assert_eq!(licence(&portal, "SO-2", 1).1.starts_on, None, "alarms are renewed by a key");
}

#[actix_web::test]
async fn a_paid_term_ends_the_trial_the_day_before() {
    let portal = Portal::start().await;
    portal.imports(&[&[
        ("external_number", "TRY"),
        ("kind", "trial"),
        ("months", "3"),
        ("unit_price", ""),
        ("activated_on", "2026-02-02"),
    ]]);
    assert_eq!(licence(&portal, "TRY", 1).1.ends_on, Some(day("2026-05-01")));
    portal.imports(&[&[("activated_on", "2026-02-20")]]);
    let (_, trial) = licence(&portal, "TRY", 1);
    assert_eq!((trial.ends_on, trial.due_on), (Some(day("2026-02-19")), day("2026-02-19")));
}

#[actix_web::test]
async fn the_same_file_again_changes_nothing_and_another_content_is_a_conflict() {
    let portal = Portal::start().await;
    let lines: [Cells<'_>; 2] = [&[], RENEWAL];
    let first = portal.imports(&lines);
    assert_eq!((first.orders, first.known_orders), (2, 0));
    let before = count(&portal);
    let again = portal.imports(&lines);
    assert_eq!((again.orders, again.licences, again.known_orders), (0, 0, 2));
    assert_eq!(count(&portal), before);
    // Written another way, it is the same.
    let same =
        [("unit_price", "4900"), ("currency", "JPY"), ("processed_at", "2026-02-02T01:00:00Z")];
    assert_eq!(portal.imports(&[&same]).known_orders, 1);
    assert_eq!(
        portal.refuses(&file(&[&[("quantity", "6")]])),
        [
            "line 2, column external_number: \"SO-1\": Conflict: an order of this number was imported before, with other content. Orders are not changed by a second import: write the lines as they were, or give a new order a new number."
        ]
    );
    assert_eq!(count(&portal), before);
}

/// A file of several batches in which each order of the second half renews one of the first.
fn long_file(orders: usize) -> Vec<u8> {
    let numbers: Vec<(String, String)> =
        (0..orders).map(|n| (format!("N-{n}"), format!("Customer {n}"))).collect();
    let renewals: Vec<String> = (0..orders).map(|n| format!("R-{n}")).collect();
    let mut lines: Vec<Vec<(&str, &str)>> = Vec::new();
    for (number, customer) in &numbers {
        lines.push(vec![
            ("external_number", number.as_str()),
            ("customer", customer),
            ("released_at", ""),
            ("processed_at", "2025-02-20T03:00:00Z"),
            ("activated_on", "2025-02-20"),
        ]);
    }
    for ((_, customer), renewal) in numbers.iter().zip(&renewals) {
        lines.push(vec![
            ("external_number", renewal.as_str()),
            ("customer", customer),
            ("kind", "renewal"),
            ("activated_on", ""),
        ]);
    }
    let lines: Vec<Cells<'_>> = lines.iter().map(Vec::as_slice).collect();
    file(&lines)
}

#[actix_web::test]
async fn an_import_that_was_stopped_goes_on_where_it_stopped() {
    let portal = Portal::start().await;
    let bytes = long_file(400);
    let program = portal.program("shield");
    let now = portal.app.clock.now();
    let plan = portal
        .read(|conn| OrderFile::read(&bytes).check(&program, now, conn))
        .expect("the file is right");
    let db = portal.db().clone();
    // The process dies after the first batch: its transaction stands, the next never begins.
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        import::write(&db, plan, None, &portal.app.site, now, |_| panic!("killed"))
    }));
    assert!(stopped.is_err());
    let (orders, _, _) = count(&portal);
    assert!((1..800).contains(&orders), "{orders} orders were written before it died");
    let rest = portal.import_orders(&bytes).unwrap();
    assert_eq!(rest.known_orders as i64, orders);
    assert_eq!(rest.orders as i64, 800 - orders);
    assert_eq!(count(&portal), (800, 800, 400));
    assert_eq!(renewed(&portal), 400);
}

fn renewed(portal: &Portal) -> i64 {
    portal.read(|conn| {
        Ok(licences::table
            .filter(licences::kind.eq(LineKind::New))
            .filter(licences::renewed_by_id.is_not_null())
            .count()
            .get_result(conn)?)
    })
}

#[actix_web::test]
async fn two_processes_that_import_one_file_at_once_import_it_once() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let bytes = long_file(300);
    let now = portal.app.clock.now();
    let program = portal.program("shield");
    let plans = [&portal, &beside].map(|one| {
        let checked = one.read(|conn| OrderFile::read(&bytes).check(&program, now, conn));
        (one.db().clone(), checked.expect("the file is right"))
    });
    let running = plans.map(|(db, plan)| {
        let site = portal.app.site.clone();
        std::thread::spawn(move || import::write(&db, plan, None, &site, now, |_| ()).unwrap())
    });
    let done = running.map(|one| one.join().unwrap());
    assert_eq!(done[0].orders + done[1].orders, 600);
    assert_eq!(done[0].known_orders + done[1].known_orders, 600);
    assert_eq!(count(&portal), (600, 600, 300));
    assert_eq!(renewed(&portal), 300);
}

#[actix_web::test]
async fn the_back_office_checks_and_imports_on_a_page() {
    let portal = Portal::start().await;
    let mut desk = portal.back_office();
    let path = "/p/shield/orders/import";
    let bytes = file(&[&[]]);
    desk.get(path).await.is(200).shows("label", "Order file").shows("button", "Check");
    let send = |action: &'static str| [("action", action)];
    let report = desk.upload(path, ("file", "orders.csv", &bytes), &send("check")).await.is(200);
    report.shows("table", "Hooli").shows("table", "Starts on the day it was activated.");
    assert_eq!(count(&portal), (0, 0, 0), "a check writes nothing");
    desk.upload(path, ("file", "orders.csv", &bytes), &send("import")).await.goes_to(path);
    desk.get(path).await.shows("[role=status]", "Imported 1 order with 1 licence.");
    desk.upload(path, ("file", "orders.csv", &bytes), &send("import")).await.goes_to(path);
    desk.get(path).await.shows("[role=status]", "1 order was imported before and left alone.");
    let wrong = file(&[&[("external_number", "SO-9"), ("quantity", "<b>")]]);
    desk.upload(path, ("file", "orders.csv", &wrong), &send("import"))
        .await
        .is(422)
        .shows(".error-summary", "The file has 1 fault; nothing was imported.")
        .shows("td", "quantity")
        .shows("td", "<b>")
        .shows("td", "Write a whole number");
    desk.upload(path, ("file", "orders.csv", b""), &send("check"))
        .await
        .is(422)
        .shows(".error-summary", "Choose the order file.");
    assert_eq!(count(&portal), (1, 1, 1));
}

#[actix_web::test]
async fn the_history_names_who_imported() {
    let portal = Portal::start().await;
    let bytes = file(&[&[]]);
    let mut manager = portal.manager();
    let action = [("action", "import")];
    let path = "/p/shield/orders/import";
    manager.upload(path, ("file", "orders.csv", &bytes), &action).await.goes_to(path);
    let by: Vec<String> = portal.read(|conn| {
        let events = audit_events::table.filter(audit_events::subject_kind.eq("licence"));
        Ok(events.select(audit_events::actor_name).load(conn)?)
    });
    assert_eq!(by, ["Mona Manager (Shield Security)"]);
}

#[actix_web::test]
async fn only_the_desk_imports() {
    let portal = Portal::start().await;
    for key in ["owner", "colleague", "distributor", "cam"] {
        let mut visitor = portal.visitor(key);
        visitor.get("/p/shield/orders/import").await.is(403);
        let upload = ("file", "orders.csv", &file(&[&[]])[..]);
        visitor.upload("/p/shield/orders/import", upload, &[("action", "import")]).await.is(403);
    }
    portal.visitor("rival").get("/p/shield/orders/import").await.is(404);
    assert_eq!(count(&portal), (0, 0, 0));
}
