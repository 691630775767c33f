//! Promotions: made before they begin, ended while they run, and read by partners without what they
//! take off.

use futures_util::future::join;

use crate::support::Portal;

const NEW: &str = "/p/shield/promotions/new";

const SUMMER: &[(&str, &str)] = &[
    ("code", "summer-26"),
    ("name", "Summer"),
    ("starts_on", "2026-06-01"),
    ("ends_on", "2026-08-31"),
    ("percent", "12,25"),
    ("categories", "alarm"),
    ("categories", "people"),
    ("least_units", "5"),
    ("with", "program"),
    ("combines", "TWIN"),
    ("approved_by", "Guild council"),
    ("source", "Decision 7"),
];

fn with(name: &str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let changed = SUMMER.iter().map(|(key, old)| (*key, if *key == name { value } else { *old }));
    changed.collect()
}

/// A field, what is sent, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "code",
        "",
        "Enter at most 40 letters, digits, hyphens, dots and underscores, such as SUMMER-26.",
    ),
    ("code", "summer 26", "Enter at most 40 letters"),
    ("code", "night", "There is a promotion NIGHT already; choose another code."),
    ("name", " ", "Enter the name."),
    ("starts_on", "2026-03-01", "A promotion cannot begin before today."),
    ("starts_on", "soon", "Enter the first day as a date."),
    ("ends_on", "2026-05-31", "The last day cannot be before the first."),
    ("ends_on", "2200-01-01", "Choose a day of the year 2199 at the latest."),
    ("percent", "0", "Enter a percentage above 0 and up to 100, such as 12.5."),
    ("percent", "100.01", "Enter a percentage above 0"),
    ("percent", "a lot", "Enter a percentage above 0"),
    ("categories", "firewall", "Choose categories of this program."),
    ("least_units", "0", "Enter a quantity from 1 to 1000000."),
    ("combines", "NOTHING", "Choose promotions that run or are announced."),
    ("approved_by", "", "Enter who approved it."),
];

#[actix_web::test]
async fn a_form_that_is_not_right_says_what_would_be() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    for (field, value, said) in WRONG {
        manager.post(NEW, &with(field, value)).await.is(422).shows(".error-summary", said);
    }
    let without: Vec<_> = SUMMER.iter().copied().filter(|(key, _)| *key != "categories").collect();
    manager
        .post(NEW, &without)
        .await
        .is(422)
        .shows(".error-summary", "Choose at least one category.");
    let page = manager.post(NEW, &with("percent", "x")).await.is(422);
    assert_eq!(page.attributes("#name", "value"), ["Summer"], "what was typed is kept");
    assert_eq!(page.attributes("input[name=categories][checked]", "value"), ["alarm", "people"]);
    manager.post(NEW, SUMMER).await.is(303);
    manager
        .post(NEW, SUMMER)
        .await
        .is(422)
        .shows(".error-summary", "There is a promotion SUMMER-26 already");
}

#[actix_web::test]
async fn of_two_who_make_one_code_at_once_one_does() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let (mut one, mut other) = (portal.manager(), beside.manager());
    let (one, other) = join(one.post(NEW, SUMMER), other.post(NEW, SUMMER)).await;
    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
}

#[actix_web::test]
async fn a_running_promotion_is_ended_on_a_day_that_has_not_passed() {
    let portal = Portal::start().await;
    let path = format!("/p/shield/promotions/{}", portal.promotion("NIGHT"));
    let ending = format!("{path}/ending");
    let mut manager = portal.manager();
    let end = |day: &'static str| [("ends_on", day), ("seen", "2026-05-31")];
    manager
        .post(&ending, &end("2026-03-01"))
        .await
        .is(422)
        .shows(".error-summary", "Choose today or a later day.");
    manager
        .post(&ending, &end("soon"))
        .await
        .is(422)
        .shows(".error-summary", "Enter the last day as a date.");
    portal.visitor("cam").post(&ending, &end("2026-03-10")).await.is(403);
    manager.post(&ending, &end("2026-03-10")).await.goes_to(&path);
    manager
        .get(&path)
        .await
        .shows(".facts", "Last day10 Mar 2026")
        .shows(".timeline", "Set the last day of this promotion 2026-05-31 to 2026-03-10");
    manager
        .post(&ending, &end("2026-04-10"))
        .await
        .is(409)
        .shows("main", "Somebody moved the last day of NIGHT since you opened the page");
    portal.owner().get("/p/shield/catalogue/promotions").await.shows("tbody tr", "10 Mar 2026");
    portal.advance_days(9);
    portal.owner().get("/p/shield/catalogue/promotions").await.is(200).hides("NIGHT</span>");
    let mut manager = portal.manager();
    manager.get(&path).await.shows("main", "It is over.");
    let late = [("ends_on", "2026-12-31"), ("seen", "2026-03-10")];
    manager.post(&ending, &late).await.is(409).shows("main", "The promotion NIGHT: It is over.");
}

#[actix_web::test]
async fn a_promotion_is_withdrawn_before_it_begins() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let path = manager.post(NEW, SUMMER).await.created();
    let withdrawal = format!("{path}/withdrawal");
    manager.post(&withdrawal, &[]).await.is(422).shows(".error-summary", "Enter a reason.");
    manager.post(&withdrawal, &[("why", "A slip")]).await.goes_to("/p/shield/promotions");
    manager.get(&path).await.is(404);
    manager.get("/p/shield/history").await.shows("main", "Withdrew this promotion");
    let again = manager.post(NEW, SUMMER).await.created();
    manager.get(&again).await.hides("A slip");
    portal.advance_days(91);
    let begun = [("why", "Late")];
    let mut manager = portal.manager();
    manager
        .post(&format!("{again}/withdrawal"), &begun)
        .await
        .is(409)
        .shows("main", "It has begun: it can only be ended.");
}

#[actix_web::test]
async fn discounts_are_the_vendors_to_see() {
    let portal = Portal::start().await;
    for key in ["manager", "cam", "back_office"] {
        portal
            .visitor(key)
            .get("/p/shield/discounts")
            .await
            .is(200)
            .shows("tbody tr", "Watch services Knight 12.5 % 1 Jan 2024 In force Guild council")
            .shows("tbody tr", "Alarms Every tier 5 % 1 Jan 2025 In force Guild council")
            .shows(".card", "Registered deals");
    }
    let file = portal.manager().get("/p/shield/discounts.csv").await.is(200).text;
    assert!(
        file.contains("program,Watch services,Knight,12.5,2024-01-01,Guild council,"),
        "{file}"
    );
    portal.owner().get("/p/shield/discounts").await.is(403);
    portal.visitor("distributor").get("/p/shield/discounts.csv").await.is(403);
}

#[actix_web::test]
async fn the_list_leaves_as_a_file() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let shown = manager.get("/p/shield/promotions").await.is(200).all("tbody tr").len();
    let all = manager.get("/p/shield/promotions.csv").await.is(200).text;
    assert!(all.contains("reference,code,name,status,starts_on,ends_on,percent,"), "{all}");
    assert_eq!(all.lines().count(), shown + 1, "{all}");
    let night = manager.get("/p/shield/promotions.csv?q=night").await.is(200).text;
    assert!(night.contains(",NIGHT,") && night.lines().count() <= all.lines().count(), "{night}");
    let none = manager.get("/p/shield/promotions.csv?q=nothing").await.is(200).text;
    assert_eq!(none.lines().count(), 1, "{none}");
}
