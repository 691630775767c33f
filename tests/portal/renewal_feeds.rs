//! The calendar of renewals: what its address shows, to whom, and what stops it. The answers are read
//! by a small reader of RFC 5545 that knows nothing of how they were written.

use actix_web::http::Method;
use diesel::prelude::*;
use portal::db::schema::{calendar_feeds, customers, licences, organisations};

use crate::support::licences::{Licence, date};
use crate::support::{Page, Portal, Visitor};

const CALENDAR: &str = "/p/shield/renewals/calendar";

/// Makes an address and gives its path.
async fn address(visitor: &mut Visitor) -> String {
    let page = visitor.post(CALENDAR, &[]).await.is(200);
    let full = page.attributes("input#address", "value").remove(0);
    let webcal = page.attributes("a[href^='webcal:']", "href").remove(0);
    assert_eq!(webcal.strip_prefix("webcal"), full.strip_prefix("http"));
    full.strip_prefix("http://portal.test").unwrap().to_owned()
}

async fn fetch(portal: &Portal, path: &str) -> Page {
    portal.guest().raw(Method::GET, path, &[]).await
}

/// An event: its properties by name, parameters left out of the name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Event(Vec<(String, String)>);

impl Event {
    fn get(&self, name: &str) -> &str {
        let found: Vec<&str> =
            self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect();
        assert_eq!(found.len(), 1, "{name} of {self:?}");
        found[0]
    }
}

/// Reads a calendar strictly: CRLF, lines of 75 octets at most, every BEGIN with its END.
fn events(text: &str) -> (Event, Vec<Event>) {
    assert!(text.ends_with("\r\n"));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a line break that is none");
    let mut lines: Vec<String> = Vec::new();
    for line in text.split_terminator("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        match line.strip_prefix(' ') {
            Some(more) => lines.last_mut().unwrap().push_str(more),
            None => lines.push(line.to_owned()),
        }
    }
    let (mut head, mut all, mut open) = (Event::default(), Vec::new(), Vec::<String>::new());
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no property: {line}"));
        let name = name.split(';').next().unwrap();
        let value = unescaped(value);
        match (name, open.last().map(String::as_str)) {
            ("BEGIN", inside) => {
                assert_eq!(inside, (value == "VEVENT").then_some("VCALENDAR"));
                if value == "VEVENT" {
                    all.push(Event::default());
                }
                open.push(value);
            }
            ("END", Some(inside)) => {
                assert_eq!(inside, value);
                open.pop();
            }
            (_, Some("VEVENT")) => all.last_mut().unwrap().0.push((name.to_owned(), value)),
            (_, Some("VCALENDAR")) => head.0.push((name.to_owned(), value)),
            (_, inside) => panic!("{name} in {inside:?}"),
        }
    }
    assert!(open.is_empty());
    (head, all)
}

fn unescaped(value: &str) -> String {
    let (mut text, mut letters) = (String::new(), value.chars());
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next().expect("a lonely backslash") {
                'n' => '\n',
                other => other,
            },
            other => other,
        });
    }
    text
}

fn summaries(page: &Page) -> Vec<String> {
    events(&page.text).1.iter().map(|event| event.get("SUMMARY").to_owned()).collect()
}

#[actix_web::test]
async fn each_customer_and_day_is_an_entry_of_the_whole_day() {
    let portal = Portal::start().await;
    let first = Licence::ending(date("2026-04-10")).put(&portal);
    let path = address(&mut portal.owner()).await;
    let alone = fetch(&portal, &path).await.is(200);
    let uid = events(&alone.text).1[0].get("UID").to_owned();
    Licence::ending(date("2026-04-10")).units(3, 500).put(&portal);
    Licence::ending(date("2026-04-10")).of("Pied Piper").put(&portal);
    let late = Licence::ending(date("2026-02-20")).of("Aviato").put(&portal);
    // Too old, too far, not to be renewed, already renewed.
    Licence::ending(date("2026-01-30")).of("Too Old").put(&portal);
    Licence::ending(date("2027-03-01")).of("Too Far").put(&portal);
    Licence::ending(date("2026-04-10")).of("Trying").kind("trial").put(&portal);
    let renewed = Licence::ending(date("2026-04-11")).of("Renewed").put(&portal);
    renewed.renewed_by(&first, &portal);
    let page = fetch(&portal, &path).await.is(200);
    assert_eq!(page.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert_eq!(page.header("set-cookie"), "");
    assert_eq!(page.header("content-disposition"), "inline; filename=\"renewals-shield.ics\"");
    let (head, all) = events(&page.text);
    assert_eq!(head.get("VERSION"), "2.0");
    assert_eq!(head.get("PRODID"), "-//Partner portal//Renewals//EN");
    assert_eq!(head.get("X-WR-CALNAME"), "Renewals, Shield Guild");
    assert_eq!(
        summaries(&page),
        [
            "Aviato: Alarm monitoring ends",
            "Hooli: 2 licences end",
            "Pied Piper: Alarm monitoring ends"
        ]
    );
    let hooli = &all[1];
    assert_eq!((hooli.get("DTSTART"), hooli.get("DTEND")), ("20260410", "20260411"));
    assert!(page.text.contains("DTSTART;VALUE=DATE:20260410\r\n"));
    assert_eq!(hooli.get("UID"), uid, "the same whatever else ends on the day");
    assert!(uid.ends_with("@portal.test"));
    assert_eq!(hooli.get("TRANSP"), "TRANSPARENT");
    assert_eq!(hooli.get("URL"), "http://portal.test/p/shield/renewals?q=Hooli&month=2026-04");
    let lines: Vec<&str> = hooli.get("DESCRIPTION").lines().collect();
    assert!(lines.contains(&format!("10 × hub Alarm monitoring, {}", first.reference).as_str()));
    assert_eq!(lines.len(), 3, "two licences and the way to them: {lines:?}");
    let aviato = all[0].get("URL");
    assert!(aviato.contains("show=late"), "{aviato}");
    portal
        .owner()
        .get(aviato.strip_prefix("http://portal.test").unwrap())
        .await
        .is(200)
        .shows("main", "Aviato");
    let uids: std::collections::BTreeSet<&str> = all.iter().map(|one| one.get("UID")).collect();
    assert_eq!(uids.len(), 3);
    for words in ["JPY", "1,200", "12,000"] {
        assert!(!page.text.contains(words), "there are no prices in it");
    }
    assert!(all[0].get("DESCRIPTION").contains(&late.reference));
}

#[actix_web::test]
async fn everyone_reads_their_own() {
    let portal = Portal::start().await;
    let ours = Licence::ending(date("2026-04-10")).put(&portal).reference;
    let theirs = Licence::ending(date("2026-04-10")).sold_by("Globex").through("Southern Supply");
    let theirs = theirs.of("Initrode").put(&portal).reference;
    for (key, sees_ours, sees_theirs) in [
        ("owner", true, false),
        ("colleague", true, false),
        ("stranger", false, true),
        ("distributor", true, false),
        ("other_distributor", false, true),
        ("manager", true, true),
        ("cam", true, true),
        ("back_office", true, true),
    ] {
        let path = address(&mut portal.visitor(key)).await;
        let (_, all) = events(&fetch(&portal, &path).await.is(200).text);
        let told: String = all.iter().map(|event| event.get("DESCRIPTION")).collect();
        assert_eq!(told.contains(&ours), sees_ours, "{key}");
        assert_eq!(told.contains(&theirs), sees_theirs, "{key}");
        let summary = all[0].get("SUMMARY");
        let names_partner = summary.contains("(Acme)") || summary.contains("(Globex)");
        let is_partner = ["owner", "colleague", "stranger"].contains(&key);
        assert_eq!(names_partner, !is_partner, "{key}: {summary}");
    }
}

#[actix_web::test]
async fn names_add_no_line_and_no_event() {
    let portal = Portal::start().await;
    let evil = "Evil\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:x; y, z\\n\u{85}\u{2028}Ünïcödé, \
                a name that is long enough to be folded in the middle of some letter: ééééééééééé";
    Licence::ending(date("2026-04-10")).put(&portal);
    portal.write(move |conn| {
        diesel::update(customers::table).set(customers::name.eq(evil)).execute(conn)?;
        diesel::update(organisations::table.filter(organisations::name.eq("Acme")))
            .set(organisations::name.eq("Ac\rme\nX-EVIL:1"))
            .execute(conn)?;
        Ok(())
    });
    for key in ["owner", "manager"] {
        let path = address(&mut portal.visitor(key)).await;
        let (head, all) = events(&fetch(&portal, &path).await.is(200).text);
        assert_eq!(all.len(), 1);
        assert_eq!(head.0.len() + all[0].0.len(), 17, "{head:?} {all:?}");
        let summary = all[0].get("SUMMARY");
        assert!(summary.starts_with("Evil  END:VEVENT  BEGIN:VEVENT"), "{summary}");
        assert!(summary.contains("ééééééééééé"), "{summary}");
    }
}

#[actix_web::test]
async fn an_unknown_an_ended_and_a_replaced_address_are_the_same() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let first = address(&mut owner).await;
    let second = address(&mut owner).await;
    assert_ne!(first, second);
    fetch(&portal, &second).await.is(200);
    let ended = format!("{CALENDAR}/revocation");
    owner.post(&ended, &[]).await.goes_to(CALENDAR);
    owner.get(CALENDAR).await.shows("main", "You have none yet");
    let unknown =
        fetch(&portal, "/calendar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/renewals.ics");
    let unknown = unknown.await.is(404);
    for path in [first.as_str(), &second, "/calendar/%00/renewals.ics", "/calendar/x/renewals.ics"]
    {
        let page = fetch(&portal, path).await.is(404);
        assert_eq!(page.text, unknown.text, "{path}");
        assert_eq!(page.header("content-type"), unknown.header("content-type"));
        assert_eq!(page.header("cache-control"), unknown.header("cache-control"));
    }
    // Signed in or not, the session is nothing to it.
    portal.owner().raw(Method::GET, &second, &[]).await.is(404);
    owner.post(&ended, &[]).await.goes_to(CALENDAR);
    owner.get(CALENDAR).await.shows(".flash", "There is no address");
}

#[actix_web::test]
async fn what_stops_the_person_stops_the_address() {
    let portal = Portal::start().await;
    Licence::ending(date("2026-04-10")).put(&portal);
    let (mine, path) = (address(&mut portal.owner()).await, address(&mut portal.colleague()).await);
    let colleague = portal.contact("colleague");
    portal
        .owner()
        .post(&format!("/p/shield/contacts/{colleague}/deactivation"), &[("why", "Left Acme")])
        .await
        .is(303);
    fetch(&portal, &path).await.is(404);
    fetch(&portal, &mine).await.is(200);
    let left: i64 = portal.read(|conn| Ok(calendar_feeds::table.count().get_result(conn)?));
    assert_eq!(left, 1, "it does not come back with the person");
    // Suspended: the organisation; and back.
    let set = |status: &'static str| {
        let acme = portal.organisation_id("Acme");
        portal.write(move |conn| {
            use portal::db::schema::enrolments;
            let of = enrolments::table.filter(enrolments::organisation_id.eq(acme));
            Ok(diesel::update(of).set(enrolments::status.eq(status)).execute(conn)?)
        });
    };
    let unknown = fetch(&portal, "/calendar/x/renewals.ics").await.text;
    for status in ["suspended", "ended", "applied"] {
        set(status);
        assert_eq!(fetch(&portal, &mine).await.is(404).text, unknown, "{status}");
    }
    set("active");
    fetch(&portal, &mine).await.is(200);
    let owner = portal.contact_id("owner");
    let lock = |at: Option<portal::clock::Instant>, owed: bool| {
        portal.write(move |conn| {
            use portal::db::schema::logins;
            let set = (logins::locked_at.eq(at), logins::second_factor_owed.eq(owed));
            let of = logins::table.filter(logins::contact_id.eq(owner));
            Ok(diesel::update(of).set(set).execute(conn)?)
        });
    };
    for (at, owed) in [(Some(portal.app.clock.now()), false), (None, true)] {
        lock(at, owed);
        assert_eq!(fetch(&portal, &mine).await.is(404).text, unknown);
    }
    lock(None, false);
    fetch(&portal, &mine).await.is(200);
    portal.write(move |conn| {
        use portal::db::schema::contacts;
        let away = contacts::status.eq("deactivated");
        Ok(diesel::update(contacts::table.find(owner)).set(away).execute(conn)?)
    });
    fetch(&portal, &mine).await.is(404);
}

#[actix_web::test]
async fn what_has_not_changed_is_not_sent_again() {
    let portal = Portal::start().await;
    let licence = Licence::ending(date("2026-04-10")).put(&portal);
    let path = address(&mut portal.owner()).await;
    let page = fetch(&portal, &path).await.is(200);
    let etag = page.header("etag").to_owned();
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let headers = [("if-none-match", known.as_str())];
        let again = portal.guest().raw(Method::GET, &path, &headers).await.is(304);
        assert_eq!((again.text.as_str(), again.header("etag")), ("", etag.as_str()), "{known}");
        assert_eq!(again.header("cache-control"), "private, no-cache");
    }
    portal.guest().raw(Method::HEAD, &path, &[]).await.is(200);
    licence.renewed_by(&Licence::ending(date("2027-04-10")).put(&portal), &portal);
    let headers = [("if-none-match", etag.as_str())];
    let page = portal.guest().raw(Method::GET, &path, &headers).await.is(200);
    assert!(summaries(&page).is_empty(), "a renewed line falls silent");
}

#[actix_web::test]
async fn the_secret_is_shown_once_and_stored_nowhere() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    owner.get(CALENDAR).await.shows("main", "You have none yet").shows("main", "Make a secret");
    let path = address(&mut owner).await;
    let token = path.split('/').nth(2).unwrap().to_owned();
    assert_eq!(token.len(), 43, "256 bits");
    owner.get(CALENDAR).await.hides(&token).shows(".facts", "Never");
    fetch(&portal, &path).await.is(200);
    owner.get(CALENDAR).await.hides(&token).hides("Never");
    let stored: Vec<String> = portal
        .read(|conn| Ok(calendar_feeds::table.select(calendar_feeds::token_hash).load(conn)?));
    assert_eq!(stored.len(), 1);
    assert!(stored[0].len() == 64 && !stored[0].contains(&token));
    portal.manager().get("/p/shield/history").await.hides(&token);
    let other = portal.colleague().get(CALENDAR).await;
    other.shows("main", "You have none yet");
}

#[actix_web::test]
async fn an_address_is_read_so_often_an_hour() {
    let portal = Portal::start().await;
    let path = address(&mut portal.owner()).await;
    let other = address(&mut portal.colleague()).await;
    for _ in 0..60 {
        fetch(&portal, &path).await.is(200);
    }
    let refused = fetch(&portal, &path).await.is(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 3_601);
    fetch(&portal, &other).await.is(200);
    portal.app.clock.advance(chrono::Duration::hours(1));
    fetch(&portal, &path).await.is(200);
}

#[actix_web::test]
async fn very_many_licences_are_told_day_by_day() {
    let portal = Portal::start().await;
    let one = Licence::ending(date("2026-04-10")).put(&portal).id;
    Licence::ending(date("2026-04-12")).put(&portal);
    portal.write(move |conn| {
        let copies = "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2001) \
            INSERT INTO licences (reference, program_id, order_id, position, reseller_id, \
            distributor_id, customer_id, product_id, sku, quantity, kind, months, unit_price_minor, \
            currency, processed_on, starts_on, ends_on, due_on, serial_number) \
            SELECT 'L-' || i, program_id, order_id, i, reseller_id, distributor_id, customer_id, \
            product_id, sku, quantity, kind, months, unit_price_minor, currency, processed_on, \
            starts_on, ends_on, due_on, serial_number FROM licences, n WHERE id = ";
        diesel::sql_query(format!("{copies}{one}")).execute(conn)?;
        let added = licences::table.filter(licences::position.gt(1)).select(licences::id);
        let ids: Vec<i64> = added.load(conn)?;
        portal::licences::count_lines(&ids, conn)
    });
    for key in ["owner", "distributor", "manager"] {
        let path = address(&mut portal.visitor(key)).await;
        let page = fetch(&portal, &path).await.is(200);
        assert_eq!(summaries(&page), ["2,001 licences end", "1 licence ends"], "{key}");
    }
}
