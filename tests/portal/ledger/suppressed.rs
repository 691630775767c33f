//! Mails that were right to queue and would be wrong to send.

use diesel::prelude::*;
use portal::audit::By;
use portal::contacts::Role;
use portal::db::schema::{contacts, enrolments};
use portal::mail::outbox::retry;
use portal::mail::{MailFilter, MailStatus, Way};

use super::LEDGER;
use crate::support::Portal;
use crate::support::channel::{give_role, take_role};
use crate::support::post::{Kind, brisk};

async fn deliver(portal: &Portal) {
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
}

fn status_of(portal: &Portal, subject: &str) -> (MailStatus, String) {
    let mail = portal.mails().into_iter().find(|mail| mail.subject == subject).unwrap();
    (mail.status, mail.answer)
}

#[actix_web::test]
async fn who_left_between_event_and_send_gets_nothing_and_the_ledger_says_so() {
    let portal = Portal::start().await;
    let owner = portal.contact_id("owner");
    portal.queue_mail("colleague", "deactivated", Kind::Role);
    portal.deactivate("colleague");
    portal.queue_mail("stranger", "suspended", Kind::Role);
    let globex = portal.organisation_id("Globex");
    portal.write(move |conn| {
        diesel::update(enrolments::table.filter(enrolments::organisation_id.eq(globex)))
            .set(enrolments::status.eq("suspended"))
            .execute(conn)?;
        Ok(())
    });
    portal.queue_mail("reader", "moved", Kind::Role);
    let (reader, nordic) = (portal.contact_id("reader"), portal.organisation_id("Nordic Supply"));
    portal.write(move |conn| {
        diesel::update(contacts::table.find(reader))
            .set(contacts::organisation_id.eq(nordic))
            .execute(conn)?;
        Ok(())
    });
    portal.queue_mail("owner", "role taken", Kind::Role);
    take_role(owner, Role::Renewals, &portal);
    deliver(&portal).await;
    for (subject, why) in [
        ("deactivated", "the contact was deactivated"),
        ("suspended", "is suspended"),
        ("moved", "the contact is no longer at the organisation"),
        ("role taken", "the contact no longer holds the role renewals"),
    ] {
        let (status, answer) = status_of(&portal, subject);
        assert_eq!(status, MailStatus::Suppressed, "{subject}");
        assert!(answer.contains(why), "{subject}: {answer}");
    }
    portal.owner().get(LEDGER).await.shows("td", "The contact was deactivated");
    // It did not fail: trying again would reach nobody.
    let now = portal.app.clock.now();
    let again = portal
        .write(move |conn| retry(&MailFilter::default(), By::Portal("An operator"), now, conn));
    assert!(again.is_empty());
}

#[actix_web::test]
async fn a_stand_in_gets_mail_of_a_role_only_while_nobody_holds_it() {
    let portal = Portal::start().await;
    let queue = |subject: &'static str| stand_in_mail(&portal, subject);
    queue("still a gap");
    deliver(&portal).await;
    assert_eq!(status_of(&portal, "still a gap").0, MailStatus::Sent);
    queue("given to somebody");
    give_role(portal.contact_id("colleague"), Role::Renewals, &portal);
    deliver(&portal).await;
    let (status, answer) = status_of(&portal, "given to somebody");
    assert_eq!((status, answer.contains("somebody else holds")), (MailStatus::Suppressed, true));
    // Whoever holds it is deactivated: a gap again.
    portal.deactivate("colleague");
    queue("a gap again");
    deliver(&portal).await;
    assert_eq!(status_of(&portal, "a gap again").0, MailStatus::Sent);
    queue("given to the stand-in");
    give_role(portal.contact_id("owner"), Role::Renewals, &portal);
    deliver(&portal).await;
    assert_eq!(status_of(&portal, "given to the stand-in").0, MailStatus::Sent);
    take_role(portal.contact_id("owner"), Role::Renewals, &portal);
    queue("no longer an administrator");
    let owner = portal.contact_id("owner");
    portal.write(move |conn| {
        diesel::update(contacts::table.find(owner))
            .set(contacts::access.eq("member"))
            .execute(conn)?;
        Ok(())
    });
    deliver(&portal).await;
    let (status, answer) = status_of(&portal, "no longer an administrator");
    assert_eq!((status, answer.contains("no longer an adm")), (MailStatus::Suppressed, true));
}

fn stand_in_mail(portal: &Portal, subject: &'static str) {
    portal.queue_mail("owner", subject, Kind::Gap);
}
