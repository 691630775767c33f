//! The first run of an empty portal.

use chrono::Duration;
use diesel::prelude::*;
use futures_util::future::join_all;
use portal::db::schema::{contacts, logins, programs};
use portal::set_up::open_link;

use crate::support::ways_in::{PASSWORD, sign_in};
use crate::support::{Page, Portal, Visitor};

const SMALL: &str = include_str!("packs/small.toml");
const NO_FILE: (&str, &str, &[u8]) = ("file", "", b"");
const FIRST: [(&str, &str); 3] =
    [("name", "Ann First"), ("email", "ann@vendor.example"), ("password", PASSWORD)];

fn link(portal: &Portal) -> Option<String> {
    let now = portal.app.clock.now();
    portal.write(move |conn| open_link(now, conn)).map(|link| link.path)
}

async fn choose(visitor: &mut Visitor, link: &str, slug: &str) -> Page {
    let mut fields = FIRST.to_vec();
    fields.push(("pack", slug));
    visitor.upload(link, NO_FILE, &fields).await
}

#[actix_web::test]
async fn the_first_program_manager_chooses_a_shipped_program_and_is_in() {
    let portal = Portal::empty().await;
    let link = link(&portal).unwrap();
    let mut ann = portal.guest();
    for _ in 0..3 {
        let page = ann.get(&link).await.is(200).shows("h1", "Set up your portal");
        assert_eq!(page.attributes("input[name=pack]", "value").len(), 3);
    }
    let slug = ann.get(&link).await.attributes("input[name=pack]", "value").remove(0);
    choose(&mut ann, &link, &slug).await.goes_to(&format!("/p/{slug}"));
    ann.get("/").await.goes_to(&format!("/p/{slug}"));
    let (name, access): (String, String) = portal.read(|conn| {
        Ok(contacts::table
            .inner_join(logins::table)
            .select((contacts::name, contacts::access))
            .first(conn)?)
    });
    assert_eq!((name.as_str(), access.as_str()), ("Ann First", "program_manager"));
    sign_in(&mut portal.guest(), "ann@vendor.example", PASSWORD).await.goes_to("/");

    // Once there is a login there is no set-up any more.
    ann.get(&link).await.is(404);
    choose(&mut ann, &link, &slug).await.is(404);
    assert!(self::link(&portal).is_none());
}

#[actix_web::test]
async fn a_program_of_ones_own_is_uploaded_and_every_problem_of_it_is_told() {
    let portal = Portal::empty().await;
    let link = link(&portal).unwrap();
    let mut ann = portal.guest();
    let broken = SMALL.replace("currency = \"EUR\"", "currency = \"EURO\"");
    let file = ("file", "mine.toml", broken.as_bytes());
    let page = ann.upload(&link, file, &FIRST).await.is(422);
    let page = page.shows(".error-summary a", "mine.toml:6:");
    assert_eq!(page.attributes("#name", "value"), ["Ann First"]);
    page.hides(PASSWORD);
    let binary = ("file", "mine.toml", &b"\xff\xfe\x00"[..]);
    ann.upload(&link, binary, &FIRST).await.is(422).shows(".error-summary a", "not UTF-8");
    let count: i64 = portal.read(|conn| Ok(programs::table.count().get_result(conn)?));
    assert_eq!(count, 0);
    let file = ("file", "mine.toml", SMALL.as_bytes());
    ann.upload(&link, file, &FIRST).await.goes_to("/p/small");
}

#[actix_web::test]
async fn what_is_missing_is_told_beside_its_field() {
    let portal = Portal::empty().await;
    let link = link(&portal).unwrap();
    let mut ann = portal.guest();
    ann.upload(&link, NO_FILE, &[])
        .await
        .is(422)
        .shows(".error-summary a", "Enter your name.")
        .shows(".error-summary a", "Enter an e-mail address.")
        .shows(".error-summary a", "Enter a new password.")
        .shows(".error-summary a", "Choose a program, or a file that describes yours.");
    let slug = ann.get(&link).await.attributes("input[name=pack]", "value").remove(1);
    let weak = [("name", "A"), ("email", "a@b.example"), ("password", "short"), ("pack", &slug)];
    let page = ann.upload(&link, NO_FILE, &weak).await.is(422);
    let page = page.shows(".error-summary a", "use at least 15");
    assert_eq!(page.attributes("input[name=pack][checked]", "value"), [slug]);
}

#[actix_web::test]
async fn of_many_who_set_up_at_once_through_several_links_one_does() {
    let portal = Portal::empty().await;
    let beside = portal.beside().await;
    // Each process prints a link of its own.
    let links = [link(&portal).unwrap(), link(&beside).unwrap()];
    let file = ("file", "mine.toml", SMALL.as_bytes());
    let settling = (0..8).map(|turn| {
        let mut guest = if turn % 2 == 0 { portal.guest() } else { beside.guest() };
        let link = links[turn / 4].clone();
        async move { guest.upload(&link, file, &FIRST).await.status() }
    });
    let answers = join_all(settling).await;
    let with = |status: u16| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((with(303), with(404) + with(409)), (1, 7), "{answers:?}");
    let count: i64 = portal.read(|conn| Ok(logins::table.count().get_result(conn)?));
    assert_eq!(count, 1);
}

#[actix_web::test]
async fn a_link_is_good_for_a_day_and_none_is_made_where_somebody_can_sign_in() {
    let portal = Portal::empty().await;
    let link = link(&portal).unwrap();
    portal.app.clock.advance(Duration::hours(24));
    portal.guest().get(&link).await.is(404);
    portal.guest().get("/set-up/").await.is(404);
    portal.guest().get("/set-up/AAAA").await.is(404);

    let peopled = Portal::start().await;
    assert!(self::link(&peopled).is_none());
}
