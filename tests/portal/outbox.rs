//! The outbox: a mail is queued once, claimed by one, and a latecomer changes nothing.

use std::collections::HashSet;

use chrono::Duration;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use portal::audit::{self, By};
use portal::db::schema::{contacts, mail_bodies, mails};
use portal::mail::outbox::{
    Claim, Obstacle, any_due, claim, hold, parcels, pause_after, postpone, put_back, release,
    retry, settle_failed, settle_sent,
};
use portal::mail::{Mail, MailFilter, MailStatus};

use crate::support::Portal;
use crate::support::database::is_postgres;
use crate::support::post::Kind;

const LEASE: Duration = Duration::seconds(60);

fn claim_all(portal: &Portal) -> Vec<Claim> {
    portal.write(|conn| claim(100, LEASE, conn))
}

fn only(portal: &Portal) -> Mail {
    let mut mails = portal.mails();
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

#[actix_web::test]
async fn the_same_cause_gives_a_person_one_mail() {
    let portal = Portal::start().await;
    assert!(portal.queue_mail("owner", "renewal of March", Kind::Role));
    assert!(!portal.queue_mail("owner", "renewal of March", Kind::Role));
    assert!(portal.queue_mail("colleague", "renewal of March", Kind::Role));
    assert!(portal.queue_mail("owner", "renewal of April", Kind::Role));
    assert_eq!(portal.mail_to("owner"), ["renewal of March", "renewal of April"]);
    let ids: HashSet<String> = portal.mails().into_iter().map(|m| m.message_id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.ends_with("@portal.test>")), "{ids:?}");
}

#[actix_web::test]
async fn a_mail_goes_with_its_change_or_not_at_all() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "stays", Kind::Role);
    let outcome: portal::error::Result<()> = portal.db().write_blocking(|conn| {
        diesel::delete(mail_bodies::table).execute(conn)?;
        diesel::delete(mails::table).execute(conn)?;
        Err(portal::error::Error::conflict("the change was refused"))
    });
    assert!(outcome.is_err());
    assert_eq!(portal.mail_to("owner"), ["stays"]);
}

#[actix_web::test]
async fn claims_take_the_longest_waiting_first_and_nobody_twice() {
    let portal = Portal::start().await;
    portal.queue_mails("owner", &["1", "2", "3", "4", "5"], Kind::Role);
    let ids: Vec<i64> = portal.mails().iter().map(|mail| mail.id).collect();
    let first = portal.write(|conn| claim(2, LEASE, conn));
    let second = portal.write(|conn| claim(2, LEASE, conn));
    let third = portal.write(|conn| claim(2, LEASE, conn));
    let claimed = [first, second, third].concat();
    let order: Vec<i64> = claimed.iter().map(|claim| claim.mail_id).collect();
    assert_eq!(order, ids);
    assert!(claimed.iter().all(|claim| claim.attempt == 1));
    assert!(claim_all(&portal).is_empty());
    assert!(!portal.read(any_due));
}

#[actix_web::test]
async fn an_unsettled_claim_is_overtaken_and_its_worker_cannot_overwrite() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "slow", Kind::Role);
    let stale = claim_all(&portal)[0];
    portal.let_pauses_end();
    let current = claim_all(&portal)[0];
    assert_eq!((stale.attempt, current.attempt), (1, 2));
    let now = portal.app.clock.now();
    let before = only(&portal);
    assert!(!portal.write(move |conn| settle_sent(stale, "250 late", now, conn)));
    assert!(!portal.write(move |conn| settle_failed(stale, "550 late", now, conn)));
    assert_eq!(portal.write(move |conn| postpone(stale, "451 late", now, conn)), None);
    assert_eq!(
        portal.write(move |conn| put_back(&[stale], Duration::zero(), Some("late"), conn)),
        0
    );
    let after = only(&portal);
    assert_eq!(
        (after.status, &after.answer, after.next_attempt_at),
        (MailStatus::Queued, &before.answer, before.next_attempt_at)
    );
    assert!(portal.write(move |conn| settle_sent(current, "250 ok", now, conn)));
    let sent = only(&portal);
    assert_eq!((sent.status, sent.answer.as_str()), (MailStatus::Sent, "250 ok"));
    assert_eq!(sent.settled_at, Some(now));
    // What has ended cannot end again.
    assert!(!portal.write(move |conn| settle_failed(current, "550", now, conn)));
}

#[actix_web::test]
async fn temporary_failures_are_tried_again_for_two_days() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "busy server", Kind::Role);
    let now = portal.app.clock.now();
    for attempt in 1..=3 {
        let claim = claim_all(&portal)[0];
        let began = portal.read(portal::db::now);
        let status = portal.write(move |conn| postpone(claim, "451 later", now, conn));
        assert_eq!(status, Some(MailStatus::Queued));
        let mail = only(&portal);
        assert_eq!((mail.attempts, mail.answer.as_str()), (attempt, "451 later"));
        let pause = mail.next_attempt_at.utc() - began.utc();
        let longest = pause_after(attempt);
        assert!(pause >= longest / 2, "{attempt}: {pause}");
        assert!(pause <= longest + Duration::seconds(5), "{attempt}: {pause}");
        portal.let_pauses_end();
    }
    let claim = claim_all(&portal)[0];
    portal.write(|conn| {
        let end = portal::db::now(conn)? + Duration::seconds(1);
        diesel::update(mails::table).set(mails::give_up_at.eq(Some(end))).execute(conn)?;
        Ok(())
    });
    let status = portal.write(move |conn| postpone(claim, "451 later", now, conn));
    assert_eq!(status, Some(MailStatus::Failed));
    assert_eq!(only(&portal).answer, "given up after 4 attempts: 451 later");
}

#[test]
fn pauses_double_up_to_an_hour() {
    let seconds: Vec<i64> = (1..=9).map(|n| pause_after(n).num_seconds()).collect();
    assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    assert_eq!(pause_after(i32::MAX).num_seconds(), 3600);
    assert_eq!(pause_after(0).num_seconds(), 30);
}

#[actix_web::test]
async fn held_mail_waits_for_its_release() {
    let portal = Portal::start().await;
    portal.queue_mails("owner", &["a", "b"], Kind::Role);
    let now = portal.app.clock.now();
    let one = MailFilter {
        references: vec![portal.mails()[0].reference.clone()],
        ..MailFilter::default()
    };
    let chosen = one.clone();
    let held = portal.write(move |conn| hold(&chosen, By::Portal("the tests"), now, conn));
    assert_eq!(held.len(), 1);
    let claimed = claim_all(&portal);
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].mail_id, portal.mails()[1].id);
    let released = portal.write(move |conn| release(&one, By::Portal("the tests"), now, conn));
    assert_eq!(released.len(), 1);
    assert_eq!(claim_all(&portal)[0].mail_id, held[0].id);
    let history: Vec<String> = portal
        .read(|conn| audit::timeline("mail", held[0].id, conn))
        .iter()
        .map(|entry| format!("{} {}", entry.actor_name, entry.sentence()))
        .collect();
    assert_eq!(history, ["the tests released this mail", "the tests parked this mail"]);
}

#[actix_web::test]
async fn what_was_sent_while_it_was_parked_counts_as_sent() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "on its way", Kind::Role);
    let claim = claim_all(&portal)[0];
    let now = portal.app.clock.now();
    portal.write(move |conn| hold(&MailFilter::default(), By::Portal("the tests"), now, conn));
    assert!(portal.write(move |conn| settle_sent(claim, "250 ok", now, conn)));
    let released =
        portal.write(move |conn| release(&MailFilter::default(), By::Portal("x"), now, conn));
    assert!(released.is_empty());
    assert_eq!(only(&portal).status, MailStatus::Sent);
}

#[actix_web::test]
async fn a_release_leaves_a_running_lease_alone() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "on its way", Kind::Role);
    claim_all(&portal);
    let now = portal.app.clock.now();
    portal.write(move |conn| hold(&MailFilter::default(), By::Portal("x"), now, conn));
    portal.write(move |conn| release(&MailFilter::default(), By::Portal("x"), now, conn));
    assert!(claim_all(&portal).is_empty());
    portal.let_pauses_end();
    assert_eq!(claim_all(&portal)[0].attempt, 2);
}

#[actix_web::test]
async fn failed_mail_can_be_tried_again_as_long_as_its_text_is_kept() {
    let portal = Portal::start().await;
    portal.queue_mails("owner", &["kept", "forgotten"], Kind::Role);
    let now = portal.app.clock.now();
    for one in claim_all(&portal) {
        portal.write(move |conn| settle_failed(one, "550 no", now, conn));
    }
    let forgotten = portal.mails()[1].id;
    portal.write(move |conn| {
        diesel::delete(mail_bodies::table.find(forgotten)).execute(conn)?;
        Ok(())
    });
    let message_id = portal.mails()[0].message_id.clone();
    let tried = portal.write(move |conn| retry(&MailFilter::default(), By::Portal("x"), now, conn));
    assert_eq!(tried.len(), 1);
    let again = claim_all(&portal);
    assert_eq!((again.len(), again[0].attempt), (1, 2));
    let mails = portal.mails();
    assert_eq!(mails[0].message_id, message_id);
    assert_eq!(mails[0].settled_at, None);
    assert_eq!(mails[1].status, MailStatus::Failed);
}

#[actix_web::test]
async fn what_changed_since_it_was_queued_stops_a_mail_but_never_one_about_the_account() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "of a role", Kind::Role);
    portal.queue_mail("owner", "of the account", Kind::Account);
    portal.queue_mail("suspended", "of a role", Kind::Role);
    portal.queue_mail("manager", "of a role", Kind::Role);
    let claims = claim_all(&portal);
    let obstacles = |portal: &Portal| -> Vec<Option<String>> {
        portal
            .read(|conn| parcels(&claims, conn))
            .into_iter()
            .map(|parcel| match parcel.obstacle? {
                Obstacle::Recipient(why) => Some(why),
                Obstacle::NoText => panic!("its text is there"),
            })
            .collect()
    };
    let found = obstacles(&portal);
    assert_eq!((&found[0], &found[1], &found[3]), (&None, &None, &None));
    assert!(found[2].as_ref().is_some_and(|why| why.ends_with("is suspended")), "{found:?}");
    let owner = portal.contact_id("owner");
    portal.write(move |conn| {
        diesel::update(contacts::table.find(owner))
            .set(contacts::status.eq("deactivated"))
            .execute(conn)?;
        Ok(())
    });
    let found = obstacles(&portal);
    assert_eq!(found[0].as_deref(), Some("the contact was deactivated"));
    assert_eq!(found[1], None);
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[actix_web::test]
async fn a_claim_reads_the_index_of_what_is_due() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let told = std::sync::Arc::clone(&seen);
    let portal = Portal::observed(std::sync::Arc::new(move |query: &str| {
        told.lock().unwrap().push(query.to_owned());
    }))
    .await;
    portal.queue_mail("owner", "x", Kind::Role);
    seen.lock().unwrap().clear();
    claim_all(&portal);
    let statements: Vec<String> = seen
        .lock()
        .unwrap()
        .iter()
        .filter(|query| query.contains("status = 'queued'") && query.starts_with("SELECT"))
        .map(|query| query.split(" -- binds").next().unwrap().to_owned())
        .collect();
    assert_eq!(statements.len(), 1, "{statements:?}");
    let query = statements[0]
        .replace("$1", "'2026-01-01 00:00:00'")
        .replace("$2", "10")
        .replacen('?', "'2026-01-01 00:00:00'", 1)
        .replacen('?', "10", 1);
    let plan = portal.read(|conn| {
        if is_postgres() {
            sql_query("SET enable_seqscan = off").execute(conn)?;
            let lines: Vec<PostgresPlan> = sql_query(format!("EXPLAIN {query}")).load(conn)?;
            sql_query("RESET enable_seqscan").execute(conn)?;
            return Ok(lines.into_iter().map(|line| line.plan).collect::<Vec<_>>());
        }
        let lines: Vec<Plan> = sql_query(format!("EXPLAIN QUERY PLAN {query}")).load(conn)?;
        Ok(lines.into_iter().map(|line| line.detail).collect())
    });
    let plan = plan.join("\n");
    assert!(plan.contains("mails_due"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{plan}");
}

#[derive(QueryableByName)]
struct PostgresPlan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}
