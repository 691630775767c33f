//! Orders that are still to be processed: from a file, and typed in by the back office.

use diesel::prelude::*;
use portal::db::schema::{audit_events, licences, orders};
use portal::sweeps;

use crate::support::Portal;
use crate::support::orders::{Cells, file};

const OPEN: Cells<'static> = &[
    ("processed_at", ""),
    ("activated_on", ""),
    ("external_number", "O-1"),
    ("sku", "F012J1WSITEX"),
];

/// The address of an order by the number that it came with.
fn address(portal: &Portal, number: &str) -> String {
    let reference: String = portal.read(|conn| {
        let of = orders::table.filter(orders::external_number.eq(number));
        Ok(of.select(orders::reference).first(conn)?)
    });
    format!("/p/shield/orders/{reference}")
}

fn licences(portal: &Portal) -> i64 {
    portal.read(|conn| Ok(licences::table.count().get_result(conn)?))
}

fn with<'a>(line: Cells<'a>, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    // The first of a name is taken.
    more.iter().chain(line).copied().collect()
}

#[actix_web::test]
async fn a_file_brings_orders_that_are_processed_here() {
    let portal = Portal::start().await;
    let second = with(OPEN, &[("quantity", "7")]);
    let done = portal.imports(&[&[], OPEN, &second]);
    assert_eq!((done.orders, done.open_orders, done.licences), (2, 1, 1));
    let order = address(&portal, "O-1");
    assert_eq!(portal.order_stands(&order), ("released".into(), String::new(), String::new()));
    let mut desk = portal.visitor("back_office");
    let page = desk.get(&order).await.is(200);
    let page = page.shows("main", "O-1").shows("main", "Released").shows("main", "Process");
    // 12 units at 4,900 yen; nobody said what the reseller pays.
    page.shows("tbody", "JPY 24,500").shows("tfoot", "58,800");
    let again = portal.imports(&[OPEN, &second]);
    assert_eq!((again.orders, again.open_orders, again.known_orders), (0, 0, 1));
    let history: Vec<(String, String)> = portal.read(|conn| {
        Ok(audit_events::table
            .filter(audit_events::action.eq("order.imported"))
            .order(audit_events::id)
            .select((audit_events::subject_name, audit_events::to_value))
            .load(conn)?)
    });
    let expected = [("SO-1", "Processed"), ("O-1", "Released")];
    assert_eq!(history, expected.map(|(name, to)| (name.to_owned(), to.to_owned())));
}

#[actix_web::test]
async fn where_the_policy_says_so_what_a_file_brings_is_processed_by_itself() {
    let portal = Portal::start().await;
    portal.imports(&[OPEN]);
    sweeps::run_standing(sweeps::STANDING, &portal.app).unwrap();
    assert_eq!(licences(&portal), 0, "by hand");
    portal.processes_by_itself();
    sweeps::run_standing(sweeps::STANDING, &portal.app).unwrap();
    assert_eq!(portal.order_stands(&address(&portal, "O-1")).0, "processed");
    assert_eq!(licences(&portal), 1);
}

#[actix_web::test]
async fn an_order_of_a_file_renews_what_the_file_has_processed() {
    let portal = Portal::start().await;
    let renewal = with(OPEN, &[("kind", "renewal"), ("renews", "SO-1/1"), ("sku", "G012J1WSITEX")]);
    portal.imports(&[&renewal, &[]]);
    let mut desk = portal.visitor("back_office");
    let order = address(&portal, "O-1");
    desk.post(&format!("{order}/processing"), &[]).await.goes_to(&order);
    let renewed: Vec<(Option<i64>, Option<i64>)> = portal.read(|conn| {
        Ok(licences::table
            .order(licences::id)
            .select((licences::base_id, licences::renewed_by_id))
            .load(conn)?)
    });
    assert_eq!(renewed.len(), 2);
    assert!(renewed[0].1.is_some() && renewed[1].0.is_some(), "{renewed:?}");
}

#[actix_web::test]
async fn what_cannot_be_processed_later_is_said_of_the_file() {
    let portal = Portal::start().await;
    for (line, said) in [
        (with(&[], &[("processed_at", ""), ("released_at", "")]), "and so is released_at"),
        (with(&[], &[("processed_at", "")]), "is not processed yet cannot be activated"),
        (with(OPEN, &[("released_at", "2999-01-01T00:00:00Z")]), "still to come"),
        (with(OPEN, &[("kind", "renewal")]), "has no licence of this product to renew"),
        (with(OPEN, &[("months", "")]), "column months"),
        (with(OPEN, &[("quantity", "10000000"), ("unit_price", "999999999999999")]), "be counted"),
    ] {
        let faults = portal.refuses(&file(&[&line]));
        assert!(faults.iter().any(|fault| fault.contains(said)), "{said}: {faults:?}");
    }
    // One currency, and each licence renewed once; an open order's lines are no licences yet.
    let euro = with(OPEN, &[("currency", "EUR")]);
    let faults = portal.refuses(&file(&[OPEN, &euro]));
    assert!(faults[0].contains("line 3, column currency"), "{faults:?}");
    let renewal = |number| {
        with(OPEN, &[("external_number", number), ("kind", "renewal"), ("renews", "SO-1/1")])
    };
    let faults = portal.refuses(&file(&[&[], &renewal("A"), &renewal("B")]));
    assert!(faults[0].contains("line 4, column renews"), "{faults:?}");
    let renewal = renewal("A");
    let of_open = with(&renewal, &[("renews", "O-1/1")]);
    let faults = portal.refuses(&file(&[OPEN, &of_open]));
    assert!(faults[0].contains("column renews"), "{faults:?}");
    assert_eq!(licences(&portal), 0);
}

const TYPED: &[(&str, &str)] = &[
    ("external_number", "PO-77"),
    ("released_on", "2026-02-02"),
    ("reseller", "Acme"),
    ("distributor", "Nordic Supply"),
    ("customer", "Hooli"),
    ("customer_country", "jp"),
    ("delivery", "Hooli, gate 4"),
    ("currency", ""),
];

fn typed<'a>(order: &[(&'a str, &'a str)], lines: &[[&'a str; 8]]) -> Vec<(&'a str, &'a str)> {
    let names =
        ["product", "kind", "quantity", "months", "unit_price", "sku", "serial_number", "renews"];
    let cells = lines.iter().flat_map(|line| names.into_iter().zip(*line));
    let mut all: Vec<(&str, &str)> = order.to_vec();
    for (name, value) in TYPED {
        if !order.iter().any(|(said, _)| said == name) {
            all.push((name, value));
        }
    }
    all.into_iter().chain(cells).collect()
}

const NONE: [&str; 8] = ["", "new", "", "", "", "", "", ""];

#[actix_web::test]
async fn the_back_office_types_an_order_in() {
    let portal = Portal::start().await;
    let mut desk = portal.visitor("back_office");
    desk.get("/p/shield/orders").await.shows("main", "New order");
    desk.get("/p/shield/orders/new").await.is(200).shows("datalist", "Site watch");
    let lines = [
        NONE,
        ["WATCH-SEAT", "new", "30", "12", "", "", "", ""],
        ["WATCH-SITE", "trial", "1", "1", "", "", "", ""],
        ["WATCH-SITE", "new", "2", "12", "4100", "F012J1WSITEX", "", ""],
    ];
    let order = desk.post("/p/shield/orders/new", &typed(&[], &lines)).await.created();
    assert_eq!(order, address(&portal, "PO-77"));
    assert_eq!(portal.order_stands(&order).0, "released");
    let page = desk.get(&order).await.is(200);
    let page =
        page.shows(".facts", "PO-77").shows(".facts", "Nordic Supply").shows("main", "gate 4");
    let rows = page.all("tbody tr");
    assert_eq!(rows.len(), 3, "the empty line is none");
    // The list's price of the day for that many, and the SKU that is right then.
    assert!(rows[0].contains("30"), "{}", rows[0]);
    let cells: Vec<(String, i64)> = portal.read(|conn| {
        use portal::db::schema::order_lines;
        Ok(order_lines::table
            .order(order_lines::position)
            .select((order_lines::sku, order_lines::unit_minor))
            .load(conn)?)
    });
    assert_eq!(cells[2], ("F012J1WSITEX".to_owned(), 4_100));
    assert_eq!(cells[1].1, 0, "a trial costs nothing");
    assert!(cells[0].1 > 0 && !cells[0].0.is_empty(), "{cells:?}");
    // The same number again is said, and changes nothing.
    let again = desk.post("/p/shield/orders/new", &typed(&[], &lines)).await.is(422);
    again.shows(".error-summary", "entered before");
    assert_eq!(portal.read(|conn| Ok(orders::table.count().get_result::<i64>(conn)?)), 1);
    let other = typed(&[("delivery", "")], &lines);
    let other = desk.post("/p/shield/orders/new", &other).await.is(422);
    other.shows(".error-summary", "Conflict");
    desk.post(&format!("{order}/processing"), &[]).await.goes_to(&order);
    assert_eq!(portal.order_stands(&order).0, "processed");
    assert_eq!(licences(&portal), 3);
}

#[actix_web::test]
async fn what_is_wrong_with_a_typed_order_stands_where_it_is() {
    let portal = Portal::start().await;
    let mut desk = portal.visitor("back_office");
    let line = ["WATCH-SEAT", "new", "30", "12", "", "", "", ""];
    for (order, lines, said) in [
        (vec![("released_on", "2999-01-01")], vec![line], "still to come"),
        (vec![("released_on", "soon")], vec![line], "as a date"),
        (vec![("reseller", "Acmee")], vec![line], "did you mean"),
        (vec![("distributor", "Acme")], vec![line], "not as a distributor"),
        (vec![("customer", "")], vec![line], "Customer: It is empty"),
        (vec![("customer_country", "Japan")], vec![line], "Country: This is not a country"),
        (vec![("external_number", "")], vec![line], "Order number: It is empty"),
        (
            vec![],
            vec![["WATCH-SEAT", "new", "1", "11", "", "", "", ""]],
            "Line 1, unit price: No list",
        ),
        (vec![("currency", "GOLD")], vec![line], "Enter a currency"),
        (vec![], vec![NONE], "Enter at least one line"),
        (vec![], vec![NONE, ["NOTHING", "new", "1", "", "", "", "", ""]], "Line 2, product"),
        (vec![], vec![["WATCH-SEAT", "new", "many", "12", "", "", "", ""]], "Line 1, quantity"),
        (vec![], vec![["WATCH-SEAT", "new", "1", "99", "", "", "", ""]], "Line 1, months"),
        (vec![], vec![["WATCH-SEAT", "new", "1", "12", "-5", "", "", ""]], "Line 1, unit price"),
        (vec![], vec![["WATCH-SEAT", "renewal", "1", "12", "", "", "", ""]], "Line 1, renews"),
        (vec![], vec![["WATCH-SEAT", "gift", "1", "12", "", "", "", ""]], "Line 1, kind"),
    ] {
        let page = desk.post("/p/shield/orders/new", &typed(&order, &lines)).await.is(422);
        page.shows(".error-summary", said);
    }
    // What was typed is still there.
    let page = desk.post("/p/shield/orders/new", &typed(&[("customer", "")], &[line])).await;
    assert_eq!(page.attributes("input[name='reseller']", "value"), ["Acme"]);
    assert_eq!(portal.read(|conn| Ok(orders::table.count().get_result::<i64>(conn)?)), 0);
    portal.visitor("distributor").get("/p/shield/orders/new").await.is(403);
    portal.owner().get("/p/shield/orders/new").await.is(403);
}
