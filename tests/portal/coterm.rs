//! The co-term planner: its rule against one who turns leaves, its page, and the inquiry of a plan.

use diesel::prelude::*;
use portal::calendar::TermMonths;
use portal::db::schema::{inquiries, inquiry_lines};
use portal::renewals::coterm::rules::{NoPlan, plan};
use proptest::prelude::*;

use crate::support::Portal;
use crate::support::licences::{Licence, date};
use crate::support::paper_calendar::{Day, days};
use crate::support::paper_terms::last_day;

fn terms(months: &[u32]) -> Vec<TermMonths> {
    months.iter().map(|months| TermMonths::new((*months).into()).unwrap()).collect()
}

/// Every term laid out on a paper calendar: months, last day, and steps from there to the target.
fn laid_out(start: Day, target: Day, sold: &[u32]) -> Vec<(u32, Day, i32)> {
    sold.iter()
        .map(|months| {
            let end = last_day(start, *months);
            (*months, end, end.steps_to(target))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_has_the_terms_on_either_side_of_the_day(
        old_end in days(),
        ahead in -30..2200,
        since in -400..500,
        sold in prop_oneof![
            Just((1..=60u32).collect::<Vec<_>>()),
            Just(vec![12, 24, 36]),
            prop::collection::btree_set(1..=60u32, 0..6).prop_map(|set| set.into_iter().collect()),
        ],
    ) {
        let (target, today) = (old_end.walk(ahead), old_end.walk(since));
        let ours = plan(old_end.into(), target.into(), &terms(&sold), 365, today.into());
        if since > 365 {
            prop_assert_eq!(ours, Err(NoPlan::Lapsed(old_end.walk(365).into())));
            return Ok(());
        }
        let start = if since > 0 { today } else { old_end.walk(1) };
        let all = laid_out(start, target, &sold);
        let short = all.iter().filter(|(.., steps)| *steps >= 0).min_by_key(|(.., steps)| *steps);
        let long = all.iter().filter(|(.., steps)| *steps < 0).max_by_key(|(.., steps)| *steps);
        let Ok(found) = ours else {
            prop_assert!(sold.is_empty());
            return Ok(());
        };
        let flat = |one: portal::renewals::coterm::rules::Candidate| {
            (u32::from(one.months.get()), Day::from(one.ends_on), one.gap as i32)
        };
        prop_assert_eq!(Day::from(found.starts_on), start);
        prop_assert_eq!(found.shorter.map(flat), short.copied());
        prop_assert_eq!(found.longer.map(flat), long.copied());
        let nearest = all.iter().map(|(.., steps)| steps.abs()).min();
        let best = found.best().map(flat);
        prop_assert_eq!(best.map(|(.., steps)| steps.abs()), nearest);
        let tie = all.iter().filter(|(.., steps)| Some(steps.abs()) == nearest).count() == 2;
        prop_assert!(!tie || best.is_some_and(|(.., steps)| steps < 0), "a tie leaves no gap");
    }
}

#[actix_web::test]
async fn a_customers_renewals_are_planned_to_end_on_one_day_and_asked_for() {
    let portal = Portal::start().await;
    let first = Licence::ending(date("2026-03-31")).product("WATCH-SEAT").put(&portal);
    let second = Licence::ending(date("2026-06-14")).product("WATCH-SEAT").put(&portal);
    let lapsed = Licence::ending(date("2025-01-31")).product("WATCH-SEAT").put(&portal);
    let other = Licence::ending(date("2026-05-31")).sold_by("Globex").put(&portal);
    let mut owner = portal.owner();
    let customer = owner.get("/p/shield/customers").await.attributes("tbody a", "href").remove(0);
    let customer_page = owner.get(&customer).await;
    let planner = customer_page.attributes("a[href$='/co-term']", "href").remove(0);
    let page = owner.get(&format!("{planner}?target=2026-10-15")).await.is(200);
    assert_eq!(
        page.all("tbody .mono"),
        [&*lapsed.reference, &*first.reference, &*second.reference]
    );
    let page = page
        .shows("tbody", "It could be renewed until 12 March 2025: buy it as new.")
        .shows("tbody", "Runs beside another of this product; each keeps its own dates.")
        .hides(&other.reference);
    let best = page.attributes("option[selected]", "value");
    assert_eq!(best, [format!("{}:6", first.reference), format!("{}:3", second.reference)]);
    let choices = page.all("option");
    assert_eq!(
        choices,
        [
            "6 months, to 30 Sep 2026: 15 days short",
            "12 months, to 31 Mar 2027: 167 days beyond",
            "Leave it out",
            "3 months, to 14 Sep 2026: 31 days short",
            "6 months, to 14 Dec 2026: 60 days beyond",
            "Leave it out",
        ]
    );
    for wrong in ["2026-03-02", "yesterday", "2099-01-01"] {
        owner
            .get(&format!("{planner}?target={wrong}"))
            .await
            .shows(".error-summary", "Enter a day");
    }
    portal.manager().get(&planner).await.is(200).hides("Ask for the prices");

    // One click; what was left out is left out.
    let mut sent: Vec<(&str, &str)> = vec![("kind", "renewal"), ("licence", "")];
    sent.extend(best.iter().map(|value| ("licence", value.as_str())));
    let path = owner.post("/p/shield/inquiries/new", &sent).await.created();
    let reference = path.rsplit('/').next().unwrap().to_owned();
    let lines: Vec<(String, Option<i32>, i32, Option<i64>)> = portal.read(move |conn| {
        Ok(inquiry_lines::table
            .inner_join(inquiries::table)
            .filter(inquiries::reference.eq(reference))
            .order(inquiry_lines::position)
            .select((
                inquiry_lines::kind,
                inquiry_lines::months,
                inquiry_lines::quantity,
                inquiry_lines::base_id,
            ))
            .load(conn)?)
    });
    assert_eq!(
        lines,
        [
            ("renewal".to_owned(), Some(6), 10, Some(first.id)),
            ("renewal".to_owned(), Some(3), 10, Some(second.id)),
        ]
    );
    for wrong in ["", "L-00000-00000:0", "L-00000-00000:61", "L-00000-00000:x"] {
        let sent = [("kind", "renewal"), ("licence", wrong)];
        owner.post("/p/shield/inquiries/new", &sent).await.is(422);
    }
    let theirs = format!("{}:12", other.reference);
    owner.post("/p/shield/inquiries/new", &[("licence", &theirs)]).await.is(404);
}
