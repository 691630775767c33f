//! What a licence's page says beside its dates: who activates it, why its warranty runs as it does,
//! and by how many months a change is priced.

use portal::licences::sweep_pending;

use super::{day, page_of, reference};
use crate::support::Portal;
use crate::support::orders::Cells;

const HUB: [(&str, &str); 3] = [("product", "ALARM-HUB"), ("months", ""), ("unit_price", "48000")];

fn hub<'a>(own: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    own.iter().chain(&HUB).copied().collect()
}

#[actix_web::test]
async fn a_warranty_says_by_which_rule_it_runs() {
    let portal = Portal::start().await;
    // Bought under "activation, 30 days after at the latest", and before that.
    let used = hub(&[("external_number", "USED"), ("activated_on", "2026-02-10")]);
    let late = hub(&[
        ("external_number", "LATE"),
        ("released_at", ""),
        ("processed_at", "2026-01-05T03:00:00Z"),
        ("activated_on", "2026-02-10"),
    ]);
    let shelf = hub(&[("external_number", "SHELF"), ("activated_on", "")]);
    let old = hub(&[
        ("external_number", "OLD"),
        ("released_at", ""),
        ("processed_at", "2022-03-01T03:00:00Z"),
        ("activated_on", "2022-03-20"),
    ]);
    let lines: Vec<Cells<'_>> = [&used, &late, &shelf, &old].map(Vec::as_slice).to_vec();
    portal.imports(&lines);
    let mut owner = portal.owner();
    for (order, said) in [
        ("USED", "10 February 2026 – 9 February 2028. It runs from the activation"),
        ("LATE", "4 February 2026 – 3 February 2028. It runs from 30 days after the order was"),
        ("SHELF", "It will run from the activation, from 4 March 2026 at the latest."),
        ("OLD", "1 March 2022 – 29 February 2024. It runs from the day the order was processed"),
    ] {
        owner.get(&page_of(&reference(&portal, order))).await.is(200).shows("dd", said);
    }
    portal.set_clock("2026-03-04T03:00");
    let (program, now) = (portal.program("shield"), portal.app.clock.now());
    portal.write(move |conn| sweep_pending(&program, day("2026-03-04"), 0, now, conn));
    // Two days later they sign in anew.
    let shelf = portal.owner().get(&page_of(&reference(&portal, "SHELF"))).await;
    shelf.shows("dd", "4 March 2026 – 3 March 2028. It runs from 30 days after the order was");
}

#[actix_web::test]
async fn a_page_says_how_its_licence_is_activated() {
    let portal = Portal::start().await;
    let base: Cells<'_> = &[
        ("external_number", "BASE"),
        ("product", "ALARM-CARE"),
        ("released_at", ""),
        ("processed_at", "2025-03-10T01:00:00Z"),
        ("activated_on", "2025-03-10"),
    ];
    let by_key: Cells<'_> = &[
        ("external_number", "KEY"),
        ("product", "ALARM-CARE"),
        ("kind", "renewal"),
        ("renews", "BASE/1"),
        ("activated_on", ""),
    ];
    let other: Cells<'_> = &[
        ("external_number", "OTHER"),
        ("customer", "Raviga"),
        ("released_at", ""),
        ("processed_at", "2025-03-10T01:00:00Z"),
        ("activated_on", "2025-03-10"),
    ];
    let by_itself: Cells<'_> = &[
        ("external_number", "SELF"),
        ("customer", "Raviga"),
        ("kind", "renewal"),
        ("renews", "OTHER/1"),
        ("activated_on", ""),
    ];
    portal.imports(&[base, by_key, other, by_itself]);
    let mut owner = portal.owner();
    let key = page_of(&reference(&portal, "KEY"));
    owner.get(&key).await.shows("dd", "By key: record it when the customer has used its key.");
    let action = format!("{key}/activation");
    owner.post(&action, &[("activated_on", "2026-02-20")]).await.is(303);
    owner.get(&key).await.shows("dd", "Activated by key.").shows("dd", "10 March 2026");
    let by_itself = owner.get(&page_of(&reference(&portal, "SELF"))).await;
    by_itself.shows("dd", "By itself when processed; no key.").hides("Record the activation");
    let base = owner.get(&page_of(&reference(&portal, "OTHER"))).await;
    base.shows("dd", "By the customer, who takes it into use.");
}

#[actix_web::test]
async fn a_mid_term_change_says_how_many_months_it_is_priced_by() {
    let portal = Portal::start().await;
    let base: Cells<'_> = &[
        ("external_number", "BASE"),
        ("released_at", ""),
        ("processed_at", "2025-03-10T01:00:00Z"),
        ("activated_on", "2025-03-10"),
    ];
    let change: Cells<'_> = &[
        ("external_number", "MORE"),
        ("kind", "change"),
        ("months", ""),
        ("renews", "BASE/1"),
        ("activated_on", ""),
    ];
    portal.imports(&[base, change]);
    let mut owner = portal.owner();
    // 2 February to 9 March is a month and eight days; 2 to 9 March is less than one.
    let change = owner.get(&page_of(&reference(&portal, "MORE"))).await.is(200);
    change.shows("dd", "2 months were left, rounded up").shows("dd", "By itself when processed");
    owner.get(&page_of(&reference(&portal, "BASE"))).await.shows("dd", "1 month is left");
}
