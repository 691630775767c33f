//! Invitations: a mail, a link, a password, once.

use chrono::Duration;
use diesel::prelude::*;
use futures_util::future::join_all;
use portal::audit::By;
use portal::auth::{Program, invite};
use portal::db::schema::{contacts, logins};
use portal::error::{Error, Result};

use crate::support::Portal;
use crate::support::portal::BASE;
use crate::support::ways_in::{OTHER_PASSWORD, PASSWORD, sign_in};

const SUBJECT: &str = "Acme: your invitation to the partner portal";

/// Invites a person as a verb of another slice would.
fn try_invite(portal: &Portal, key: &str) -> Result<()> {
    let (contact, site) = (portal.contact_id(key), portal.app.site.clone());
    let now = portal.app.clock.now();
    portal.db().write_blocking(move |conn| {
        let program = Program::find_unscoped("shield", conn)?;
        invite(By::Portal("The tests"), contact, Some(&program), &site, now, conn)
    })
}

#[actix_web::test]
async fn an_invited_person_chooses_a_password_and_is_in() {
    let portal = Portal::start().await;
    try_invite(&portal, "reader").unwrap();
    assert_eq!(portal.mail_to("reader"), [SUBJECT]);
    let mail = portal.last_mail_to("reader");
    assert!(mail.contains("The tests invites you to the partner portal for Acme."), "{mail}");
    assert!(mail.contains("until 9 Mar 2026, 01:00 UTC"), "{mail}");
    let link = portal.last_link_to("reader");
    let html = portal.last_html_to("reader");
    assert!(html.contains(&format!("href=\"{BASE}{link}\"")), "{html}");
    assert!(html.contains("Shield Guild"), "the mail is not in the program's name");
    let mut reader = portal.guest();
    for _ in 0..3 {
        let page = reader.get(&link).await.is(200).shows("strong", "Acme");
        assert_eq!(page.attributes("#name", "value"), ["Rita Reader"]);
        assert_eq!(page.attributes("#email", "value"), ["reader@acme.example"]);
    }
    assert!(portal.hash_of("reader").is_none());
    let fields = [("name", "Rita van Reader"), ("password", PASSWORD)];
    reader.post(&link, &fields).await.goes_to("/");
    reader.get("/").await.goes_to("/p/shield");
    let name: String = portal.read(|conn| {
        Ok(contacts::table
            .filter(contacts::email_key.eq("reader@acme.example"))
            .select(contacts::name)
            .first(conn)?)
    });
    assert_eq!(name, "Rita van Reader");
    let history = portal.history_of("reader");
    assert_eq!(history, ["login.invited", "login.invitation_accepted", "login.signed_in"]);
    sign_in(&mut portal.guest(), "reader@acme.example", PASSWORD).await.goes_to("/");
    reader.get(&link).await.is(404).shows("h1", "This invitation is no longer good");
}

#[actix_web::test]
async fn what_is_wrong_is_told_and_the_link_stays_good() {
    let portal = Portal::start().await;
    try_invite(&portal, "reader").unwrap();
    let link = portal.last_link_to("reader");
    let mut reader = portal.guest();
    let wrong = [
        ("", PASSWORD, "Enter your name."),
        ("Rita\u{1b}[2J", PASSWORD, "control character"),
        (&"R".repeat(101), PASSWORD, "too long"),
        ("Rita", "", "Enter a new password."),
        ("Rita", "too short", "use at least 15"),
        ("Rita", &"violet tractor ".repeat(9), "use at most 128"),
        ("Rita", "reader of books at seven", "Leave your name"),
        ("Zebulon", "zebulon sings at noon today", "Leave your name"),
    ];
    for (name, password, says) in wrong {
        let page = reader.post(&link, &[("name", name), ("password", password)]).await.is(422);
        let page = page.shows(".error-summary a", says);
        assert_eq!(page.attributes("#name", "value"), [name]);
    }
    assert!(portal.hash_of("reader").is_none());
    reader.post(&link, &[("name", "Rita"), ("password", PASSWORD)]).await.goes_to("/");
}

#[actix_web::test]
async fn of_twenty_who_accept_at_once_in_two_processes_one_is_let_in() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    try_invite(&portal, "reader").unwrap();
    let link = portal.last_link_to("reader");
    let accepting = (0..20).map(|turn| {
        let mut guest = if turn % 2 == 0 { portal.guest() } else { beside.guest() };
        let link = link.clone();
        async move {
            let name = format!("Rita {turn}");
            guest.post(&link, &[("name", &name), ("password", PASSWORD)]).await.status()
        }
    });
    let answers = join_all(accepting).await;
    let with = |status: u16| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((with(303), with(404) + with(409)), (1, 19), "{answers:?}");
    assert_eq!(portal.sessions_of("reader"), 1);
    let accepted = portal.history_of("reader");
    let times = accepted.iter().filter(|one| *one == "login.invitation_accepted").count();
    assert_eq!(times, 1);
}

#[actix_web::test]
async fn inviting_again_ends_the_earlier_link_and_seven_days_end_any() {
    let portal = Portal::start().await;
    try_invite(&portal, "reader").unwrap();
    let first = portal.last_link_to("reader");
    portal.app.clock.advance(Duration::minutes(1));
    try_invite(&portal, "reader").unwrap();
    let second = portal.last_link_to("reader");
    assert_eq!(portal.mail_to("reader"), [SUBJECT, SUBJECT]);
    portal.guest().get(&first).await.is(404);
    portal.app.clock.advance(Duration::days(7) - Duration::seconds(1));
    portal.guest().get(&second).await.is(200);
    portal.app.clock.advance(Duration::seconds(1));
    portal.guest().get(&second).await.is(404);
    let fields = [("name", "Rita"), ("password", PASSWORD)];
    portal.guest().post(&second, &fields).await.is(404);
}

#[actix_web::test]
async fn nobody_is_invited_who_can_sign_in_or_may_not() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    portal.lock("colleague");
    portal.deactivate("stranger");
    for key in ["owner", "colleague", "stranger"] {
        assert!(matches!(try_invite(&portal, key), Err(Error::Conflict(_))), "{key}");
        assert_eq!(portal.mail_to(key).len(), 0);
    }
    // Somebody else signs in with the address.
    portal.write(|conn| {
        diesel::update(contacts::table.filter(contacts::email_key.eq("reader@acme.example")))
            .set((contacts::email.eq("manager@x.example"), contacts::email_key.eq("taken")))
            .execute(conn)?;
        diesel::update(
            logins::table.filter(logins::email_key.eq("manager@shield-security.example")),
        )
        .set(logins::email_key.eq("taken"))
        .execute(conn)?;
        Ok(())
    });
    let contact: i64 = portal.read(|conn| {
        Ok(contacts::table
            .filter(contacts::email_key.eq("taken"))
            .select(contacts::id)
            .first(conn)?)
    });
    let (site, now) = (portal.app.site.clone(), portal.app.clock.now());
    let taken = portal.db().write_blocking(move |conn| {
        invite(By::Portal("The tests"), contact, None, &site, now, conn)
    });
    assert!(matches!(taken, Err(Error::Invalid(_))), "{taken:?}");
}

#[actix_web::test]
async fn one_person_is_not_flooded_with_invitations() {
    let portal = Portal::start().await;
    for minute in 0..5 {
        portal.app.clock.advance(Duration::minutes(minute));
        try_invite(&portal, "reader").unwrap();
    }
    assert!(matches!(try_invite(&portal, "reader"), Err(Error::TooMany { .. })));
    portal.app.clock.advance(Duration::hours(24));
    try_invite(&portal, "reader").unwrap();
}

#[actix_web::test]
async fn an_invitation_dies_with_the_contact() {
    let portal = Portal::start().await;
    try_invite(&portal, "reader").unwrap();
    let link = portal.last_link_to("reader");
    portal.deactivate("reader");
    let fields = [("name", "Rita"), ("password", OTHER_PASSWORD)];
    portal.guest().post(&link, &fields).await.is(404);
    portal.guest().get(&link).await.is(404);
}

#[actix_web::test]
async fn accepting_at_a_browser_of_somebody_else_ends_that_session() {
    let portal = Portal::start().await;
    try_invite(&portal, "reader").unwrap();
    let link = portal.last_link_to("reader");
    let mut shared = portal.owner();
    shared.post(&link, &[("name", "Rita"), ("password", PASSWORD)]).await.goes_to("/");
    assert_eq!((portal.sessions_of("owner"), portal.sessions_of("reader")), (0, 1));
}
