//! PostgreSQL is killed and started again while eight people work: they are told to come back,
//! and nothing that was acknowledged is lost.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use actix_web::rt::{task::spawn_blocking, time::sleep};
use diesel::prelude::*;
use futures_util::future::{join, join_all};
use portal::db::schema::contacts;

use crate::support::cluster::Cluster;
use crate::support::database::is_postgres;
use crate::support::{Portal, Visitor};

/// So soon after its return must all be well.
const SOON: Duration = Duration::from_secs(5);

/// What one of them was told.
#[derive(Default)]
struct Told {
    acknowledged: Vec<String>,
    refused: usize,
}

/// Adds people until it is over; anything but 303 and 503 is a fault.
async fn add_people(number: usize, mut visitor: Visitor, over: &Cell<bool>) -> Told {
    let mut told = Told::default();
    for turn in 0.. {
        if over.get() {
            break;
        }
        let email = format!("n{turn:05}.of{number}@acme.example");
        let fields =
            [("name", "One More"), ("email", &email), ("locale", "de"), ("access", "member")];
        let page = visitor.post("/p/shield/contacts/new", &fields).await;
        match page.status() {
            303 => told.acknowledged.push(email),
            503 => {
                assert!(page.header("retry-after").parse::<u64>().unwrap() > 0);
                told.refused += 1;
            }
            other => panic!("{email}: {other}\n{}", page.text),
        }
        // A page as well: 200 or 503.
        let page = visitor.get("/p/shield/contacts").await;
        assert!(matches!(page.status(), 200 | 503), "{}\n{}", page.status(), page.text);
        if page.status() == 503 {
            sleep(Duration::from_millis(20)).await;
        }
    }
    told
}

#[actix_web::test]
async fn a_restart_under_load_loses_nothing_that_was_acknowledged() {
    if !is_postgres() {
        return;
    }
    let cluster = Cluster::start();
    let portal = Portal::on_server(&cluster.address).await;
    let over = Cell::new(false);
    let (mut looker, mut guest) = (portal.owner(), portal.guest());
    let work = join_all((0..8).map(|number| add_people(number, portal.owner(), &over)));
    let trouble = async {
        for _ in 0..2 {
            sleep(Duration::from_millis(800)).await;
            spawn_blocking(cluster.restart()).await.unwrap();
            let back = Instant::now();
            while guest.get("/health/ready").await.status() != 200 {
                assert!(back.elapsed() < SOON, "not ready {SOON:?} after its return");
                sleep(Duration::from_millis(20)).await;
            }
            looker.get("/p/shield/contacts").await.is(200);
            assert!(back.elapsed() < SOON, "not well {SOON:?} after its return");
        }
        sleep(Duration::from_millis(500)).await;
        over.set(true);
    };
    let (told, ()) = join(work, trouble).await;

    let there: BTreeSet<String> = portal.read(|conn| {
        Ok(contacts::table.select(contacts::email_key).load(conn)?.into_iter().collect())
    });
    assert!(told.iter().any(|one| one.refused > 0), "the server was never missed");
    for one in &told {
        assert!(one.acknowledged.len() > 3, "one of them did not come back");
        let lost = one.acknowledged.iter().find(|email| !there.contains(*email));
        assert_eq!(lost, None, "acknowledged, and lost");
    }
}
