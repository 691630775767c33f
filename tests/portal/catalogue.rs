//! The catalogue: what is sold, what it costs today, and what is announced.

use diesel::prelude::*;
use portal::db::schema::{enrolments, products};

use crate::support::Portal;
use crate::support::prices::{TODAYS, priced};

const CATALOGUE: &str = "/p/shield/catalogue";

#[actix_web::test]
async fn everyone_reads_the_prices_of_today() {
    let portal = Portal::start().await;
    for key in ["owner", "colleague", "distributor", "manager", "cam", "back_office"] {
        portal
            .visitor(key)
            .get(CATALOGUE)
            .await
            .is(200)
            .shows(".lead", "Recommended prices (MSRP) in JPY, in force since 1 January 2024.")
            .shows("tbody th[scope=rowgroup]", "Watch services")
            .shows(
                "tbody tr",
                "Watch desk seat WATCH-SEAT Illustrative Subscription JPY 3,000 per seat for 12 months",
            )
            .shows("tbody tr", "Alarm hub ALARM-HUB Illustrative Hardware JPY 48,000 per hub")
            .shows("tbody tr", "Door sensor ALARM-SENSOR Illustrative Hardware No price")
            .shows(".flash", "These prices are illustrative")
            .shows(".side [aria-current=page]", "Catalogue");
    }
}

#[actix_web::test]
async fn products_are_found_by_name_code_category_and_kind() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let codes = |page: &crate::support::Page| page.all("tbody th .mono");
    let found = owner.get("/p/shield/catalogue?q=SEAT").await;
    assert_eq!(codes(&found), ["WATCH-SEAT"]);
    let found = owner.get("/p/shield/catalogue?q=desk%20se").await;
    assert_eq!(codes(&found), ["WATCH-SEAT"]);
    let found = owner.get("/p/shield/catalogue?category=alarm").await;
    assert_eq!(codes(&found), ["ALARM-HUB", "ALARM-CARE", "ALARM-SENSOR"]);
    let found = owner.get("/p/shield/catalogue?category=alarm&kind=hardware").await;
    assert_eq!(codes(&found), ["ALARM-HUB", "ALARM-SENSOR"]);
    owner
        .get("/p/shield/catalogue?q=nothing")
        .await
        .is(200)
        .shows(".empty", "No product fits")
        .shows("a", "Clear");
}

/// What a past list said of every term and quantity can still be read.
#[actix_web::test]
async fn a_past_list_is_shown_whole() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let path = format!("{CATALOGUE}/WATCH-SEAT");
    let page = owner.get(&path).await.is(200);
    assert_eq!(page.attributes("a[href*='from=']", "href"), [""; 0], "no list is past");
    portal.double_prices_from("2026-03-01");
    let page = owner.get(&path).await.is(200).hides("Past: they held");
    let past = page.attributes("a[href*='from=']", "href");
    assert_eq!(past, [format!("{path}?from=2024-01-01#past")]);
    let [whole] = past.try_into().unwrap();
    let page = owner.get(whole.split('#').next().unwrap()).await.is(200);
    page.shows("#past", "Past: they held until 28 February 2026.").shows("#past td", "JPY 5,500");
    // A day on which no list began, and one that is no day, show what the page shows anyway.
    for from in ["2024-01-02", "2026-03-01", "soon"] {
        owner.get(&format!("{path}?from={from}")).await.is(200).hides("Past: they held");
    }
}

/// A later list is told where it says something else, and only there.
#[actix_web::test]
async fn what_a_later_list_says_is_announced() {
    let portal = Portal::start().await;
    let later =
        priced(&[("WATCH-SEAT,12,1,3000", "WATCH-SEAT,12,1,3300"), ("ALARM-HUB,,1,48000\n", "")]);
    portal.publish(&later, "2027-01-01").await.is(303);
    let mut owner = portal.owner();
    let page = owner.get(CATALOGUE).await.is(200);
    let page = page
        .shows("tbody tr", "per seat for 12 months From 1 January 2027 you pay JPY 3,300")
        .shows("tbody tr", "JPY 48,000 per hub From 1 January 2027 no longer listed");
    assert_eq!(page.text.matches("From 1 January 2027").count(), 2);
    owner
        .get("/p/shield/catalogue/WATCH-SEAT")
        .await
        .is(200)
        .shows(".card h2", "Prices from 1 January 2027")
        .shows(".card", "1 January 2027 JPY 3,300 Announced 1 January 2024 JPY 3,000 In force");
    portal.advance_days(305);
    let page = portal.owner().get(CATALOGUE).await;
    let page = page
        .shows(".lead", "in force since 1 January 2027")
        .shows("tbody tr", "JPY 3,300 per seat for 12 months")
        .shows("tbody tr", "Hardware No price");
    page.hides("you pay");
    portal
        .owner()
        .get("/p/shield/catalogue/WATCH-SEAT")
        .await
        .shows(".card", "1 January 2027 JPY 3,300 In force 1 January 2024 JPY 3,000 Past");
}

#[actix_web::test]
async fn a_product_shows_terms_by_quantities_limits_and_promotions() {
    let portal = Portal::start().await;
    portal.write(|conn| {
        diesel::update(products::table.filter(products::code.eq("WATCH-SEAT")))
            .set(products::most_units.eq(256))
            .execute(conn)?;
        Ok(())
    });
    let page = portal.owner().get("/p/shield/catalogue/WATCH-SEAT").await.is(200);
    let page = page
        .shows("h1", "Watch desk seat")
        .shows(".facts", "LimitAt most 256 seats for one customer")
        .shows(".facts", "KindSubscription")
        .shows("thead tr", "Term 1–9 10–49 50 and more")
        .shows("tbody tr", "3 months JPY 900 JPY 810 JPY 675")
        .shows("tbody tr", "12 months JPY 3,000 JPY 2,700 JPY 2,250")
        .shows("tbody tr", "Night watch NIGHT Running 1 Jan 2026 31 May 2026 Watch services For 5 units or more on a line.")
        .shows("tbody tr", "May be combined with TWIN.")
        .shows("tbody tr", "Stands alone: without the program's discount and a registered deal's. Not with any other promotion.");
    page.hides("<dd>None");
    portal
        .owner()
        .get("/p/shield/catalogue/ALARM-HUB")
        .await
        .shows("tbody tr", "No term JPY 48,000")
        .shows(".facts", "Warranty24 months")
        .shows("thead tr", "Term Any")
        .hides("Night watch");
    portal.owner().get("/p/shield/catalogue/BOX-1").await.is(404);
    portal.owner().get("/p/shield/catalogue/watch-seat").await.is(404);
}

#[actix_web::test]
async fn a_partner_reads_prices_in_the_currency_that_it_pays_in() {
    let portal = Portal::start().await;
    portal.write(|conn| {
        diesel::update(enrolments::table.filter(enrolments::name_key.eq("acme")))
            .set(enrolments::currency.eq("EUR"))
            .execute(conn)?;
        Ok(())
    });
    let mut owner = portal.owner();
    owner
        .get(CATALOGUE)
        .await
        .is(200)
        .shows(".lead", "There is no price list in your currency yet.")
        .hides("JPY");
    owner
        .get("/p/shield/catalogue/WATCH-SEAT?currency=JPY")
        .await
        .is(200)
        .shows("main", "There is no price list in your currency yet.")
        .hides("JPY");
    let euros = "product,months,unit_price\nWATCH-SEAT,12,24.50\n";
    portal.publish_in("EUR", euros, "2026-04-01").await.is(303);
    owner
        .get(CATALOGUE)
        .await
        .shows(".lead", "No price list in EUR is in force yet.")
        .shows("tbody tr", "No price From 1 April 2026 you pay EUR 24.50 per seat for 12 months")
        .hides("JPY");
    portal.stranger().get(CATALOGUE).await.shows("tbody tr", "JPY 3,000").hides("EUR");
    // The vendor chooses.
    let mut manager = portal.manager();
    manager.get(CATALOGUE).await.shows("#currency option", "EUR").shows("tbody tr", "JPY 3,000");
    manager.get("/p/shield/catalogue?currency=EUR").await.shows("tbody tr", "EUR 24.50");
    manager
        .get("/p/shield/catalogue/WATCH-SEAT?currency=EUR")
        .await
        .shows(".facts", "EUR · JPY")
        .shows("tbody tr", "12 months EUR 24.50");
}

#[actix_web::test]
async fn the_catalogue_leaves_as_a_file() {
    let portal = Portal::start().await;
    let file = portal.owner().get("/p/shield/catalogue.csv?q=watch").await.is(200);
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(
        lines[0].trim_start_matches('\u{feff}'),
        "product,name,category,kind,unit,most_units,months,from_quantity,currency,unit_price,\
         effective_from,illustrative"
    );
    let seat = "WATCH-SEAT,Watch desk seat,Watch services,subscription,seat,,12,10,JPY,2700,\
                2024-01-01,yes";
    assert!(lines.contains(&seat), "{lines:#?}");
    let all = portal.owner().get("/p/shield/catalogue.csv").await.is(200);
    assert!(
        all.text.contains("ALARM-SENSOR,Door sensor,Alarms,hardware,sensor,,,,,,,yes"),
        "{}",
        all.text
    );
    let unpriced = 4;
    assert_eq!(all.text.lines().count(), TODAYS.lines().count() + unpriced);
}
