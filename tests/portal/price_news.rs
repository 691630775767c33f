//! Price lists that are withdrawn, and who is told of what was published: once, and only if it
//! concerns them.

use diesel::prelude::*;
use portal::auth::Program;
use portal::catalogue::price_lists as lists;
use portal::contacts::Role;
use portal::db::schema::{mails, price_news};

use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::people::enrol;
use crate::support::prices::{TODAYS, priced};

const NEW_YEAR: &str = "2027-01-01";

impl Portal {
    /// Gives these people the role program updates.
    fn keep_posted(&self, keys: &[&str]) {
        keys.iter().for_each(|key| give_role(self.contact_id(key), Role::ProgramUpdates, self));
    }

    fn price_mails(&self) -> Vec<(String, String)> {
        self.read(|conn| {
            Ok(mails::table
                .filter(mails::event.like("catalogue.%"))
                .order(mails::id)
                .select((mails::to_email, mails::subject))
                .load(conn)?)
        })
    }

    fn news(&self) -> i64 {
        self.read(|conn| Ok(price_news::table.count().get_result(conn)?))
    }

    fn shield(&self) -> Program {
        self.read(|conn| Program::find_unscoped("shield", conn))
    }

    fn tell_of_prices(&self) -> usize {
        let report = portal::sweeps::run(&lists::SWEEP, &self.shield(), None, &self.app).unwrap();
        report.outcome.done
    }
}

#[actix_web::test]
async fn a_list_to_come_is_withdrawn_and_what_holds_is_not() {
    let portal = Portal::start().await;
    let path = portal.publish(&priced(&[("48000", "49000")]), NEW_YEAR).await.created();
    let mut manager = portal.manager();
    let withdrawal = format!("{path}/withdrawal");
    let page = manager.get(&path).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    manager
        .post(&withdrawal, &[("seen", &seen)])
        .await
        .is(422)
        .shows(".error-summary", "Enter a reason.");
    portal.visitor("cam").post(&withdrawal, &[("seen", &seen), ("why", "x")]).await.is(403);
    portal.owner().post(&withdrawal, &[("seen", &seen), ("why", "x")]).await.is(403);
    // Replaced since the page was opened.
    portal.advance_days(1);
    portal.publish_seen(&priced(&[("48000", "50000")]), NEW_YEAR).await.is(303);
    let mut manager = portal.manager();
    manager
        .post(&withdrawal, &[("seen", &seen), ("why", "A slip")])
        .await
        .is(409)
        .shows("main", "has replaced the prices of this list since you opened the page");
    let page = manager.get(&path).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    manager
        .post(&withdrawal, &[("seen", &seen), ("why", "A slip")])
        .await
        .goes_to("/p/shield/prices");
    manager.get(&path).await.is(404);
    manager
        .get("/p/shield/history")
        .await
        .shows("main", "Withdrew this price list")
        .shows("main", "A slip");
    assert_eq!(portal.price_lists(), 1);
    portal.owner().get("/p/shield/catalogue").await.hides("2027");

    let pack = manager.get("/p/shield/prices").await.attributes("tbody th a", "href").remove(0);
    manager.get(&pack).await.shows("main", "Its day has come: what is in force, or was, stays.");
    manager.post(&format!("{pack}/withdrawal"), &[("why", "x")]).await.is(409);
    let path = portal.publish(TODAYS, NEW_YEAR).await.created();
    let page = portal.manager().get(&path).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    page.hides("A slip");
    portal.advance_days(305);
    let mut manager = portal.manager();
    manager.post(&format!("{path}/withdrawal"), &[("seen", &seen), ("why", "Late")]).await.is(409);
    manager.get(&path).await.is(200).shows(".facts", "In force");
}

#[actix_web::test]
async fn whoever_pays_in_the_currency_is_told_once() {
    let portal = Portal::start().await;
    portal.keep_posted(&["owner", "reader", "distributor"]);
    let text = priced(&[("48000", "49000"), ("WATCH-MAP,,1,64999\n", "")]);
    let path = portal.publish(&text, NEW_YEAR).await.created();
    let to = |emails: [&str; 3], subject: &str| {
        emails.map(|email| (email.to_owned(), subject.to_owned())).to_vec()
    };
    let people = ["owner@acme.example", "reader@acme.example", "distributor@nordic-supply.example"];
    let mut expected = to(people, "New prices in JPY from 1 January 2027");
    assert_eq!(portal.price_mails(), expected, "Globex has nobody with the role");
    assert_eq!(portal.news(), 0);
    let mail = portal.mails().into_iter().find(|mail| mail.event == "catalogue.prices_published");
    let reason = mail.unwrap().reason;
    assert!(reason.contains("because you hold the role Program updates at Acme"), "{reason}");
    assert_eq!(portal.tell_of_prices(), 0, "everybody is told");

    portal.advance_days(1);
    portal.publish_seen(&priced(&[("48000", "50000")]), NEW_YEAR).await.is(303);
    expected.extend(to(people, "Changed again: prices in JPY from 1 January 2027"));
    assert_eq!(portal.price_mails(), expected);

    portal.advance_days(1);
    let page = portal.manager().get(&path).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    let withdrawal = format!("{path}/withdrawal");
    portal.manager().post(&withdrawal, &[("seen", &seen), ("why", "A slip")]).await.is(303);
    expected.extend(to(people, "Withdrawn: prices in JPY from 1 January 2027"));
    assert_eq!(portal.price_mails(), expected);
    assert_eq!(portal.news(), 0);

    portal
        .publish_in("EUR", "product,months,unit_price\nWATCH-SEAT,12,20\n", NEW_YEAR)
        .await
        .is(303);
    assert_eq!(portal.price_mails(), expected, "nobody pays in EUR");
}

/// More partners than are told at once: the sweep tells them in batches, and what is withdrawn by
/// then was never announced.
#[actix_web::test]
async fn many_partners_are_told_by_the_sweep() {
    let portal = Portal::start().await;
    portal.keep_posted(&["owner", "stranger"]);
    let program = portal.shield().id;
    portal.write(move |conn| {
        (0..500).try_for_each(|number| {
            enrol(&format!("Partner {number:03}"), "distributor", "active", program, conn)
        })
    });
    let path = portal.publish(&priced(&[("48000", "49000")]), NEW_YEAR).await.created();
    assert_eq!((portal.price_mails().len(), portal.news()), (0, 1));
    let page = portal.manager().get(&path).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    let withdrawal = format!("{path}/withdrawal");
    portal.manager().post(&withdrawal, &[("seen", &seen), ("why", "A slip")]).await.is(303);
    assert_eq!((portal.price_mails().len(), portal.news()), (0, 0), "nobody ever knew");

    portal.publish(&priced(&[("48000", "49000")]), NEW_YEAR).await.is(303);
    assert_eq!(portal.tell_of_prices(), 2);
    assert_eq!(portal.price_mails().len(), 2);
    assert_eq!(portal.news(), 0);
    assert_eq!(portal.tell_of_prices(), 0);
}
