//! Quotes as whoever makes them works on them: proposed by the rules, edited, previewed, sent.

use diesel::prelude::*;
use portal::db::schema::{policies, quotes};

use crate::support::Portal;
use crate::support::quotes::{ACME, Asked};

#[actix_web::test]
async fn an_inquiry_is_answered_accepted_and_ordered() {
    let portal = Portal::start().await;
    let (mut distributor, mut owner) = (portal.visitor("distributor"), portal.owner());
    let path = portal.begin_quote(&ACME, "distributor").await;
    distributor.get("/p/shield").await.shows(".todo", "1 inquiry waits for your quote");
    owner.get("/p/shield").await.hides("waits for your quote");
    owner.get(&path).await.is(404);
    distributor.edit_draft(&path, &[("percent", "3.5"), ("note", "Ask for Dora")]).await.is(303);
    distributor.send_quote(&path).await.goes_to(&path);
    assert_eq!(portal.mail_to("owner"), ["Quote for Hooli"]);
    assert_eq!(portal.quote_status(&path), ("sent".to_owned(), Some("quoted".to_owned())));
    distributor.get("/p/shield").await.hides("waits for your quote");

    owner.get("/p/shield").await.shows(".todo", "1 quote waits for your answer");
    let page = owner.get(&path).await.is(200);
    page.shows("tbody", "Program discount")
        .shows("tbody", "Since 1 Jan 2024, approved by Guild council")
        .shows("tbody", "12.5 %")
        .shows("blockquote", "Ask for Dora");
    let order = owner.accept_quote(&path).await;
    owner.get(&order).await.is(200).shows(".status", "Placed").shows("tfoot", "JPY 113,998");
    assert_eq!(portal.quote_status(&path), ("accepted".to_owned(), Some("accepted".to_owned())));
    assert_eq!(portal.mail_to("distributor"), ["Order for Hooli"]);
    owner.get("/p/shield").await.hides("waits for your answer");
    owner.get("/p/shield/customers.csv").await.is(200);
    distributor.get(&order).await.is(200).shows("tfoot", "JPY 113,998");
    distributor.get(&path).await.shows(".status", "Accepted");
}

/// 27,000 − 3,375 (12.5 %) = 23,625 − 827 (3.5 % is 826.875) = 22,798; 96,000 − 4,800 (5 %) = 91,200.
#[actix_web::test]
async fn each_level_is_rounded_and_taken_off_and_adds_up() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    distributor.edit_draft(&path, &[("percent", "3.5"), ("percent", "0")]).await.is(303);
    let page = distributor.get(&path).await.is(200);
    assert_eq!(
        page.all("tbody td.end")
            .into_iter()
            .filter(|cell| cell.contains("JPY"))
            .collect::<Vec<_>>(),
        ["JPY 27,000", "−JPY 3,375", "−JPY 827", "JPY 96,000", "−JPY 4,800"]
    );
    assert_eq!(page.all("tfoot td"), ["JPY 22,798", "JPY 91,200"]);
    page.shows(".facts", "JPY 113,998").shows(".facts", "JPY 9,002");
    distributor.send_quote(&path).await.is(303);
    portal.owner().accept_quote(&path).await;
    assert_eq!(portal.ordered(), [(27_000, 22_798), (96_000, 91_200)]);
}

/// Alone, ALONE costs 18,900; with the program's 12.5 % the others come to 20,519.
#[actix_web::test]
async fn codes_are_never_dropped_in_silence() {
    let portal = Portal::start().await;
    let asked = Asked { codes: "NIGHT TWIN ALONE NOSUCH", ..ACME };
    let path = portal.begin_quote(&asked, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    let page = distributor.get(&path).await.is(200);
    assert_eq!(page.all("tfoot td")[0], "JPY 18,900");
    let page = page
        .shows(".body li", "NOSUCH: there is no such promotion.")
        .shows(".body li", "NIGHT does not go together with ALONE, which costs less.")
        .shows(".body li", "A promotion stands in for the program discount")
        .shows(".body li", "The cheapest permitted set: ALONE.");
    page.shows(".body li", "NIGHT is for other products: Watch services.")
        .shows(".body li", "The cheapest permitted set: Program discount and TWIN.");

    distributor.edit_draft(&path, &[("codes", "night, twin")]).await.is(303);
    let page = distributor.get(&path).await.is(200);
    assert_eq!(page.all("tfoot td")[0], "JPY 20,519");
    distributor.send_quote(&path).await.is(303);
    portal
        .owner()
        .get(&path)
        .await
        .shows("tbody", "NIGHT: Night watch")
        .shows(".body li", "NIGHT is for other products: Watch services.");
    let seven = "A B C D E F G";
    let path = portal.begin_quote(&ACME, "distributor").await;
    distributor
        .edit_draft(&path, &[("codes", seven)])
        .await
        .is(422)
        .shows(".error-summary", "at most 6 codes");
}

#[actix_web::test]
async fn the_preview_is_what_the_reseller_gets() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    let edit = [("percent", "7.25"), ("note", "For you"), ("private_note", "Not for you")];
    distributor.edit_draft(&path, &edit).await.is(303);
    let preview = distributor.get(&format!("{path}/preview")).await.is(200);
    distributor.send_quote(&path).await.is(303);
    let page = portal.owner().get(&path).await.is(200);
    for part in ["table", ".facts:not(.list)", "blockquote"] {
        assert_eq!(preview.all(part), page.all(part), "{part}");
    }
    page.hides("Not for you");
    distributor.get(&path).await.shows("blockquote", "Not for you");
}

#[actix_web::test]
async fn a_mistyped_draft_comes_back_as_it_was_typed() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    let sent = [("percent", "12,345"), ("percent", "1"), ("valid_until", "2026-03-01")];
    let page = distributor.edit_draft(&path, &sent).await.is(422);
    let page = page
        .shows(".error-summary", "Line 1, Watch desk seat: enter a percentage")
        .shows(".error-summary", "Choose today or a later day.");
    assert_eq!(page.attributes("input[name='percent']", "value"), ["12,345", "1"]);
    // What somebody else saved meanwhile is not overwritten.
    distributor.edit_draft(&path, &[("note", "First")]).await.is(303);
    distributor.edit_draft(&path, &[("seen", "1"), ("note", "Second")]).await.is(409);
    distributor.post(&format!("{path}/sending"), &[("seen", "1")]).await.is(409);
}

#[actix_web::test]
async fn what_changed_since_it_was_priced_is_looked_at_again_before_it_is_sent() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let seen = [("seen", "1")];
    portal.double_prices_from("2026-03-03");
    portal.advance_days(1);
    let mut distributor = portal.visitor("distributor");
    let refused = distributor.post(&format!("{path}/sending"), &seen).await.is(409);
    refused.shows("main", "Prices changed since this was previewed");
    assert_eq!(portal.quote_status(&path).0, "draft");
    let page = distributor.get(&path).await.is(200);
    assert_eq!(page.all("tfoot td"), ["JPY 47,250", "JPY 182,400"]);
    page.shows(".flash", "a later price list");
    // The one that was previewed before is not sent any more; the new one is.
    distributor.post(&format!("{path}/sending"), &seen).await.is(409);
    distributor.send_quote(&path).await.goes_to(&path);
    portal.owner().accept_quote(&path).await;
    assert_eq!(portal.ordered(), [(54_000, 47_250), (192_000, 182_400)]);
}

/// The quoter's own level holds from the day on which it was entered, whenever it is sent.
#[actix_web::test]
async fn a_day_by_itself_changes_no_price() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    distributor.edit_draft(&path, &[("percent", "2")]).await.is(303);
    portal.advance_days(3);
    let mut distributor = portal.visitor("distributor");
    distributor.send_quote(&path).await.goes_to(&path);
    portal.owner().get(&path).await.shows("tbody", "Since 2 Mar 2026, approved by Nordic Supply");
    // A promotion that ends is a change.
    let asked = Asked { codes: "NIGHT", ..ACME };
    let path = portal.begin_quote(&asked, "distributor").await;
    distributor.edit_draft(&path, &[("valid_until", "2026-07-01")]).await.is(303);
    portal.advance_days(100);
    let mut distributor = portal.visitor("distributor");
    distributor.send_quote(&path).await.is(409);
    distributor.get(&path).await.shows(".body li", "NIGHT ended on 31 May 2026.");
}

#[actix_web::test]
async fn a_new_revision_takes_the_place_of_the_last_and_says_what_changed() {
    let portal = Portal::start().await;
    let path = portal.quote().await;
    let (mut distributor, mut owner) = (portal.visitor("distributor"), portal.owner());
    let before = owner.get(&path).await.text;
    let first = owner.shown(&path).await;
    distributor.post(&format!("{path}/revision"), &[]).await.goes_to(&path);
    distributor.edit_draft(&path, &[("percent", "10"), ("percent", "")]).await.is(303);
    // Until it is sent nothing changes for the reseller.
    assert_eq!(owner.get(&path).await.text, before);
    distributor.get(&path).await.shows(".flash", "Revision 1 stays valid");
    distributor.send_quote(&path).await.goes_to(&path);
    assert_eq!(portal.mail_to("owner"), ["Quote for Hooli", "Quote for Hooli, revision 2"]);
    let page = owner.get(&path).await.is(200);
    page.shows("h2", "What changed since revision 1")
        .shows(".facts li", "Price: JPY 23,625 → JPY 21,263")
        .shows(".facts li", "Distributor discount (Nordic Supply): none → 10 %");
    let refused = owner.accept_shown(&path, &first).await.is(409);
    refused.shows("main", "Revision 2 of quote");
    owner.accept_quote(&path).await;
    // Half-even: 10 % of 23,625 is 2,362.5.
    assert_eq!(portal.ordered(), [(27_000, 21_263), (96_000, 91_200)]);
}

#[actix_web::test]
async fn a_draft_of_a_revision_can_be_discarded() {
    let portal = Portal::start().await;
    let path = portal.quote().await;
    let mut distributor = portal.visitor("distributor");
    distributor.post(&format!("{path}/discard"), &[]).await.is(409);
    distributor.post(&format!("{path}/revision"), &[]).await.goes_to(&path);
    distributor.get(&path).await.shows("h1", "Draft for Hooli");
    distributor.post(&format!("{path}/discard"), &[]).await.goes_to(&path);
    distributor.get(&path).await.shows("h1", "Quote for Hooli");
    portal.owner().accept_quote(&path).await;
}

#[actix_web::test]
async fn the_vendor_quotes_as_long_as_the_policy_lets_it() {
    let portal = Portal::start().await;
    let asked = Asked { to: "Shield Security", ..ACME };
    let path = portal.begin_quote(&asked, "back_office").await;
    let mut manager = portal.manager();
    manager.edit_draft(&path, &[("percent", "1")]).await.is(303);
    let again = portal.begin_quote(&asked, "cam").await;
    manager.send_quote(&path).await.goes_to(&path);
    let page = portal.owner().get(&path).await.is(200);
    page.shows("tbody", "Vendor discount");
    let order = portal.owner().accept_quote(&path).await;
    portal.manager().get(&order).await.is(200).shows("tfoot td", "JPY 123,000");
    assert_eq!(portal.mail_to("manager"), ["Order for Hooli"]);
    // From its day on only distributors quote: judged on the day of sending.
    portal.write(|conn| {
        diesel::update(policies::table).set(policies::quoted_by.eq("distributor")).execute(conn)?;
        Ok(())
    });
    manager.send_quote(&again).await.is(409).shows("main", "only distributors quote");
    portal.quote().await;
}

#[actix_web::test]
async fn an_inquiry_has_one_quote() {
    let portal = Portal::start().await;
    let inquiry = portal.asks(&ACME);
    let path = format!("/p/shield/inquiries/{inquiry}/quote");
    let mut distributor = portal.visitor("distributor");
    let quote = distributor.post(&path, &[]).await.created();
    distributor.post(&path, &[]).await.goes_to(&quote);
    let count: i64 = portal.read(|conn| Ok(quotes::table.count().get_result(conn)?));
    assert_eq!(count, 1);
    // Others answer only what was sent to them.
    portal.visitor("other_distributor").post(&path, &[]).await.is(404);
    portal.manager().post(&path, &[]).await.is(403);
    portal.owner().post(&path, &[]).await.is(403);
}

const NEW: &str = "/p/shield/quotes/new";

#[actix_web::test]
async fn a_distributor_quotes_without_an_inquiry() {
    let portal = Portal::start().await;
    let mut distributor = portal.visitor("distributor");
    let page = distributor.get(NEW).await.is(200);
    page.shows("h1", "New quote").shows("tbody", "Acme").hides("Globex");
    distributor.get(&format!("{NEW}?q=zzz")).await.is(200).shows(".empty", "No reseller fits");
    let chosen = distributor.get(&format!("{NEW}?q=cm")).await.is(200);
    let href = chosen.attributes("tbody a", "href").remove(0);
    let form = distributor.get(&href).await.is(200).shows("form", "Acme");
    let reseller = form.attributes("input[name='reseller']", "value");
    assert_eq!(reseller, [portal.enrolment_of("Acme")]);
    let foreign = format!("{NEW}?reseller={}", portal.enrolment_of("Globex"));
    distributor.get(&foreign).await.is(200).hides("Globex");
    let sent = [
        ("reseller", "acme"),
        ("customer", "Raviga"),
        ("country", "jp"),
        ("product", "watch-seat"),
        ("quantity", "10"),
        ("months", "12"),
        ("product", ""),
        ("quantity", ""),
        ("months", ""),
        ("product", "ALARM-HUB"),
        ("quantity", "1"),
        ("months", ""),
    ];
    let path = distributor.post(NEW, &sent).await.created();
    assert_eq!(distributor.get(&path).await.all("tfoot td"), ["JPY 23,625", "JPY 45,600"]);
    distributor.send_quote(&path).await.goes_to(&path);
    // Nobody asked: the administrators are told.
    assert_eq!(portal.mail_to("owner"), ["Quote for Raviga"]);
    assert_eq!(portal.quote_status(&path), ("sent".to_owned(), None));
    portal.colleague().accept_quote(&path).await;

    let wrong = [
        ("reseller", "Globex"),
        ("customer", ""),
        ("country", "XX"),
        ("product", "ALARM-HUB"),
        ("quantity", "0"),
        ("months", ""),
        ("product", "WATCH-SEAT"),
        ("quantity", "1"),
        ("months", "99"),
        ("product", "NOTHING"),
    ];
    let page = distributor.post(NEW, &wrong).await.is(422);
    page.shows(".error-summary", "None of your resellers has this name.")
        .shows(".error-summary", "Enter a customer.")
        .shows(".error-summary", "Enter a country in two letters")
        .shows(".error-summary", "Line 1: enter a quantity")
        .shows(".error-summary", "Line 2: enter a term from 1 to 60 months.")
        .shows(".error-summary", "Line 3: there is no such product.");
    // A term without a price is no fault of the form, and says so.
    let unpriced = [
        ("reseller", "Acme"),
        ("customer", "Raviga"),
        ("country", "JP"),
        ("product", "WATCH-SEAT"),
        ("quantity", "1"),
        ("months", "7"),
    ];
    distributor.post(NEW, &unpriced).await.is(409).shows("main", "has no price for 1 Watch desk");
}

#[actix_web::test]
async fn the_list_finds_sorts_and_leaves_as_a_file() {
    let portal = Portal::start().await;
    let first = portal.quote().await;
    portal.advance_days(10);
    let second = portal.sent_quote(&Asked { customer: "Raviga", ..ACME }, "distributor").await;
    let draft = portal.begin_quote(&Asked { customer: "Pied Piper", ..ACME }, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    let found = async |visitor: &mut crate::support::Visitor, query: &str| {
        let page = visitor.get(&format!("/p/shield/quotes{query}")).await.is(200);
        page.attributes("tbody a", "href")
    };
    assert_eq!(found(&mut distributor, "").await, [&draft, &second, &first].map(Clone::clone));
    assert_eq!(found(&mut distributor, "?q=ravi").await, std::slice::from_ref(&second));
    assert_eq!(found(&mut distributor, "?status=draft").await, std::slice::from_ref(&draft));
    assert_eq!(found(&mut distributor, "?age=7&status=sent").await, std::slice::from_ref(&second));
    let mut owner = portal.owner();
    assert_eq!(found(&mut owner, "").await, [&second, &first].map(Clone::clone));
    assert_eq!(found(&mut portal.stranger(), "").await, [""; 0]);
    let mut manager = portal.manager();
    assert_eq!(found(&mut manager, "").await, [&second, &first].map(Clone::clone));
    assert_eq!(found(&mut manager, "?whose=own").await, [""; 0]);
    let file = owner.get("/p/shield/quotes.csv").await.is(200).text;
    assert!(file.contains(",JPY,123000,114825"), "{file}");
    let file = manager.get("/p/shield/quotes.csv").await.is(200).text;
    assert!(file.contains(",JPY,123000,\r\n"), "{file}");
}
