//! The lost-days meter over all licences.

use super::{day, page_of};
use crate::support::Portal;
use crate::support::licences::Licence;

const LIST: &str = "/p/shield/lost-days";

#[actix_web::test]
async fn what_runs_unused_is_listed_by_the_days_it_lost() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    owner.get(LIST).await.is(200).shows(".empty", "Nothing runs unused");
    // On 2 March 2026, 60 and 1 days after their starts.
    Licence::ending(day("2026-12-31")).of("Hooli").put(&portal);
    let young = Licence::ending(day("2027-02-28")).of("Raviga").put(&portal);
    // Began today, is over since yesterday, has not begun, has no start.
    for end in ["2027-03-01", "2026-03-01", "2027-06-30"] {
        Licence::ending(day(end)).of("Nobody").put(&portal);
    }
    Licence::endless(None).of("Nobody").put(&portal);
    Licence::ending(day("2026-03-02")).of("Initech").sold_by("Globex").put(&portal);

    let page = owner.get(LIST).await.is(200);
    assert_eq!(page.all("td[data-label=Customer]"), ["Hooli", "Raviga"]);
    assert_eq!(page.all("td[data-label='Days lost']"), ["60", "1"]);
    let share = page.all("td[data-label='Of its term']");
    assert!(share[0].contains("16 % of 365 days") && share[1].contains("1 % of"), "{share:?}");
    let stats = page.all(".stats dd").join(" ");
    assert!(stats.contains("61") && stats.contains('2'), "{stats}");
    let long = owner.get(&format!("{LIST}?days=30")).await;
    assert_eq!(long.all("td[data-label=Customer]"), ["Hooli"]);
    owner.get(&format!("{LIST}?q=nobody")).await.shows(".empty", "No licence fits");
    let file = owner.get(&format!("{LIST}.csv")).await.is(200).text;
    assert_eq!(file.lines().count(), 3);
    assert!(file.lines().nth(1).unwrap().ends_with("2026-01-01,2026-12-31,60,365"), "{file}");

    let mut manager = portal.manager();
    let all = manager.get(LIST).await;
    assert_eq!(all.all("td[data-label=Customer]"), ["Initech", "Hooli", "Raviga"]);
    let globex = manager.get(&format!("{LIST}?partner=glob")).await;
    assert_eq!(globex.all("td[data-label=Customer]"), ["Initech"]);
    let stranger = portal.stranger().get(LIST).await;
    assert_eq!(stranger.all("td[data-label=Customer]"), ["Initech"]);

    // Once its activation is recorded, the meter stops.
    let action = format!("{}/activation", page_of(&young.reference));
    owner.post(&action, &[("activated_on", "2026-03-02")]).await.is(303);
    assert_eq!(owner.get(LIST).await.all("td[data-label=Customer]"), ["Hooli"]);
    let page = owner.get(&page_of(&young.reference)).await;
    page.shows("dd", "1 day of the term ran unused, 1 % of it.");
}

#[actix_web::test]
async fn pages_of_what_runs_unused_leave_nothing_out() {
    let portal = Portal::start().await;
    for place in 0..55_u64 {
        let end = day("2026-12-31") - chrono::Days::new(place / 3);
        Licence::ending(end).put(&portal);
    }
    let mut owner = portal.owner();
    let first = owner.get(LIST).await;
    let second = owner.get(&first.attributes("a[rel=next]", "href")[0]).await;
    let mut seen = first.all("tbody .mono");
    seen.extend(second.all("tbody .mono"));
    assert_eq!(seen.len(), 55);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 55);
    let back = owner.get(&second.attributes("a[rel=prev]", "href")[0]).await;
    assert_eq!(back.all("tbody .mono"), first.all("tbody .mono"));
}
