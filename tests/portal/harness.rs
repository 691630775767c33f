//! The harness itself, and what the kernel answers before any feature.

use actix_web::http::Method;

use crate::support::Portal;

#[actix_web::test]
async fn an_unknown_address_is_a_page_with_a_way_on() {
    let portal = Portal::start().await;
    for mut visitor in [portal.guest(), portal.owner()] {
        visitor
            .get("/nowhere")
            .await
            .is(404)
            .shows("h1", "Page not found")
            .shows("a", "start page");
    }
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_one() {
    let portal = Portal::start().await;
    let page = portal.guest().post("/robots.txt", &[]).await.is(405);
    assert_eq!(page.header("allow"), "GET");
}

#[actix_web::test]
async fn head_is_answered_like_get() {
    let portal = Portal::start().await;
    portal.guest().raw(Method::HEAD, "/robots.txt", &[]).await.is(200);
}

#[actix_web::test]
async fn requests_of_other_sites_are_refused() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![],
    ] {
        owner.raw(Method::POST, "/robots.txt", &headers).await.is(403);
    }
    for headers in [vec![("sec-fetch-site", "same-origin")], vec![("origin", "http://portal.test")]]
    {
        owner.raw(Method::POST, "/robots.txt", &headers).await.is(405);
    }
}

#[actix_web::test]
async fn static_files_carry_their_hash_and_stay() {
    let portal = Portal::start().await;
    let mut guest = portal.guest();
    let css = guest.get("/nowhere").await.attributes("link[rel=stylesheet]", "href").remove(0);
    let file = guest.get(&css).await.is(200);
    assert!(file.header("cache-control").contains("immutable"));
    guest.get("/static/000000000000/css/portal.css").await.is(404);
    guest.get("/theme/5b21b6.css").await.is(200);
    guest.get("/theme/nonsense.css").await.is(404);
}

#[actix_web::test]
async fn an_action_is_no_page() {
    let portal = Portal::start().await;
    let path = format!("/p/shield/contacts/{}/invitation", portal.contact("reader"));
    portal.owner().raw(Method::GET, &path, &[]).await.is(405);
}
