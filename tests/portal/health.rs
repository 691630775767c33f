//! What load balancers ask.

use diesel::{RunQueryDsl, sql_query};

use crate::support::Portal;

#[actix_web::test]
async fn a_portal_that_can_serve_says_so() {
    let portal = Portal::start().await;
    let mut guest = portal.guest();
    let live = guest.get("/health/live").await.is(200);
    assert_eq!(live.text, "live\n");
    let ready = guest.get("/health/ready").await.is(200);
    assert_eq!(ready.text, "ready\n");
    assert_eq!(ready.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn a_schema_of_another_version_is_not_ready() {
    let portal = Portal::start().await;
    let mut guest = portal.guest();
    for statement in [
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')",
        "DELETE FROM __diesel_schema_migrations",
        "DROP TABLE __diesel_schema_migrations",
    ] {
        portal.write(move |conn| Ok(sql_query(statement).execute(conn)?));
        let page = guest.get("/health/ready").await.is(503);
        assert!(page.text.contains("another schema"), "{}", page.text);
        guest.get("/health/live").await.is(200);
    }
}
