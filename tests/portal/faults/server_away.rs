//! PostgreSQL goes away and comes back, as seen by those who use the portal meanwhile.

use std::cell::Cell;
use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use futures_util::future::{join, join_all};
use portal::error::Error;

use super::{keep, kept};
use crate::support::database::{is_postgres, server_authority};
use crate::support::proxy::Proxy;
use crate::support::{Page, Portal};

const ROLES: &str = "/p/shield/roles";
const NOBODY: &[(&str, &str)] = &[("email", "nobody@example.com"), ("password", "not the one")];

/// So soon after its return must all be well.
const SOON: Duration = Duration::from_secs(5);

async fn behind_a_proxy() -> Option<(Proxy, Portal)> {
    if !is_postgres() {
        return None;
    }
    let proxy = Proxy::before(&server_authority());
    let portal = Portal::behind(&proxy).await;
    Some((proxy, portal))
}

fn is_away(page: Page) {
    let page = page.is(503);
    assert!(page.header("retry-after").parse::<u64>().unwrap() > 0);
    page.shows("h1", "catching its breath").hides("server closed").hides("127.0.0.1");
}

#[actix_web::test]
async fn pages_and_forms_answer_503_until_the_server_is_back() {
    let Some((proxy, portal)) = behind_a_proxy().await else {
        return;
    };
    let (mut owner, mut guest) = (portal.owner(), portal.guest());
    owner.get(ROLES).await.is(200);
    guest.get("/health/ready").await.is(200);
    for _ in 0..2 {
        proxy.cut();
        for turn in 0..10 {
            let asked = Instant::now();
            is_away(owner.get(ROLES).await);
            is_away(owner.post(ROLES, &[]).await);
            is_away(guest.post("/sign-in", NOBODY).await);
            // Only the first to find out waits; the others are told at once.
            assert!(turn == 0 || asked.elapsed() < Duration::from_secs(1), "turn {turn}");
        }
        guest.get("/health/live").await.is(200);
        let ready = guest.get("/health/ready").await.is(503);
        assert!(ready.text.contains("cannot be reached"), "{}", ready.text);
        proxy.mend();
        let mended = Instant::now();
        while guest.get("/health/ready").await.status() != 200 {
            assert!(mended.elapsed() < SOON, "not ready {SOON:?} after the server's return");
        }
        owner.get(ROLES).await.is(200);
        guest.post("/sign-in", NOBODY).await.is(422);
        assert!(mended.elapsed() < SOON, "not well {SOON:?} after the server's return");
    }
}

/// At night, say: nobody asks for anything while the server is started anew.
#[actix_web::test]
async fn a_restart_that_nobody_saw_costs_nobody_a_request() {
    let Some((proxy, portal)) = behind_a_proxy().await else {
        return;
    };
    let db = portal.db();
    let writes = |round: usize| {
        join_all((0..4).map(move |number| {
            db.write(move |conn| keep(&format!("night {round} {number}"), "made", conn))
        }))
    };
    assert!(writes(1).await.iter().all(Result::is_ok));
    proxy.end_all();
    sleep(Duration::from_millis(1_200)).await;
    let mut owner = portal.owner();
    owner.get(ROLES).await.is(200);
    owner.get(ROLES).await.is(200);
    let outcomes = writes(2).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

#[actix_web::test]
async fn what_was_acknowledged_under_load_is_there_afterwards() {
    let Some((proxy, portal)) = behind_a_proxy().await else {
        return;
    };
    let db = portal.db();
    let over = Cell::new(false);
    let over = &over;
    let client = |number: usize| async move {
        let (mut acknowledged, mut refused) = (Vec::new(), 0);
        for turn in 0.. {
            if over.get() {
                break;
            }
            let name = format!("load {number} {turn:05}");
            let row = name.clone();
            match db.write(move |conn| keep(&row, "made", conn)).await {
                Ok(()) => acknowledged.push(name),
                Err(Error::Unavailable) => refused += 1,
                Err(fault) => panic!("{name}: {fault:?}"),
            }
        }
        (acknowledged, refused)
    };
    let trouble = async {
        for _ in 0..3 {
            sleep(Duration::from_millis(150)).await;
            proxy.cut();
            sleep(Duration::from_millis(100)).await;
            proxy.mend();
            sleep(Duration::from_millis(150)).await;
            proxy.end_all();
        }
        sleep(Duration::from_millis(1_500)).await;
        over.set(true);
    };
    let (clients, ()) = join(join_all((0..8).map(client)), trouble).await;
    let refused: usize = clients.iter().map(|(_, refused)| refused).sum();
    assert!(refused > 0, "the server was never missed");
    let there = kept("load", db);
    for (acknowledged, _) in &clients {
        assert!(acknowledged.len() > 10, "a client did not come back");
        let lost = acknowledged.iter().find(|name| there.binary_search(name).is_err());
        assert_eq!(lost, None);
    }
}
