//! The running totals tell at every moment what counting the lines would.

use portal::auth::Program;
use portal::licences::{fold_tallies, sweep_pending};

use super::{WAITING, day, page_of, reference};
use crate::support::Portal;
use crate::support::orders::Cells;

#[actix_web::test]
async fn the_totals_follow_every_change_of_a_line() {
    let portal = Portal::start().await;
    portal.imports(&[&[]]);
    portal.totals_hold();
    portal.imports(&[&[("external_number", "SO-2"), ("kind", "renewal"), ("activated_on", "")]]);
    portal.totals_hold();
    portal.imports(&[&[
        ("external_number", "TRY"),
        ("customer", "Initech"),
        ("kind", "trial"),
        ("months", "3"),
        ("unit_price", ""),
        ("activated_on", "2026-02-02"),
    ]]);
    let paid: Cells<'_> =
        &[("external_number", "PAID"), ("customer", "Initech"), ("activated_on", "2026-02-20")];
    portal.imports(&[WAITING, paid]);
    portal.totals_hold();

    let waiting = page_of(&reference(&portal, "WAITING"));
    let activated = [("activated_on", "2026-03-01")];
    portal.colleague().post(&format!("{waiting}/activation"), &activated).await.goes_to(&waiting);
    portal.totals_hold();

    let program = portal.read(|conn| Program::find_unscoped("shield", conn));
    let now = portal.app.clock.now();
    let of = program.clone();
    portal.write(move |conn| sweep_pending(&of, day("2027-06-01"), 0, now, conn));
    portal.totals_hold();

    let before = portal.tally_rows();
    let of = program.clone();
    let gone = portal.write(move |conn| fold_tallies(&of, conn));
    assert!(gone > 0 && portal.tally_rows() < before, "{gone} rows of {before} folded");
    portal.totals_hold();
    assert_eq!(portal.write(move |conn| fold_tallies(&program, conn)), 0);
}

#[actix_web::test]
async fn the_vendor_and_the_distributor_read_from_them_what_a_search_would_count() {
    let portal = Portal::start().await;
    portal.imports(&[
        &[],
        &[("external_number", "SO-2"), ("kind", "renewal"), ("activated_on", "")],
        &[("external_number", "SO-9"), ("customer", "Initech")],
    ]);
    for key in ["manager", "distributor"] {
        let mut visitor = portal.visitor(key);
        let totals = visitor.get("/p/shield/renewals").await.is(200).all(".stat");
        // Every customer's name has a vowel: the search finds all and counts the lines themselves.
        let counted = visitor.get("/p/shield/renewals?q=i").await.is(200).all(".stat");
        assert!(!totals.is_empty());
        assert_eq!(totals, counted, "{key}");
    }
}
