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

/// A tenth below 27,000 and 96,000 is 24,300 and 86,400.
#[actix_web::test]
async fn the_paper_for_the_customer_shows_no_discount() {
    let portal = Portal::start().await;
    let path = sent(&portal).await;
    let mut owner = portal.owner();
    for (file, prices) in [
        ("customer.pdf", ["27,000", "96,000", "123,000"]),
        ("customer.pdf?below=", ["27,000", "96,000", "123,000"]),
        ("customer.pdf?below=10", ["24,300", "86,400", "110,700"]),
    ] {
        let text = text(&mut owner, &path, file).await;
        assert!(text.contains("Hooli") && text.contains("Acme"), "{text}");
        for price in prices {
            assert!(text.contains(price), "{file} lacks {price}: {text}");
        }
        for hidden in ["%", "iscount", "12.5", "3,375", "20,466", "111,666", "Nordic", "\u{2212}"] {
            assert!(!text.contains(hidden), "{file} shows {hidden}: {text}");
        }
    }
    for bad in ["ten", "101", "-1"] {
        owner.get(&format!("{path}/customer.pdf?below={bad}")).await.is(400);
    }
    portal.visitor("distributor").get(&format!("{path}/customer.pdf")).await.is(403);
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
