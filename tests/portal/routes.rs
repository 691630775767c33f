//! The wall, address by address: what every kind of person gets at every route, against a table
//! written by hand (`cases/routes.txt`). A route that is not in the table fails, so does one that
//! is in it and not in the app; what is foreign and what is missing are the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use actix_web::introspection::IntrospectionTree;
use actix_web::test::{TestRequest, call_and_read_body, init_service};
use actix_web::web;
use diesel::prelude::*;
use portal::app;
use portal::db::schema::{contacts, enrolments, organisations};

use crate::support::furniture::{self, Furniture};
use crate::support::{Page, Portal, Visitor};

const TABLE: &str = include_str!("cases/routes.txt");

/// A line of the table: one route and what each person gets.
struct Line {
    method: Method,
    path: &'static str,
    gets: BTreeMap<&'static str, &'static str>,
}

fn table() -> Vec<Line> {
    let mut lines = TABLE.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let people: Vec<&str> = lines
        .by_ref()
        .find_map(|line| line.strip_prefix("who"))
        .expect("the first line names the people")
        .split_whitespace()
        .collect();
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut words = line.split_whitespace();
            let (method, path) = (words.next().unwrap(), words.next().unwrap());
            let gets: Vec<&str> = words.collect();
            assert_eq!(gets.len(), people.len(), "{method} {path} does not name everyone");
            let gets = people.iter().copied().zip(gets).collect();
            Line { method: method.parse().unwrap(), path, gets }
        })
        .collect()
}

fn named(lines: &[Line]) -> BTreeSet<(String, String)> {
    lines.iter().map(|line| (line.method.to_string(), line.path.to_owned())).collect()
}

#[test]
fn the_table_has_every_route_that_is_declared() {
    let declared: BTreeSet<_> =
        app::routes().map(|route| (route.method.to_string(), route.path.to_owned())).collect();
    assert_eq!(named(&table()), declared);
}

#[actix_web::test]
async fn the_app_answers_only_what_is_declared() {
    let portal = Portal::start().await;
    async fn report(tree: web::Data<IntrospectionTree>) -> String {
        tree.report_as_json()
    }
    let app = portal.app.app().route("/what-is-there", web::get().to(report));
    let service = init_service(app).await;
    let request = TestRequest::get().uri("/what-is-there").to_request();
    let report: Vec<serde_json::Value> =
        serde_json::from_slice(&call_and_read_body(&service, request).await).unwrap();
    let answered: BTreeSet<(String, String)> = report
        .iter()
        .flat_map(|item| {
            let path = item["full_path"].as_str().unwrap().to_owned();
            let methods = item["methods"].as_array().unwrap().clone();
            methods
                .into_iter()
                .map(move |method| (method.as_str().unwrap().to_owned(), path.clone()))
        })
        .filter(|(method, path)| method != "HEAD" && path != "/what-is-there")
        .collect();
    assert_eq!(answered, named(&table()));
}

/// Everyone of the table: the people of the tests, and some to whom something has happened.
async fn visitor_of(portal: &Portal, key: &str) -> Visitor {
    match key {
        "guest" => portal.guest(),
        // Signed in, then deactivated: the session is still in the browser.
        "disabled" => {
            let visitor = portal.visitor("colleague");
            let id = portal.contact_id("colleague");
            portal.write(move |conn| {
                diesel::update(contacts::table.find(id))
                    .set(contacts::status.eq("deactivated"))
                    .execute(conn)?;
                Ok(())
            });
            visitor
        }
        // Signed in, then moved to an organisation that is in no program.
        "removed" => {
            let visitor = portal.visitor("owner");
            let id = portal.contact_id("owner");
            portal.write(move |conn| {
                let elsewhere: i64 = diesel::insert_into(organisations::table)
                    .values((
                        organisations::reference.eq("O-00000-00000"),
                        organisations::name.eq("Elsewhere"),
                        organisations::name_key.eq("elsewhere"),
                        organisations::country.eq("BE"),
                        organisations::created_at.eq(crate::support::people::beginning()),
                    ))
                    .returning(organisations::id)
                    .get_result(conn)?;
                diesel::update(contacts::table.find(id))
                    .set(contacts::organisation_id.eq(elsewhere))
                    .execute(conn)?;
                Ok(())
            });
            visitor
        }
        _ => portal.visitor(key),
    }
}

fn expected(word: &str) -> u16 {
    if word == "in" { 303 } else { word.parse().unwrap() }
}

/// A request as the page would send it, with nothing filled in: no file chosen, no box ticked.
async fn ask(visitor: &mut Visitor, method: &Method, path: &str) -> Page {
    if *method == Method::GET {
        return visitor.raw(Method::GET, path, &[]).await;
    }
    if path.ends_with("/import") || path.ends_with("/attachments") {
        return visitor.upload(path, ("file", "", b""), &[]).await;
    }
    let sent: &[(&str, &str)] = if path.ends_with("/roles") { &[("seen", "0")] } else { &[] };
    visitor.post(path, sent).await
}

fn faults(page: &Page, word: &str, what: &str) -> Option<String> {
    if page.status() != expected(word) {
        return Some(format!("{what}: {} instead of {word}; {}", page.status(), page.words()));
    }
    let to_sign_in = page.header("location").starts_with("/sign-in");
    if word == "in" && !to_sign_in {
        return Some(format!("{what}: goes to {} instead of the sign-in", page.header("location")));
    }
    None
}

async fn furnished() -> (Portal, Furniture) {
    let portal = Portal::start().await;
    let furniture = furniture::move_in(&portal).await;
    (portal, furniture)
}

#[actix_web::test]
async fn everyone_gets_what_the_table_says() {
    let lines = table();
    let mut wrong = Vec::new();
    let people: Vec<&str> = lines[0].gets.keys().copied().collect();
    for key in people {
        // Reading changes nothing, and neither does what is refused: one portal for all of that, and
        // one for each change.
        let (portal, furniture) = furnished().await;
        let mut visitor = visitor_of(&portal, key).await;
        for line in lines.iter().filter(|line| line.method == Method::GET) {
            let path = furniture.own(line.path);
            let page = ask(&mut visitor, &line.method, &path).await;
            wrong.extend(faults(&page, line.gets[key], &format!("{key} GET {path}")));
        }
        for line in lines.iter().filter(|line| line.method != Method::GET) {
            let changes = line.gets[key] != "in" && expected(line.gets[key]) < 400;
            let path = furniture.own(line.path);
            if !changes {
                let page = ask(&mut visitor, &line.method, &path).await;
                wrong.extend(faults(&page, line.gets[key], &format!("{key} POST {path}")));
                continue;
            }
            let (portal, furniture) = furnished().await;
            let mut visitor = visitor_of(&portal, key).await;
            let path = furniture.own(line.path);
            let page = ask(&mut visitor, &line.method, &path).await;
            wrong.extend(faults(&page, line.gets[key], &format!("{key} POST {path}")));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// For whoever may use a route on their own records: somebody else's, one that does not exist and
/// nonsense are one and the same 404.
#[actix_web::test]
async fn what_is_foreign_is_as_if_it_did_not_exist() {
    let (portal, furniture) = furnished().await;
    let nothing = portal.owner().get("/p/shield/nowhere").await.is(404).text;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for line in table().iter().filter(|line| Furniture::names_a_record(line.path)) {
        for (key, word) in &line.gets {
            if matches!(*key, "guest" | "disabled" | "removed") || matches!(*word, "in" | "403") {
                continue;
            }
            let mut visitor = portal.visitor(key);
            let missing = [furniture.missing(line.path), furniture.malformed(line.path)];
            for path in furniture.foreign(key, line.path).into_iter().chain(missing) {
                let page = ask(&mut visitor, &line.method, &path).await;
                asked += 1;
                if page.status() != 404 || page.text != nothing {
                    wrong.push(format!("{key} {} {path}: {}", line.method, page.status()));
                }
            }
        }
    }
    assert!(asked > 50, "only {asked} were asked");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The end of an enrolment is felt on the next request, in every process.
#[actix_web::test]
async fn a_suspension_acts_on_the_next_request() {
    let portal = Portal::start().await;
    let other = portal.beside().await;
    let (mut here, mut there) = (portal.owner(), other.owner());
    here.get("/p/shield").await.is(200);
    there.get("/p/shield").await.is(200);
    portal.write(|conn| {
        diesel::update(enrolments::table.filter(enrolments::name_key.eq("acme")))
            .set(enrolments::status.eq("suspended"))
            .execute(conn)?;
        Ok(())
    });
    here.get("/p/shield").await.is(403);
    there.get("/p/shield").await.is(403);
}
