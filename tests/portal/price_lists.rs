//! Price lists: checked whole, published before their day, replaced while they are to come.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use diesel::prelude::*;
use futures_util::future::join;
use iso_currency::Currency;
use portal::auth::Program;
use portal::catalogue::{Prices, Wanted};
use portal::db::schema::{price_lists, prices};

use crate::support::Portal;
use crate::support::prices::{IMPORT, TODAYS, priced};

const NEW_YEAR: &str = "2027-01-01";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[actix_web::test]
async fn a_check_shows_what_would_change_and_writes_nothing() {
    let portal = Portal::start().await;
    portal.manager().get(IMPORT).await.is(200).shows("code", "from_quantity");
    let text = priced(&[
        ("WATCH-SEAT,12,1,3000", "WATCH-SEAT,12,1,3300"),
        ("WATCH-SITE,12,1,30000", "WATCH-SITE,12,1,29000"),
        ("ALARM-HUB,,1,48000", "ALARM-HUB,,1,72000"),
        ("WATCH-MAP,,1,64999\n", ""),
        ("WATCH-HELP,12,1,25000\n", "WATCH-HELP,12,1,25000\nALARM-SENSOR,,,900\n"),
    ]);
    let page = portal.check_prices(&text, NEW_YEAR).await.is(200);
    let page = page
        .shows(".flash.good", "The file is right: 23 prices in JPY from 1 January 2027.")
        .shows("main p", "Compared with the list from 1 January 2024, which holds until then.")
        .shows(".stat", "Dearer2")
        .shows(".stat", "Cheaper1")
        .shows(".stat", "New1")
        .shows(".stat", "No longer listed1")
        .shows(".stat", "As before19");
    assert_eq!(
        page.all("tbody tr"),
        [
            "ALARM-HUB None 1 JPY 48,000 JPY 72,000 +50.0 %",
            "WATCH-SEAT 12 months 1 JPY 3,000 JPY 3,300 +10.0 %",
            "WATCH-SITE 12 months 1 JPY 30,000 JPY 29,000 \u{2212}3.3 %",
            "WATCH-MAP None 1 JPY 64,999 No longer listed",
            "ALARM-SENSOR None 1 JPY 900 New",
        ],
        "the biggest changes first"
    );
    assert_eq!(portal.price_lists(), 1);
}

#[actix_web::test]
async fn a_list_is_published_whole_and_shown() {
    let portal = Portal::start().await;
    let text = priced(&[("ALARM-HUB,,1,48000", "ALARM-HUB,,1,49000")]);
    let path = portal.publish(&text, NEW_YEAR).await.created();
    let mut manager = portal.manager();
    manager
        .get(&path)
        .await
        .is(200)
        .shows("h1", "JPY from 1 January 2027")
        .shows(".facts", "StatusAnnounced")
        .shows(".facts", "Published byMona Manager (Shield Security)")
        .shows(".facts", "Compared withThe list from 1 January 2024")
        .shows("tbody tr", "ALARM-HUB None 1 JPY 48,000 JPY 49,000 +2.1 %")
        .shows(".timeline", "Published this price list JPY from 2027-01-01 23 prices: 0 added, 0 removed, 1 dearer, 0 cheaper");
    let page = manager.get("/p/shield/prices").await.is(200);
    assert_eq!(page.all("tbody tr th a"), ["1 January 2027", "1 January 2024"]);
    let page =
        page.shows("tbody tr", "JPY Announced Mona Manager").shows("tbody tr", "JPY In force");
    let csv = page.attributes("tbody td a", "href").remove(0);
    let file = portal.visitor("cam").get(&csv).await.is(200).text;
    assert_eq!(file.trim_start_matches('\u{feff}').replace('\r', ""), text, "the file comes back");
    portal.advance_days(305);
    let page = portal.manager().get("/p/shield/prices").await;
    page.shows("tbody tr", "1 January 2027")
        .shows("tbody tr", "JPY In force Mona")
        .shows("tbody tr", "JPY Past");
}

/// One line changed, its column, and what is said of it.
const WRONG: &[(&str, &str, &str, &str)] = &[
    (
        "ALARM-HUB,",
        "ALARM-HUT,",
        "2 product ALARM-HUT",
        "Shield Guild has no such product. Write the code of a product, as the catalogue has it.",
    ),
    ("ALARM-HUB,,", ",,", "2 product", "Shield Guild has no such product."),
    (
        "ALARM-HUB,,1",
        "ALARM-HUB,12,1",
        "2 months 12",
        "ALARM-HUB has no term. Leave the cell empty.",
    ),
    (
        "ALARM-CARE,3,1",
        "ALARM-CARE,,1",
        "3 months",
        "ALARM-CARE is sold for a term. Write its months, from 1 to 60.",
    ),
    ("ALARM-CARE,3,1", "ALARM-CARE,61,1", "3 months 61", "ALARM-CARE is sold for a term."),
    (
        "WATCH-SEAT,3,10",
        "WATCH-SEAT,3,0",
        "12 from_quantity 0",
        "This is not a quantity. Write the quantity from which the price holds, from 1 to 1000000, or nothing for 1.",
    ),
    (
        "48000",
        "48000.5",
        "2 unit_price 48000.5",
        "This is not an amount in JPY. Write digits with a point, such as 4900.",
    ),
    ("48000", "-1", "2 unit_price -1", "This is not an amount in JPY."),
    ("48000", "", "2 unit_price", "This is not an amount in JPY."),
    (
        "WATCH-SEAT,3,10,810",
        "WATCH-SEAT,3,,810",
        "12 product WATCH-SEAT",
        "Line 11 has the same product, months and quantity. Keep one of the two.",
    ),
];

#[actix_web::test]
async fn what_is_wrong_is_named_with_its_place_and_nothing_is_published() {
    let portal = Portal::start().await;
    for (right, wrong, place, said) in WRONG {
        let bad = priced(&[(right, wrong)]);
        for page in [
            portal.check_prices(&bad, NEW_YEAR).await.is(422),
            portal.publish(&bad, NEW_YEAR).await.is(422),
        ] {
            let rows = page.all("tbody tr");
            assert_eq!(rows.len(), 1, "{wrong}: {rows:?}");
            assert!(rows[0].starts_with(place), "{wrong}: {rows:?}");
            assert!(rows[0].contains(said), "{wrong}: {rows:?}");
        }
    }
    for (text, said) in [
        (
            "product,unit_price\n",
            "The file has headings and nothing below them. Write one line for each price.",
        ),
        ("product\nALARM-HUB\n", "The column is missing. Add a heading \"unit_price\"."),
        (
            "product,unit_price,msrp\nALARM-HUB,1,1\n",
            "There is no such column. The columns are product, months, from_quantity, unit_price.",
        ),
    ] {
        portal.check_prices(text, NEW_YEAR).await.is(422).shows("tbody tr", said);
    }
    assert_eq!(portal.price_lists(), 1);
}

#[actix_web::test]
async fn a_day_that_has_come_and_the_packs_own_are_refused() {
    let portal = Portal::start().await;
    let refusal = "Choose a day after today: prices in force are not rewritten.";
    for wrong in ["2026-03-02", "2024-01-01", "2020-05-05"] {
        for page in [portal.check_prices(TODAYS, wrong).await, portal.publish(TODAYS, wrong).await]
        {
            page.is(422).shows(".error-summary", refusal);
        }
    }
    for (fields, said) in [
        (
            [("currency", "ERU"), ("effective_on", NEW_YEAR)],
            "Enter a currency by its three letters, such as EUR.",
        ),
        (
            [("currency", "XAU"), ("effective_on", NEW_YEAR)],
            "Enter a currency by its three letters",
        ),
        ([("currency", "JPY"), ("effective_on", "soon")], "Enter the first day as a date."),
        (
            [("currency", "JPY"), ("effective_on", "2200-01-01")],
            "Choose a day of the year 2199 at the latest.",
        ),
    ] {
        portal.send_prices(TODAYS, &fields).await.is(422).shows(".error-summary", said);
    }
    portal.send_prices("", &[]).await.is(422).shows(".error-summary", "Choose a file.");
    portal.write(|conn| {
        let pack = price_lists::table.filter(price_lists::from_pack.eq(true));
        diesel::update(pack).set(price_lists::effective_on.eq(day(NEW_YEAR))).execute(conn)?;
        Ok(())
    });
    let said = "The program's pack has a price list in JPY from 2027-01-01; choose another day.";
    portal.check_prices(TODAYS, NEW_YEAR).await.is(422).shows(".error-summary", said);
    portal.publish(TODAYS, NEW_YEAR).await.is(422).shows(".error-summary", said);
}

/// Whoever replaces a list has seen it.
#[actix_web::test]
async fn a_list_to_come_is_replaced_by_whoever_has_seen_it() {
    let portal = Portal::start().await;
    let first = portal.publish(&priced(&[("48000", "49000")]), NEW_YEAR).await.created();
    let second = priced(&[("48000", "50000")]);
    let page = portal.publish(&second, NEW_YEAR).await.is(409);
    page.shows(".flash.warn", "there is a list of this day already, published by Mona Manager");
    portal
        .check_prices(&second, NEW_YEAR)
        .await
        .is(200)
        .shows(".flash.warn", "It takes the place of the list of the same day, published by Mona");
    let replaced = portal.publish_seen(&second, NEW_YEAR).await.created();
    assert_eq!(replaced, first, "the list keeps its address");
    assert_eq!(portal.price_lists(), 2);
    portal
        .manager()
        .get(&first)
        .await
        .shows("tbody tr", "JPY 50,000")
        .shows(".timeline", "Replaced the prices of this list")
        .shows(".timeline", "Published this price list")
        .hides("49,000");
    let count: i64 = portal.read(|conn| Ok(prices::table.count().get_result(conn)?));
    assert_eq!(count, 2 * 23, "nothing is left of the first");
}

#[actix_web::test]
async fn of_two_who_publish_one_day_at_once_one_does() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let (one, other) = (priced(&[("48000", "49000")]), priced(&[("48000", "50000")]));
    let (one, other) = join(portal.publish(&one, NEW_YEAR), beside.publish(&other, NEW_YEAR)).await;
    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(portal.price_lists(), 2);
}

/// The whole old list or the whole new one, however often it changes.
#[actix_web::test]
async fn a_reader_has_one_list_and_no_mixture() {
    let portal = Portal::start().await;
    let all = |price: &str| {
        let cells = TODAYS.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().0);
        let lines: Vec<String> = cells.map(|line| format!("{line},{price}")).collect();
        format!("product,months,from_quantity,unit_price\n{}\n", lines.join("\n"))
    };
    portal.publish(&all("100"), NEW_YEAR).await.is(303);
    let (db, done) = (portal.db().clone(), Arc::new(AtomicBool::new(false)));
    let program = portal.read(|conn| Program::find_unscoped("shield", conn)).id;
    let reader = {
        let done = Arc::clone(&done);
        std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            let mut reads = 0;
            while !done.load(Ordering::Relaxed) || reads == 0 {
                let prices = db.read_blocking(|conn| {
                    Prices::on(program, Currency::JPY, day(NEW_YEAR), Wanted::All, conn)
                });
                let table = format!("{:?}", prices.unwrap().unwrap());
                let amounts: BTreeSet<&str> = table
                    .split("unit_minor: ")
                    .skip(1)
                    .map(|rest| rest.split(' ').next().unwrap())
                    .collect();
                assert_eq!(amounts.len(), 1, "a mixture: {amounts:?}");
                assert_eq!(table.matches("unit_minor: ").count(), 23);
                seen.extend(amounts.into_iter().map(str::to_owned));
                reads += 1;
            }
            (reads, seen)
        })
    };
    for round in 0..10 {
        let price = if round % 2 == 0 { "200" } else { "100" };
        portal.publish_seen(&all(price), NEW_YEAR).await.is(303);
    }
    done.store(true, Ordering::Relaxed);
    let (reads, seen) = reader.join().unwrap();
    assert!(reads > 0 && !seen.is_empty(), "{reads} reads saw {seen:?}");
}

#[test]
fn the_command_publishes_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_portal"))
            .args(arguments)
            .env_remove("DATABASE_URL")
            .env("PORTAL_DATA", folder.path().join("data"))
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (done.status.code(), said(done.stdout), said(done.stderr))
    };
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("shield.toml", crate::support::people::PRICED_SHIELD);
    put("prices.csv", &priced(&[("48000", "49000")]));
    put("bad.csv", &priced(&[("48000", "much")]));
    assert_eq!(run(&["migrate"]).0, Some(0));
    assert_eq!(run(&["program", "import", "shield.toml"]).0, Some(0));
    let import = |file, from, more: &[&str]| {
        let words =
            ["import", "prices", file, "--program", "shield", "--currency", "JPY", "--from", from];
        run(&[&words, more].concat())
    };
    let (code, _, said) = import("bad.csv", "2190-01-01", &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("line 2, column unit_price: \"much\": This is not an amount"), "{said}");
    assert!(
        said.ends_with("nothing was published. Mend the lines above and run it again.\n"),
        "{said}"
    );
    let (code, _, said) = import("prices.csv", "2024-02-01", &["--dry-run"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("Choose a day after today"), "{said}");
    let (code, dry, _) = import("prices.csv", "2190-01-01", &["--dry-run"]);
    assert_eq!(code, Some(0));
    assert!(dry.starts_with("ALARM-HUB, from 1: 48000 to 49000 (+2.1\u{a0}%)\n"), "{dry}");
    assert!(
        dry.contains("23 prices: 1 dearer, 0 cheaper, 0 new, 0 no longer listed, 22 as before."),
        "{dry}"
    );
    let (code, said, _) = import("prices.csv", "2190-01-01", &[]);
    assert_eq!(code, Some(0));
    assert!(said.starts_with("23 prices are published: PL-"), "{said}");
    let (code, _, said) = import("prices.csv", "2190-01-01", &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("Add --replace to take its place."), "{said}");
    let (code, said, _) = import("prices.csv", "2190-01-01", &["--replace"]);
    assert_eq!(code, Some(0));
    assert!(said.starts_with("23 prices are replaced: PL-"), "{said}");
    assert_eq!(import("prices.csv", "2190-01-01", &["--program", "none"]).0, Some(2));
}
