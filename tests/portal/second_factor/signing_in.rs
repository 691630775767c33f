//! The second half of a sign-in.

use actix_web::cookie::Cookie;
use actix_web::http::header;
use chrono::Duration;
use diesel::prelude::*;
use portal::db::schema::half_sign_ins;

use crate::support::Portal;
use crate::support::second_factor::{
    App, give_code, give_recovery_code, halfway, next_code, set_up,
};
use crate::support::ways_in::{OTHER_PASSWORD, PASSWORD, sign_in};

const WRONG: &str = "This code is not right, or was used already.";

/// The owner, with a password and a second factor.
async fn with_factor(portal: &Portal) -> App {
    portal.give_password("owner");
    set_up(portal, &mut portal.owner()).await
}

#[actix_web::test]
async fn a_right_password_is_half_and_a_right_code_the_other() {
    let portal = Portal::start().await;
    let app = with_factor(&portal).await;
    let sessions = portal.sessions_of("owner");
    let mut owner = portal.guest();
    let fields =
        [("email", "owner@acme.example"), ("password", PASSWORD), ("next", "/p/shield/contacts")];
    let page = owner.post("/sign-in", &fields).await;
    let set: Vec<_> = page
        .answer
        .headers
        .get_all(header::SET_COOKIE)
        .map(|one| Cookie::parse(one.to_str().unwrap().to_owned()).unwrap())
        .collect();
    assert_eq!(set.len(), 1, "no session comes with it");
    assert_eq!(set[0].name(), "half_sign_in");
    assert_eq!(set[0].http_only(), Some(true));
    assert_eq!(set[0].same_site(), Some(actix_web::cookie::SameSite::Strict));
    page.goes_to("/sign-in/code?next=%2Fp%2Fshield%2Fcontacts");
    assert_eq!(portal.sessions_of("owner"), sessions);
    owner.get("/account").await.goes_to("/sign-in?next=%2Faccount");

    let path = "/sign-in/code?next=%2Fp%2Fshield%2Fcontacts";
    let page = owner.get(path).await.is(200).shows("h1", "Enter your code");
    assert_eq!(page.attributes("#code", "autocomplete"), ["one-time-code"]);
    assert_eq!(page.attributes("input[name=next]", "value"), ["/p/shield/contacts"; 2]);
    give_code(&mut owner, "").await.is(422).shows(".error-summary a", "Enter the code");
    give_code(&mut owner, "12345").await.is(422).shows(".error-summary a", WRONG);
    let code = app.code(&portal);
    let fields = [("code", code.as_str()), ("next", "/p/shield/contacts")];
    owner.post("/sign-in/code", &fields).await.goes_to("/p/shield/contacts");
    owner.get("/p/shield/contacts").await.is(200);
    assert_eq!(owner.cookie("half_sign_in"), "", "it is over");
    owner.get("/sign-in/code").await.goes_to("/sign-in");
    let history = portal.history_of("owner");
    let last: Vec<&str> = history.iter().rev().take(2).map(String::as_str).collect();
    assert_eq!(last, ["login.signed_in", "login.code_refused"]);
}

#[actix_web::test]
async fn no_code_is_good_twice_nor_an_older_one_after_it() {
    let portal = Portal::start().await;
    let app = with_factor(&portal).await;
    let before = app.code(&portal);
    next_code(&portal);
    let now = app.code(&portal);
    give_code(&mut halfway(&portal, "owner").await, &now).await.goes_to("/");
    for used in [&now, &before] {
        let mut again = halfway(&portal, "owner").await;
        give_code(&mut again, used).await.is(422).shows(".error-summary a", WRONG);
    }
    next_code(&portal);
    give_code(&mut halfway(&portal, "owner").await, &app.code(&portal)).await.goes_to("/");
}

#[actix_web::test]
async fn of_many_who_send_one_code_at_once_in_two_processes_one_comes_in() {
    let portal = Portal::start().await;
    let app = with_factor(&portal).await;
    let beside = portal.beside().await;
    for code in [app.code(&portal), app.recovery_codes[0].clone()] {
        let mut people = Vec::new();
        for process in [&portal, &beside, &portal, &beside] {
            people.push(halfway(process, "owner").await);
        }
        let field = if code.len() == 6 { "code" } else { "recovery_code" };
        let fields = [(field, code.as_str())];
        let tries = people.iter_mut().map(|one| one.post("/sign-in/code", &fields));
        let answers = futures_util::future::join_all(tries).await;
        let mut statuses: Vec<u16> = answers.iter().map(crate::support::Page::status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422, 422, 422]);
    }
}

#[actix_web::test]
async fn a_recovery_code_lets_in_once_however_it_is_typed() {
    let portal = Portal::start().await;
    let app = with_factor(&portal).await;
    let code = &app.recovery_codes[3];
    assert_eq!(code.len(), 27, "four groups of six: {code}");
    let sloppy = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    let mut owner = halfway(&portal, "owner").await;
    let page = give_recovery_code(&mut owner, "7K3QF9-M2XT0A-VB4CDE-8RSTUV").await.is(422);
    let page = page.shows(".error-summary a", WRONG);
    assert_eq!(page.attributes("details[open]", "class").len(), 1, "the field can be seen");
    give_recovery_code(&mut owner, &sloppy).await.goes_to("/");
    let page = owner.get("/account").await.is(200).shows(".flash", "you have 9 codes left");
    page.shows("dd", "9");
    assert_eq!(portal.mail_to("owner").last().unwrap(), "Acme: a recovery code was used");
    assert!(portal.last_mail_to("owner").contains("you have 9 left"));
    let mut again = halfway(&portal, "owner").await;
    give_recovery_code(&mut again, code).await.is(422).shows(".error-summary a", WRONG);
    // Somebody else's is no good either.
    portal.give_password("colleague");
    let other = set_up(&portal, &mut portal.colleague()).await;
    give_recovery_code(&mut again, &other.recovery_codes[0]).await.is(422);
    assert!(portal.history_of("owner").contains(&"login.recovery_code_used".to_owned()));
}

#[actix_web::test]
async fn guessing_ends_after_ten_tries_in_all_processes_and_the_person_is_told() {
    let portal = Portal::start().await;
    let app = with_factor(&portal).await;
    let beside = portal.beside().await;
    // Half sign-ins begun anew give no more tries.
    for turn in 0..10 {
        let process = if turn % 2 == 0 { &portal } else { &beside };
        let mut guesser = halfway(process, "owner").await;
        let wrong = if app.code(process) == "111111" { "222222" } else { "111111" };
        match turn % 3 {
            0 => give_recovery_code(&mut guesser, "no code at all").await.is(422),
            _ => give_code(&mut guesser, wrong).await.is(422),
        };
        // Signing in half-way is limited, too; that is another test's.
        portal.write(|conn| {
            use portal::db::schema::throttles;
            let tries = throttles::table.filter(throttles::bucket.like("sign_in.%"));
            diesel::delete(tries).execute(conn)?;
            Ok(())
        });
    }
    for process in [&portal, &beside] {
        let mut owner = halfway(process, "owner").await;
        let page = give_code(&mut owner, &app.code(process)).await.is(429);
        assert!(page.header("retry-after").parse::<u64>().unwrap() <= 3601);
        give_recovery_code(&mut owner, &app.recovery_codes[0]).await.is(429);
    }
    assert_eq!(portal.mail_to("owner").last().unwrap(), "Acme: somebody may know your password");
    assert_eq!(portal.mail_to("owner").len(), 2);
    portal.app.clock.advance(Duration::hours(1));
    give_code(&mut halfway(&portal, "owner").await, &app.code(&portal)).await.goes_to("/");
}

/// Whoever knows the password but has no code tries passwords no more often than anybody.
#[actix_web::test]
async fn half_a_sign_in_does_not_reset_the_count_of_tries() {
    let portal = Portal::start().await;
    with_factor(&portal).await;
    for _ in 0..10 {
        halfway(&portal, "owner").await;
    }
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.is(429);
}

#[actix_web::test]
async fn half_a_sign_in_ends_in_time_and_with_whatever_ends_sessions() {
    let portal = Portal::start().await;
    let app = with_factor(&portal).await;
    let mut late = halfway(&portal, "owner").await;
    portal.app.clock.advance(Duration::minutes(11));
    give_code(&mut late, &app.code(&portal)).await.goes_to("/sign-in");
    late.get("/sign-in").await.is(200).shows(".flash", "was not finished in time");

    let mut stale = halfway(&portal, "owner").await;
    let hash = portal::auth::hash_blocking(OTHER_PASSWORD).unwrap();
    portal.set_hash("owner", Some(hash));
    // The password was changed elsewhere: that ends all sessions, and half ones with them.
    let contact = portal.contact_id("owner");
    portal.write(move |conn| portal::auth::end_sessions_of(contact, None, conn));
    give_code(&mut stale, &app.code(&portal)).await.goes_to("/sign-in");
    let left: i64 = portal.read(|conn| Ok(half_sign_ins::table.count().get_result(conn)?));
    assert_eq!(left, 0);

    portal.give_password("owner");
    next_code(&portal);
    let mut locked = halfway(&portal, "owner").await;
    portal.lock("owner");
    give_code(&mut locked, &app.code(&portal)).await.goes_to("/sign-in");
    assert_eq!(portal.sessions_of("owner"), 0);
}

#[actix_web::test]
async fn half_sign_ins_are_cleared_away() {
    let portal = Portal::start().await;
    with_factor(&portal).await;
    halfway(&portal, "owner").await;
    portal.app.clock.advance(Duration::minutes(11));
    let now = portal.app.clock.now();
    portal.write(move |conn| portal::auth::sweep_expired(now, conn));
    let left: i64 = portal.read(|conn| Ok(half_sign_ins::table.count().get_result(conn)?));
    assert_eq!(left, 0);
}
