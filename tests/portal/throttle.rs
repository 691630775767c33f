//! Limits hold across processes and let people in who sign in rightly.

use chrono::Duration;
use diesel::prelude::*;
use portal::auth::sweep_expired;
use portal::auth::throttle::{self, Limit};
use portal::db::schema::{audit_events, one_time_links, sessions, throttles};
use portal::error::Error;

use crate::support::Portal;
use crate::support::people::beginning;
use crate::support::ways_in::{PASSWORD, sign_in};

const WRONG: &str = "not the password at all";

#[actix_web::test]
async fn tries_with_one_address_end_in_every_process_until_the_window_is_over() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    portal.give_password("owner");
    for turn in 0..10 {
        let process = if turn % 2 == 0 { &portal } else { &beside };
        sign_in(&mut process.guest(), "owner@acme.example", WRONG).await.is(422);
    }
    for process in [&portal, &beside] {
        // However the address is written, and with the right password, too.
        let page = sign_in(&mut process.guest(), " Owner@acme.example", PASSWORD).await.is(429);
        let seconds: u64 = page.header("retry-after").parse().unwrap();
        assert!((1..=901).contains(&seconds), "{seconds}");
        page.shows("h1", "Too many requests");
    }
    // The window began at the full quarter; others are not concerned.
    portal.give_password("colleague");
    sign_in(&mut portal.guest(), "colleague@acme.example", PASSWORD).await.goes_to("/");
    for process in [&portal, &beside] {
        process.app.clock.advance(Duration::minutes(15));
    }
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.goes_to("/");
}

#[actix_web::test]
async fn a_refused_try_hashes_nothing_and_unknown_addresses_are_limited_alike() {
    let portal = Portal::start().await;
    for _ in 0..10 {
        sign_in(&mut portal.guest(), "nobody@nowhere.example", WRONG).await.is(422);
    }
    let before = portal.app.passwords.made();
    sign_in(&mut portal.guest(), "nobody@nowhere.example", WRONG).await.is(429);
    assert_eq!(portal.app.passwords.made(), before);
}

#[actix_web::test]
async fn signing_in_rightly_is_never_limited() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    for _ in 0..25 {
        sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.goes_to("/");
    }
    for _ in 0..9 {
        sign_in(&mut portal.guest(), "owner@acme.example", WRONG).await.is(422);
    }
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.goes_to("/");
    sign_in(&mut portal.guest(), "owner@acme.example", WRONG).await.is(422);
}

#[actix_web::test]
async fn one_client_cannot_try_address_after_address() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let now = portal.app.clock.now();
    // Ninety-nine have failed; test requests come from no address.
    portal.write(move |conn| {
        (0..99).try_for_each(|_| throttle::count(&throttle::FAILURES_OF_CLIENT, "", now, conn))
    });
    sign_in(&mut portal.guest(), "somebody@nowhere.example", WRONG).await.is(422);
    sign_in(&mut portal.guest(), "else@nowhere.example", WRONG).await.is(429);
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.is(429);
    portal.app.clock.advance(Duration::minutes(15));
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.goes_to("/");
}

#[test]
fn of_many_who_spend_at_once_as_many_get_through_as_the_limit_says() {
    const LIMIT: Limit = Limit::new("test", 7, Duration::hours(1));
    let portal = actix_web::rt::System::new().block_on(Portal::start());
    let database = portal.db().clone();
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let db = database.clone();
            std::thread::spawn(move || {
                db.write_blocking(|conn| throttle::spend(&LIMIT, "key", beginning(), conn))
            })
        })
        .collect();
    let outcomes: Vec<_> = tries.into_iter().map(|one| one.join().unwrap()).collect();
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 7, "{outcomes:?}");
    let refused = outcomes.iter().filter(|one| matches!(one, Err(Error::TooMany { .. })));
    assert_eq!(refused.count(), 13);
}

#[actix_web::test]
async fn keys_are_not_stored_as_they_are() {
    let portal = Portal::start().await;
    sign_in(&mut portal.guest(), "nobody@nowhere.example", WRONG).await.is(422);
    let keys: Vec<String> =
        portal.read(|conn| Ok(throttles::table.select(throttles::key_hash).load(conn)?));
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.len() == 64 && !key.contains("nobody")));
    let unknown: i64 = portal.read(|conn| {
        Ok(audit_events::table
            .filter(audit_events::action.eq("login.sign_in_failed"))
            .count()
            .get_result(conn)?)
    });
    assert_eq!(unknown, 0);
}

#[actix_web::test]
async fn what_has_had_its_time_is_cleared_away_in_batches_and_nothing_else() {
    let portal = Portal::start().await;
    let mut early = portal.owner();
    let contact = portal.contact_id("owner");
    let now = portal.app.clock.now();
    portal.write(move |conn| {
        for number in 0..1203 {
            throttle::count(&throttle::RESETS_OF_ADDRESS, &number.to_string(), now, conn)?;
        }
        portal::auth::links::issue(
            portal::auth::links::Purpose::PasswordReset,
            Some(contact),
            now,
            conn,
        )?;
        Ok(())
    });
    assert_eq!(portal.write(move |conn| sweep_expired(now, conn)), 0);
    portal.app.clock.advance(Duration::days(31));
    let mut late = portal.owner();
    let now = portal.app.clock.now();
    portal.write(move |conn| throttle::count(&throttle::RESETS_OF_ADDRESS, "new", now, conn));
    let batches: Vec<usize> =
        (0..5).map(|_| portal.write(move |conn| sweep_expired(now, conn))).collect();
    assert_eq!(batches, [502, 500, 203, 0, 0]);
    let left: (i64, i64, i64) = portal.read(|conn| {
        Ok((
            throttles::table.count().get_result(conn)?,
            sessions::table.count().get_result(conn)?,
            one_time_links::table.count().get_result(conn)?,
        ))
    });
    assert_eq!(left, (1, 1, 0));
    early.get("/").await.goes_to("/sign-in");
    late.get("/").await.goes_to("/p/shield");
}
