//! What a digest says of the mails that it tells.

use portal::auth::Program;
use portal::contacts::Role;
use portal::mail::digest::Gist;
use portal::mail::hours::Rhythm::Daily;
use portal::renewals;

use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::licences::{Licence, date};

/// The portal at noon of a Monday in Tokyo; `reader` holds Renewals and wants them daily.
async fn begin() -> (Portal, i64) {
    let portal = Portal::start().await;
    portal.set_clock("2026-03-02T03:00");
    let reader = portal.contact_id("reader");
    give_role(reader, Role::Renewals, &portal);
    portal.wants_rhythm(reader, "shield", "renewals", Daily);
    (portal, reader)
}

#[actix_web::test]
async fn a_renewal_notice_waits_for_the_digest_of_who_wants_it_daily() {
    let (portal, reader) = begin().await;
    let licence = Licence::ending(date("2026-03-22")).put(&portal);
    let program = portal.read(|conn| Program::find_unscoped("shield", conn));
    let app = &portal.app;
    let (site, now, db) = (&app.site, app.clock.now(), &app.db);
    let told = renewals::sweep(&program, date("2026-03-02"), site, now, db).unwrap();
    assert_eq!(told.done, 1);
    portal.set_clock("2026-03-02T22:00");
    portal.round();
    assert_eq!(
        portal.mail_to("reader"),
        ["Alarm monitoring of Hooli ends on 22 March 2026", "1 notice from Shield Guild"]
    );
    let (_, text, html) = portal.newest_mail(reader);
    let licence_link = format!("http://portal.test/p/shield/licences/{}", licence.reference);
    for words in [
        "1 licence of one of your customers ends soon.",
        "Hooli",
        "Ends on 22 March 2026, in 20 days",
        &licence_link,
        "http://portal.test/p/shield/renewals",
        "You get this because you hold the role Renewals at Acme, given by Olive Owner (Acme)",
    ] {
        assert!(text.contains(words), "the text lacks {words:?}:\n{text}");
        assert!(html.contains(words), "the HTML lacks {words:?}:\n{html}");
    }
    assert!(!text.contains("What to do now"), "{text}");
}

#[actix_web::test]
async fn a_long_digest_names_the_rest() {
    let (portal, reader) = begin().await;
    for number in 0..33 {
        portal.notice(reader, "shield", "renewals", &format!("End {number}."));
    }
    portal.set_clock("2026-03-02T22:00");
    assert_eq!(portal.round().digested, 33);
    let (_, text, html) = portal.newest_mail(reader);
    assert_eq!(text.matches(" has happened.").count(), 30);
    let rest = text.split("More that was collected").nth(1).unwrap();
    for number in 30..33 {
        assert!(rest.contains(&format!("End {number}.")), "{text}");
        assert!(html.contains(&format!("End {number}.")), "{html}");
    }
}

#[actix_web::test]
async fn a_digest_leads_nowhere_but_into_the_portal() {
    let portal = Portal::start().await;
    let text = "Hello Rita,\n\nOpening\nof two lines.\n\nEvil Ltd\nhttps://evil.example/\n\n\
                Hooli\n\n  Care\n  Ends soon\n  http://portal.test/p/shield/licences/L-1\n\n\
                javascript:alert(1)\n\nhttp://portal.test.evil.example/\n\n\
                See all:\nhttp://portal.test/p/shield/renewals\n\n-- \nhttp://portal.test/not\n";
    let gist = Gist::of(text, &portal.app.site);
    assert_eq!(gist.opening, "Opening of two lines.");
    let item = &gist.items[0];
    assert_eq!(item.heading.as_deref(), Some("Hooli"));
    assert_eq!(
        (item.title.as_str(), item.details.as_slice()),
        ("Care", &["Ends soon".to_owned()][..])
    );
    let links: Vec<&str> =
        gist.items.iter().chain(&gist.last).map(|item| item.link.as_str()).collect();
    assert_eq!(
        links,
        ["http://portal.test/p/shield/licences/L-1", "http://portal.test/p/shield/renewals"]
    );
    assert_eq!(Gist::of("", &portal.app.site), Gist::default());
}
