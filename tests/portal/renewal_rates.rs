//! The figures of the renewals page against the list on paper: by month, count and value, for
//! partner, distributor and vendor, with lines of every kind and ends close to where days part.

use chrono::{Days, NaiveDate};
use portal::auth::Program;
use portal::licences::fold_tallies;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::licences::{Licence, Put, date};
use crate::support::paper_rates::{Line, Row, last_twelve, months, row};
use crate::support::{Page, Portal};

const PAGE: &str = "/p/shield/renewals";
/// As `shield.toml` has them.
const LAPSE_DAYS: u64 = 40;
const LINES: usize = 260;
const WORLDS: u64 = 6;

/// A line on paper, with whose it is.
struct Sold {
    line: Line,
    by_acme: bool,
    put: Put,
}

fn today() -> NaiveDate {
    date("2026-03-02")
}

/// A day close to where something changes, or any day of four years.
fn some_end(dice: &mut ChaCha8Rng) -> NaiveDate {
    let edges = [
        "2024-03-01",
        "2025-03-01",
        "2026-01-21",
        "2026-02-01",
        "2026-03-01",
        "2026-03-02",
        "2026-04-01",
        "2027-02-28",
    ];
    match dice.random_range(0..3) {
        0 => {
            let edge = date(edges[dice.random_range(0..edges.len())]);
            edge - Days::new(1) + Days::new(dice.random_range(0..3))
        }
        _ => date("2024-01-01") + Days::new(dice.random_range(0..1_500)),
    }
}

fn draw(dice: &mut ChaCha8Rng, portal: &Portal) -> Sold {
    let kinds = ["new", "new", "new", "renewal", "renewal", "change", "trial", "nfr"];
    let kind = kinds[dice.random_range(0..kinds.len())];
    let ends_on = (!dice.random_ratio(1, 20)).then(|| some_end(dice));
    let by_acme = dice.random_ratio(2, 3);
    let currency = if dice.random_ratio(1, 4) { "USD" } else { "JPY" };
    let (units, price) = (dice.random_range(1..50), dice.random_range(0..4) * 333);
    let licence = match ends_on {
        Some(end) => Licence::ending(end),
        None => Licence::endless(Some(date("2025-06-01"))),
    };
    let licence = match by_acme {
        true => licence,
        false => licence.sold_by("Globex").through("Southern Supply"),
    };
    let put = licence.kind(kind).units(units, price).in_currency(currency).put(portal);
    let (units, price) = (units.into(), price);
    let line = Line { kind, ends_on, units, price, currency, is_renewed: false };
    Sold { line, by_acme, put }
}

fn fold(portal: &Portal) {
    let program = portal.read(|conn| Program::find_unscoped("shield", conn));
    while portal.write({
        let program = program.clone();
        move |conn| fold_tallies(&program, conn)
    }) > 0
    {}
}

/// The table beside the chart: for each month its four counts and both rates.
fn table(page: &Page) -> Vec<Vec<String>> {
    let cells = page.all("figure.chart tbody td");
    cells
        .chunks(6)
        .map(|row| row.iter().map(|cell| cell.replace(" below target", "")).collect())
        .collect()
}

fn expected(row: &Row) -> Vec<String> {
    let counts = [row.renewed, row.coming, row.late, row.lapsed];
    let counts = counts.iter().map(i64::to_string);
    counts.chain([row.rate(), row.rate_by_value()]).collect()
}

#[actix_web::test]
async fn the_figures_are_those_that_the_paper_says() {
    let (mut compared, mut rates) = (0, 0);
    for seed in 0..WORLDS {
        let portal = Portal::start().await;
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut sold: Vec<Sold> = (0..LINES).map(|_| draw(&mut dice, &portal)).collect();
        let renewal = Licence::ending(date("2029-01-31")).put(&portal);
        for (number, one) in sold.iter_mut().enumerate() {
            // The page must be right whether or not the night has folded the totals.
            if number == LINES / 2 {
                fold(&portal);
            }
            if dice.random_ratio(1, 2) {
                one.put.renewed_by(&renewal, &portal);
                one.line.is_renewed = true;
            }
        }
        for (key, sees_all) in [("owner", false), ("distributor", false), ("manager", true)] {
            let lines: Vec<Line> = sold
                .iter()
                .filter(|one| sees_all || one.by_acme)
                .map(|one| one.line.clone())
                .collect();
            for path in [PAGE, "/p/shield/renewals?q=hoo"] {
                let page = portal.visitor(key).get(path).await.is(200);
                let on_paper: Vec<Vec<String>> = months(today())
                    .into_iter()
                    .map(|month| expected(&row(&lines, month, today(), LAPSE_DAYS)))
                    .collect();
                assert_eq!(table(&page), on_paper, "world {seed}, {key} at {path}");
                let year = last_twelve(&lines, today(), LAPSE_DAYS);
                let stats = page.all(".stat dd");
                assert_eq!([&stats[4], &stats[6]], [&year.rate(), &year.rate_by_value()], "{key}");
                compared += on_paper.len();
                rates += on_paper.iter().filter(|row| row[4] != "–").count();
            }
        }
    }
    assert!(compared > 800 && rates > 300, "{compared} months, {rates} with a rate");
}

#[actix_web::test]
async fn the_lists_hold_what_the_figures_count() {
    let portal = Portal::start().await;
    let mut dice = ChaCha8Rng::seed_from_u64(77);
    let renewal = Licence::ending(date("2029-01-31")).put(&portal);
    for _ in 0..120 {
        let one = draw(&mut dice, &portal);
        if dice.random_ratio(1, 3) {
            one.put.renewed_by(&renewal, &portal);
        }
    }
    for key in ["owner", "distributor", "manager"] {
        for show in ["coming", "late", "renewed", "lapsed"] {
            let mut visitor = portal.visitor(key);
            let path = format!("?show={show}");
            let page = visitor.get(&format!("{PAGE}{path}")).await.is(200);
            let told = page.all(".tabs a[aria-current] .badge").remove(0);
            let file = visitor.get(&format!("/p/shield/renewals.csv{path}")).await.is(200);
            let in_file = file.text.lines().count() - 1;
            assert_eq!(told, in_file.to_string(), "{key}, {show}");
            assert!(in_file > 0, "{key} has nothing {show}");
        }
    }
}

#[actix_web::test]
async fn trials_changes_and_what_is_not_for_resale_are_no_renewals() {
    let portal = Portal::start().await;
    let ours = Licence::ending(date("2026-03-20")).put(&portal).reference;
    for kind in ["trial", "nfr", "change"] {
        Licence::ending(date("2026-03-21")).kind(kind).put(&portal);
    }
    for key in ["owner", "distributor", "manager"] {
        let page = portal.visitor(key).get(PAGE).await.is(200);
        assert_eq!(page.all("th a.stretch").len(), 1, "{key}");
        assert!(page.text.contains(&ours));
        page.shows(".tabs a[aria-current]", "Coming 1");
    }
}

#[actix_web::test]
async fn the_target_is_the_packs_and_a_program_without_one_shows_no_mark() {
    let portal = Portal::start().await;
    let renewal = Licence::ending(date("2027-01-31")).put(&portal);
    for number in 1..=10 {
        let line = Licence::ending(date("2026-02-01") - Days::new(number)).put(&portal);
        if number <= 8 {
            line.renewed_by(&renewal, &portal);
        }
    }
    let mut owner = portal.owner();
    owner
        .get(PAGE)
        .await
        .shows(".stat dd.good", "80 %")
        .shows(".stat", "8 of 10 renewed, target 80 %")
        .shows("svg text.target", "Target 80 %");
    Licence::ending(date("2026-02-01")).put(&portal);
    owner.get(PAGE).await.shows(".stat dd.warn", "72 %").shows("figure td", "below target");
    portal.write(|conn| {
        use diesel::prelude::*;
        use portal::db::schema::programs;
        let none = programs::renewal_target_percent.eq(None::<i32>);
        Ok(diesel::update(programs::table).set(none).execute(conn)?)
    });
    let page =
        owner.get(PAGE).await.shows(".stat", "8 of 11 renewed").hides("Target").hides(", target");
    assert!(page.all(".stat dd.warn, .stat dd.good").is_empty());
}

#[actix_web::test]
async fn the_rate_is_of_the_twelve_whole_months_before() {
    let portal = Portal::start().await;
    let renewal = Licence::ending(date("2027-01-31")).put(&portal);
    for day in ["2025-03-01", "2025-08-15", "2026-02-28"] {
        Licence::ending(date(day)).put(&portal).renewed_by(&renewal, &portal);
    }
    // One month too old, and of this month, over or not.
    for day in ["2025-02-28", "2026-03-01", "2026-03-02"] {
        Licence::ending(date(day)).put(&portal);
    }
    let mut owner = portal.owner();
    let page = owner.get(PAGE).await.shows(".stat", "3 of 3 renewed");
    let rows = table(&page);
    assert_eq!(rows[12], ["0", "1", "1", "0", "0 %", "0 %"], "this month so far");
    assert_eq!(page.all("figure.chart tbody th")[12], "March 2026");
    // Renewed late, it counts for the month in which it ended.
    portal.app.clock.advance(chrono::Duration::days(30));
    let page = portal.owner().get(PAGE).await.shows(".stat", "2 of 4 renewed");
    assert_eq!(page.all("figure.chart tbody th")[12], "April 2026");
}
