//! Of several who settle a quote at once, from two processes, one does: one end, at most one order,
//! at the prices that were shown.

use diesel::prelude::*;
use futures_util::future::join;
use portal::db::schema::{inquiries, quote_revisions, quotes};
use portal::sweeps;

use crate::support::Portal;
use crate::support::leads::reference_of;
use crate::support::quotes::ACME;

/// Rounds of each race: who is first is chance.
const ROUNDS: usize = 3;

fn revision(portal: &Portal, path: &str) -> i32 {
    portal.read(|conn| {
        Ok(quote_revisions::table
            .inner_join(quotes::table)
            .filter(quotes::reference.eq(reference_of(path)))
            .filter(quote_revisions::status.eq("sent"))
            .select(quote_revisions::number)
            .first(conn)?)
    })
}

#[actix_web::test]
async fn of_two_who_accept_at_once_one_orders() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for round in 1..=ROUNDS {
        let path = portal.quote().await;
        let (mut owner, mut colleague) = (portal.owner(), beside.colleague());
        let shown = owner.shown(&path).await;
        let (one, other) =
            join(owner.accept_shown(&path, &shown), colleague.accept_shown(&path, &shown)).await;
        let mut statuses = [one.status(), other.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        assert_eq!(portal.placed_orders(), round as i64);
    }
    assert_eq!(portal.mail_to("distributor").len(), ROUNDS);
}

#[actix_web::test]
async fn of_an_acceptance_and_a_new_revision_one_comes_first() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for _ in 0..ROUNDS {
        let path = portal.quote().await;
        let (mut owner, mut distributor) = (portal.owner(), beside.visitor("distributor"));
        distributor.post(&format!("{path}/revision"), &[]).await.is(303);
        distributor.edit_draft(&path, &[("percent", "50")]).await.is(303);
        let shown = owner.shown(&path).await;
        let preview = distributor.get(&format!("{path}/preview")).await;
        let seen = preview.attributes("input[name='seen']", "value").remove(0);
        let sent = [("seen", seen.as_str())];
        let before = portal.placed_orders();
        let (accepted, revised) = join(
            owner.accept_shown(&path, &shown),
            distributor.post(&format!("{path}/sending"), &sent),
        )
        .await;
        let ordered = portal.ordered();
        match portal.quote_status(&path).0.as_str() {
            "accepted" => {
                assert_eq!((accepted.status(), revised.status()), (303, 409));
                assert_eq!(revision(&portal, &path), 1);
                assert_eq!(ordered[ordered.len() - 2..], [(27_000, 23_625), (96_000, 91_200)]);
            }
            "sent" => {
                assert_eq!((accepted.status(), revised.status()), (409, 303));
                assert!(accepted.text.contains("Revision 2"), "{}", accepted.words());
                assert_eq!(revision(&portal, &path), 2);
                assert_eq!(portal.placed_orders(), before);
            }
            other => panic!("it is {other}"),
        }
    }
}

#[actix_web::test]
async fn of_an_acceptance_and_a_withdrawal_one_comes_first() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for _ in 0..ROUNDS {
        let path = portal.quote().await;
        let (mut owner, mut distributor) = (portal.owner(), beside.visitor("distributor"));
        let shown = owner.shown(&path).await;
        let before = portal.placed_orders();
        let (accepted, withdrawn) = join(
            owner.accept_shown(&path, &shown),
            distributor.post(&format!("{path}/withdrawal"), &[]),
        )
        .await;
        let statuses = (accepted.status(), withdrawn.status());
        let (quote, inquiry) = portal.quote_status(&path);
        match quote.as_str() {
            "accepted" => {
                assert_eq!((statuses, inquiry.as_deref()), ((303, 409), Some("accepted")));
                assert_eq!(portal.placed_orders(), before + 1);
            }
            "withdrawn" => {
                assert_eq!((statuses, inquiry.as_deref()), ((409, 303), Some("submitted")));
                assert_eq!(portal.placed_orders(), before);
            }
            other => panic!("it is {other}"),
        }
    }
}

/// The sweep runs as of the day after while somebody accepts on the last day.
#[actix_web::test]
async fn of_an_acceptance_and_the_end_of_its_validity_one_comes_first() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for _ in 0..ROUNDS {
        let path = portal.quote().await;
        let mut owner = portal.owner();
        let shown = owner.shown(&path).await;
        let before = portal.placed_orders();
        let app = beside.app.clone();
        let sweeping = tokio::task::spawn_blocking(move || {
            let shield = app
                .db
                .read_blocking(|conn| portal::auth::Program::find_unscoped("shield", conn))
                .unwrap();
            let tomorrow = chrono::NaiveDate::from_ymd_opt(2026, 3, 17);
            sweeps::run(sweeps::find("quotes").unwrap(), &shield, tomorrow, &app).unwrap()
        });
        let (accepted, swept) = join(owner.accept_shown(&path, &shown), sweeping).await;
        let swept = swept.unwrap().outcome.done;
        let (quote, inquiry) = portal.quote_status(&path);
        match quote.as_str() {
            "accepted" => {
                assert_eq!((accepted.status(), swept), (303, 0));
                assert_eq!(inquiry.as_deref(), Some("accepted"));
                assert_eq!(portal.placed_orders(), before + 1);
            }
            "expired" => {
                assert_eq!((accepted.status(), swept), (409, 1));
                assert_eq!(inquiry.as_deref(), Some("expired"));
                assert_eq!(portal.placed_orders(), before);
            }
            other => panic!("it is {other}"),
        }
    }
}

/// Two who answer an inquiry at once make one quote; an inquiry that its reseller withdraws meanwhile
/// is not answered.
#[actix_web::test]
async fn of_two_who_begin_at_once_one_does() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let inquiry = portal.asks(&ACME);
    let path = format!("/p/shield/inquiries/{inquiry}/quote");
    let (mut one, mut other) = (portal.visitor("distributor"), beside.visitor("distributor"));
    let (one, other) = join(one.post(&path, &[]), other.post(&path, &[])).await;
    let quote = one.created();
    other.goes_to(&quote);
    portal.write(move |conn| {
        diesel::update(inquiries::table).set(inquiries::status.eq("withdrawn")).execute(conn)?;
        Ok(())
    });
    let refused = portal.visitor("distributor").send_quote(&quote).await.is(409);
    refused.shows("main", "is withdrawn");
}
