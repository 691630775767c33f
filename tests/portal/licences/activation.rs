//! What an activation, or a policy that knows none, does to the dates of licences that wait.

use diesel::prelude::*;
use portal::db::schema::{audit_events, policies};
use portal::licences::sweep_pending;

use super::{WAITING, dates, day, page_of, reference};
use crate::support::Portal;
use crate::support::orders::Cells;

#[actix_web::test]
async fn an_activation_gives_a_waiting_licence_its_dates_once() {
    let portal = Portal::start().await;
    portal.imports(&[WAITING]);
    let waiting = reference(&portal, "WAITING");
    let mut colleague = portal.colleague();
    let form = colleague.get(&page_of(&waiting)).await.is(200);
    assert_eq!(form.attributes("form[action$='/activation']", "method"), ["post"]);
    let action = format!("{}/activation", page_of(&waiting));
    for (typed, said) in [
        ("", "Enter the day of activation as a date."),
        ("2026-03-03", "Enter today or an earlier day."),
        ("2026-02-01", "It was activated on 2026-02-01, before its order was processed"),
    ] {
        let page = colleague.post(&action, &[("activated_on", typed)]).await.is(422);
        assert_eq!(page.attributes("input[name=activated_on]", "value"), [typed]);
        page.shows(".error-summary", said);
    }
    assert_eq!(dates(&portal, &waiting), (None, None, None));
    colleague.post(&action, &[("activated_on", "2026-03-01")]).await.goes_to(&page_of(&waiting));
    let activated = Some(day("2026-03-01"));
    assert_eq!(dates(&portal, &waiting), (activated, activated, Some(day("2027-02-28"))));
    colleague
        .get(&page_of(&waiting))
        .await
        .shows("[role=status]", "The activation is recorded.")
        .shows(".timeline", "Recorded the activation of this licence")
        .shows(".timeline", "Set the dates of this licence")
        .hides("/activation");
    colleague.post(&action, &[("activated_on", "2026-02-20")]).await.is(409);
    assert_eq!(dates(&portal, &waiting).0, activated);
}

#[actix_web::test]
async fn only_the_partner_and_the_back_office_record_activations() {
    let portal = Portal::start().await;
    portal.imports(&[WAITING]);
    let waiting = reference(&portal, "WAITING");
    let action = format!("{}/activation", page_of(&waiting));
    let form = [("activated_on", "2026-03-01")];
    for (key, answer) in
        [("distributor", 403), ("manager", 403), ("cam", 403), ("stranger", 404), ("rival", 404)]
    {
        portal.visitor(key).post(&action, &form).await.is(answer);
    }
    assert_eq!(dates(&portal, &waiting).0, None);
    portal.back_office().post(&action, &form).await.is(303);
}

#[actix_web::test]
async fn of_two_who_record_an_activation_at_once_one_does() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    portal.imports(&[WAITING]);
    let waiting = reference(&portal, "WAITING");
    let action = format!("{}/activation", page_of(&waiting));
    let (mut owner, mut colleague) = (portal.owner(), beside.colleague());
    let (first, second) = futures_util::future::join(
        owner.post(&action, &[("activated_on", "2026-03-01")]),
        colleague.post(&action, &[("activated_on", "2026-02-20")]),
    )
    .await;
    let mut answers = [first.status(), second.status()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
    let told: i64 = portal.read(|conn| {
        let told = audit_events::table.filter(audit_events::action.eq("licence.activated"));
        Ok(told.count().get_result(conn)?)
    });
    assert_eq!(told, 1);
}

#[actix_web::test]
async fn what_waits_for_the_end_of_another_gets_its_dates_with_it() {
    let portal = Portal::start().await;
    let next: Cells<'_> = &[
        ("external_number", "NEXT"),
        ("kind", "renewal"),
        ("activated_on", ""),
        ("processed_at", "2026-02-10T01:00:00Z"),
    ];
    portal.imports(&[WAITING, next]);
    let (waiting, next) = (reference(&portal, "WAITING"), reference(&portal, "NEXT"));
    assert_eq!(dates(&portal, &next), (None, None, None));
    let action = format!("{}/activation", page_of(&waiting));
    portal.owner().post(&action, &[("activated_on", "2026-03-01")]).await.is(303);
    let expected = (None, Some(day("2027-03-01")), Some(day("2028-02-29")));
    assert_eq!(dates(&portal, &next), expected);
}

#[actix_web::test]
async fn an_activation_ends_the_trial_and_the_lost_days_are_counted() {
    let portal = Portal::start().await;
    let trial: Cells<'_> = &[
        ("external_number", "TRY"),
        ("kind", "trial"),
        ("months", "2"),
        ("activated_on", "2026-02-10"),
    ];
    let early: Cells<'_> = &[
        ("external_number", "EARLY"),
        ("customer", "Pied Piper"),
        ("released_at", ""),
        ("processed_at", "2022-03-31T14:00:00Z"),
        ("months", "60"),
        ("activated_on", ""),
    ];
    portal.imports(&[trial, WAITING, early]);
    let action = format!("{}/activation", page_of(&reference(&portal, "WAITING")));
    portal.owner().post(&action, &[("activated_on", "2026-03-01")]).await.is(303);
    assert_eq!(dates(&portal, &reference(&portal, "TRY")).2, Some(day("2026-02-28")));
    let early = reference(&portal, "EARLY");
    let mut owner = portal.owner();
    owner.get(&page_of(&early)).await.shows("dd", "1432 days of the term ran unused, 78 % of it.");
    let action = format!("{}/activation", page_of(&early));
    owner.post(&action, &[("activated_on", "2022-04-10")]).await.is(303);
    owner.get(&page_of(&early)).await.shows("dd", "10 days of the term ran unused, 1 % of it.");
    assert_eq!(dates(&portal, &early).1, Some(day("2022-03-31")), "its dates stay");
}

#[actix_web::test]
async fn waiting_licences_get_their_dates_when_a_policy_ends_the_waiting() {
    let portal = Portal::start().await;
    portal.imports(&[WAITING]);
    let waiting = reference(&portal, "WAITING");
    let program = portal.program("shield");
    let sweep = |today: &str| {
        let (program, today) = (program.clone(), day(today));
        let now = portal.app.clock.now();
        portal.write(move |conn| sweep_pending(&program, today, 0, now, conn))
    };
    assert_eq!(sweep("2026-03-02").dated, 0, "nothing has changed yet");
    // From 1 April a term starts when its order is processed.
    portal.write(|conn| {
        diesel::update(policies::table.filter(policies::effective_on.eq(day("2019-04-01"))))
            .filter(policies::term_starts.eq("processed"))
            .set(policies::effective_on.eq(day("2026-04-01")))
            .execute(conn)?;
        Ok(())
    });
    assert_eq!(sweep("2026-03-31").dated, 0, "the policy's day has not come");
    let swept = sweep("2026-04-01");
    assert_eq!((swept.dated, swept.next), (1, None));
    let expected = (None, Some(day("2026-02-02")), Some(day("2027-02-01")));
    assert_eq!(dates(&portal, &waiting), expected);
    assert_eq!(sweep("2026-04-01").dated, 0, "run again, it has nothing to do");
    portal
        .owner()
        .get(&page_of(&waiting))
        .await
        .shows(".timeline", "The sweep of waiting licences")
        .shows("blockquote", "Was not activated when the policy changed");
}
