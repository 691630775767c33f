//! Leads from a file: all or nothing, once, and one mail to each who is told.

use std::process::Command;

use diesel::prelude::*;
use futures_util::future::join;
use portal::db::schema::{enrolments, leads, mails};

use crate::support::{Page, Portal};

const IMPORT: &str = "/p/shield/leads/import";
const HEADS: &str = "external_id,company,contact_name,email,phone,country,interest,product,category,source,note,language,partner";
const GOOD: &str = "A-1,Hooli,Gavin Belson,gavin@hooli.example,+81 3 1,JP,Alarms for a campus,ALARM-HUB,,Fair,Call soon,ja,Acme
A-2,Pied Piper,Richard Hendricks,richard@pp.example,,US,Watch services,,watch,,,,acme
A-3,Raviga,Monica Hall,,+1 555 0100,US,Training,,,,,,Globex
A-4,Aviato,Erlich Bachman,erlich@aviato.example,,be,Alarms,,,,,,
";

fn file(lines: &str) -> String {
    format!("{HEADS}\n{lines}")
}

impl Portal {
    async fn upload_leads(&self, text: &str, action: &str) -> Page {
        let file = ("file", "leads.csv", text.as_bytes());
        self.visitor("cam").upload(IMPORT, file, &[("action", action)]).await
    }

    fn mails_queued(&self) -> Vec<(String, String)> {
        self.read(|conn| {
            Ok(mails::table
                .order(mails::id)
                .select((mails::to_email, mails::subject))
                .load(conn)?)
        })
    }
}

#[actix_web::test]
async fn a_file_enters_and_assigns_once() {
    let portal = Portal::start().await;
    let mut cam = portal.visitor("cam");
    cam.get(IMPORT).await.is(200).shows("code", "external_id");
    portal
        .upload_leads(&file(GOOD), "check")
        .await
        .is(200)
        .shows(".flash.good", "The file is right")
        .shows(".stat", "To import4")
        .shows(".stat", "Of them assigned3")
        .shows(".stat", "Partners told2")
        .shows("tbody tr", "Hooli A-1 2 JP Alarms for a campus Acme")
        .shows("tbody tr", "Aviato A-4 5 BE Alarms Nobody yet");
    assert_eq!((portal.leads(), portal.mails_queued().len()), (0, 0), "a check writes nothing");

    portal.upload_leads(&file(GOOD), "import").await.goes_to("/p/shield/leads");
    assert_eq!(portal.leads(), 4);
    assert_eq!(
        portal.mails_queued(),
        [
            ("owner@acme.example".to_owned(), "2 new leads".to_owned()),
            ("stranger@globex.example".to_owned(), "New lead from US: Training".to_owned()),
        ],
        "one mail to each, however many leads",
    );
    let list = cam.get("/p/shield/leads").await;
    assert_eq!(list.all("tbody th").len(), 4);
    let path = list.attributes("tbody th a", "href").remove(0);
    cam.get(&path).await.shows(".timeline", "Imported this lead");
    let assigned = cam.get("/p/shield/leads?status=assigned&q=hooli").await;
    let path = assigned.attributes("tbody th a", "href").remove(0);
    cam.get(&path)
        .await
        .shows(".facts", "A-1")
        .shows(".facts", "Alarm hub")
        .shows("blockquote", "Call soon")
        .shows(".timeline", "Assigned this lead");
    portal.owner().get(&path).await.is(200).shows("button", "Open the lead");

    portal
        .upload_leads(&file(GOOD), "check")
        .await
        .shows(".flash", "there is nothing to import")
        .shows(".stat", "Imported before, left alone4");
    portal.upload_leads(&file(GOOD), "import").await.is(303);
    assert_eq!((portal.leads(), portal.mails_queued().len()), (4, 2));
}

/// What was decided since stays, whatever the file says now.
#[actix_web::test]
async fn a_lead_that_was_imported_before_is_left_alone() {
    let portal = Portal::start().await;
    portal.upload_leads(&file(GOOD), "import").await.is(303);
    let again = GOOD.replace("Hooli", "Hooli XYZ").replace(",Globex", ",Acme");
    let more = format!("{again}A-5,Endframe,Jack Barker,jack@endframe.example,,US,Alarms,,,,,,\n");
    portal.upload_leads(&file(&more), "import").await.is(303);
    let companies: Vec<String> =
        portal.read(|conn| Ok(leads::table.order(leads::id).select(leads::company).load(conn)?));
    assert_eq!(companies, ["Hooli", "Pied Piper", "Raviga", "Aviato", "Endframe"]);
    assert_eq!(portal.mails_queued().len(), 2);
}

/// One cell changed in an otherwise right line, the column of the fault, and what is said of it.
const WRONG: &[(&str, &str, &str, &str)] = &[
    ("A-1,", ",", "external_id", "This is not a number of a lead."),
    ("Hooli,", ",", "company", "Enter the company."),
    ("Hooli,", "-- ?,", "company", "with letters or digits"),
    ("Gavin Belson,", ",", "contact_name", "Enter the contact."),
    ("gavin@hooli.example,+81 3 1", ",", "email", "an e-mail address or a phone number"),
    ("gavin@hooli.example", "gavin", "email", "such as name@example.com"),
    (",JP,", ",Japan,", "country", "two letters, such as BE"),
    ("Alarms for a campus", "", "interest", "Enter the interest."),
    ("Alarms for a campus", "Alarms for Hooli", "interest", "leave out who it is"),
    ("ALARM-HUB", "ALARM-HUT", "product", "Shield Guild has no such product."),
    ("ALARM-HUB,", ",alarms of all kinds", "category", "Shield Guild has no such category."),
    (",ja,", ",Japanese,", "language", "two letters, such as nl"),
    (",Acme", ",Acmee", "partner", "No partner of this name is enrolled in Shield Guild."),
    (",Acme", ",Nordic Supply", "partner", "No partner of this name is enrolled"),
    (",Acme", ",Initech", "partner", "This partner's enrolment is not active."),
];

#[actix_web::test]
async fn what_is_wrong_is_named_with_its_place_and_nothing_is_imported() {
    let portal = Portal::start().await;
    let line = GOOD.lines().next().unwrap();
    for (right, wrong, column, said) in WRONG {
        let bad = file(&format!("{}\nA-9{}\n", line.replacen(right, wrong, 1), &line[3..]));
        for action in ["check", "import"] {
            let page = portal.upload_leads(&bad, action).await.is(422);
            let rows = page.all("tbody tr");
            assert_eq!(rows.len(), 1, "{wrong}: {rows:?}");
            assert!(rows[0].starts_with(&format!("2 {column}")), "{wrong}: {rows:?}");
            assert!(rows[0].contains(said), "{wrong}: {rows:?}");
        }
    }
    let twice = file(&format!("{line}\n{line}\n"));
    portal
        .upload_leads(&twice, "import")
        .await
        .is(422)
        .shows("tbody tr", "3 external_id A-1 Line 2 has the same number.");
    for (text, said) in [
        (HEADS.to_owned(), "The file has headings and nothing below them."),
        (String::from("external_id,company\nA,B\n"), "The column is missing."),
        (format!("{HEADS},colour\n{line},red\n"), "There is no such column."),
        (file("A-1,Hooli\n"), "The line has 2 cells, the headings 13."),
    ] {
        portal.upload_leads(&text, "check").await.is(422).shows("tbody tr", said);
    }
    portal.upload_leads("", "import").await.is(422).shows(".error-summary", "Choose a file.");
    assert_eq!((portal.leads(), portal.mails_queued().len()), (0, 0));
}

#[actix_web::test]
async fn namesakes_are_told_apart_by_their_reference() {
    let portal = Portal::start().await;
    let shield: i64 = portal.read(|conn| {
        Ok(enrolments::table
            .filter(enrolments::name_key.eq("acme"))
            .select(enrolments::program_id)
            .first(conn)?)
    });
    portal.write(move |conn| {
        crate::support::people::enrol("ACME", "partner", "active", shield, conn)
    });
    let line = "A-1,Hooli,Gavin,g@hooli.example,,JP,Alarms,,,,,,acme\n";
    let page = portal.upload_leads(&file(line), "import").await.is(422);
    let page = page.shows("tbody tr", "Several partners have this name.");
    let rows = page.all("tbody tr").remove(0);
    let reference = rows.rsplit(": ").next().unwrap().split(',').next().unwrap().to_owned();
    let by_reference = line.replace(",acme", &format!(",{reference}"));
    portal.upload_leads(&file(&by_reference), "import").await.is(303);
    assert_eq!(portal.leads(), 1);
}

#[actix_web::test]
async fn two_who_import_one_file_at_once_import_it_once() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let text = file(GOOD);
    let (one, other) =
        join(portal.upload_leads(&text, "import"), beside.upload_leads(&text, "import")).await;
    one.is(303);
    other.is(303);
    assert_eq!((portal.leads(), portal.mails_queued().len()), (4, 2));
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
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("shield.toml", include_str!("packs/shield.toml"));
    put(
        "partners.csv",
        "organisation,country,part,types\nAcme,JP,partner,installer\nGlobex,JP,partner,installer\n",
    );
    put("leads.csv", &file(GOOD));
    put("bad.csv", &file(&GOOD.replace(",Globex", ",Nobody")));
    assert_eq!(run(&["migrate"]).0, Some(0));
    assert_eq!(run(&["program", "import", "shield.toml"]).0, Some(0));
    assert_eq!(run(&["import", "partners", "partners.csv", "--program", "shield"]).0, Some(0));
    let import = |file, more: &[&str]| {
        run(&[&["import", "leads", file, "--program", "shield"], more].concat())
    };
    let (code, _, faults) = import("bad.csv", &[]);
    assert_eq!(code, Some(1));
    assert!(
        faults.contains("line 4, column partner: \"Nobody\": No partner of this name"),
        "{faults}"
    );
    assert!(faults.ends_with("nothing was imported. Mend the lines above and run it again.\n"));
    let (code, dry, _) = import("leads.csv", &["--dry-run"]);
    assert_eq!(code, Some(0));
    assert!(dry.starts_with("line 2: Hooli (JP): Acme\n"), "{dry}");
    assert!(dry.contains("4 leads to import, 3 of them assigned to 2 partners"), "{dry}");
    assert_eq!(import("leads.csv", &[]).1, "4 leads were imported, 3 of them assigned.\n");
    let again = import("leads.csv", &[]).1;
    assert_eq!(again, "Nothing to import; 4 were imported before and left alone.\n");
    assert_eq!(run(&["import", "leads", "leads.csv", "--program", "none"]).0, Some(1));
}
