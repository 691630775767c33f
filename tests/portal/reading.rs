//! How much one person may take out: different records a minute, files an hour, in all processes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::Method;
use chrono::Duration;
use portal::app;
use portal::auth::reading::FREE;
use portal::auth::{Reading, Safeguards};

use crate::support::furniture::{self, Furniture};
use crate::support::portal::easy_going;
use crate::support::{Portal, Visitor};

fn limited(records: u32, exports: u32) -> Safeguards {
    Safeguards { reading: Reading::new(records, exports), ..easy_going() }
}

/// The address of a licence that does not exist: one of many that somebody tries.
fn guess(number: u32) -> String {
    format!("/p/shield/licences/L-00000-{number:05}")
}

/// Opens records one after another and gives how many were answered before the limit.
async fn enumerate(visitor: &mut Visitor, from: u32, most: u32) -> u32 {
    for number in 0..most {
        let page = visitor.get(&guess(from + number)).await;
        if page.status() == 429 {
            return number;
        }
        assert_eq!(page.status(), 404);
    }
    most
}

/// The next full minute: a test's requests then lie in one.
fn to_a_full_minute(portals: &[&Portal]) {
    let now = portals[0].app.clock.now();
    let left = 60 - now.to_datetime().timestamp().rem_euclid(60);
    for portal in portals {
        portal.app.clock.set(now + Duration::seconds(left));
    }
}

#[actix_web::test]
async fn so_many_different_records_a_minute_and_no_more() {
    let portal = Portal::guarded(limited(25, 30)).await;
    let contact = format!("/p/shield/contacts/{}", portal.contact("owner"));
    to_a_full_minute(&[&portal]);
    let mut owner = portal.owner();
    for _ in 0..40 {
        // One record however often it is opened, and lists are none.
        owner.get(&contact).await.is(200);
        owner.get("/p/shield/contacts").await.is(200);
    }
    assert_eq!(enumerate(&mut owner, 0, 60).await, 24, "what does not exist counts, too");
    let page = owner.get(&guess(99)).await.is(429).shows("h1", "Too much at once");
    let seconds: u64 = page.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&seconds), "{seconds}");
    page.shows(".lead", "25 different records within a minute");
    owner.get(&contact).await.is(200);
    owner.get("/p/shield/licences").await.is(200);
    owner.post(&format!("{}/activation", guess(98)), &[]).await.is(429);
    // Nobody else is stopped.
    portal.colleague().get(&guess(1)).await.is(404);
    let stopped = portal.history_of("owner");
    assert_eq!(stopped, ["login.reading_stopped"], "noted once");
    portal.app.clock.advance(Duration::minutes(1));
    owner.get(&guess(99)).await.is(404);
}

#[actix_web::test]
async fn processes_count_together_up_to_what_each_gives_free() {
    const LIMIT: u32 = 50;
    let portal = Portal::guarded(limited(LIMIT, 30)).await;
    let mut beside = Vec::new();
    for _ in 0..2 {
        beside.push(portal.beside_with(limited(LIMIT, 30)).await);
    }
    to_a_full_minute(&[&portal, &beside[0], &beside[1]]);
    let mut read = enumerate(&mut portal.owner(), 0, 200).await;
    assert_eq!(read, LIMIT);
    for (other, from) in beside.iter().zip([1000, 2000]) {
        let more = enumerate(&mut other.owner(), from, 200).await;
        assert_eq!(more, FREE);
        read += more;
    }
    assert_eq!(read, LIMIT + 2 * FREE);
    // The other way about: each has taken its share before one goes on.
    to_a_full_minute(&[&portal, &beside[0], &beside[1]]);
    let mut visitors = [portal.owner(), beside[0].owner(), beside[1].owner()];
    let mut read = 0;
    for (turn, visitor) in visitors.iter_mut().enumerate() {
        read += enumerate(visitor, 10_000 * (turn as u32 + 1), FREE + 5).await;
    }
    assert!(read <= LIMIT + 2 * FREE, "{read}");
}

#[actix_web::test]
async fn a_day_of_ordinary_work_writes_nothing_about_it() {
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&writes);
    let portal = Portal::observed(Arc::new(move |statement: &str| {
        if ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| statement.starts_with(verb)) {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    }))
    .await;
    let mut owner = portal.owner();
    to_a_full_minute(&[&portal]);
    owner.get("/p/shield").await.is(200);
    let before = writes.load(Ordering::SeqCst);
    assert_eq!(enumerate(&mut owner, 0, FREE).await, FREE);
    assert_eq!(writes.load(Ordering::SeqCst), before);
    owner.get(&guess(FREE)).await.is(404);
    assert!(writes.load(Ordering::SeqCst) > before, "the one after those is counted");
}

/// Whatever address a slice adds: a record in it is counted, before anything is looked up.
#[actix_web::test]
async fn every_route_with_a_record_in_it_is_counted() {
    let portal = Portal::guarded(limited(1, 1000)).await;
    let furniture = furniture::move_in(&Portal::start().await).await;
    let mut asked = 0;
    for route in app::routes().filter(|route| Furniture::names_a_record(route.path)) {
        let mut manager = portal.manager();
        // A fresh minute, used up by another record.
        to_a_full_minute(&[&portal]);
        manager.get(&guess(1)).await.is(404);
        let path = furniture.missing(route.path);
        let page = match route.method {
            Method::GET => manager.get(&path).await,
            // A form that is no upload is refused before anything is asked.
            _ if route.path.ends_with("/attachments") => {
                manager.upload(&path, ("file", "plan.txt", b"A plan"), &[]).await
            }
            _ => manager.post(&path, &[]).await,
        };
        assert_eq!(page.status(), 429, "{} {}", route.method, route.path);
        asked += 1;
    }
    assert!(asked >= 20, "only {asked} routes were asked");
}

#[actix_web::test]
async fn so_many_files_an_hour_in_all_processes() {
    let portal = Portal::guarded(limited(120, 3)).await;
    let beside = portal.beside_with(limited(120, 3)).await;
    let (mut here, mut there) = (portal.owner(), beside.owner());
    here.get("/p/shield/contacts.csv").await.is(200);
    there.get("/p/shield/licences.csv").await.is(200);
    there.get("/p/shield/contacts.csv").await.is(200);
    let page = here.get("/p/shield/customers.csv").await.is(429);
    assert!(page.header("retry-after").parse::<u64>().unwrap() <= 3601);
    page.shows(".lead", "3 files within an hour");
    there.get("/p/shield/renewals.csv").await.is(429);
    here.get("/p/shield/customers").await.is(200);
    portal.colleague().get("/p/shield/contacts.csv").await.is(200);
    portal.app.clock.advance(Duration::hours(1));
    here.get("/p/shield/customers.csv").await.is(200);
    assert!(portal.history_of("owner").contains(&"login.exporting_stopped".to_owned()));
}
