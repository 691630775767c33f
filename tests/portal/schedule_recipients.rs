//! Who gets a partner's schedules: a list of its own, which its administrators keep.

use diesel::prelude::*;
use portal::db::schema::{audit_events, schedule_recipients};

use crate::support::channel::{add_contact, enrol};
use crate::support::{Page, Portal, Visitor};

const PAGE: &str = "/p/shield/schedules/recipients";

fn on_the_list(portal: &Portal) -> Vec<i64> {
    portal.read(|conn| {
        let list = schedule_recipients::table.order(schedule_recipients::contact_id);
        Ok(list.select(schedule_recipients::contact_id).load(conn)?)
    })
}

fn told(portal: &Portal) -> i64 {
    portal.read(|conn| {
        let events =
            audit_events::table.filter(audit_events::subject_kind.eq("schedule_recipients"));
        Ok(events.count().get_result(conn)?)
    })
}

async fn save(visitor: &mut Visitor, was: &[&str], tick: &[&str]) -> Page {
    let was = was.iter().map(|one| ("was", *one));
    let fields: Vec<(&str, &str)> = was.chain(tick.iter().map(|one| ("tick", *one))).collect();
    visitor.post(PAGE, &fields).await
}

#[actix_web::test]
async fn an_administrator_keeps_the_list_and_the_page_says_who_did_what() {
    let portal = Portal::start().await;
    let (colleague, reader) = (portal.contact("colleague"), portal.contact("reader"));
    let mut owner = portal.owner();
    owner
        .get(PAGE)
        .await
        .is(200)
        .shows(".flash", "Nobody is on the list.")
        .shows(".recipients li", "Olive Owner")
        .shows(
            ".recipients li",
            "Is an administrator of Acme and nobody there is a schedule recipient.",
        );
    save(&mut owner, &[], &[&colleague, &reader]).await.goes_to(PAGE);
    let page = owner.get(PAGE).await.is(200).hides("Nobody is on the list").shows(
        ".recipients li",
        "Is a schedule recipient of Acme, put on the list by Olive Owner on 2 March 2026.",
    );
    assert_eq!(page.all(".recipients li").len(), 2);
    assert_eq!(page.attributes("input[name=was]", "value"), [colleague.clone(), reader.clone()]);
    page.shows("tbody tr", "By Olive Owner on 2 March 2026")
        .shows(".timeline li", "Put a person on the list of schedule recipients Colin Colleague");
    save(&mut owner, &[&colleague, &reader], &[&reader]).await.is(303);
    let page = owner.get(PAGE).await.shows(".timeline li", "Took a person off the list");
    assert_eq!(page.all(".recipients li").len(), 1);
    assert_eq!(told(&portal), 3);
    // A member reads it, and the roles are another matter.
    let mut member = portal.colleague();
    let page = member.get(PAGE).await.is(200).hides("Save the list");
    assert!(page.attributes("input[name=tick]", "disabled").len() >= 3);
    save(&mut member, &[], &[&colleague]).await.is(403);
    owner.get("/p/shield/roles").await.is(200).hides("chedule recipient");
}

/// A save says what was changed, so that nobody undoes what somebody else did.
#[actix_web::test]
async fn two_administrators_do_not_undo_each_other() {
    let portal = Portal::start().await;
    let [owner, colleague, reader] =
        ["owner", "colleague", "reader"].map(|key| portal.contact(key));
    let (mut first, mut second) = (portal.owner(), portal.owner());
    save(&mut first, &[], &[&owner]).await.is(303);
    // Both opened the page when only the owner was on it.
    save(&mut first, &[&owner], &[&owner, &colleague]).await.is(303);
    save(&mut second, &[&owner], &[&reader]).await.is(303);
    let ids = ["colleague", "reader"].map(|key| portal.contact_id(key));
    assert_eq!(on_the_list(&portal), ids);
    // What somebody else did already is done.
    save(&mut first, &[&owner], &[]).await.is(303);
    assert_eq!((on_the_list(&portal), told(&portal)), (ids.to_vec(), 4));
}

#[actix_web::test]
async fn of_many_who_add_the_same_person_at_once_one_does() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let colleague = portal.contact("colleague");
    let (mut here, mut there) = (portal.owner(), beside.owner());
    for round in 1..=5 {
        let (was, tick): (&[&str], &[&str]) =
            if round % 2 == 1 { (&[], &[&colleague]) } else { (&[&colleague], &[]) };
        let (one, other) = tokio::join!(save(&mut here, was, tick), save(&mut there, was, tick));
        assert_eq!((one.status(), other.status()), (303, 303));
        assert_eq!(told(&portal), round, "each change is told once");
    }
    assert_eq!(on_the_list(&portal), [portal.contact_id("colleague")]);
}

#[actix_web::test]
async fn only_active_people_of_the_own_organisation_can_be_on_it() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    for foreign in [portal.contact("stranger"), portal.contact("rival"), "C-00000-00000".to_owned()]
    {
        save(&mut owner, &[], &[&portal.contact("reader"), &foreign]).await.is(404);
    }
    portal.deactivate("colleague");
    let both = [portal.contact("reader"), portal.contact("colleague")];
    save(&mut owner, &[], &[&both[0], &both[1]])
        .await
        .is(409)
        .says("Colin Colleague was deactivated meanwhile");
    assert_eq!((on_the_list(&portal), told(&portal)), (Vec::new(), 0));
    owner.get(PAGE).await.hides("Colin Colleague");
    for key in ["distributor", "manager", "cam", "back_office"] {
        portal.visitor(key).get(PAGE).await.is(403);
        save(&mut portal.visitor(key), &[], &[&both[0]]).await.is(403);
    }
    // Globex keeps its own.
    portal.stranger().get(PAGE).await.is(200).hides("Olive Owner").hides("Rita Reader");
    save(&mut portal.stranger(), &[], &[&portal.contact("stranger")]).await.is(303);
    owner.get(PAGE).await.shows(".flash", "Nobody is on the list.").hides("Stella");
}

#[actix_web::test]
async fn a_long_list_of_people_is_paged_and_searched() {
    let portal = Portal::start().await;
    let acme = portal.organisation_id("Acme");
    for place in 0..60 {
        add_contact(acme, place, false, &portal);
    }
    enrol("Tyrell", &portal);
    let mut owner = portal.owner();
    let page = owner.get(PAGE).await.is(200);
    assert_eq!(page.all("tbody tr").len(), 50);
    let next = page.attributes("a[rel=next]", "href").remove(0);
    let rest = owner.get(&next).await.is(200);
    assert_eq!(rest.all("tbody tr").len(), 13);
    // The form stays on the page that it stands on.
    assert_eq!(rest.attributes("main form[method=post]", "action")[0], next);
    let last = rest.attributes("input[name=tick]", "value").pop().unwrap();
    owner.post(&next, &[("tick", &last)]).await.goes_to(&next);
    let found = owner.get(&format!("{PAGE}?q=rita")).await.is(200);
    assert_eq!(found.all("tbody th"), ["RRita Readerreader@acme.example"]);
    owner.get(&format!("{PAGE}?q=nobody+at+all")).await.shows(".empty", "No contact fits");
}
