//! Organisations join: one by one on a page, many from a file, and their administrators are
//! invited.

use std::process::Command;

use diesel::prelude::*;
use portal::db::schema::{contacts, enrolments, mails, organisations};

use crate::support::{Page, Portal};

const NEW: &str = "/p/shield/partners/new";
const IMPORT: &str = "/p/shield/partners/import";

fn hooli() -> Vec<(&'static str, &'static str)> {
    vec![
        ("name", "Hooli"),
        ("country", "be"),
        ("part", "partner"),
        ("type", "installer"),
        ("tier", "squire"),
        ("currency", "JPY"),
        ("administrator_name", "Gavin Belson"),
        ("administrator_email", "gavin@hooli.example"),
    ]
}

/// The form with some fields sent differently.
fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = hooli();
    fields.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
    fields.extend(changes);
    fields
}

fn faulty_fields(page: &Page) -> Vec<String> {
    page.attributes(".error-summary a", "href")
}

impl Portal {
    fn enrolled(&self) -> Vec<(String, String)> {
        self.read(|conn| {
            Ok(enrolments::table
                .inner_join(organisations::table)
                .order(enrolments::name_key)
                .select((organisations::name, enrolments::status))
                .load(conn)?)
        })
    }

    fn invitations(&self) -> Vec<String> {
        self.read(|conn| Ok(mails::table.order(mails::id).select(mails::to_email).load(conn)?))
    }

    fn reference_of(&self, organisation: &str) -> String {
        let id = self.organisation_id(organisation);
        self.read(|conn| {
            Ok(organisations::table.find(id).select(organisations::reference).first(conn)?)
        })
    }
}

#[actix_web::test]
async fn a_new_organisation_joins_and_its_administrator_is_invited() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    manager.get(NEW).await.is(200).shows("h1", "Enrol a partner");
    let seller = portal.enrolment("Nordic Supply");
    let path = manager.post(NEW, &with(&[("distributor", &seller)])).await.created();
    manager
        .get(&path)
        .await
        .is(200)
        .shows("h1", "Hooli")
        .shows(".flash", "Hooli is enrolled. Gavin Belson was invited.")
        .shows(".facts", "Squire")
        .shows("main", "1 active contact, 1 of them administrator")
        .shows("main li", "Nordic Supply")
        .shows(".timeline", "Enrolled this organisation");
    assert_eq!(portal.invitations(), ["gavin@hooli.example"]);
    let access: String = portal.read(|conn| {
        Ok(contacts::table
            .filter(contacts::email_key.eq("gavin@hooli.example"))
            .select(contacts::access)
            .first(conn)?)
    });
    assert_eq!(access, "administrator");
}

#[actix_web::test]
async fn what_is_wrong_is_told_and_nothing_is_written() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let before = portal.enrolled();
    for (fields, faults) in [
        (
            vec![],
            &["#name", "#country", "#part", "#administrator_name", "#administrator_email"][..],
        ),
        (with(&[("name", "")]), &["#name"]),
        (with(&[("country", "Belgium")]), &["#country"]),
        (with(&[("part", "distributor")]), &["#part"]),
        (with(&[("type", "baker")]), &["#type"]),
        (with(&[("currency", "")]), &["#currency"]),
        (with(&[("administrator_email", "gavin")]), &["#administrator_email"]),
        (with(&[("administrator_email", "owner@acme.example")]), &["#administrator_email"]),
        (with(&[("organisation", "O-00000-00000")]), &["#organisation"]),
    ] {
        let page = manager.post(NEW, &fields).await.is(422);
        assert_eq!(faulty_fields(&page), faults, "{fields:?}");
    }
    assert_eq!(portal.enrolled(), before);
    assert!(portal.invitations().is_empty());
}

#[actix_web::test]
async fn a_namesake_is_asked_about_before_it_is_made() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let fields = with(&[("name", "ACME")]);
    let page = manager.post(NEW, &fields).await.is(422);
    assert_eq!(faulty_fields(&page), ["#name"]);
    page.shows(".error-summary", &portal.reference_of("Acme"))
        .shows("label", "another organisation");
    manager.post(NEW, &with(&[("name", "ACME"), ("another", "yes")])).await.is(303);
    // The other vendor does not learn that there is an Acme.
    let mut rival = portal.visitor("rival");
    let elsewhere =
        with(&[("name", "Acme"), ("type", "reseller"), ("tier", "silver"), ("currency", "EUR")]);
    let page = rival.post("/p/small/partners/new", &elsewhere).await;
    assert!(!page.text.contains(&portal.reference_of("Acme")));
}

#[actix_web::test]
async fn an_organisation_of_another_program_joins_by_its_reference() {
    let portal = Portal::start().await;
    let (mut rival, mut owner) = (portal.visitor("rival"), portal.owner());
    owner.get("/p/small/enrolment").await.is(404);
    let acme = portal.reference_of("Acme");
    let form = rival.get("/p/small/partners/new").await.is(200);
    let kind = form.attributes("input[name=type]", "value").remove(0);
    let typed = acme.to_lowercase();
    let fields = [
        ("organisation", typed.as_str()),
        ("part", "partner"),
        ("type", &kind),
        ("currency", "EUR"),
    ];
    rival.post("/p/small/partners/new", &fields).await.is(303);
    assert!(portal.invitations().is_empty(), "its administrators stay");
    owner.get("/p/small/enrolment").await.is(200).shows("main", "Acme");
    owner.get("/p/shield/enrolment").await.is(200);
    rival.post("/p/small/partners/new", &fields).await.is(409).shows("main", "Acme is enrolled in");
}

#[actix_web::test]
async fn only_the_program_manager_enrols() {
    let portal = Portal::start().await;
    for key in ["cam", "back_office", "owner", "stranger", "distributor"] {
        let mut visitor = portal.visitor(key);
        for path in [NEW, IMPORT] {
            visitor.get(path).await.is(403);
        }
        visitor.post(NEW, &hooli()).await.is(403);
        visitor.upload(IMPORT, ("file", "p.csv", FILE.as_bytes()), &[]).await.is(403);
    }
    let nowhere = portal.guest().get("/nowhere").await.is(404).text;
    let mut rival = portal.visitor("rival");
    assert_eq!(rival.get(NEW).await.is(404).text, nowhere);
    assert_eq!(rival.get(IMPORT).await.is(404).text, nowhere);
}

const FILE: &str = "\
organisation,country,part,types,tier,currency,status,enrolled_on,cam_email,distributors,administrator_name,administrator_email
Pied Piper,US,partner,installer; surveyor,knight,USD,active,2025-04-01,cam@shield-security.example,Eastern Supply; Nordic Supply,Richard Hendricks,richard@piedpiper.example
Eastern Supply,JP,distributor,,,,,,,,Erlich Bachman,erlich@eastern.example
Acme,JP,partner,installer,paladin,JPY,ended,,,,,
";

#[actix_web::test]
async fn a_file_enrols_many_once() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let before = portal.enrolled();
    manager.get(IMPORT).await.is(200).shows("code", "administrator_email");
    let file = ("file", "partners.csv", FILE.as_bytes());
    manager
        .upload(IMPORT, file, &[("action", "check")])
        .await
        .is(200)
        .shows(".flash.good", "The file is right")
        .shows(".stat", "To enrol2")
        .shows(".stat", "Invitations2")
        .shows(".stat", "Enrolled already, left alone1");
    assert_eq!(portal.enrolled(), before);

    manager.upload(IMPORT, file, &[("action", "import")]).await.goes_to("/p/shield/partners");
    manager.get("/p/shield/partners").await.shows(
        ".flash",
        "2 organisations were enrolled; 1 were enrolled already and left as they are.",
    );
    let path = format!("/p/shield/partners/{}", portal.enrolment("Pied Piper"));
    manager
        .get(&path)
        .await
        .shows(".facts", "Installer, Surveyor")
        .shows(".facts", "1 April 2025")
        .shows("main li", "Eastern Supply")
        .shows("main li", "Nordic Supply")
        .shows(".person", "Carl Cam");
    assert_eq!(portal.invitations(), ["erlich@eastern.example", "richard@piedpiper.example"]);
    let acme = manager.get("/p/shield/partners.csv?name=acme").await.text;
    assert!(acme.contains("Acme,JP,partner,installer,knight,JPY,active"), "left as it was: {acme}");

    let after = portal.enrolled();
    manager.upload(IMPORT, file, &[("action", "import")]).await.is(303);
    assert_eq!(portal.enrolled(), after);
    assert_eq!(portal.invitations().len(), 2);
}

#[actix_web::test]
async fn the_download_can_be_imported_again() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let file = manager.get("/p/shield/partners.csv").await.is(200).text;
    manager
        .upload(IMPORT, ("file", "partners.csv", file.as_bytes()), &[("action", "check")])
        .await
        .is(200)
        .shows(".flash", "there is nothing to import")
        .shows(".stat", "Enrolled already, left alone6");
}

#[actix_web::test]
async fn every_fault_is_told_with_its_place_and_nothing_is_imported() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let before = portal.enrolled();
    let bad = FILE
        .replace("Pied Piper,US", "Pied Piper,Utopia")
        .replace("Eastern Supply,JP,distributor,,", "Eastern Supply,JP,distributor,installer,")
        + "Bachmanity,US,partner,baker,gold,DOLLAR,happy,tomorrow,nobody@x.example,Nowhere Ltd,,\n\
           Bachmanity,US,partner,installer,,,,,,,,\n\
           Raviga,US,partner,,,,,2999-01-01,,,Monica,owner@acme.example\n";
    let page = manager
        .upload(IMPORT, ("file", "bad.csv", bad.as_bytes()), &[("action", "import")])
        .await
        .is(422);
    let rows: Vec<String> = page.all("tbody tr");
    let places: Vec<String> =
        rows.iter().map(|row| row.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        places,
        [
            "2 country",
            "3 types",
            "5 status",
            "5 enrolled_on",
            "5 types",
            "5 tier",
            "5 cam_email",
            "5 currency",
            "5 distributors",
            "6 organisation",
            "7 enrolled_on",
            "7 administrator_email",
            "7 types"
        ]
    );
    page.shows(
        "tbody tr",
        "5 tier gold The program does not have this. Write one of: squire, knight, paladin.",
    );
    assert_eq!(portal.enrolled(), before);

    for (text, words) in [
        ("organisation,country\nA,BE\n", "The column is missing."),
        (
            "organisation,country,part,types,teir\nA,BE,partner,installer,x\n",
            "There is no such column.",
        ),
        ("organisation,country,part,types\n", "The file has headings and nothing below them."),
        (
            "organisation,country,part,types\nA,BE,partner\n",
            "The line has 3 cells, the headings 4.",
        ),
    ] {
        let file = ("file", "bad.csv", text.as_bytes());
        manager.upload(IMPORT, file, &[("action", "check")]).await.is(422).shows("tbody tr", words);
    }
    let empty = manager.upload(IMPORT, ("file", "", b""), &[("action", "check")]).await.is(422);
    assert_eq!(faulty_fields(&empty), ["#file"]);
}

#[test]
fn the_command_imports_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_portal"))
            .args(arguments)
            .env_remove("DATABASE_URL")
            .env("PORTAL_DATA", folder.path().join("data"))
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (done.status.code(), said(done.stdout), said(done.stderr))
    };
    std::fs::write(folder.path().join("shield.toml"), include_str!("packs/shield.toml")).unwrap();
    // The vendor has no people yet, and Nordic Supply is not enrolled.
    let text = FILE.replace("cam@shield-security.example", "").replace("; Nordic Supply", "");
    std::fs::write(folder.path().join("partners.csv"), text).unwrap();
    std::fs::write(folder.path().join("bad.csv"), FILE).unwrap();
    assert_eq!(run(&["migrate"]).0, Some(0));
    assert_eq!(run(&["program", "import", "shield.toml"]).0, Some(0));
    let import = |file, more: &[&str]| {
        run(&[&["import", "partners", file, "--program", "shield"], more].concat())
    };
    let (code, _, faults) = import("bad.csv", &[]);
    assert_eq!(code, Some(1));
    assert!(
        faults.contains("line 2, column cam_email: \"cam@shield-security.example\""),
        "{faults}"
    );
    assert!(faults.ends_with("nothing was imported. Mend the lines above and run it again.\n"));
    let (code, dry, _) = import("partners.csv", &["--dry-run"]);
    assert_eq!(code, Some(0));
    assert!(dry.starts_with("3 to enrol (3 of them new organisations), 2 invitations"), "{dry}");
    assert_eq!(import("partners.csv", &[]).1, "3 organisations were enrolled.\n");
    let (_, again, _) = import("partners.csv", &[]);
    assert!(again.starts_with("Nothing to import; 3 were enrolled already"), "{again}");
}
