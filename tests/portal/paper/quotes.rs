//! Quotes on paper: the reseller's shows why each price is what it is, the one for its customer does
//! not, and the vendor's keeps the wall.

use crate::support::pdf::Pdf;
use crate::support::quotes::ACME;
use crate::support::{Portal, Visitor};

/// 27,000 − 3,375 (12.5 %) − 3,159 (13.37 %) = 20,466; 96,000 − 4,800 (5 %) = 91,200.
async fn sent(portal: &Portal) -> String {
    let path = portal.begin_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    let edit = [("percent", "13.37"), ("percent", ""), ("private_note", "Privatecanary")];
    distributor.edit_draft(&path, &edit).await.is(303);
    for kind in ["quote.pdf", "lines.csv"] {
        distributor.get(&format!("{path}/{kind}")).await.is(409);
        portal.owner().get(&format!("{path}/{kind}")).await.is(404);
    }
    distributor.send_quote(&path).await.is(303);
    path
}

async fn text(visitor: &mut Visitor, path: &str, file: &str) -> String {
    let paper = visitor.get(&format!("{path}/{file}")).await.is(200);
    assert_eq!(paper.header("content-type"), "application/pdf");
    let reference = path.rsplit('/').next().unwrap();
    Pdf::read(&paper.answer.body, reference).text()
}

#[actix_web::test]
async fn a_quote_on_paper_says_what_its_page_says() {
    let portal = Portal::start().await;
    let path = sent(&portal).await;
    for key in ["owner", "distributor"] {
        let text = text(&mut portal.visitor(key), &path, "quote.pdf").await;
        for shown in ["27,000", "12.5", "3,375", "13.37", "3,159", "20,466", "91,200", "111,666"] {
            assert!(text.contains(shown), "{key} lacks {shown}: {text}");
        }
        assert!(!text.contains("Privatecanary"), "{text}");
    }
    let text = text(&mut portal.manager(), &path, "quote.pdf").await;
    for shown in ["27,000", "12.5", "23,625", "91,200", "123,000"] {
        assert!(text.contains(shown), "the vendor lacks {shown}: {text}");
    }
    for hidden in ["13.37", "3,159", "20,466", "111,666", "Privatecanary"] {
        assert!(!text.contains(hidden), "the vendor reads {hidden}: {text}");
    }
}

/// Nothing of a discount stands on the paper for the customer, whatever its prices are.
async fn shows_prices_alone(owner: &mut Visitor, path: &str, prices: [&str; 3]) {
    let text = text(owner, path, "customer.pdf").await;
    assert!(text.contains("Hooli") && text.contains("Acme"), "{text}");
    for price in prices {
        assert!(text.contains(price), "{price} is missing: {text}");
    }
    for hidden in ["%", "iscount", "12.5", "3,375", "20,466", "111,666", "Nordic", "\u{2212}"] {
        assert!(!text.contains(hidden), "it shows {hidden}: {text}");
    }
}

/// A tenth below 27,000 and 96,000 is 24,300 and 86,400.
#[actix_web::test]
async fn the_paper_for_the_customer_shows_its_prices_alone() {
    let portal = Portal::start().await;
    let path = sent(&portal).await;
    let mut owner = portal.owner();
    shows_prices_alone(&mut owner, &path, ["27,000", "96,000", "123,000"]).await;
    let form = format!("{path}/customer");
    let filled_in = owner.get(&format!("{form}?below=10")).await.is(200);
    assert_eq!(filled_in.attributes("input[name='price']", "value"), ["24300", "86400"]);
    shows_prices_alone(&mut owner, &path, ["27,000", "96,000", "123,000"]).await;
    let number = ("number", "1");
    owner.post(&form, &[number, ("price", "24300"), ("price", "86400")]).await.goes_to(&form);
    shows_prices_alone(&mut owner, &path, ["24,300", "86,400", "110,700"]).await;
    let sent = [number, ("price", "31337"), ("price", "86411"), ("next", "pdf")];
    owner.post(&form, &sent).await.goes_to(&format!("{path}/customer.pdf"));
    shows_prices_alone(&mut portal.colleague(), &path, ["31,337", "86,411", "117,748"]).await;
    let kept = portal.colleague().get(&form).await.is(200);
    assert_eq!(kept.attributes("input[name='price']", "value"), ["31337", "86411"]);
}

#[actix_web::test]
async fn bad_prices_for_the_customer_are_named_and_none_is_kept() {
    let portal = Portal::start().await;
    let path = sent(&portal).await;
    let form = format!("{path}/customer");
    let mut owner = portal.owner();
    for bad in ["ten", "101", "-1"] {
        let page = owner.get(&format!("{form}?below={bad}")).await.is(422);
        page.shows(".error-summary", "Enter a percentage from 0 to 100");
    }
    for (bad, said) in [
        ("", "Line 2, Alarm hub: enter an amount in JPY, such as 96000."),
        ("-5", "Line 2"),
        ("12.5", "Line 2"),
        ("many", "Line 2"),
        ("9223372036854775807", "more than can be counted"),
    ] {
        let page = owner.post(&form, &[("number", "1"), ("price", "31337"), ("price", bad)]).await;
        let page = page.is(422).shows(".error-summary", said);
        assert_eq!(page.attributes("input[name='price']", "value"), ["31337", bad]);
    }
    let sound = [("number", "2"), ("price", "1"), ("price", "1")];
    owner.post(&form, &sound).await.is(409).shows("main", "was sent meanwhile");
    shows_prices_alone(&mut owner, &path, ["27,000", "96,000", "123,000"]).await;
}

/// A reseller's own prices are in no byte that anybody else gets; another quantity is asked anew.
#[actix_web::test]
async fn prices_for_the_customer_are_the_resellers_alone() {
    let portal = Portal::start().await;
    let path = sent(&portal).await;
    let form = format!("{path}/customer");
    let sound = [("number", "1"), ("price", "31337"), ("price", "86411")];
    portal.owner().post(&form, &sound).await.goes_to(&form);
    portal.stranger().get(&form).await.is(404);
    for key in ["distributor", "manager", "cam"] {
        let mut visitor = portal.visitor(key);
        visitor.get(&form).await.is(403);
        visitor.get(&format!("{path}/customer.pdf")).await.is(403);
        for address in [&path, &format!("{path}/lines.csv"), "/p/shield/quotes.csv"] {
            let text = visitor.get(address).await.is(200).text;
            assert!(!text.contains("31337") && !text.contains("31,337"), "{key} at {address}");
        }
    }
    let log = portal.manager().get("/p/shield/history.csv").await.is(200).text;
    assert!(log.contains("customer_paper") && !log.contains("31337"), "{log}");
    portal.visitor("distributor").get(&path).await.hides("set prices for the customer");
}

#[actix_web::test]
async fn the_lines_in_a_file_add_up_for_each_reader() {
    let portal = Portal::start().await;
    let path = sent(&portal).await;
    for (key, steps) in [
        ("owner", ["msrp,,27000", "program,12.5,3375", "distributor,13.37,3159", "net,,20466"]),
        ("manager", ["msrp,,27000", "program,12.5,3375", "net,,23625", "net,,91200"]),
    ] {
        let text = portal.visitor(key).get(&format!("{path}/lines.csv")).await.is(200).text;
        for step in steps {
            assert!(text.contains(&format!(",{step},JPY")), "{key} lacks {step}: {text}");
        }
        assert_eq!(text.contains("distributor"), key == "owner", "{text}");
    }
}
