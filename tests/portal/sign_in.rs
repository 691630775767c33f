//! In and out: the same answer for everyone who may not come in, and nothing left behind after.

use actix_web::http::header;
use chrono::Duration;
use diesel::prelude::*;
use portal::auth::end_sessions_of;
use portal::db::schema::enrolments;

use crate::support::Portal;
use crate::support::people::{email_of, find};
use crate::support::ways_in::{PASSWORD, sign_in};

const REFUSED: &str = "The e-mail address or the password is not right.";

#[actix_web::test]
async fn a_person_signs_in_and_out() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let mut owner = portal.guest();
    owner
        .get("/sign-in")
        .await
        .is(200)
        .shows("label", "E-mail")
        .shows("label", "Password")
        .shows("a", "Forgot your password?");
    sign_in(&mut owner, "Owner@ACME.example ", PASSWORD).await.goes_to("/");
    owner.get("/").await.goes_to("/p/shield");
    assert_eq!(portal.sessions_of("owner"), 1);
    owner.post("/sign-out", &[]).await.goes_to("/sign-in");
    owner.get("/sign-in").await.is(200).shows(".flash", "You are signed out.");
    owner.get("/").await.goes_to("/sign-in");
    assert_eq!(portal.sessions_of("owner"), 0);
    assert_eq!(portal.history_of("owner"), ["login.signed_in", "login.signed_out"]);
}

#[actix_web::test]
async fn whoever_may_not_come_in_gets_the_same_bytes_after_the_same_work() {
    let portal = Portal::start().await;
    for key in ["owner", "colleague", "stranger"] {
        portal.give_password(key);
    }
    portal.lock("colleague");
    portal.deactivate("stranger");
    let email = |key: &str| email_of(find(key));
    let tries = [
        (email("owner"), "not the password at all"),
        ("nobody@nowhere.example".to_owned(), PASSWORD),
        (email("colleague"), PASSWORD),
        (email("stranger"), PASSWORD),
        // A login without a password, and a contact without a login.
        (email("manager"), PASSWORD),
        (email("reader"), PASSWORD),
    ];
    let mut answers = Vec::new();
    for (email, password) in &tries {
        let (before, mut visitor) = (portal.app.passwords.made(), portal.guest());
        let page = sign_in(&mut visitor, email, password).await.is(422).shows("a", REFUSED);
        assert_eq!(portal.app.passwords.made() - before, 1, "{email}");
        assert_eq!(page.header(header::SET_COOKIE.as_str()), "", "{email}");
        answers.push(page.text.replace(email, "…"));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "the answers differ");
    assert_eq!(portal.history_of("owner"), ["login.sign_in_failed"]);
}

#[actix_web::test]
async fn every_refusal_writes_once_whether_the_address_is_known_or_not() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&writes);
    let portal = Portal::observed(Arc::new(move |statement: &str| {
        if statement.contains("throttles") && statement.starts_with("UPDATE") {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    }))
    .await;
    portal.give_password("owner");
    let mut counts = Vec::new();
    for email in ["owner@acme.example", "nobody@nowhere.example"] {
        let before = writes.load(Ordering::SeqCst);
        sign_in(&mut portal.guest(), email, "not the password at all").await.is(422);
        counts.push(writes.load(Ordering::SeqCst) - before);
    }
    assert_eq!(counts, [2, 2]);
}

#[actix_web::test]
async fn what_cannot_be_right_is_told_beside_its_field() {
    let portal = Portal::start().await;
    let mut guest = portal.guest();
    sign_in(&mut guest, "", "")
        .await
        .is(422)
        .shows(".error-summary a", "Enter your e-mail address.")
        .shows(".error-summary a", "Enter your password.");
    sign_in(&mut guest, "owner\u{7}@acme.example", "x")
        .await
        .is(422)
        .shows(".error-summary a", "control character");
    sign_in(&mut guest, &"a".repeat(2000), "x").await.is(422).shows(".error-summary a", "too long");
    let kept = sign_in(&mut guest, "owner@acme.example", "wrong, but kept nowhere").await.is(422);
    assert_eq!(kept.attributes("#email", "value"), ["owner@acme.example"]);
    kept.hides("kept nowhere");
}

#[actix_web::test]
async fn a_very_long_password_is_refused_after_the_usual_work() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let before = portal.app.passwords.made();
    for password in ["x".repeat(400_000), format!("{PASSWORD}{}", "\0".repeat(200))] {
        sign_in(&mut portal.guest(), "owner@acme.example", &password)
            .await
            .is(422)
            .shows("a", REFUSED);
    }
    assert_eq!(portal.app.passwords.made() - before, 2);
    let page = sign_in(&mut portal.guest(), "owner@acme.example", &"x".repeat(600_000)).await;
    page.is(413);
}

#[actix_web::test]
async fn nobody_is_led_elsewhere_after_signing_in() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let lead = [
        ("/p/shield/contacts?q=a%20b", "/p/shield/contacts?q=a%20b"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/%0d%0aSet-Cookie:%20a=b", "/%0d%0aSet-Cookie:%20a=b"),
        ("/a\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("p/shield", "/"),
        ("/sign-out", "/"),
        ("/sign-in?next=/sign-in", "/"),
        ("/ä", "/"),
    ];
    for (next, led_to) in lead {
        let mut owner = portal.guest();
        let fields = [("email", "owner@acme.example"), ("password", PASSWORD), ("next", next)];
        owner.post("/sign-in", &fields).await.goes_to(led_to);
        let query = serde_html_form::to_string([("next", next)]).unwrap();
        owner.get(&format!("/sign-in?{query}")).await.goes_to(led_to);
    }
    let long = format!("/{}", "a".repeat(3000));
    let fields = [("email", "owner@acme.example"), ("password", PASSWORD), ("next", &long)];
    portal.guest().post("/sign-in", &fields).await.goes_to("/");
}

#[actix_web::test]
async fn signing_in_changes_the_key_and_ends_the_browsers_former_session() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    portal.give_password("stranger");
    let mut browser = portal.guest();
    sign_in(&mut browser, "owner@acme.example", PASSWORD).await.goes_to("/");
    let planted = browser.cookie("session");
    sign_in(&mut browser, "stranger@globex.example", PASSWORD).await.goes_to("/");
    assert_ne!(browser.cookie("session"), planted);
    assert_eq!(portal.sessions_of("owner"), 0);
    let mut attacker = portal.guest();
    attacker.set_cookie("session", &planted);
    attacker.get("/").await.goes_to("/sign-in");
}

#[actix_web::test]
async fn signing_out_everywhere_ends_every_session_of_that_person_alone() {
    let portal = Portal::start().await;
    let (mut here, mut there) = (portal.owner(), portal.owner());
    let mut colleague = portal.colleague();
    here.post("/sign-out/everywhere", &[]).await.goes_to("/sign-in");
    for visitor in [&mut here, &mut there] {
        visitor.get("/").await.goes_to("/sign-in");
    }
    colleague.get("/").await.goes_to("/p/shield");
    assert_eq!(portal.history_of("owner"), ["login.signed_out_everywhere"]);
}

#[actix_web::test]
async fn signing_out_without_a_session_leads_to_the_sign_in() {
    let portal = Portal::start().await;
    for path in ["/sign-out", "/sign-out/everywhere"] {
        portal.guest().post(path, &[]).await.goes_to("/sign-in?next=%2F");
    }
}

#[actix_web::test]
async fn deactivation_locking_and_ended_sessions_act_on_the_next_request_in_every_process() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let contact = portal.contact_id("owner");
    let mut owner = beside.owner();
    owner.get("/").await.goes_to("/p/shield");
    portal.write(move |conn| end_sessions_of(contact, None, conn));
    owner.get("/").await.goes_to("/sign-in");

    let mut owner = beside.owner();
    portal.lock("owner");
    owner.get("/").await.goes_to("/sign-in");

    let mut colleague = beside.colleague();
    portal.deactivate("colleague");
    colleague.get("/").await.goes_to("/sign-in");
}

#[actix_web::test]
async fn a_session_ends_when_idle_and_at_the_latest_after_its_time() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    portal.app.clock.advance(Duration::minutes(119));
    owner.get("/").await.goes_to("/p/shield");
    portal.app.clock.advance(Duration::minutes(119));
    owner.get("/").await.goes_to("/p/shield");
    portal.app.clock.advance(Duration::minutes(121));
    owner.get("/").await.goes_to("/sign-in");

    let mut busy = portal.owner();
    for _ in 0..11 {
        portal.app.clock.advance(Duration::hours(1));
        busy.get("/").await.goes_to("/p/shield");
    }
    portal.app.clock.advance(Duration::hours(1));
    busy.get("/").await.goes_to("/sign-in");
}

#[actix_web::test]
async fn the_start_is_a_choice_of_programs_where_there_are_several_and_says_so_where_there_is_none()
{
    let portal = Portal::start().await;
    let acme = portal.organisation_id("Acme");
    let globex = portal.organisation_id("Globex");
    portal.write(move |conn| {
        let mut row: (i64, i64) = enrolments::table
            .filter(enrolments::organisation_id.eq(acme))
            .select((enrolments::id, enrolments::program_id))
            .first(conn)?;
        row.1 = portal::auth::Program::find_unscoped("small", conn)?.id;
        let now = crate::support::people::beginning();
        diesel::insert_into(enrolments::table)
            .values((
                enrolments::reference.eq("P-00000-00000"),
                enrolments::program_id.eq(row.1),
                enrolments::organisation_id.eq(acme),
                enrolments::part.eq("partner"),
                enrolments::currency.eq("EUR"),
                enrolments::status.eq("active"),
                enrolments::name_key.eq("acme"),
                enrolments::enrolled_on.eq(now.utc().date()),
                enrolments::created_at.eq(now),
            ))
            .execute(conn)?;
        diesel::update(enrolments::table.filter(enrolments::organisation_id.eq(globex)))
            .set(enrolments::status.eq("ended"))
            .execute(conn)?;
        Ok(())
    });
    let page = portal.owner().get("/").await.is(200).shows("h1", "Choose a program");
    let links = page.attributes("main a", "href");
    assert_eq!(links, ["/p/shield", "/p/small"]);
    portal.stranger().get("/").await.is(200).shows("h1", "No program yet");
}

#[actix_web::test]
async fn a_page_asked_for_signed_out_is_where_the_sign_in_leads() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let mut owner = portal.guest();
    let to = owner.get("/sign-in?next=%2Fp%2Fshield%2Fcontacts%3Fq%3Da").await.is(200);
    assert_eq!(to.attributes("input[name=next]", "value"), ["/p/shield/contacts?q=a"]);
}
