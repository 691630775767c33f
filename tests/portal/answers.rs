//! What every answer has to have, whatever was asked: limits, headers, nothing for the curious.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_http::error::PayloadError;
use actix_web::FromRequest;
use actix_web::cookie::Key;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use futures_util::stream;
use portal::error::Error;
use portal::web::{Flash, Form, Site, Upload, client_address};

use crate::support::{Page, Portal};

fn site(base: &str) -> Site {
    Site { base: base.parse().unwrap(), demo: false, trusted_proxies: 0 }
}

/// As the browser keeps it and sends it back, byte by byte.
fn carried(flash: &Flash, site: &Site, key: &Key) -> (String, Option<Flash>) {
    let cookie = flash.cookie(site, key).to_string();
    let pair = cookie.split(';').next().unwrap();
    let request = TestRequest::get().insert_header((header::COOKIE, pair)).to_http_request();
    (cookie, Flash::read(&request, site, key))
}

#[test]
fn every_flash_message_arrives() {
    let (site, key) = (site("http://portal.test"), Key::generate());
    for number in 0..100 {
        let text = format!("Saved: {number} roles, 100 % + é; \"Ōsaka\" = 大阪, a&b=c%2B");
        let (_, read) = carried(&Flash::success(text.as_str()), &site, &key);
        assert_eq!(read.unwrap().text, text);
    }
    let forged = Flash::error("no").cookie(&site, &Key::generate());
    let request = TestRequest::get().cookie(forged).to_http_request();
    assert!(Flash::read(&request, &site, &key).is_none());
}

#[test]
fn a_flash_message_of_any_length_fits_into_a_cookie() {
    let (site, key) = (site("https://portal.test"), Key::generate());
    for text in ["x".repeat(9_000), "大".repeat(9_000), format!("a{}", "大".repeat(9_000))] {
        let (cookie, read) = carried(&Flash::warning(text.as_str()), &site, &key);
        assert!(cookie.len() < 4_000, "{} bytes", cookie.len());
        let read = read.unwrap().text;
        assert!(text.starts_with(read.strip_suffix('…').unwrap()), "{read}");
    }
}

#[actix_web::test]
async fn a_page_of_an_error_does_not_use_a_flash_message_up() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    owner.post("/sign-out", &[]).await.goes_to("/sign-in");
    owner.get("/nowhere").await.is(404);
    owner.get("/sign-in").await.shows(".flash", "You are signed out.");
    let again = owner.get("/sign-in").await.is(200);
    assert_eq!(again.all(".flash"), Vec::<String>::new());
}

type Fields = Vec<(String, String)>;

fn body_of(chunks: Vec<Bytes>, and_then_silence: bool) -> Payload {
    let chunks = stream::iter(chunks.into_iter().map(Ok::<_, PayloadError>));
    let rest = stream::unfold((), move |()| async move {
        if and_then_silence {
            std::future::pending::<()>().await;
        }
        None::<(Result<Bytes, PayloadError>, ())>
    });
    Payload::Stream { payload: Box::pin(futures_util::StreamExt::chain(chunks, rest)) }
}

async fn read_form(chunks: Vec<Bytes>, silence: bool) -> Result<Fields, Error> {
    let request = TestRequest::post()
        .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .to_http_request();
    let form = Form::<Fields>::from_request(&request, &mut body_of(chunks, silence)).await;
    form.map(|form| form.0)
}

async fn read_upload(chunks: Vec<Bytes>, silence: bool) -> Result<Upload, Error> {
    let request = TestRequest::post()
        .insert_header((header::CONTENT_TYPE, "multipart/form-data; boundary=X"))
        .to_http_request();
    Upload::from_request(&request, &mut body_of(chunks, silence)).await
}

fn status_of<T>(outcome: Result<T, Error>) -> StatusCode {
    actix_web::ResponseError::status_code(&outcome.err().unwrap())
}

#[actix_web::test]
async fn a_body_that_is_too_large_is_said_to_be() {
    let much = vec![Bytes::from(vec![b'a'; 1024]); 513];
    assert_eq!(status_of(read_form(much, false).await), StatusCode::PAYLOAD_TOO_LARGE);
    let most = vec![Bytes::from(vec![b'a'; 1024]); 512];
    assert_eq!(read_form(most, false).await.unwrap().len(), 1);
    let head = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let mut chunks = vec![Bytes::from_static(head.as_bytes())];
    chunks.extend(vec![Bytes::from(vec![b'a'; 1024 * 1024]); 65]);
    assert_eq!(status_of(read_upload(chunks, false).await), StatusCode::PAYLOAD_TOO_LARGE);
}

/// The clock of the test stands still and is moved on when nothing else can happen.
#[actix_web::test]
async fn a_body_that_does_not_arrive_is_not_waited_for_long() {
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let part = || vec![Bytes::from_static(b"name=Hooli")];
    assert_eq!(status_of(read_form(part(), true).await), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(status_of(read_upload(part(), true).await), StatusCode::REQUEST_TIMEOUT);
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[actix_web::test]
async fn an_upload_is_read_however_it_is_cut() {
    let text = "--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--X\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"orders.csv\"\r\n\
        Content-Type: text/csv\r\n\r\na,b\r\n1,2\r\n\r\n--X--\r\n";
    for size in [1, 7, 64, 4096] {
        let chunks = text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
        let upload = read_upload(chunks, false).await.unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(upload.file_name, "orders.csv");
        assert_eq!(upload.bytes, b"a,b\r\n1,2\r\n");
        assert_eq!(upload.field("note"), "hello");
    }
    let cut = vec![Bytes::copy_from_slice(&text.as_bytes()[..150])];
    assert_eq!(status_of(read_upload(cut, false).await), StatusCode::BAD_REQUEST);
}

fn has_the_headers_of_every_answer(page: &Page, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value, "{what}: {name}");
    }
    assert!(page.header("content-security-policy").contains("default-src 'none'"), "{what}");
    assert!(!page.header("content-security-policy").contains("unsafe"), "{what}");
    assert_ne!(page.header("cache-control"), "", "{what}");
}

#[actix_web::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let portal = Portal::start().await;
    let mut guest = portal.guest();
    let ours = ("sec-fetch-site", "same-origin");
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (method, path, headers, status) in [
        (Method::GET, "/sign-in", &[][..], 200),
        (Method::HEAD, "/sign-in", &[], 200),
        (Method::GET, "/nowhere", &[], 404),
        (Method::HEAD, "/nowhere", &[], 404),
        (Method::GET, "/p/shield/roles", &[], 303),
        (Method::DELETE, "/sign-in", &[ours], 405),
        (Method::OPTIONS, "/sign-in", &[], 405),
        (Method::POST, "/sign-in", &[("sec-fetch-site", "cross-site"), form], 403),
        (Method::POST, "/sign-in", &[ours], 400),
        (Method::GET, "/health/live", &[], 200),
        (Method::GET, "/static/../Cargo.toml", &[], 404),
        (Method::GET, "/static/x/%2e%2e/%2e%2e/Cargo.toml", &[], 404),
        (Method::GET, "//evil.example/p/shield", &[], 404),
    ] {
        let what = format!("{method} {path}");
        let page = guest.raw(method, path, headers).await;
        assert_eq!(page.status(), status, "{what}");
        has_the_headers_of_every_answer(&page, &what);
    }
}

#[actix_web::test]
async fn addresses_that_are_no_text_are_not_found() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    for path in ["/p/sh%00ield/roles", "/p/%FF%FE/roles", "/p/%00/roles", "/p/%2e%2e/roles"] {
        owner.get(path).await.is(404).shows("h1", "Page not found");
    }
    for query in ["?q=%00", "?q=%FF", "?after=AAAA&q=%zz", "?after=PABfAA"] {
        owner.get(&format!("/p/shield/roles{query}")).await.is(200);
    }
}

#[actix_web::test]
async fn static_files_are_sent_once_and_in_the_coding_that_was_asked_for() {
    let portal = Portal::start().await;
    let mut guest = portal.guest();
    let css = guest.get("/nowhere").await.attributes("link[rel=stylesheet]", "href").remove(0);
    for (accepted, coding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("zebra", "identity"),
    ] {
        let accept = ("accept-encoding", accepted);
        let file = guest.raw(Method::GET, &css, &[accept]).await.is(200);
        assert_eq!(file.header("content-encoding"), coding, "{accepted}");
        assert!(file.answer.body.len() > 1000, "{accepted}");
        let tag = file.header("etag").to_owned();
        let again = guest.raw(Method::GET, &css, &[accept, ("if-none-match", &tag)]).await.is(304);
        assert!(again.answer.body.is_empty());
        assert_eq!((again.header("etag"), again.header("vary")), (tag.as_str(), "accept-encoding"));
        let other = ("if-none-match", "\"another\"");
        guest.raw(Method::GET, &css, &[accept, other]).await.is(200);
    }
}

/// What a browser keeps for ever must get another address when it changes.
#[actix_web::test]
async fn the_stylesheet_of_a_program_has_a_version_in_its_address() {
    let portal = Portal::start().await;
    let page = portal.owner().get("/p/shield/roles").await.is(200);
    let sheets = page.attributes("link[rel=stylesheet]", "href");
    assert!(sheets[1].starts_with("/theme/") && sheets[1].contains(".css?v="), "{sheets:?}");
    portal.guest().get(&sheets[1]).await.is(200);
}

#[actix_web::test]
async fn nobodys_session_is_looked_up_for_a_static_file() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let portal =
        Portal::observed(Arc::new(move |sql| sink.lock().unwrap().push(sql.to_owned()))).await;
    let mut owner = portal.owner();
    let asked = || seen.lock().unwrap().iter().filter(|sql| sql.contains("key_hash")).count();
    owner.get("/p/shield/roles").await.is(200);
    let before = asked();
    assert!(before > 0);
    for path in ["/robots.txt", "/theme/5b21b6.css", "/health/live", "/health/ready"] {
        owner.get(path).await.is(200);
    }
    assert_eq!(asked(), before);
}

#[test]
fn the_clients_address_is_what_our_own_proxies_say() {
    let mut site = site("https://portal.test");
    let asked = |site: &Site, forwarded: &str| {
        let request = TestRequest::get()
            .peer_addr("10.0.0.1:4711".parse().unwrap())
            .insert_header(("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap()))
            .to_http_request();
        client_address(&request, site)
    };
    assert_eq!(asked(&site, "1.2.3.4"), "10.0.0.1");
    site.trusted_proxies = 1;
    for (forwarded, client) in [
        ("6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4:55555", "1.2.3.4"),
        ("6.6.6.6, [2001:db8::1]:55555", "2001:db8::1"),
        ("6.6.6.6, 2001:db8::1", "2001:db8::1"),
        ("6.6.6.6, nonsense", "10.0.0.1"),
    ] {
        assert_eq!(asked(&site, forwarded), client, "{forwarded}");
    }
}
