//! A pasted quote of 2,000 lines, from the form to the page in both forms of SKU with its prices: the
//! app in process, on a database in a file, with the program and the person that the arguments make.
//! Prints how long the answers took, and fails where half of them took longer than they may.
//!
//! `cargo bench --bench skus [-- ROUNDS]`
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to print")]

use std::time::{Duration, Instant};

use actix_web::cookie::{Cookie, CookieJar};
use actix_web::test::{TestRequest, call_and_read_body, init_service};
use diesel::prelude::*;
use portal::app::Portal;
use portal::audit::By;
use portal::auth::{Safeguards, SecondFactorRule, begin_session};
use portal::catalogue::MOST_LINES;
use portal::clock::Clock;
use portal::db::schema::{contacts, programs};
use portal::db::{Conn, DatabaseAddress, DatabaseSettings, Db, migrate};
use portal::error::Result;
use portal::programs::{import, pack};
use portal::web::Site;

/// The longest that half of the answers may take.
const LONGEST: Duration = Duration::from_millis(200);
const PACK: &str = include_str!("../tests/portal/packs/shield.toml");
const PRICES: &str = include_str!("../tests/portal/packs/shield-prices.toml");

fn main() {
    let rounds = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(20);
    actix_web::rt::System::new().block_on(measure(rounds));
}

async fn measure(rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let address = DatabaseAddress::parse(folder.path().join("bench.db").to_str().unwrap()).unwrap();
    let settings = DatabaseSettings::new(address);
    migrate(&settings).unwrap();
    let site =
        Site { base: "http://portal.test".parse().unwrap(), demo: false, trusted_proxies: 0 };
    let mut portal = Portal::new(Db::open(&settings).unwrap(), Clock::default(), site).unwrap();
    portal.safeguards =
        Safeguards { second_factor: SecondFactorRule::Optional, ..Safeguards::default() };
    let now = portal.clock.now();
    let session = portal.db.write_blocking(move |conn| settle(now, conn)).unwrap();
    let name = portal.site.cookie_name("session");
    let mut jar = CookieJar::new();
    jar.signed_mut(&portal.cookie_key).add(Cookie::new(name.clone(), session));
    let cookie = Cookie::new(name.clone(), jar.get(&name).unwrap().value().to_owned());
    let quote: String = ["CARE.FIRST.12;25", "F001J1WSEATX;40;6", "G024J1WSITEX;3", "ALARM-HUB;2"]
        .into_iter()
        .cycle()
        .take(MOST_LINES)
        .map(|line| format!("{line}\n"))
        .collect();
    let form = serde_html_form::to_string([("quote", quote.as_str())]).unwrap();
    let service = init_service(portal.app()).await;
    let mut times = Vec::new();
    let mut bytes = 0;
    for _ in 0..rounds {
        let request = TestRequest::post()
            .uri("/p/shield/skus")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("sec-fetch-site", "same-origin"))
            .cookie(cookie.clone())
            .set_payload(form.clone())
            .to_request();
        let began = Instant::now();
        let body = call_and_read_body(&service, request).await;
        times.push(began.elapsed());
        assert!(body.windows(12).any(|text| text == b"F012J1ACAREX"), "this is another page");
        bytes = body.len();
    }
    times.sort_unstable();
    let (half, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "{MOST_LINES} lines, {rounds} times: half within {} ms, the slowest {} ms, {bytes} bytes",
        half.as_millis(),
        slowest.as_millis()
    );
    assert!(half <= LONGEST, "half took longer than {} ms", LONGEST.as_millis());
}

/// A program and one of its vendor's people; gives the key of their session.
fn settle(now: portal::clock::Instant, conn: &mut Conn) -> Result<String> {
    let pack = pack::parse("shield.toml", &format!("{PACK}\n{PRICES}")).unwrap();
    import(&pack, By::Portal("a benchmark"), now, conn)?;
    let vendor: i64 = programs::table.select(programs::vendor_id).first(conn)?;
    let contact: i64 = diesel::insert_into(contacts::table)
        .values((
            contacts::reference.eq("C-00000-00000"),
            contacts::organisation_id.eq(vendor),
            contacts::name.eq("Mona Manager"),
            contacts::name_key.eq("mona manager"),
            contacts::email.eq("mona@shield.example"),
            contacts::email_key.eq("mona@shield.example"),
            contacts::job_title.eq(""),
            contacts::phone.eq(""),
            contacts::locale.eq("en-GB"),
            contacts::access.eq("program_manager"),
            contacts::status.eq("active"),
            contacts::created_at.eq(now),
            contacts::updated_at.eq(now),
        ))
        .returning(contacts::id)
        .get_result(conn)?;
    begin_session(contact, "127.0.0.1", "a benchmark", now, conn)
}
