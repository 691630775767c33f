//! The page of renewals: what is coming, late and renewed, by month and customer, and who sees it.

use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use portal::calendar::add_days;
use portal::clock::Instant;

use crate::support::licences::{Licence, date};
use crate::support::{Page, Portal};

const PAGE: &str = "/p/shield/renewals";

/// Days from the beginning of every test's story.
fn after(days: i64) -> NaiveDate {
    add_days(date("2026-03-02"), days)
}

/// The references of the lines on a page, in order.
fn lines(page: &Page) -> Vec<String> {
    let links = page.attributes("th a.stretch", "href");
    links.iter().map(|link| link.rsplit('/').next().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn what_is_coming_stands_by_month_and_customer() {
    let portal = Portal::start().await;
    let april = Licence::ending(date("2026-04-10")).of("Pied Piper").put(&portal);
    let first = Licence::ending(date("2026-03-02")).put(&portal);
    let second = Licence::ending(date("2026-03-20")).units(3, 500).put(&portal);
    let between = Licence::ending(date("2026-03-09")).of("Aviato").put(&portal);
    Licence::ending(date("2027-03-01")).of("Too Far").put(&portal);
    Licence::endless(None).of("Not Started").put(&portal);
    let page = portal.owner().get(PAGE).await.is(200);
    assert_eq!(page.all("section.card h2"), ["Renewals by month", "March 2026", "April 2026"]);
    assert_eq!(page.all("tr.group-head th"), ["Hooli", "Aviato", "Pied Piper"]);
    let expected = [&first, &second, &between, &april].map(|line| line.reference.clone());
    assert_eq!(lines(&page), expected);
    page.shows("section.card header p", "3 licences · JPY 25,500")
        .shows("section.card header p", "1 licence · JPY 12,000")
        .shows("td", "2 Mar 2026 today")
        .shows("td", "20 Mar 2026 in 18 days")
        .shows("td", "3 × hub")
        .shows(".status", "Expiring")
        .shows(".pager", "4 of 4 licences")
        .hides("Too Far")
        .hides("Not Started");
}

#[actix_web::test]
async fn what_ended_is_late_until_it_lapses() {
    let portal = Portal::start().await;
    let late = Licence::ending(after(-1)).put(&portal);
    let latest = Licence::ending(after(-40)).put(&portal);
    Licence::ending(after(-41)).of("Too Old").put(&portal);
    let mut owner = portal.owner();
    owner.get(PAGE).await.is(200).shows("h2", "Nothing ends in the next twelve months");
    let page = owner.get("/p/shield/renewals?show=late").await.is(200);
    assert_eq!(lines(&page), [latest.reference, late.reference]);
    page.shows(".tabs a[aria-current]", "Late 2")
        .shows(".status", "Expired")
        .shows("td", "1 Mar 2026 yesterday")
        .hides("Too Old");
}

#[actix_web::test]
async fn what_was_renewed_leads_to_what_took_over() {
    let portal = Portal::start().await;
    let old = Licence::ending(after(-3)).put(&portal);
    let new = Licence::ending(after(362)).put(&portal);
    old.renewed_by(&new, &portal);
    let early = Licence::ending(after(20)).put(&portal);
    early.renewed_by(&Licence::ending(after(385)).put(&portal), &portal);
    let mut owner = portal.owner();
    let page = owner.get("/p/shield/renewals?show=renewed").await.is(200);
    assert_eq!(lines(&page), [early.reference, old.reference], "the newest first");
    page.shows(".status", "Renewed")
        .shows(&format!("a[href$=\"{}\"]", new.reference), "Renewed to 27 Feb 2027");
    owner.get("/p/shield/renewals?show=late").await.shows("h2", "Nothing is late");
}

#[actix_web::test]
async fn a_renewal_bought_elsewhere_stays_behind_the_wall() {
    let portal = Portal::start().await;
    let old = Licence::ending(after(10)).put(&portal);
    let elsewhere = Licence::ending(after(375)).sold_by("Globex").through("Southern Supply");
    let elsewhere = elsewhere.put(&portal);
    old.renewed_by(&elsewhere, &portal);
    for key in ["owner", "distributor"] {
        for path in ["/p/shield/renewals?show=renewed", "/p/shield/renewals.csv?show=renewed"] {
            let page = portal.visitor(key).get(path).await.is(200);
            assert!(page.text.contains(&old.reference), "{key} sees the old one at {path}");
            page.hides(&elsewhere.reference);
        }
    }
    let page = portal.manager().get("/p/shield/renewals?show=renewed").await;
    assert!(page.text.contains(&elsewhere.reference), "the vendor sees both");
}

#[actix_web::test]
async fn everyone_sees_their_own() {
    let portal = Portal::start().await;
    let ours = Licence::ending(after(10)).put(&portal).reference;
    let theirs = Licence::ending(after(11)).sold_by("Globex").through("Southern Supply");
    let theirs = theirs.of("Initrode").put(&portal).reference;
    for (key, expected) in [
        ("owner", vec![&ours]),
        ("colleague", vec![&ours]),
        ("stranger", vec![&theirs]),
        ("distributor", vec![&ours]),
        ("other_distributor", vec![&theirs]),
        ("manager", vec![&ours, &theirs]),
        ("cam", vec![&ours, &theirs]),
        ("back_office", vec![&ours, &theirs]),
    ] {
        let mut visitor = portal.visitor(key);
        let page = visitor.get(PAGE).await.is(200);
        assert_eq!(lines(&page).iter().collect::<Vec<_>>(), expected, "{key}");
        let file = visitor.get("/p/shield/renewals.csv").await.is(200);
        for reference in [&ours, &theirs] {
            let sees = expected.contains(&reference);
            assert_eq!(file.text.contains(reference.as_str()), sees, "{key}'s file");
        }
        let total = format!("{} of {} licence", expected.len(), expected.len());
        page.shows(".pager", &total);
    }
    for path in [PAGE, "/p/shield/renewals.csv"] {
        portal.visitor("rival").get(path).await.is(404);
        portal.visitor("suspended").get(path).await.is(403);
        portal.visitor("applicant").get(path).await.is(403);
        portal.guest().get(path).await.is(303);
    }
}

#[actix_web::test]
async fn the_page_says_who_is_told() {
    let portal = Portal::start().await;
    Licence::ending(after(10)).put(&portal);
    portal.owner().get(PAGE).await.shows("main p", "Renewal notices go to Olive Owner.");
    portal.manager().get(PAGE).await.shows(".group-head .badge", "Nobody for renewals");
    let (was, tick) = (portal.contact("reader"), format!("{}:renewals", portal.contact("reader")));
    let given = [("seen", "0"), ("was", &format!("{was}:")), ("tick", &tick)];
    portal.owner().post("/p/shield/roles", &given).await.is(303);
    portal
        .owner()
        .get(PAGE)
        .await
        .shows("main p", "Renewal notices go to Rita Reader.")
        .shows("main a[href='/p/shield/roles']", "Change who is told");
    for key in ["manager", "distributor"] {
        portal
            .visitor(key)
            .get(PAGE)
            .await
            .shows(".group-head", "Acme")
            .hides("Rita Reader")
            .hides("Nobody for renewals");
    }
}

#[actix_web::test]
async fn filters_stand_in_the_address_and_narrow_the_totals() {
    let portal = Portal::start().await;
    let hooli = Licence::ending(date("2026-03-20")).put(&portal).reference;
    let cafe = Licence::ending(date("2026-04-10")).of("Café Noir 100%").product("WATCH-SITE");
    let cafe = cafe.put(&portal).reference;
    let mut owner = portal.owner();
    for (query, expected) in [
        ("q=CAFE+noir", vec![&cafe]),
        ("q=hoo", vec![&hooli]),
        ("q=100%25", vec![&cafe]),
        ("q=_", vec![&hooli, &cafe]),
        ("q=nobody", vec![]),
        ("category=watch", vec![&cafe]),
        ("category=alarm", vec![&hooli]),
        ("category=unheard-of", vec![]),
        ("month=2026-04", vec![&cafe]),
        ("month=2026-05", vec![]),
        ("month=nonsense&show=nonsense&at=nonsense", vec![&hooli, &cafe]),
        ("q=hoo&month=2026-04", vec![]),
    ] {
        let page = owner.get(&format!("{PAGE}?{query}")).await.is(200);
        assert_eq!(lines(&page).iter().collect::<Vec<_>>(), expected, "{query}");
        let file = owner.get(&format!("/p/shield/renewals.csv?{query}")).await.is(200);
        assert_eq!(file.text.lines().count(), 1 + expected.len(), "{query} as a file");
        if expected.is_empty() {
            page.shows("h2", "No renewal matches").shows("main a", "Clear the filter");
        } else {
            page.shows(".pager", &format!("of {} licence", expected.len()));
        }
    }
    owner
        .get(&format!("{PAGE}?category=watch&q=caf"))
        .await
        .shows(".tabs a[aria-current]", "Coming 1")
        .shows("main a[href='/p/shield/renewals?q=caf']", "Show every category");
}

#[actix_web::test]
async fn a_long_list_is_paged_both_ways() {
    let portal = Portal::start().await;
    for number in 0..120 {
        Licence::ending(after(number / 7)).put(&portal);
    }
    let mut owner = portal.owner();
    let (mut path, mut seen) = (PAGE.to_owned(), Vec::new());
    let mut pages = Vec::new();
    loop {
        let page = owner.get(&path).await.is(200);
        seen.extend(lines(&page));
        pages.push(lines(&page));
        match page.attributes("a[rel=next]", "href").pop() {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    let once: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!(once.len(), 120, "each once");
    let back = owner.get(&path).await.attributes("a[rel=prev]", "href").remove(0);
    assert_eq!(lines(&owner.get(&back).await), pages[1]);
    let file = owner.get("/p/shield/renewals.csv").await;
    let in_file: Vec<&str> = file.text.lines().skip(1).map(|line| &line[..13]).collect();
    assert_eq!(in_file, seen, "the file has the same lines in the same order");
}

#[actix_web::test]
async fn the_file_can_be_read_by_a_spreadsheet() {
    let portal = Portal::start().await;
    let licence = Licence::ending(after(-2)).of("=cmd()").units(3, 500).put(&portal).reference;
    let file = portal.owner().get("/p/shield/renewals.csv?show=late").await.is(200);
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"renewals-shield-late-2026-03-02.csv\""
    );
    let expected = format!(
        "\u{feff}licence,partner,customer,category,product,sku,quantity,unit,ends_on,status,currency,\
         unit_price,value,renewed_by\r\n\
         {licence},Acme,'=cmd(),Alarms,Alarm monitoring,ALARM-CARE,3,hub,2026-02-28,expired,JPY,500,\
         1500,\r\n"
    );
    assert_eq!(file.text, expected);
}

#[actix_web::test]
async fn the_day_is_the_programs() {
    let portal = Portal::start().await;
    Licence::ending(after(0)).put(&portal);
    let late_evening = date("2026-03-02").and_hms_opt(14, 59, 59).unwrap();
    portal.app.clock.set(Instant::from_utc(late_evening));
    let mut owner = portal.owner();
    owner.get(PAGE).await.shows("td", "2 Mar 2026 today");
    portal.app.clock.advance(chrono::Duration::seconds(5));
    owner.get(PAGE).await.shows("h2", "Nothing ends in the next twelve months");
    owner.get("/p/shield/renewals?show=late").await.shows("td", "2 Mar 2026 yesterday");
}

#[actix_web::test]
async fn what_lapsed_is_listed_and_bought_as_new() {
    let portal = Portal::start().await;
    let lapsed = Licence::ending(after(-41)).units(7, 500).put(&portal);
    let late = Licence::ending(after(-40)).put(&portal);
    let mut owner = portal.owner();
    let page = owner.get("/p/shield/renewals?show=late").await.is(200);
    assert_eq!(lines(&page), [late.reference.as_str()]);
    page.shows("td", "can be renewed until 2 Mar 2026");
    let page = owner.get("/p/shield/renewals?show=lapsed").await.is(200);
    assert_eq!(lines(&page), [lapsed.reference.as_str()]);
    page.shows(".tabs a[aria-current]", "Lapsed 1")
        .shows(".status", "Lapsed")
        .shows("td", "could be renewed until 1 Mar 2026")
        .shows(".actions", "as new");
    let chosen = [("kind", "new"), ("licence", lapsed.reference.as_str())];
    let draft = owner.post("/p/shield/inquiries/new", &chosen).await.created();
    let draft = owner.get(&draft).await.is(200);
    assert_eq!(draft.attributes("input[name=quantity]", "value"), ["7"]);
    draft.hides(&lapsed.reference).hides("renewed");
    portal.visitor("distributor").get("/p/shield/renewals?show=lapsed").await.hides("as new");
}

#[actix_web::test]
async fn a_licence_says_until_when_it_can_be_renewed_and_what_then() {
    let portal = Portal::start().await;
    for (line, says, buttons) in [
        (
            Licence::ending(after(10)),
            "Renewed by 12 March 2026 it goes on without a gap. After that it can be renewed until \
             21 April 2026",
            vec!["Renewal", "More units"],
        ),
        (Licence::ending(after(-40)), "can be renewed until 2 March 2026", vec!["Renewal"]),
        (
            Licence::ending(after(-41)),
            "could be renewed until 1 March 2026",
            vec!["The same as new"],
        ),
        (
            Licence::ending(after(9)).kind("trial"),
            "A trial is not renewed",
            vec!["The same as new", "More units"],
        ),
        (
            Licence::ending(after(9)).kind("change"),
            "renewed with the licence that it was added to",
            vec!["More units"],
        ),
    ] {
        let path = format!("/p/shield/licences/{}", line.put(&portal).reference);
        let shown = portal.owner().get(&path).await.is(200).shows("main p", says);
        assert_eq!(shown.all("button[name=kind]"), buttons, "{says}");
        let seen = portal.visitor("distributor").get(&path).await.is(200);
        assert!(seen.shows("main p", says).all("button[name=kind]").is_empty());
    }
}

#[actix_web::test]
async fn a_page_asks_four_questions_at_most() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let sink = Arc::clone(&seen);
    let portal =
        Portal::observed(Arc::new(move |sql| sink.lock().unwrap().push(sql.to_owned()))).await;
    for number in 0..60 {
        Licence::ending(after(number)).put(&portal);
        Licence::ending(after(number)).sold_by("Globex").put(&portal);
    }
    for key in ["owner", "distributor", "manager"] {
        let mut visitor = portal.visitor(key);
        visitor.get(PAGE).await.is(200);
        seen.lock().unwrap().clear();
        visitor.get(PAGE).await.is(200);
        let asked = seen.lock().unwrap();
        let beside = asked.iter().filter(|sql| sql.contains("SELECT") && !sql.contains("sessions"));
        assert!(beside.clone().count() <= 4, "{key}: {:#?}", beside.collect::<Vec<_>>());
    }
}
