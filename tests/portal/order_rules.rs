//! Under which SKU a line can be ordered on which day, by the shipped pack whose SKUs have changed:
//! older SKUs until 31 December 2023, odd terms as multiples of one month until 30 September 2023.

use std::path::Path;

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::audit::By;
use portal::auth::Program;
use portal::calendar::TermMonths;
use portal::catalogue::SkuBook;
use portal::db::schema::products;
use portal::licences::rules::LineKind;
use portal::orders::rules::{Days, Ordered, refusal_of_sku};
use portal::programs::pack::{self, PolicyTimeline};
use portal::programs::{self, rules_of};

use crate::support::Portal;
use crate::support::licences::date;

struct Desk {
    portal: Portal,
    program_id: i64,
    book: SkuBook,
    policies: PolicyTimeline,
}

/// A line: product, SKU, months, kind.
type Line<'a> = (&'a str, &'a str, i64, LineKind);

impl Desk {
    async fn open() -> Self {
        let portal = Portal::start().await;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/sophos.toml");
        let pack = pack::parse("sophos", &std::fs::read_to_string(file).unwrap()).unwrap();
        let now = portal.app.clock.now();
        portal.write(move |conn| programs::import(&pack, By::Portal("a test"), now, conn));
        let program_id = portal.read(|conn| Ok(Program::find_unscoped("sophos", conn)?.id));
        let book = portal.read(|conn| SkuBook::read(program_id, conn));
        let policies = portal.read(|conn| rules_of(program_id, conn)).policies;
        Self { portal, program_id, book, policies }
    }

    /// Why the line is refused, and under which SKU it can be ordered instead; empty: it is not.
    fn says(
        &self,
        (code, sku, months, kind): Line<'_>,
        released_on: NaiveDate,
        processed_on: NaiveDate,
    ) -> (String, String) {
        let (id, code) = (self.program_id, code.to_owned());
        let product_id = self.portal.read(|conn| {
            Ok(products::table
                .filter(products::program_id.eq(id))
                .filter(products::code.eq(code))
                .select(products::id)
                .first(conn)?)
        });
        let months = TermMonths::new(months).ok();
        let line = Ordered { sku, product_id, months, kind };
        let days = Days { released_on, processed_on };
        let refused = refusal_of_sku(line, days, &self.book, &self.policies);
        refused.map_or_else(Default::default, |one| (one.why, one.instead_sku))
    }
}

const NEW: LineKind = LineKind::New;

#[actix_web::test]
async fn an_older_sku_is_judged_on_the_day_of_its_release() {
    let desk = Desk::open().await;
    let line = ("XS136Z", "FW136-12N", 12, NEW);
    for (released_on, processed_on, is_good) in [
        ("2023-09-30", "2023-09-30", true),
        ("2023-10-01", "2023-10-12", true),
        ("2023-12-31", "2023-12-31", true),
        // Released in time, processed later.
        ("2023-12-29", "2024-01-02", true),
        ("2024-01-01", "2024-01-01", false),
        ("2024-01-02", "2024-01-02", false),
    ] {
        let (why, instead) = desk.says(line, date(released_on), date(processed_on));
        assert_eq!(why.is_empty(), is_good, "released {released_on}: {why}");
        if !is_good {
            assert_eq!(instead, "XS136Z12ZZNCAA");
            assert_eq!(
                why,
                format!(
                    "FW136-12N can be ordered until 2023-12-31 only; the order was released on \
                     {released_on}. Order XS136Z12ZZNCAA instead."
                )
            );
        }
    }
}

#[actix_web::test]
async fn an_odd_term_is_judged_again_on_the_day_of_processing() {
    let desk = Desk::open().await;
    let odd = ("XS136Z", "FW136-1N", 18, NEW);
    let says = |released: &str, processed: &str| desk.says(odd, date(released), date(processed));
    assert_eq!(says("2023-09-30", "2023-09-30").0, "");
    // Released before the change, held by maintenance, and refused when that is over.
    let instead = "Order XS136Z18ZZNCAA instead.";
    let (why, sku) = says("2023-09-30", "2023-10-12");
    assert_eq!(sku, "XS136Z18ZZNCAA");
    let until = "18 × FW136-1N can be ordered until 2023-09-30 only; the order was";
    assert_eq!(why, format!("{until} processed on 2023-10-12. {instead}"));
    let (why, _) = says("2023-10-01", "2023-10-12");
    assert_eq!(why, format!("{until} released on 2023-10-01. {instead}"));
    // As a quote writes it; another number of months is another order.
    let quoted = |sku, months| {
        desk.says(("XS136Z", sku, months, NEW), date("2023-09-30"), date("2023-09-30")).0
    };
    assert_eq!(quoted("18 × FW136-1N", 18), "");
    assert!(
        quoted("18 × FW136-1N", 17).starts_with("18 × FW136-1N is for 18 months, and the line")
    );
    // One month alone is a standard term, and many units of it are no odd term.
    let month = ("XS136Z", "FW136-1N", 1, NEW);
    assert_eq!(desk.says(month, date("2023-10-12"), date("2023-10-12")).0, "");
}

#[actix_web::test]
async fn the_newer_form_is_ordered_from_its_day_on_for_any_term() {
    let desk = Desk::open().await;
    for months in [1, 7, 12, 18, 36, 60] {
        let sku = format!("XS136Z{months:02}ZZNCAA");
        let line = ("XS136Z", sku.as_str(), months, NEW);
        let day = date("2023-10-01");
        assert_eq!(desk.says(line, day, day).0, "", "{sku}");
        let eve = date("2023-09-30");
        let (why, _) = desk.says(line, eve, eve);
        let begins = format!("{sku} can be ordered from 2023-10-01 on only;");
        assert!(why.starts_with(&begins), "{why}");
    }
}

#[actix_web::test]
async fn a_sku_is_of_the_line_that_names_it() {
    let desk = Desk::open().await;
    let day = date("2023-11-15");
    let why = |line: Line<'_>| desk.says(line, day, day).0;
    let unknown = why(("XS136Z", "FW999-12N", 12, NEW));
    assert_eq!(unknown, "FW999-12N is no SKU of the catalogue. Order XS136Z12ZZNCAA instead.");
    let other_term = why(("XS136Z", "XS136Z12ZZNCAA", 24, NEW));
    assert!(other_term.starts_with("XS136Z12ZZNCAA is for 12 months, and the line says 24."));
    let renewal = why(("XS136Z", "XS136Z12ZZNCAA", 12, LineKind::Renewal));
    let says = "XS136Z12ZZNCAA says new, and the line says renewal. Order XS136Z12ZZRCAA instead.";
    assert_eq!(renewal, says);
    let bare = why(("XS136Z", "XS136Z", 12, NEW));
    assert!(bare.contains("is the code of"), "{bare}");
    // What is free needs no SKU with a price.
    assert_eq!(why(("XS136Z", "XS136Z", 12, LineKind::Nfr)), "");
    assert_eq!(why(("XS136Z", "XS136Z", 1, LineKind::Trial)), "");
}
