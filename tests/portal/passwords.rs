//! Which passwords are taken, and the way back in without one.

use chrono::Duration;
use diesel::prelude::*;
use portal::auth::password_rules::{self, About};
use portal::db::schema::{mails, one_time_links};

use crate::support::Portal;
use crate::support::ways_in::{OTHER_PASSWORD, PASSWORD, sign_in};

const SENT: &str = "a mail with a link is on its way";

fn about() -> About {
    About {
        name: "Olive Owner".to_owned(),
        email: "olive.owner@acme-networks.example".to_owned(),
        organisation: "Acme Networks Ltd".to_owned(),
        second_factor: false,
    }
}

#[test]
fn long_passwords_that_nobody_guesses_are_taken_and_others_say_what_to_do() {
    let refused = [
        ("", "Enter a new password."),
        ("fourteen chars", "has 14 characters; use at least 15"),
        ("passwordpassword", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("12345678901234567890", "easy to guess"),
        ("qwertyuiopasdfghjkl", "easy to guess"),
        ("OLIVE sleeps under the quiet bridge", "Leave your name"),
        ("the quiet acme bridge at seven", "Leave your name"),
        ("the quiet net-works bridge at seven", "Leave your name"),
        ("violet tractor\u{7} sings at noon", "control character"),
    ];
    for (password, says) in refused {
        let said = password_rules::check(password, &about()).unwrap_err();
        assert!(said.contains(says), "{password:?}: {said}");
    }
    let long = "violet tractor ".repeat(9);
    assert!(password_rules::check(&long, &about()).unwrap_err().contains("at most 128"));
    // No rules of composition: words, blanks, any script.
    for password in [PASSWORD, OTHER_PASSWORD, "фиолетовый трактор поёт", "Zp4-vR8-mK2-qT6-wX9"]
    {
        password_rules::check(password, &about()).unwrap();
    }
    password_rules::check(&"violet tractor sings at noon, seven kettles ".repeat(2), &about())
        .unwrap();
}

#[actix_web::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link_once() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let mut elsewhere = portal.owner();
    let mut owner = portal.guest();
    owner.get("/password/forgot").await.is(200).shows("label", "E-mail");
    owner.post("/password/forgot", &[("email", "OWNER@acme.example")]).await.goes_to("/sign-in");
    owner.get("/sign-in").await.is(200).shows(".flash", SENT);
    assert_eq!(portal.mail_to("owner"), ["Acme: set a new password for the partner portal"]);
    let link = portal.last_link_to("owner");
    assert!(link.starts_with("/password/reset/"), "{link}");

    // Opening it changes nothing and works again and again.
    for _ in 0..3 {
        owner.get(&link).await.is(200).shows("strong", "owner@acme.example");
    }
    let weak = owner.post(&link, &[("password", "olive owner of acme")]).await.is(422);
    weak.shows(".error-summary a", "Leave your name").hides("olive owner of acme");
    owner.post(&link, &[("password", OTHER_PASSWORD)]).await.goes_to("/sign-in");

    elsewhere.get("/").await.goes_to("/sign-in");
    sign_in(&mut owner, "owner@acme.example", PASSWORD).await.is(422);
    sign_in(&mut owner, "owner@acme.example", OTHER_PASSWORD).await.goes_to("/");
    assert_eq!(
        portal.mail_to("owner")[1..],
        ["Acme: your password for the partner portal was changed"]
    );
    let history = portal.history_of("owner");
    assert_eq!(history[..2], ["login.password_reset_requested", "login.password_reset"]);

    // It is used up.
    owner.get(&link).await.is(404).shows("h1", "This link is no longer good");
    owner.post(&link, &[("password", PASSWORD)]).await.is(404);
    sign_in(&mut portal.guest(), "owner@acme.example", OTHER_PASSWORD).await.goes_to("/");
}

#[actix_web::test]
async fn links_that_are_over_are_all_alike() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let ask = [("email", "owner@acme.example")];
    portal.guest().post("/password/forgot", &ask).await.goes_to("/sign-in");
    let replaced = portal.last_link_to("owner");
    portal.guest().post("/password/forgot", &ask).await.goes_to("/sign-in");
    let expired = portal.last_link_to("owner");
    portal.guest().get(&expired).await.is(200);
    portal.app.clock.advance(Duration::minutes(61));
    let token = expired.rsplit('/').next().unwrap();
    let unknown = format!("/password/reset/{}", "A".repeat(43));
    let over = [replaced, expired.clone(), unknown];
    let mut pages = Vec::new();
    for link in &over {
        pages.push(portal.guest().get(link).await.is(404).text);
        let sent = portal.guest().post(link, &[("password", OTHER_PASSWORD)]).await.is(404);
        pages.push(sent.text);
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
    portal.guest().get("/password/reset/%00%ff").await.is(404);
    // A link for one thing does not do another.
    portal.guest().get(&format!("/invitation/{token}")).await.is(404);
    portal.guest().get(&format!("/set-up/{token}")).await.is(404);
    let stored: Vec<String> = portal
        .read(|conn| Ok(one_time_links::table.select(one_time_links::token_hash).load(conn)?));
    assert!(stored.iter().all(|hash| hash != token && hash.len() == 64));
}

#[actix_web::test]
async fn asking_for_an_address_that_nobody_signs_in_with_gives_the_same_answer_and_no_mail() {
    let portal = Portal::start().await;
    portal.lock("colleague");
    portal.deactivate("stranger");
    let mut answers = Vec::new();
    for email in [
        "owner@acme.example",
        "nobody@nowhere.example",
        "reader@acme.example",
        "colleague@acme.example",
        "stranger@globex.example",
    ] {
        let mut guest = portal.guest();
        let began = std::time::Instant::now();
        guest.post("/password/forgot", &[("email", email)]).await.goes_to("/sign-in");
        // Every answer waits until any mail would be queued.
        assert!(began.elapsed() >= std::time::Duration::from_millis(250));
        answers.push(guest.get("/sign-in").await.shows(".flash", SENT).text);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let told: Vec<String> =
        portal.read(|conn| Ok(mails::table.select(mails::to_email).load(conn)?));
    assert_eq!(told, ["owner@acme.example"]);
}

#[actix_web::test]
async fn requests_for_one_address_are_limited_whether_it_is_known_or_not() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for email in ["owner@acme.example", "nobody@nowhere.example"] {
        for _ in 0..5 {
            beside.guest().post("/password/forgot", &[("email", email)]).await.goes_to("/sign-in");
        }
        let page = portal.guest().post("/password/forgot", &[("email", email)]).await.is(429);
        assert!(!page.header("retry-after").is_empty());
    }
    assert_eq!(portal.mail_to("owner").len(), 5);
    let bad = portal.guest().post("/password/forgot", &[("email", "not an address")]).await;
    bad.is(422).shows(".error-summary a", "such as name@example.com");
}

#[actix_web::test]
async fn a_link_does_nothing_for_somebody_locked_or_deactivated_meanwhile() {
    let portal = Portal::start().await;
    for key in ["owner", "colleague"] {
        portal.give_password(key);
        let email = format!("{key}@acme.example");
        portal.guest().post("/password/forgot", &[("email", &email)]).await.goes_to("/sign-in");
    }
    portal.lock("owner");
    portal.deactivate("colleague");
    for key in ["owner", "colleague"] {
        let (link, before) = (portal.last_link_to(key), portal.hash_of(key));
        portal.guest().post(&link, &[("password", OTHER_PASSWORD)]).await.is(404);
        assert_eq!(portal.hash_of(key), before);
    }
}

#[actix_web::test]
async fn a_new_password_lets_somebody_in_again_who_was_limited() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    for _ in 0..10 {
        sign_in(&mut portal.guest(), "owner@acme.example", "wrong").await.is(422);
    }
    let ask = [("email", "owner@acme.example")];
    portal.guest().post("/password/forgot", &ask).await.goes_to("/sign-in");
    let link = portal.last_link_to("owner");
    portal.guest().post(&link, &[("password", OTHER_PASSWORD)]).await.goes_to("/sign-in");
    sign_in(&mut portal.guest(), "owner@acme.example", OTHER_PASSWORD).await.goes_to("/");
}
