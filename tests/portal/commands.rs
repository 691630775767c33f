//! The command line, as operators and scripts use it.

use std::collections::BTreeSet;

use portal::app;

use crate::support::binary::{Server, portal, run, said};

#[test]
fn every_command_explains_itself() {
    let help = run(&["--help"]).succeeds().out;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    for wanted in ["serve", "demo", "migrate", "import", "generate", "doctor", "routes", "program"]
    {
        assert!(commands.contains(&wanted), "{wanted} is not among {commands:?}");
    }
    for command in commands {
        let said = run(&[command, "--help"]).succeeds();
        assert!(said.out.contains("Usage: portal"), "{command}: {}", said.out);
    }
}

#[test]
fn what_is_refused_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    run(&["migrate", "--database-url", "mysql://host/name"]).refuses("use postgres://");
    run(&["serve", "--port", "0", "--data", data, "--base-url", "https://portal.example/x"])
        .refuses("without a path");
    run(&["serve", "--port", "0", "--data", data, "--no-migrate"]).refuses("portal migrate");
    run(&["generate", "--data", data]).refuses("portal migrate");
    run(&["demo", "people", "--data", data]).refuses("portal migrate");
    run(&["migrate", "--data", data]).succeeds();
    run(&["generate", "--data", data]).refuses("portal program import");
}

#[test]
fn a_file_of_settings_stands_below_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let file = path("settings");
    let data = path("from-the-file");
    std::fs::write(&file, format!("# where it lies\n\nPORTAL_DATA = {data}\n")).unwrap();
    run(&["migrate", "--settings", &file]).succeeds();
    assert!(folder.path().join("from-the-file/portal.db").exists());

    let output = portal(&["migrate", "--settings", &file])
        .env("PORTAL_DATA", path("from-the-environment"))
        .output()
        .unwrap();
    said(&output).succeeds();
    assert!(folder.path().join("from-the-environment/portal.db").exists());

    std::fs::write(&file, "PORTAL_DATE=x\n").unwrap();
    run(&["migrate", "--settings", &file]).refuses("PORTAL_DATE");
    std::fs::write(&file, "PORTAL_DATA=x\nnonsense\n").unwrap();
    run(&["migrate", "--settings", &file]).refuses("line 2");
    run(&["migrate", "--settings", &path("missing")]).refuses("Cannot read the settings");
}

#[test]
fn routes_are_listed_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let output = portal(&["routes", "--json"])
        .current_dir(folder.path())
        .output()
        .map(|o| said(&o))
        .unwrap();
    let listed: Vec<serde_json::Value> = serde_json::from_str(&output.succeeds().out).unwrap();
    let cell = |line: &serde_json::Value, name: &str| line[name].as_str().unwrap().to_owned();
    let listed: BTreeSet<(String, String, String)> = listed
        .iter()
        .map(|line| {
            let kind = cell(line, "kind");
            let kinds = ["page", "action", "one_click", "download", "feed", "asset", "health"];
            assert!(kinds.contains(&kind.as_str()), "{line}");
            (cell(line, "method"), cell(line, "path"), cell(line, "who"))
        })
        .collect();
    let declared: BTreeSet<(String, String, String)> = app::routes()
        .map(|route| (route.method.to_string(), route.path.to_owned(), route.who.to_string()))
        .collect();
    assert_eq!(listed, declared);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it wrote something");
}

#[test]
fn processes_that_migrate_at_once_do_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let racing: Vec<_> = (0..4)
        .map(|_| {
            let mut command = portal(&["migrate", "--data", data]);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let ended: Vec<String> = racing
        .into_iter()
        .map(|child| said(&child.wait_with_output().unwrap()).succeeds().out)
        .collect();
    let migrated = ended.iter().filter(|out| out.contains("migrated")).count();
    assert_eq!(migrated, 1, "{ended:?}");
}

#[test]
fn the_doctor_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let sick = run(&["doctor", "--data", data]).refuses("wrong");
    assert!(sick.out.contains("WRONG  data folder"), "{}", sick.out);

    run(&["migrate", "--data", data]).succeeds();
    let found = run(&["doctor", "--data", data, "--json"]).succeeds().out;
    let found: Vec<serde_json::Value> = serde_json::from_str(&found).unwrap();
    let state = |check: &str| {
        let finding = found.iter().find(|one| one["check"] == check);
        finding.unwrap_or_else(|| panic!("no {check}"))["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state("schema"), "well");
    assert_eq!(state("database"), "well");
    assert_eq!(state("sign-ins"), "note");
    assert_eq!(state("mail server"), "note");

    let unsafe_address = ["doctor", "--data", data, "--base-url", "http://portal.example.com"];
    let open = run(&unsafe_address).refuses("One thing is wrong");
    assert!(open.out.contains("is not encrypted"), "{}", open.out);
    let no_mail = ["doctor", "--data", data, "--smtp-url", "smtp://127.0.0.1:1"];
    run(&no_mail).refuses("One thing is wrong");
}

/// `portal … | head` is no fault, and a full disk is one.
#[test]
fn a_reader_who_goes_away_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    run(&["migrate", "--data", data]).succeeds();
    for words in [
        &["routes"][..],
        &["routes", "--json"],
        &["doctor", "--data", data],
        &["outbox", "list", "--data", data],
        &["user", "list", "--data", data],
        &["migrate", "--data", data],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = portal(words).stdout(writer).output().unwrap();
        let ended = said(&output);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{words:?}");
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        said(&portal(words).stdout(full).output().unwrap()).refuses("Cannot print");
    }
}

#[test]
fn the_doctor_says_how_long_mail_has_waited() {
    use diesel::RunQueryDsl;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    run(&["migrate", "--data", data]).succeeds();
    let file = folder.path().join("portal.db");
    let address = ::portal::db::DatabaseAddress::parse(file.to_str().unwrap()).unwrap();
    let db = ::portal::db::Db::open(&::portal::db::DatabaseSettings::new(address)).unwrap();
    db.write_blocking(|conn| {
        let due = ::portal::clock::Clock::default().now() - chrono::Duration::minutes(190);
        let due = due.utc().format("%F %T");
        diesel::sql_query(format!(
            "INSERT INTO mails (reference, dedupe_key, event, to_name, to_email, reason, subject, \
             message_id, status, attempts, next_attempt_at, queued_at, answer) VALUES ('M-1', '1', \
             'test.noted', '', 'a@example.com', '', '', '1', 'queued', 0, '{due}', '{due}', '')"
        ))
        .execute(conn)?;
        Ok(())
    })
    .unwrap();
    let waiting = run(&["doctor", "--data", data]).refuses("One thing is wrong").out;
    assert!(waiting.contains("1 mails are due, the oldest for 3 hours."), "{waiting}");
    assert!(waiting.contains("no mail server is set: set PORTAL_SMTP_URL"), "{waiting}");
    let local =
        run(&["doctor", "--data", data, "--local-mailbox"]).refuses("One thing is wrong").out;
    assert!(local.contains("Start `portal worker`"), "{local}");
}

#[test]
fn a_server_says_where_it_is_and_ends_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["serve"], folder.path());
    let answer = server.ask("GET /health/ready HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.stop(), Some(0));
}
