//! What a change of policy cost: the report, who sees which part of it, and the mail about it.

use diesel::prelude::*;
use portal::calendar::{Term, TermMonths, term_end};
use portal::contacts::Role;
use portal::db::schema::{mail_bodies, mails, policies, set_backs};
use portal::licences::set_backs::{SWEEP, cost};
use portal::licences::sweep_pending;
use proptest::prelude::*;

use super::{day, page_of, reference};
use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::orders::Cells;
use crate::support::paper_calendar::{Day, days};

const REPORT: &str = "/p/shield/set-backs";

/// From 1 April a term starts when its order is processed.
fn change_policy(portal: &Portal) {
    portal.write(|conn| {
        diesel::update(policies::table.filter(policies::effective_on.eq(day("2019-04-01"))))
            .filter(policies::term_starts.eq("processed"))
            .set(policies::effective_on.eq(day("2026-04-01")))
            .execute(conn)?;
        Ok(())
    });
}

/// The licences of the story: two of Acme's and one of Globex' wait when the policy changes.
fn orders(portal: &Portal) {
    let year: Cells<'_> = &[("external_number", "YEAR"), ("activated_on", "")];
    let month: Cells<'_> = &[
        ("external_number", "MONTH"),
        ("customer", "Pied Piper"),
        ("months", "1"),
        ("activated_on", ""),
    ];
    let used: Cells<'_> = &[("external_number", "USED"), ("customer", "Raviga")];
    let other: Cells<'_> = &[
        ("external_number", "OTHER"),
        ("customer", "Initech"),
        ("reseller", "Globex"),
        ("distributor", ""),
        ("months", "24"),
        ("activated_on", ""),
    ];
    portal.imports(&[year, month, used, other]);
}

/// Gives dates to what waits, and tells of it.
fn sweep(portal: &Portal, today: &str) -> usize {
    let (program, today) = (portal.program("shield"), day(today));
    let now = portal.app.clock.now();
    let of = program.clone();
    portal.write(move |conn| sweep_pending(&of, today, 0, now, conn));
    (SWEEP.run)(&program, today, &portal.app.site, now, portal.db()).unwrap().done
}

#[actix_web::test]
async fn what_a_change_of_policy_cost_is_reported_to_whoever_it_concerns() {
    let portal = Portal::start().await;
    orders(&portal);
    change_policy(&portal);
    let mut owner = portal.owner();
    owner.get(REPORT).await.is(200).shows(".empty", "Nothing was set back");
    assert_eq!(sweep(&portal, "2026-03-31"), 0, "the policy's day has not come");
    owner.get(REPORT).await.shows(".empty", "Nothing was set back");
    portal.set_clock("2026-04-01T03:00");
    assert_eq!(sweep(&portal, "2026-04-01"), 2, "one mail to each partner's administrator");
    // A month later they sign in anew.
    let mut owner = portal.owner();

    // 2 February to 31 March are 27 + 31 days; the month ended on 1 March, after 28.
    let page = owner.get(REPORT).await.is(200);
    assert_eq!(page.all("tbody td[data-label=Customer]"), ["Hooli", "Pied Piper"]);
    assert_eq!(page.all("tbody td[data-label='Days gone']"), ["58 15 %", "28 100 %"]);
    assert_eq!(page.all("tbody td[data-label='Days left']"), ["307", "None"]);
    assert_eq!(page.all("tbody td[data-label=Ends]"), ["1 Feb 2027", "1 Mar 2026"]);
    let stats = page.all(".stats dd").join(" ");
    assert!(stats.contains("86") && stats.contains("307"), "{stats}");
    let ended = owner.get(&format!("{REPORT}?left=none")).await;
    assert_eq!(ended.all("tbody td[data-label=Customer]"), ["Pied Piper"]);
    owner.get(&format!("{REPORT}?q=nobody")).await.shows(".empty", "No licence fits");
    let file = owner.get(&format!("{REPORT}.csv?q=hooli")).await.is(200).text;
    let line = file.lines().nth(1).unwrap();
    assert!(line.contains("2026-02-02,2026-04-01,58,307,2027-02-01,,2026-04-01"), "{line}");
    assert_eq!(file.lines().count(), 2);

    let globex = portal.visitor("stranger").get(REPORT).await.is(200);
    assert_eq!(globex.all("tbody td[data-label=Customer]"), ["Initech"]);
    let mut manager = portal.manager();
    let all = manager.get(REPORT).await.is(200);
    assert_eq!(all.all("tbody th a[href*='partner=']"), ["Acme", "Globex"], "the dearest first");
    assert_eq!(all.all("tbody td[data-label=Licences]"), ["2", "1"]);
    let link = all.attributes("tbody th a[href*='partner=']", "href").remove(1);
    let of_globex = manager.get(&link).await;
    assert_eq!(of_globex.all("td[data-label=Customer]"), ["Initech"]);
    let distributor = portal.visitor("distributor").get(REPORT).await.is(200);
    assert_eq!(distributor.all("td[data-label=Customer]"), ["Hooli", "Pied Piper"]);
    portal.visitor("other_distributor").get(REPORT).await.shows(".empty", "Nothing was set back");

    let year = owner.get(&page_of(&reference(&portal, "YEAR"))).await;
    let year = year.shows("dd", "58 of its 365 days were gone on 1 April 2026, 307 were left");
    year.shows(".timeline", "Told the partner that the term began with the order");
    owner.get(&page_of(&reference(&portal, "USED"))).await.hides("were gone on");
}

#[actix_web::test]
async fn a_partner_is_told_once_in_one_mail_a_day() {
    let portal = Portal::start().await;
    orders(&portal);
    change_policy(&portal);
    let reader = portal.contact_id("reader");
    give_role(reader, Role::Renewals, &portal);
    portal.set_clock("2026-04-01T03:00");
    assert_eq!(sweep(&portal, "2026-04-01"), 2);
    assert_eq!(sweep(&portal, "2026-04-01"), 0, "nothing is told twice");
    assert_eq!(portal.mail_to("reader"), ["2 licences began on the day of their orders"]);
    assert_eq!(portal.mail_to("owner"), [""; 0], "somebody holds the role");
    let text: String = portal.read(move |conn| {
        Ok(mail_bodies::table
            .inner_join(mails::table)
            .filter(mails::contact_id.eq(reader))
            .filter(mails::event.eq("licences.set_back"))
            .select(mail_bodies::text_body)
            .first(conn)?)
    });
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "Since 1 April 2026 a term in the program",
        "2 licences of yours were not activated by 31 March 2026",
        "86 days of service had gone unused by then. 1 licence had no day left.",
        "Began on 2 February 2026 and ends on 1 February 2027: 58 of 365 days gone, 307 left",
        "Began on 2 February 2026 and ended on 1 March 2026: 28 of 28 days gone, 0 left",
        "/p/shield/set-backs",
        "/p/shield/lost-days",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }

    let told: i64 = portal.read(|conn| {
        let told = set_backs::table.filter(set_backs::told_on.eq(day("2026-04-01")));
        Ok(told.count().get_result(conn)?)
    });
    assert_eq!(told, 3);
}

#[actix_web::test]
async fn where_nobody_can_be_told_it_waits_until_somebody_can() {
    let portal = Portal::start().await;
    let acme: Cells<'_> = &[("external_number", "YEAR"), ("activated_on", "")];
    portal.imports(&[acme]);
    change_policy(&portal);
    let ids = ["owner", "colleague", "reader"].map(|key| portal.contact_id(key));
    let status = |status: &'static str| {
        portal.write(move |conn| {
            use portal::db::schema::contacts;
            diesel::update(contacts::table.filter(contacts::id.eq_any(ids)))
                .set(contacts::status.eq(status))
                .execute(conn)?;
            Ok(())
        });
    };
    status("deactivated");
    portal.set_clock("2026-04-01T03:00");
    assert_eq!(sweep(&portal, "2026-04-01"), 0);
    status("active");
    assert_eq!(sweep(&portal, "2026-04-02"), 1);
    let told = portal.mail_to("owner");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("of Hooli began on 2 February 2026, with its order"), "{told:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn days_gone_and_left_are_counted_one_by_one(start in days(), months in 1..=60u32, on in -40..2000) {
        let starts_on = start.into();
        let ends_on = term_end(starts_on, TermMonths::new(months.into()).unwrap());
        let (changed, end) = (start.walk(on), Day::from(ends_on));
        let (mut gone, mut left, mut turn) = (0, 0, start);
        while turn <= end {
            if turn < changed { gone += 1 } else { left += 1 }
            turn = turn.walk(1);
        }
        let cost = cost::of(Term { starts_on, ends_on }, changed.into());
        prop_assert_eq!((cost.days_gone, cost.days_left), (gone, left));
    }
}
