//! The start page: what needs whom.

use chrono::Duration;
use diesel::dsl::insert_into;
use diesel::prelude::*;
use portal::db::schema::{logins, mails, programs};

use crate::support::Portal;
use crate::support::licences::Licence;

/// Sells one licence of Acme's to Hooli, through Nordic Supply, that ends so many days from today.
fn sell(portal: &Portal, days_left: i64) {
    let today = portal.app.clock.now().utc().date();
    Licence::ending(today + Duration::days(days_left)).put(portal);
}

#[actix_web::test]
async fn a_member_of_whom_nothing_is_asked_is_told_so() {
    let portal = Portal::start().await;
    portal
        .colleague()
        .get("/p/shield")
        .await
        .is(200)
        .shows("h1", "Start")
        .shows(".empty", "Nothing needs you today");
}

#[actix_web::test]
async fn renewals_are_counted_for_whoever_may_see_them() {
    let portal = Portal::start().await;
    for days_left in [-31, -30, -1, 0, 30, 31] {
        sell(&portal, days_left);
    }
    for key in ["owner", "colleague", "distributor", "manager", "cam", "back_office"] {
        portal
            .visitor(key)
            .get("/p/shield")
            .await
            .is(200)
            .shows(".todo", "2 licences ended in the last 30 days")
            .shows(".todo", "2 licences end in the next 30 days")
            .shows("tbody th", "Hooli")
            .shows("tbody", "today");
    }
    for key in ["stranger", "other_distributor"] {
        portal.visitor(key).get("/p/shield").await.is(200).hides("Hooli").hides("licences end");
    }
    portal.visitor("rival").get("/p/shield").await.is(404);
}

#[actix_web::test]
async fn a_single_licence_ends() {
    let portal = Portal::start().await;
    sell(&portal, 1);
    portal
        .owner()
        .get("/p/shield")
        .await
        .shows(".todo", "1 licence ends in the next 30 days")
        .shows("tbody", "tomorrow");
}

#[actix_web::test]
async fn administrators_see_the_roles_that_nobody_holds() {
    let portal = Portal::start().await;
    portal.owner().get("/p/shield").await.shows(".todo", "Nobody holds any contact role yet");
    portal.colleague().get("/p/shield").await.hides("Nobody holds");
    portal.manager().get("/p/shield").await.shows(".todo", "have nobody for renewals");
}

#[actix_web::test]
async fn administrators_see_invitations_that_wait() {
    let portal = Portal::start().await;
    let colleague = portal.contact_id("colleague");
    let now = portal.app.clock.now();
    portal.write(move |conn| {
        diesel::update(logins::table.filter(logins::contact_id.eq(colleague)))
            .set(logins::invited_at.eq(now))
            .execute(conn)?;
        Ok(())
    });
    portal
        .owner()
        .get("/p/shield")
        .await
        .shows(".todo", "1 invitation is not accepted yet")
        .shows(".todo", "Colin Colleague");
    portal.visitor("stranger").get("/p/shield").await.hides("Colin");
}

#[actix_web::test]
async fn the_vendor_sees_mails_that_failed() {
    let portal = Portal::start().await;
    let (owner, now) = (portal.contact_id("owner"), portal.app.clock.now());
    portal.write(move |conn| {
        let program: i64 =
            programs::table.filter(programs::slug.eq("shield")).select(programs::id).first(conn)?;
        insert_into(mails::table)
            .values((
                (
                    mails::reference.eq("M-TEST"),
                    mails::dedupe_key.eq("test"),
                    mails::event.eq("renewals.due"),
                    mails::program_id.eq(program),
                    mails::contact_id.eq(owner),
                    mails::to_name.eq("Olive Owner"),
                    mails::to_email.eq("owner@acme.example"),
                    mails::reason.eq(""),
                    mails::subject.eq("Renewals"),
                    mails::message_id.eq("<m@portal.test>"),
                ),
                (
                    mails::status.eq("failed"),
                    mails::attempts.eq(9),
                    mails::next_attempt_at.eq(now),
                    mails::queued_at.eq(now),
                    mails::queued_on.eq(now.utc().date()),
                    mails::answer.eq("550 no such user"),
                ),
            ))
            .execute(conn)?;
        Ok(())
    });
    portal
        .manager()
        .get("/p/shield")
        .await
        .shows(".todo", "1 mail could not be delivered")
        .shows(".todo", "owner@acme.example");
    portal.owner().get("/p/shield").await.hides("could not be delivered");
}
