//! Contacts from a file: what would change, all or nothing, and back out again.

use std::process::{Command, Output};

use diesel::prelude::*;
use portal::db::schema::{audit_events, contacts, organisations};

use crate::support::{Page, Portal, Visitor};

const IMPORT: &str = "/p/shield/contacts/import";

const FILE: &str = "name,email,job_title,phone,locale,access,roles
Rita Reader,READER@acme.example,Reader,,nl,member,renewals leads
New Person,new@acme.example,,,,,marketing
";

async fn send(visitor: &mut Visitor, action: &str, file: &str) -> Page {
    let file = ("file", "people.csv", file.as_bytes());
    visitor.upload(IMPORT, file, &[("action", action)]).await
}

fn people(portal: &Portal) -> Vec<(String, String, String, String)> {
    let acme = portal.organisation_id("Acme");
    portal.read(|conn| {
        Ok(contacts::table
            .filter(contacts::organisation_id.eq(acme))
            .order((contacts::name_key, contacts::id))
            .select((contacts::name, contacts::email, contacts::job_title, contacts::access))
            .load(conn)?)
    })
}

fn events(portal: &Portal) -> i64 {
    portal.read(|conn| Ok(audit_events::table.count().get_result(conn)?))
}

#[actix_web::test]
async fn a_check_shows_what_an_import_would_change_and_changes_nothing() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let (before, history) = (people(&portal), events(&portal));
    send(&mut owner, "check", FILE)
        .await
        .is(200)
        .shows(".flash", "Nothing is imported yet")
        .shows("tbody th", "New Person")
        .shows("td", "Added")
        .shows("td", "Job title: nothing")
        .shows("td", "E-mail address: reader@acme.example")
        .shows("td", "Given: + Renewals")
        .shows(".stats", "3 / 0");
    assert_eq!((people(&portal), events(&portal)), (before, history));
}

#[actix_web::test]
async fn an_import_adds_and_updates_and_again_changes_nothing() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    send(&mut owner, "import", FILE).await.goes_to("/p/shield/contacts");
    owner
        .get("/p/shield/contacts")
        .await
        .shows(".flash", "1 added, 1 changed, 0 as they were; 3 roles given, 0 taken away.");
    let path = format!("/p/shield/contacts/{}", portal.contact("reader"));
    owner
        .get(&path)
        .await
        .shows(".recipients", "Given by Olive Owner")
        .shows(".timeline", "Changed the job title")
        .shows(".facts", "Dutch");
    let history = events(&portal);
    send(&mut owner, "check", FILE).await.is(200).shows(".flash", "changes nothing");
    send(&mut owner, "import", FILE).await.goes_to("/p/shield/contacts");
    assert_eq!(events(&portal), history, "the second import left no trace");
    // A column that is left out is left alone; roles that are named replace those held.
    let file = "email,name,roles\nreader@acme.example,Rita Reader,marketing\n";
    let page = send(&mut owner, "check", file).await.is(200).shows("td", "Given: + Marketing");
    page.shows("td", "Taken away: − Leads").hides("Job title");
}

#[actix_web::test]
async fn an_exported_list_is_imported_without_a_change() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let names = ["=SUM(A1)", "'quoted", "'=both", "Zoë \"Z\" Zimmer, Dr.", "-minus", "+plus"];
    for (number, name) in names.iter().enumerate() {
        let email = format!("person{number}@acme.example");
        let fields = [
            ("name", *name),
            ("email", &email),
            ("phone", "+81 3 5555"),
            ("locale", "de"),
            ("access", "administrator"),
        ];
        owner.post("/p/shield/contacts/new", &fields).await.is(303);
    }
    send(&mut owner, "import", FILE).await.is(303);
    let csv = owner.get("/p/shield/contacts.csv").await.is(200);
    assert!(csv.header("content-disposition").contains("contacts.csv"));
    assert!(csv.text.contains("\r\n'=SUM(A1),"), "a formula is neutralised: {}", csv.text);
    let history = events(&portal);
    send(&mut owner, "check", &csv.text)
        .await
        .is(200)
        .shows(".flash", "all 10 contacts are as the file says");
    send(&mut owner, "import", &csv.text).await.is(303);
    assert_eq!(events(&portal), history);
}

#[actix_web::test]
async fn every_fault_is_named_with_its_place_and_then_nothing_is_imported() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let before = people(&portal);
    let file = "name,email,access,locale,roles
New Person,new@acme.example,member,nl,marketing
,nameless@acme.example,member,nl,
Bad Address,not an address,member,nl,
Boss,boss@acme.example,program_manager,nl,
Lost,lost@acme.example,member,xx,
Greedy,greedy@acme.example,member,nl,renewals pricing_inquiries gold
Twice,NEW@acme.example,member,nl,
Short,short@acme.example
";
    for action in ["check", "import"] {
        let page = send(&mut owner, action, file).await.is(422);
        let rows = page.all("tbody tr");
        let expected = [
            ("3", "name", "Enter the name."),
            ("4", "email", "Enter an e-mail address"),
            ("5", "access", "This access level is not known."),
            ("6", "locale", "One of en-GB, en-US, nl, fr, de, or nothing."),
            ("7", "roles", "There is no role “pricing_inquiries”."),
            ("7", "roles", "There is no role “gold”."),
            ("8", "email", "The same address stands on line 2."),
            ("9", "", "5 cells, as in the first line."),
        ];
        assert_eq!(rows.len(), expected.len(), "{rows:#?}");
        for (row, (line, column, words)) in rows.iter().zip(expected) {
            assert!(row.starts_with(format!("{line} {column}").trim_end()), "{row}");
            assert!(row.contains(words), "{row} does not say {words}");
        }
    }
    assert_eq!(people(&portal), before);
    for (file, words) in [
        ("", "This column is missing."),
        ("name,email\n", "The file holds no contact."),
        ("name,mail\nA,a@b.example\n", "This column is not known."),
        ("name,email,name\nA,a@b.example,B\n", "This column stands there twice."),
    ] {
        send(&mut owner, "import", file).await.is(422).shows("td", words);
    }
    assert_eq!(people(&portal), before);
}

#[actix_web::test]
async fn a_file_that_is_too_large_or_no_text_is_refused() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let large = format!("name,email\n{}", "x".repeat(2 * 1024 * 1024));
    send(&mut owner, "check", &large).await.is(422).shows(".error-summary", "larger than 2 MB");
    let file = ("file", "people.csv", [0xff, 0xfe, 0x00].as_slice());
    owner
        .upload(IMPORT, file, &[("action", "import")])
        .await
        .is(422)
        .shows(".error-summary", "not UTF-8");
    let mut many = "name,email\n".to_owned();
    for number in 0..=5_000 {
        many.push_str(&format!("Person,person{number}@acme.example\n"));
    }
    send(&mut owner, "import", &many).await.is(422).shows("td", "Too many lines.");
}

#[actix_web::test]
async fn a_file_cannot_take_the_last_administrator_away() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let demote = "name,email,access\nOlive Owner,owner@acme.example,member\n";
    send(&mut owner, "import", demote)
        .await
        .is(422)
        .shows("td", "Nobody would be left who manages the organisation.");
    // In the same file somebody else may take over, whatever the order of the lines.
    let swap = format!("{demote}Colin Colleague,colleague@acme.example,administrator\n");
    send(&mut owner, "import", &swap).await.is(303);
    owner.get(IMPORT).await.is(403);
    portal.colleague().get(IMPORT).await.is(200);
}

#[actix_web::test]
async fn a_deactivated_contact_is_not_changed_by_a_file() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let path = format!("/p/shield/contacts/{}/deactivation", portal.contact("reader"));
    owner.post(&path, &[("why", "Left")]).await.is(303);
    send(&mut owner, "import", FILE).await.is(422).shows("td", "This contact is deactivated");
}

fn import(portal: &Portal, file: &str, options: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    std::fs::write(&path, file).unwrap();
    Command::new(env!("CARGO_BIN_EXE_portal"))
        .args(["import", "contacts"])
        .arg(&path)
        .args(["--program", "shield"])
        .args(options)
        .env("DATABASE_URL", portal.database_address())
        .output()
        .unwrap()
}

#[actix_web::test]
async fn the_command_line_imports_for_an_organisation() {
    let portal = Portal::start().await;
    let acme: String = portal.read(|conn| {
        Ok(organisations::table
            .filter(organisations::name.eq("Acme"))
            .select(organisations::reference)
            .first(conn)?)
    });
    let before = people(&portal);
    let dry = import(&portal, FILE, &["--organisation", &acme, "--dry-run"]);
    let said = String::from_utf8_lossy(&dry.stdout).into_owned();
    assert!(dry.status.success(), "{said} {}", String::from_utf8_lossy(&dry.stderr));
    assert!(said.contains("line 3: New Person <new@acme.example> added; gets Marketing"), "{said}");
    assert_eq!(people(&portal), before);

    let faulty = import(&portal, "name,email\n,x\n", &["--organisation", &acme]);
    let said = String::from_utf8_lossy(&faulty.stderr).into_owned();
    assert!(!faulty.status.success());
    assert!(said.contains("line 2, column email: \"x\":"), "{said}");

    let unknown = import(&portal, FILE, &["--organisation", "O-00000-00000"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("takes part in"));

    assert!(import(&portal, FILE, &["--organisation", &acme]).status.success());
    assert_eq!(people(&portal).len(), before.len() + 1);
    let path = format!("/p/shield/contacts/{}", portal.contact("reader"));
    portal.owner().get(&path).await.shows(".recipients", "Given by an import of contacts");
}
