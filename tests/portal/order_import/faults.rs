//! What is wrong with an order file is said with its place, and with what would be right.

use super::{RENEWAL, count};
use crate::support::Portal;
use crate::support::orders::{Cells, file};

/// What differs from a right line, and all that is said of it.
const WRONG: &[(Cells<'static>, &str)] = &[
    (
        &[("external_number", "")],
        "line 2, column external_number: It is empty. Every line needs it.",
    ),
    (
        &[("external_number", "SO\t1")],
        "line 2, column external_number: \"SO 1\": There is a control character in it. Remove line breaks and tabs.",
    ),
    (
        &[("program", "small")],
        "line 2, column program: \"small\": This import is for the program \"shield\". Write that, or import the lines of other programs from a file of their own.",
    ),
    (&[("reseller", "")], "line 2, column reseller: It is empty. Every line needs it."),
    (
        &[("reseller", "Acmee")],
        "line 2, column reseller: \"Acmee\": No partner of this reference or name is enrolled in Shield Guild. Write the partner's exact name or its reference; did you mean \"Acme\"?",
    ),
    (
        &[("reseller", "Nordic Supply")],
        "line 2, column reseller: \"Nordic Supply\": This organisation is enrolled in Shield Guild, but not as a partner. Write a partner here.",
    ),
    (
        &[("reseller", "Umbrella")],
        "line 2, column reseller: \"Umbrella\": No partner of this reference or name is enrolled in Shield Guild. Write the partner's exact name or its reference.",
    ),
    (
        &[("distributor", "Acme")],
        "line 2, column distributor: \"Acme\": This organisation is enrolled in Shield Guild, but not as a distributor. Write a distributor here.",
    ),
    (&[("customer", "")], "line 2, column customer: It is empty. Every line needs it."),
    (
        &[("customer", "-- ?!")],
        "line 2, column customer: \"-- ?!\": There is neither a letter nor a digit in it. Write the customer's name.",
    ),
    (
        &[("customer_country", "UK")],
        "line 2, column customer_country: \"UK\": This is not a country. Write two capital letters of ISO 3166-1, such as BE.",
    ),
    (
        &[("product", "WATCH-SIDE")],
        "line 2, column product: \"WATCH-SIDE\": Shield Guild has no such product. Write a product's code or its exact name; did you mean \"WATCH-SITE\"?",
    ),
    (
        &[("quantity", "0")],
        "line 2, column quantity: \"0\": This is not a number of units. Write a whole number from 1 to 10000000, without separators.",
    ),
    (
        &[("quantity", "1,000")],
        "line 2, column quantity: \"1,000\": This is not a number of units. Write a whole number from 1 to 10000000, without separators.",
    ),
    (
        &[("months", "61")],
        "line 2, column months: \"61\": A term is a whole number of months from 1 to 60. Leave it empty where there is no term.",
    ),
    (
        &[("months", "")],
        "line 2, column months: The term is missing. Give its months, from 1 to 60.",
    ),
    (
        &[("product", "WATCH-MAP")],
        "line 2, column months: \"12\": A perpetual licence has no term. Leave out the months (12 given).",
    ),
    (
        &[("kind", "buy")],
        "line 2, column kind: \"buy\": This is not a kind of line. Write new, renewal, change, trial or nfr.",
    ),
    (
        &[("released_at", "2026-02-02")],
        "line 2, column released_at: \"2026-02-02\": This is not an instant. Write date, time and offset, such as 2023-10-12T09:30:00+02:00.",
    ),
    (
        &[("released_at", "2026-02-03T00:00:00Z")],
        "line 2, column released_at: \"2026-02-03T00:00:00Z\": The order was released on 2026-02-03, after it was processed on 2026-02-02. Release comes first, or on the same day.",
    ),
    (
        &[("processed_at", "soon")],
        "line 2, column processed_at: \"soon\": This is not an instant. Write date, time and offset, such as 2023-10-12T09:30:00+02:00.",
    ),
    (
        &[("processed_at", "2026-03-02T02:00:00Z")],
        "line 2, column processed_at: \"2026-03-02T02:00:00Z\": This is still to come. Import an order when it has been processed.",
    ),
    (
        &[("processed_at", "0026-02-02T10:00:00Z")],
        "line 2, column processed_at: \"0026-02-02T10:00:00Z\": This is too long ago. Check the year.",
    ),
    (
        &[("activated_on", "3/2/2026")],
        "line 2, column activated_on: \"3/2/2026\": This is not a day. Write year, month and day, such as 2023-10-15.",
    ),
    (
        &[("activated_on", "2026-03-03")],
        "line 2, column activated_on: \"2026-03-03\": This day is still to come. Leave it empty until the licence is activated.",
    ),
    (
        &[("activated_on", "2026-02-01")],
        "line 2, column activated_on: \"2026-02-01\": It was activated on 2026-02-01, before its order was processed on 2026-02-02. Activation comes on that day or later.",
    ),
    (
        &[("unit_price", "")],
        "line 2, column unit_price: This is not an amount in JPY. Write the price of one unit in digits, such as 4900; 0 if it was free.",
    ),
    (
        &[("unit_price", "49.50")],
        "line 2, column unit_price: \"49.50\": This is not an amount in JPY. Write the price of one unit in digits, such as 4900; 0 if it was free.",
    ),
    (
        &[("unit_price", "1,5"), ("currency", "EUR")],
        "line 2, column unit_price: \"1,5\": This is not an amount in EUR. Write the price of one unit in digits, such as 49.00; 0 if it was free.",
    ),
    (
        &[("currency", "yen")],
        "line 2, column currency: \"yen\": This is not a currency. Write three capital letters of ISO 4217, or leave it empty for JPY.",
    ),
    (
        &[("renews", "L-00000-00000")],
        "line 2, column renews: \"L-00000-00000\": Only a renewal or a change refers to another licence. Leave it empty, or write renewal or change as the kind.",
    ),
    (
        RENEWAL,
        "line 2, column renews: The customer has no licence of this product to renew. Write the licence's reference or its order as number/line, or write new as the kind.",
    ),
    (
        &[("kind", "change"), ("activated_on", ""), ("renews", "SO-7/1")],
        "line 2, column renews: \"SO-7/1\": The customer has no licence of this reference or order line. Write a reference such as L-7K3QF-9M2XT, or an order as number/line such as SO-1001/2; it must be processed before this one.",
    ),
];

#[actix_web::test]
async fn what_is_wrong_is_named_with_its_place_and_what_would_be_right() {
    let portal = Portal::start().await;
    for (cells, said) in WRONG {
        assert_eq!(portal.refuses(&file(&[cells])), [*said], "{cells:?}");
    }
    assert_eq!(count(&portal), (0, 0, 0));
}

#[actix_web::test]
async fn every_fault_of_a_file_is_told_at_once_and_nothing_is_imported() {
    let portal = Portal::start().await;
    let said = portal.refuses(&file(&[
        &[("external_number", "A")],
        &[("external_number", "B"), ("quantity", "x"), ("kind", "y")],
        &[("external_number", "C"), ("product", "Z")],
    ]));
    let places: Vec<&str> = said.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    assert_eq!(
        places,
        ["line 3, column quantity", "line 3, column kind", "line 4, column product"]
    );
    assert_eq!(count(&portal), (0, 0, 0));
}

#[actix_web::test]
async fn a_file_that_is_no_table_is_refused() {
    let portal = Portal::start().await;
    let good = String::from_utf8(file(&[&[]])).unwrap();
    let headings = good.lines().next().unwrap();
    let cases: [(Vec<u8>, &str); 7] = [
        (Vec::new(), "the file: The file is empty."),
        (headings.into(), "the file: The file has headings and nothing below them."),
        (
            good.replacen("quantity", "count", 1).into(),
            "line 1: \"count\": There is no such column.",
        ),
        (
            good.replacen("sku", "product", 1).into(),
            "line 1, column product: The heading stands there twice.",
        ),
        (
            good.replacen("customer_country,", "", 1).into(),
            "line 1, column customer_country: The column is missing.",
        ),
        (format!("{good}SO-2,shield\n").into(), "line 3: The line has 2 cells, the headings 19."),
        ([good.as_bytes(), b"\xff\xfe"].concat(), "line 3: There is a letter that is not UTF-8."),
    ];
    for (bytes, beginning) in cases {
        let said = portal.refuses(&bytes);
        assert!(said.iter().any(|fault| fault.starts_with(beginning)), "{said:?}");
    }
    assert_eq!(count(&portal), (0, 0, 0));
}

#[actix_web::test]
async fn lines_of_one_order_agree_on_what_is_the_orders() {
    let portal = Portal::start().await;
    let said = portal.refuses(&file(&[&[], &[("customer", "Pied Piper"), ("reseller", "Globex")]]));
    assert_eq!(
        said,
        [
            "line 3, column reseller: \"Globex\": The order SO-1 has another value on line 2. All lines of an order say the same here; write another external number for another order.",
            "line 3, column customer: \"Pied Piper\": The order SO-1 has another value on line 2. All lines of an order say the same here; write another external number for another order.",
        ]
    );
}

#[actix_web::test]
async fn a_renewal_after_the_lapse_days_is_refused() {
    let portal = Portal::start().await;
    portal.imports(&[&[
        ("processed_at", "2024-12-20T03:00:00Z"),
        ("released_at", ""),
        ("activated_on", "2024-12-20"),
    ]]);
    assert_eq!(
        portal.refuses(&file(&[RENEWAL])),
        [
            "line 2, column kind: \"renewal\": The licence ended on 2025-12-19 and was renewed on 2026-02-02, but it can be renewed for only 40 days after its end. Buy it as new."
        ]
    );
}
