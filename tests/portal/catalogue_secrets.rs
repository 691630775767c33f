//! What the program takes off, and who approved it, is in no byte that a partner or a distributor gets
//! before a quote.

use std::collections::{BTreeSet, VecDeque};

use diesel::prelude::*;
use portal::db::schema::{discounts, mail_bodies, promotions};

use crate::support::prices::priced;
use crate::support::{Portal, Visitor, furniture};

/// Percentages and names that stand nowhere else, however they may be written.
const CANARIES: [&str; 5] = ["17.37", "17,37", "27.13", "27,13", "Canary council"];

async fn crawl(visitor: &mut Visitor) -> Vec<(String, String)> {
    let begin = ["/p/shield", "/p/shield/catalogue", "/p/shield/catalogue.csv"].map(str::to_owned);
    let mut known: BTreeSet<String> = begin.iter().cloned().collect();
    let mut waiting: VecDeque<String> = begin.into();
    let mut read = Vec::new();
    while let Some(path) = waiting.pop_front() {
        assert!(read.len() < 300, "no end: {path}");
        let page = visitor.get(&path).await.is(200);
        let links = if page.is_html() { page.attributes("a[href]", "href") } else { Vec::new() };
        for link in links.into_iter().filter(|link| link.starts_with("/p/")) {
            let link = link.split('#').next().unwrap().to_owned();
            if known.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        let headers: Vec<String> =
            page.answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        read.push((path, format!("{}\n{}", headers.join("\n"), page.text)));
    }
    read
}

#[actix_web::test]
async fn no_percentage_reaches_a_partner_before_a_quote() {
    let portal = Portal::start().await;
    furniture::move_in(&portal).await;
    portal.publish(&priced(&[("48000", "49000")]), "2027-06-01").await.is(303);
    portal.write(|conn| {
        diesel::update(discounts::table)
            .set((discounts::basis_points.eq(1737), discounts::approved_by.eq("Canary council")))
            .execute(conn)?;
        diesel::update(promotions::table)
            .set((promotions::basis_points.eq(2713), promotions::approved_by.eq("Canary council")))
            .execute(conn)?;
        Ok(())
    });
    for key in ["owner", "colleague", "distributor"] {
        let pages = crawl(&mut portal.visitor(key)).await;
        assert!(pages.iter().any(|(path, _)| path == "/p/shield/catalogue/WATCH-SEAT"));
        assert!(
            pages
                .iter()
                .any(|(path, text)| path.ends_with("/promotions") && text.contains("NIGHT"))
        );
        for (path, text) in &pages {
            for canary in CANARIES {
                assert!(!text.contains(canary), "{key} reads {canary} at {path}");
            }
        }
    }
    let mails: Vec<(String, String)> = portal.read(|conn| {
        Ok(mail_bodies::table
            .select((mail_bodies::text_body, mail_bodies::html_body))
            .load(conn)?)
    });
    for (text, html) in mails {
        for canary in CANARIES {
            assert!(!text.contains(canary) && !html.contains(canary), "a mail tells {canary}");
        }
    }
    // The canaries sing where they may.
    portal.manager().get("/p/shield/promotions").await.shows("tbody tr", "27.13 %");
    portal.manager().get("/p/shield/discounts").await.shows("tbody tr", "17.37 %");
}
