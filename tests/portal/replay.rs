//! The autumn of 2023, day by day, through the built program (docs/replay.md): from the eve of the first
//! change to the second day of the new year. Each dated rule of orders, SKUs, terms, warranty, quotes
//! and maintenance has a record that it concerns and others that it just misses.

mod chances;
mod world;

use crate::support::licences::date;
use chances::Chances;
use world::{DESK, DISTRIBUTOR, Dates, Line, PARTNER, PEOPLE, World};

const NEW: Line<'static> = Line {
    number: "",
    product: "EPUSRZ",
    sku: "EPUSER-12N",
    months: "12",
    kind: "new",
    released: "",
    processed: "",
    activated: "",
    renews: "",
};

/// Ordered as 18 times the SKU of one month.
const ODD: Line<'static> = Line { sku: "EPUSER-1N", months: "18", ..NEW };

fn done<'a>(number: &'a str, processed: &'a str, activated: &'a str) -> Line<'a> {
    Line { number, processed, activated, ..NEW }
}

fn released<'a>(number: &'a str, released: &'a str, line: Line<'a>) -> Line<'a> {
    Line { number, released, ..line }
}

fn term(start: &str, end: &str) -> Dates {
    (Some(date(start)), Some(date(end)), None, None)
}

const NO_DATES: Dates = (None, None, None, None);

/// Everybody's main pages are there, and know which day it is: the clock can be set to the next.
#[track_caller]
fn everybody_looks(world: &World, today: &str) {
    let tomorrow = date(today).succ_opt().unwrap();
    for who in PEOPLE {
        for path in ["", "/orders", "/licences", "/schedules", "/renewals", "/quotes"] {
            let page = world.page(who, path);
            assert!(page.contains(&format!(r#"min="{tomorrow}""#)), "{who} {path}");
        }
    }
}

fn status_on_page(world: &World, who: &str, number: &str) -> String {
    let page = world.page(who, &world.order(number));
    let known = ["Released", "Held", "Processed", "Refused", "Placed", "Cancelled"];
    let main = page.split_once("<main").unwrap().1;
    let at = |word: &&&str| main.find(&format!("{word}<")).unwrap_or(usize::MAX);
    (*known.iter().min_by_key(at).unwrap()).to_owned()
}

#[track_caller]
fn everybody_sees(world: &World, number: &str, status: &str) {
    for who in PEOPLE {
        assert_eq!(status_on_page(world, who, number), status, "{who}: {number}");
    }
}

/// A line of what the program's own work said.
fn work<'a>(said: &'a [String], begins: &str) -> Vec<&'a str> {
    let begins = format!("  sophos  {begins}");
    said.iter().filter_map(|line| Some(line.split_once(&begins)?.1.trim_start())).collect()
}

fn whole_story(seed: u64) -> String {
    let world = World::begin(seed);
    the_eve(&world);
    let chances = Chances::begin(&world);
    world.day("2023-09-18");
    chances.the_eighteenth(&world);
    the_last_day_of_september(&world);
    chances.the_last_day_of_september(&world);
    the_first_of_october(&world);
    chances.while_orders_stand_still(&world);
    the_twelfth(&world);
    the_fifteenth(&world);
    the_new_year(&world, &chances);
    at_the_end(&world);
    chances.at_the_end(&world);
    world.story()
}

#[test]
fn the_autumn_of_2023_happens_as_the_rules_say_and_twice_the_same() {
    let (story, again) = std::thread::scope(|scope| {
        let again = scope.spawn(|| whole_story(4));
        (whole_story(4), again.join().unwrap())
    });
    assert!(story.lines().count() > 1_000, "{} lines", story.lines().count());
    let differ = story.lines().zip(again.lines()).find(|(one, other)| one != other);
    assert_eq!(differ, None);
    assert_eq!(story.len(), again.len());
}

/// 17 September: what was ordered before, activated or not.
fn the_eve(world: &World) {
    everybody_looks(world, "2023-09-17");
    world.import(&[
        Line { product: "XS136Z", ..done("R-WALL", "2022-10-20T09:00:00Z", "2022-10-20") },
        done("R-SHELF", "2023-09-10T09:00:00Z", ""),
        Line { months: "1", ..done("R-LITTLE-LEFT", "2023-08-31T09:00:00Z", "") },
        done("R-ACTIVE", "2023-09-10T09:00:00Z", "2023-09-15"),
    ]);
    assert_eq!(world.dates("R-SHELF"), NO_DATES);
    assert_eq!(world.dates("R-ACTIVE"), term("2023-09-15", "2024-09-14"));
    // The vendor may still quote.
    assert_eq!(world.post(DESK, "/quotes/new", &quote("Aalst Networks")), 303);
}

fn quote(reseller: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("reseller", reseller),
        ("customer", "Brouwerij De Wissel"),
        ("country", "BE"),
        ("product", "EPUSRZ"),
        ("quantity", "5"),
        ("months", "12"),
    ]
}

fn the_last_day_of_september(world: &World) {
    let said = world.day("2023-09-30");
    assert_eq!(work(&said, "orders: "), Vec::<&str>::new(), "nothing is stopped yet");
    everybody_looks(world, "2023-09-30");
    let morning = "2023-09-30T08:00:00Z";
    world.import(&[
        released("R-ODD", morning, ODD),
        released("R-ODD-HELD", morning, ODD),
        released("R-EARLY", morning, Line { sku: "EPUSRZ12ZZNCAA", ..NEW }),
        released("R-LAST-SHELF", morning, NEW),
        released(
            "R-BY-KEY",
            morning,
            Line {
                product: "XS136Z",
                sku: "FW136-12R",
                kind: "renewal",
                renews: "R-WALL/1",
                ..NEW
            },
        ),
        released(
            "R-OLD-DEVICE",
            morning,
            Line { product: "FW-136", sku: "FW-136", months: "", ..NEW },
        ),
    ]);
    // All but one are processed on the last day of the old rules.
    for number in ["R-ODD", "R-EARLY", "R-LAST-SHELF", "R-BY-KEY", "R-OLD-DEVICE"] {
        assert_eq!(world.step(DESK, number, "processing"), 303, "{number}");
    }
    assert_eq!(world.stands("R-ODD"), "processed", "a multiple of one month, for the last time");
    let early = "refused: EPUSRZ12ZZNCAA can be ordered from 2023-10-01 on only; the order was released \
                 on 2023-09-30. Order EPUSER-12N instead.";
    assert_eq!(world.stands("R-EARLY"), early);
    for number in ["R-ODD", "R-LAST-SHELF", "R-BY-KEY"] {
        assert_eq!(world.dates(number), NO_DATES, "{number} waits to be activated");
    }
    everybody_sees(world, "R-ODD", "Processed");
    everybody_sees(world, "R-EARLY", "Refused");
    everybody_sees(world, "R-ODD-HELD", "Released");
}

fn the_first_of_october(world: &World) {
    let said = world.day("2023-10-01");
    everybody_looks(world, "2023-10-01");
    // What nobody had activated begins on the day on which its order was processed.
    assert_eq!(work(&said, "licences: "), ["18 licences got their dates"]);
    assert_eq!(world.dates("R-SHELF"), term("2023-09-10", "2024-09-09"));
    assert_eq!(world.dates("R-LITTLE-LEFT"), term("2023-08-31", "2023-09-30"));
    assert_eq!(world.dates("R-LAST-SHELF"), term("2023-09-30", "2024-09-29"));
    assert_eq!(world.dates("R-ODD"), term("2023-09-30", "2025-03-29"));
    assert_eq!(world.dates("R-ACTIVE"), term("2023-09-15", "2024-09-14"), "left alone");
    assert_eq!(world.dates("R-BY-KEY"), term("2023-10-20", "2024-10-19"), "the old end and a day");
    assert_eq!(world.mails(&["licences.set_back"]), [("licences.set_back".to_owned(), 11)]);
    let page = world.page(DESK, "/set-backs");
    assert!(page.contains("Aalst Networks"), "the report names the partner");

    // Maintenance holds what is released, and stops activations and quotes; leads go on.
    world.import(&[
        released("R-NEW-FORM", "2023-10-01T09:00:00Z", Line { sku: "EPUSRZ12ZZNCAA", ..NEW }),
        released("R-STILL-LEGACY", "2023-10-01T08:00:00Z", NEW),
    ]);
    let said = world.day("2023-10-11");
    assert!(!work(&said, "orders: ").is_empty(), "{said:?}");
    everybody_looks(world, "2023-10-11");
    for number in ["R-ODD-HELD", "R-NEW-FORM", "R-STILL-LEGACY"] {
        assert_eq!(world.stands(number), "held", "{number}");
        everybody_sees(world, number, "Held");
        assert_eq!(world.step(DESK, number, "processing"), 503, "{number}");
    }
}

fn the_twelfth(world: &World) {
    let activation = format!("/licences/{}/activation", world.licence("R-SHELF"));
    let today = [("activated_on", "2023-10-11")];
    assert_eq!(world.post(PARTNER, &activation, &today), 503, "until the end of the 11th");
    let said = world.day("2023-10-12");
    assert_eq!(work(&said, "orders: "), ["4 orders processed, 1 refused, 0 held"]);
    everybody_looks(world, "2023-10-12");
    // In the order in which they were released; of one instant, as they came.
    let own = ["R-ODD-HELD", "R-STILL-LEGACY", "R-NEW-FORM"];
    let settled = world.processed_by_itself();
    let settled: Vec<&str> =
        settled.iter().map(String::as_str).filter(|one| own.contains(one)).collect();
    assert_eq!(settled, own);
    assert_eq!(
        world.stands("R-ODD-HELD"),
        "refused: 18 × EPUSER-1N can be ordered until 2023-09-30 only; the order was processed on \
         2023-10-12. Order EPUSRZ18ZZNCAA instead."
    );
    assert_eq!(world.dates("R-NEW-FORM"), term("2023-10-12", "2024-10-11"));
    assert_eq!(world.dates("R-STILL-LEGACY"), term("2023-10-12", "2024-10-11"));
    let history = ["order.imported", "order.held", "order.processed"];
    assert_eq!(world.history("R-NEW-FORM"), history);
    assert_eq!(world.history("R-ODD-HELD"), ["order.imported", "order.held", "order.refused"]);
    assert_eq!(world.post(PARTNER, &activation, &[("activated_on", "2023-10-12")]), 303);
    assert_eq!(
        world.dates("R-SHELF"),
        term("2023-09-10", "2024-09-09"),
        "activation moves nothing"
    );
    let lost = world.page(PARTNER, &activation.replace("/activation", ""));
    assert!(lost.contains("32 days"), "from 10 September to 12 October");

    // The refused order is ordered anew under the SKU that is right.
    assert_eq!(world.step(DISTRIBUTOR, "R-ODD-HELD", "correction"), 303);
    let anew = world.anew("R-ODD-HELD");
    assert_eq!(world.step(DISTRIBUTOR, &anew, "release"), 303);
    assert_eq!(world.step(DESK, &anew, "processing"), 303);
    assert_eq!(world.dates(&anew), term("2023-10-12", "2025-04-11"));

    world.import(&[
        released("R-ODD-LATE", "2023-10-12T08:00:00Z", ODD),
        released(
            "R-NEW-DEVICE",
            "2023-10-12T08:00:00Z",
            Line { product: "FW-136", sku: "FW-136", months: "", ..NEW },
        ),
    ]);
    assert_eq!(world.step(DESK, "R-ODD-LATE", "processing"), 303);
    assert_eq!(world.step(DESK, "R-NEW-DEVICE", "processing"), 303);
    assert!(world.stands("R-ODD-LATE").starts_with("refused: 18 × EPUSER-1N can be ordered until"));
    // No grace: warranty from the day of processing; before, 90 days after it at the latest.
    let warranty = |start: &str, end: &str| (None, None, Some(date(start)), Some(date(end)));
    assert_eq!(world.dates("R-NEW-DEVICE"), warranty("2023-10-12", "2024-10-11"));
    assert_eq!(world.dates("R-OLD-DEVICE"), NO_DATES, "it is not activated yet");
    // Only distributors quote now.
    assert_eq!(world.post(DESK, "/quotes/new", &quote("Aalst Networks")), 409);
    assert_eq!(world.post(DISTRIBUTOR, "/quotes/new", &quote("Aalst Networks")), 303);
}

fn the_fifteenth(world: &World) {
    world.day("2023-10-15");
    everybody_looks(world, "2023-10-15");
    // Half past ten in the evening of the 14th, by UTC, is the 15th in Brussels.
    world.import(&[
        done("R-ZONE-14", "2023-10-14T21:59:59Z", ""),
        done("R-ZONE-15", "2023-10-14T22:30:00Z", ""),
    ]);
    assert_eq!(world.dates("R-ZONE-14"), term("2023-10-14", "2024-10-13"));
    assert_eq!(world.dates("R-ZONE-15"), term("2023-10-15", "2024-10-14"));
}

fn the_new_year(world: &World, chances: &Chances) {
    world.day("2023-12-28");
    assert_eq!(world.dates("R-OLD-DEVICE"), NO_DATES);
    world.day("2023-12-29");
    let warranty = (None, None, Some(date("2023-12-29")), Some(date("2024-12-28")));
    assert_eq!(world.dates("R-OLD-DEVICE"), warranty, "90 days after it was processed");
    chances.on_a_last_day(world);
    world.day("2023-12-31");
    chances.after_a_last_day(world);
    everybody_looks(world, "2023-12-31");
    world.import(&[
        released("R-LAST-LEGACY", "2023-12-29T10:00:00Z", NEW),
        // The last second of the year in Brussels, and the first.
        released("R-LAST-SECOND", "2023-12-31T19:00:00Z", NEW),
    ]);
    world.day("2024-01-01");
    everybody_looks(world, "2024-01-01");
    world.import(&[
        released("R-TOO-LATE", "2023-12-31T23:00:00Z", NEW),
        released("R-IN-TIME", "2023-12-31T22:59:59Z", NEW),
    ]);
    world.day("2024-01-02");
    everybody_looks(world, "2024-01-02");
    let numbers = ["R-LAST-LEGACY", "R-LAST-SECOND", "R-IN-TIME", "R-TOO-LATE"];
    for number in numbers {
        assert_eq!(world.step(DESK, number, "processing"), 303, "{number}");
    }
    for number in &numbers[..3] {
        assert_eq!(world.stands(number), "processed", "{number}");
        assert_eq!(world.dates(number), term("2024-01-02", "2025-01-01"), "{number}");
    }
    assert_eq!(
        world.stands("R-TOO-LATE"),
        "refused: EPUSER-12N can be ordered until 2023-12-31 only; the order was released on \
         2024-01-01. Order EPUSRZ12ZZNCAA instead."
    );
    everybody_sees(world, "R-TOO-LATE", "Refused");
}

fn at_the_end(world: &World) {
    let counts = world.mails(&["orders.refused", "licences.set_back"]);
    let expected = [("licences.set_back", 11), ("orders.refused", 5)];
    assert_eq!(counts, expected.map(|(event, count)| (event.to_owned(), count)));
}
