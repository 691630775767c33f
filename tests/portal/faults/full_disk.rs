//! A disk that fills up while the portal serves: in a process of its own, whose files may not grow
//! beyond a limit for a while.

use std::process::Command;

use futures_util::future::join_all;
use portal::error::Error;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{keep, kept};
use crate::support::Portal;
use crate::support::database::is_postgres;

const ITSELF: &str = "faults::full_disk::what_was_acknowledged_before_the_disk_was_full_is_there";
const INSIDE: &str = "PORTAL_TEST_FULL_DISK";
/// Enough for the write-ahead log of some dozens of the writes below.
const LIMIT: u64 = 256 * 1024;

#[test]
#[expect(clippy::disallowed_methods, reason = "tells the process inside from the one outside")]
fn what_was_acknowledged_before_the_disk_was_full_is_there() {
    if std::env::var(INSIDE).is_ok() {
        return actix_web::rt::System::new().block_on(fill_the_disk());
    }
    if is_postgres() {
        return;
    }
    // Who writes beyond the limit would be ended by a signal, were it not ignored.
    let inside = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([ITSELF, "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inside.stdout);
    let failed = String::from_utf8_lossy(&inside.stderr);
    assert!(inside.status.success(), "{said}\n{failed}");
    assert!(said.contains("1 passed"), "{said}");
}

async fn fill_the_disk() {
    let portal = Portal::start().await;
    let (mut owner, mut guest) = (portal.owner(), portal.guest());
    let size = limit_files(Some(LIMIT));
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for turn in 0..20 {
        let outcomes = join_all((0..8).map(|number| write(&portal, turn, number))).await;
        for (number, outcome) in outcomes.into_iter().enumerate() {
            match outcome {
                Ok(()) => acknowledged.push(name(turn, number)),
                Err(Error::Unavailable) => refused += 1,
                Err(fault) => panic!("{}: {fault:?}", name(turn, number)),
            }
        }
    }
    assert!(acknowledged.len() > 8 && refused > 8, "{} and {refused}", acknowledged.len());
    let fields = [("email", "nobody@example.com"), ("password", "not the one")];
    let page = guest.post("/sign-in", &fields).await.is(503);
    assert_eq!(page.header("retry-after"), "5");
    owner.get("/p/shield/roles").await.is(200);
    limit_files(size);
    guest.post("/sign-in", &fields).await.is(422);
    write(&portal, 99, 0).await.unwrap();
    acknowledged.push(name(99, 0));
    assert_eq!(kept("turn", portal.db()), acknowledged);
}

fn name(turn: usize, number: usize) -> String {
    format!("turn {turn:02} {number}")
}

async fn write(portal: &Portal, turn: usize, number: usize) -> Result<(), Error> {
    let text = "x".repeat(8_000);
    portal.db().write(move |conn| keep(&name(turn, number), &text, conn)).await
}

/// Sets how large a file of this process may become, and gives what it was before.
fn limit_files(size: Option<u64>) -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: size, maximum }).unwrap();
    current
}
