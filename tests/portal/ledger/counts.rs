//! What the vendor sees of its program's mail.

use portal::mail::MailStatus;

use super::{LEDGER, end};
use crate::support::post::Kind;
use crate::support::{Page, Portal};

#[actix_web::test]
async fn the_vendor_sees_counts_and_nobody() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "long ago", Kind::Role);
    portal.advance_days(40);
    portal.queue_mails("owner", &["one", "two"], Kind::Role);
    portal.queue_mail("stranger", "three", Kind::Role);
    portal.queue_mail("stranger", "of the account", Kind::Account);
    portal.mail_totals_hold();
    end(&portal, "one", MailStatus::Sent, "250 ok");
    let refused = "550 5.1.1 <owner@acme.example> no such user";
    end(&portal, "two", MailStatus::Failed, refused);
    end(&portal, "three", MailStatus::Suppressed, "the contact was deactivated");
    for key in ["manager", "cam", "back_office"] {
        let page = portal.visitor(key).get(LEDGER).await.is(200);
        assert_eq!(page.all(".stat dd:first-of-type"), ["1", "0", "1", "1"], "{key}");
        page.shows("tbody th", "Refused by the mail server: 550 5.1.1, the address")
            .shows("tbody th", "The contact was deactivated")
            .hides("acme.example")
            .hides("Olive");
    }
    let mut manager = portal.manager();
    let page = manager.get(&format!("{LEDGER}?days=84")).await;
    assert_eq!(page.all(".stat dd:first-of-type"), ["1", "1", "1", "1"]);
    let page = manager.get(&format!("{LEDGER}/partners")).await.is(200);
    let row = |page: &Page, name: &str| {
        let rows = page.all("tbody tr");
        rows.into_iter().find(|row| row.starts_with(name)).unwrap_or_default()
    };
    assert_eq!(row(&page, "Acme"), "Acme21010");
    assert_eq!(row(&page, "Globex"), "Globex10001");
    let page = manager.get(&format!("{LEDGER}/partners?show=undelivered")).await.is(200);
    assert_eq!(page.all("tbody th"), ["Acme", "Globex"]);
    let link = page.attributes("tbody th a", "href")[1].clone();
    let page = manager.get(&link).await.is(200).shows(".lead", "Globex");
    assert_eq!(page.all(".stat dd:first-of-type"), ["0", "0", "0", "1"]);
    let file = manager.get(&format!("{LEDGER}.csv")).await.is(200).text;
    assert!(file.contains("2026-04-11,test.noted,failed,1"), "{file}");
    let file = manager.get(&format!("{LEDGER}/partners.csv")).await.is(200).text;
    assert!(file.contains("Acme,2,1,0,1,0") && !file.contains("@"), "{file}");
    manager.get(&format!("{LEDGER}?partner=P-00000-00000")).await.is(404);
}
