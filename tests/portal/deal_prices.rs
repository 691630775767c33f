//! A registered deal in an inquiry, and what it takes off the lines of its category.

use diesel::prelude::*;
use portal::db::schema::{inquiries, quote_levels};

use crate::support::Portal;
use crate::support::deals::whole;
use crate::support::leads::reference_of;
use crate::support::quotes::ACME;

/// An approved deal of Acme's for Hooli in Japan, in the category of watches.
async fn watch_deal(portal: &Portal) -> String {
    let customer = [
        ("customer_name", "Hooli KK"),
        ("customer_domain", ""),
        ("customer_country", "JP"),
        ("category", "watch"),
    ];
    let path = portal.owner().post("/p/shield/deals/new", &customer).await.created();
    let mut fields = whole(&customer[..3]);
    fields.retain(|(name, _)| !["product", "quantity", "msrp"].contains(name));
    fields.extend([("product", "WATCH-SEAT"), ("quantity", "10"), ("msrp", "120000")]);
    portal.at_deal("owner", &path, "edit", &fields).await.goes_to(&path);
    portal.at_deal("owner", &path, "submission", &[]).await.goes_to(&path);
    portal.at_deal("cam", &path, "review", &[]).await.goes_to(&path);
    portal.at_deal("cam", &path, "approval", &[]).await.goes_to(&path);
    path
}

/// A submitted inquiry of Acme's for Hooli that carries the deal.
fn inquiry_with(portal: &Portal, deal: &str) -> String {
    let (inquiry, deal) = (portal.asks(&ACME), reference_of(deal).to_owned());
    let carries = inquiry.clone();
    portal.write(move |conn| {
        use portal::db::schema::deals;
        let id: i64 =
            deals::table.filter(deals::reference.eq(&deal)).select(deals::id).first(conn)?;
        diesel::update(inquiries::table.filter(inquiries::reference.eq(&carries)))
            .set(inquiries::deal_id.eq(id))
            .execute(conn)?;
        Ok(())
    });
    inquiry
}

/// The level of registered deals, line by line: its rule.
fn deal_levels(portal: &Portal) -> Vec<String> {
    portal.read(|conn| {
        Ok(quote_levels::table
            .filter(quote_levels::level.eq("deal_registration"))
            .select(quote_levels::rule)
            .load(conn)?)
    })
}

#[actix_web::test]
async fn lines_of_its_category_get_the_level_while_the_deal_is_in_force() {
    let portal = Portal::start().await;
    let deal = watch_deal(&portal).await;
    let inquiry = inquiry_with(&portal, &deal);
    let mut distributor = portal.visitor("distributor");
    let path = format!("/p/shield/inquiries/{inquiry}");
    distributor.get(&path).await.is(200).shows(".facts", reference_of(&deal));
    let quote = distributor.post(&format!("{path}/quote"), &[]).await.created();
    let levels = deal_levels(&portal);
    assert_eq!(levels.len(), 1, "the seats, not the hubs");
    assert!(levels[0].ends_with(&format!("deal {}", reference_of(&deal))), "{levels:?}");
    // Its end comes before the quote is sent: the draft is priced anew, without the level.
    portal.at_deal("owner", &deal, "loss", &[("why", "Too dear")]).await.is(303);
    distributor.send_quote(&quote).await.is(409);
    assert!(deal_levels(&portal).is_empty());
}

#[actix_web::test]
async fn nothing_is_taken_off_after_the_last_day_whether_or_not_the_sweep_has_run() {
    let portal = Portal::start().await;
    let deal = watch_deal(&portal).await;
    let inquiry = inquiry_with(&portal, &deal);
    portal.turn_clock("2026-05-02 00:10");
    let path = format!("/p/shield/inquiries/{inquiry}/quote");
    portal.visitor("distributor").post(&path, &[]).await.is(303);
    assert_eq!(portal.deal(&deal).status, "approved", "the sweep has not come yet");
    assert!(deal_levels(&portal).is_empty());
}

#[actix_web::test]
async fn a_draft_carries_a_deal_of_its_customer_and_no_other() {
    let portal = Portal::start().await;
    let deal = watch_deal(&portal).await;
    let customer = [("customer_name", "HOOLI Ltd"), ("customer_country", "JP")];
    let mut owner = portal.owner();
    let draft = owner.post("/p/shield/inquiries/new", &customer).await.created();
    owner.get(&draft).await.shows("a", "Choose a deal");
    let page = owner.get(&format!("{draft}/deal")).await.is(200);
    page.shows("label", reference_of(&deal)).shows(".hint", "Protected until");
    let seen = portal.seen_of(&draft);
    let of = reference_of(&deal);
    let wrong = [("seen", seen.as_str()), ("deal", "D-00000-00000")];
    owner.post(&format!("{draft}/deal"), &wrong).await.is(422).shows(".error-summary", "in force");
    let sent = [("seen", seen.as_str()), ("deal", of)];
    owner.post(&format!("{draft}/deal"), &sent).await.goes_to(&draft);
    owner.get(&draft).await.is(200).shows("#deal", of);
    // Somebody else's draft finds no deal of Acme's.
    let mut stranger = portal.stranger();
    let theirs = stranger.post("/p/shield/inquiries/new", &customer).await.created();
    stranger.get(&format!("{theirs}/deal")).await.is(200).hides(of);
    let seen = portal.seen_of(&theirs);
    let sent = [("seen", seen.as_str()), ("deal", of)];
    stranger.post(&format!("{theirs}/deal"), &sent).await.is(422);
}
