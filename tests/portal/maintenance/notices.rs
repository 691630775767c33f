//! Partners and distributors are told of a window: when it comes near, of each change after that, and
//! of each once.

use diesel::prelude::*;
use portal::contacts::Role;
use portal::db::schema::mails;
use portal::sweeps;

use crate::support::Portal;
use crate::support::channel::{add_contact, enrol, give_role};
use crate::support::maintenance::{LATER, THURSDAY, Wanted};

impl Portal {
    fn subscribers(&self) {
        for key in ["owner", "distributor"] {
            give_role(self.contact_id(key), Role::ProgramUpdates, self);
        }
    }

    fn told(&self) -> Vec<(String, String)> {
        self.read(|conn| {
            Ok(mails::table
                .filter(mails::event.like("maintenance.%"))
                .order((mails::id, mails::to_email))
                .select((mails::to_email, mails::subject))
                .load(conn)?)
        })
    }

    fn tell(&self) -> usize {
        let sweep = sweeps::find("maintenance").unwrap();
        sweeps::run(sweep, &self.program("shield"), None, &self.app).unwrap().outcome.done
    }
}

const PEOPLE: [&str; 2] = ["owner@acme.example", "distributor@nordic-supply.example"];

fn both(subject: &str) -> Vec<(String, String)> {
    PEOPLE.map(|email| (email.to_owned(), subject.to_owned())).to_vec()
}

#[actix_web::test]
async fn a_window_that_is_near_is_announced_at_once_and_its_changes_too() {
    let portal = Portal::start().await;
    portal.subscribers();
    let path = portal.declare(Wanted { stops: &["quotes"], ..THURSDAY }).await;
    let mut expected = both("Maintenance from 5 Mar 2026, 00:00: quotes");
    assert_eq!(portal.told(), expected);
    assert_eq!(portal.tell(), 0);
    let reference = portal.mails().into_iter().find(|mail| mail.event == "maintenance.announced");
    let reference = reference.unwrap().reference;
    let text = portal.text_of(&reference);
    for said in [
        "Shield Guild stops quotes from 5 Mar 2026, 00:00 to 7 Mar 2026, 00:00 (Asia/Tokyo).",
        "We move to new systems.",
        "Inquiries and drafts can still be written",
        "Everything else works as usual.",
        &format!("http://portal.test{path}"),
        "because you hold the role Program updates",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    // A word of the message is no news.
    let mut manager = portal.manager();
    let mut fields = Wanted { stops: &["quotes"], ..THURSDAY }.fields();
    fields.retain(|(name, _)| *name != "message");
    fields.extend([("message", "We move."), ("seen", "1")]);
    manager.post(&format!("{path}/edit"), &fields).await.is(303);
    assert_eq!(portal.told(), expected);
    let mut fields = Wanted { stops: &["quotes"], ends: "2026-03-07 06:00", ..THURSDAY }.fields();
    fields.push(("seen", "2"));
    manager.post(&format!("{path}/edit"), &fields).await.is(303);
    expected.extend(both("Changed: maintenance from 5 Mar 2026, 00:00"));
    assert_eq!(portal.told(), expected);
    portal.turn_clock("2026-03-06 12:00");
    let mut manager = portal.manager();
    manager.move_end(&path, "2026-03-08 00:00", "Slow").await.is(303);
    expected.extend(both("Maintenance goes on until 8 Mar 2026, 00:00"));
    manager.move_end(&path, "2026-03-07 18:00", "Quick").await.is(303);
    expected.extend(both("Maintenance ends earlier: 7 Mar 2026, 18:00"));
    assert_eq!(portal.told(), expected);
    assert_eq!(portal.tell(), 0);
}

#[actix_web::test]
async fn a_window_that_is_far_is_announced_on_its_day_and_a_cancelled_one_never() {
    let portal = Portal::start().await;
    portal.subscribers();
    let path = portal.declare(LATER).await;
    let forgotten = portal.declare(LATER).await;
    let mut manager = portal.manager();
    let fields = [("seen", "1"), ("why", "Not needed")];
    manager.post(&format!("{forgotten}/cancellation"), &fields).await.is(303);
    assert_eq!(portal.tell(), 0);
    portal.turn_clock("2026-11-16 12:00");
    assert_eq!(portal.tell(), 0);
    portal.turn_clock("2026-11-17 06:00");
    assert_eq!(portal.tell(), 2);
    assert_eq!(portal.tell(), 0);
    let mut expected = both("Maintenance from 1 Dec 2026, 22:00: deal registration");
    assert_eq!(portal.told(), expected);
    let mut manager = portal.manager();
    manager.post(&format!("{path}/cancellation"), &fields).await.is(303);
    expected.extend(both("Cancelled: maintenance from 1 Dec 2026, 22:00"));
    assert_eq!(portal.told(), expected);
    assert_eq!(portal.tell(), 0);
}

#[actix_web::test]
async fn many_are_told_by_the_sweep_and_what_was_changed_meanwhile_as_it_is_then() {
    let portal = Portal::start().await;
    portal.subscribers();
    for place in 0..501 {
        let organisation = enrol(&format!("Reseller {place:03}"), &portal);
        if place % 100 == 0 {
            let contact = add_contact(organisation, 0, true, &portal);
            give_role(contact, Role::ProgramUpdates, &portal);
        }
    }
    let path = portal.declare(THURSDAY).await;
    assert_eq!(portal.told(), []);
    let mut fields = Wanted { stops: &["quotes"], ..THURSDAY }.fields();
    fields.push(("seen", "1"));
    portal.manager().post(&format!("{path}/edit"), &fields).await.is(303);
    assert_eq!(portal.told(), [], "still too many");
    assert_eq!(portal.tell(), 8);
    let told = portal.told();
    assert_eq!(told.len(), 8);
    let subject = "Maintenance from 5 Mar 2026, 00:00: quotes";
    assert!(told.iter().all(|(_, said)| said == subject), "{told:?}");
    assert_eq!(portal.tell(), 0);
}
