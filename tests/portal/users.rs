//! `portal user`: logins from the command line.

use std::process::{Command, Output};

use crate::support::portal::BASE;
use crate::support::ways_in::{PASSWORD, sign_in};
use crate::support::{Portal, second_factor};

fn user(portal: &Portal, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portal"))
        .arg("user")
        .args(arguments)
        .args(["--base-url", BASE])
        .env("DATABASE_URL", portal.database_address())
        .output()
        .unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The link that a command has printed, as a path.
fn link(output: &Output) -> String {
    let text = said(&output.stdout);
    assert!(output.status.success(), "{text}{}", said(&output.stderr));
    let link = text.split_whitespace().find_map(|word| word.strip_prefix(BASE));
    link.unwrap_or_else(|| panic!("no link in {text}")).to_owned()
}

/// The fault that a command has told, in one line.
fn fault(output: &Output) -> String {
    assert!(!output.status.success(), "{}", said(&output.stdout));
    let text = said(&output.stderr);
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    text
}

#[actix_web::test]
async fn a_login_is_made_with_a_link_instead_of_a_password() {
    let portal = Portal::start().await;
    let create = |organisation: &str, access: &str| {
        let words = ["create", "--organisation", organisation, "--name", "Nora New", "--email"];
        let words = [&words[..], &["nora@acme.example", "--access", access]].concat();
        user(&portal, &words)
    };
    assert!(fault(&create("Nowhere", "member")).contains("There is no organisation called"));
    assert!(fault(&create("Acme", "cam")).contains("a partner or distributor"));
    let link = link(&create("ACME", "member"));
    assert!(fault(&create("Acme", "member")).contains("has a login already"));
    let mut nora = portal.guest();
    nora.get(&link).await.is(200).shows("strong", "Acme");
    nora.post(&link, &[("name", "Nora New"), ("password", PASSWORD)]).await.goes_to("/");
    sign_in(&mut portal.guest(), "nora@acme.example", PASSWORD).await.goes_to("/");
}

#[actix_web::test]
async fn a_contact_that_only_got_mail_gets_a_login() {
    let portal = Portal::start().await;
    let words = ["create", "--organisation", "Acme", "--name", "Rita", "--access", "member"];
    let made = user(&portal, &[&words[..], &["--email", "reader@acme.example"]].concat());
    let page = portal.guest().get(&link(&made)).await.is(200);
    assert_eq!(page.attributes("#name", "value"), ["Rita Reader"]);
    assert_eq!(portal.history_of("reader"), ["login.created", "login.invited"]);
}

#[actix_web::test]
async fn logins_are_locked_unlocked_reset_and_listed() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let mut owner = portal.owner();
    let run = |verb: &str| user(&portal, &[verb, "owner@acme.example"]);
    assert!(run("lock").status.success());
    assert!(fault(&run("lock")).contains("is locked already"));
    assert!(fault(&run("reset")).contains("deactivated or locked"));
    owner.get("/").await.goes_to("/sign-in");
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.is(422);

    let listed = user(&portal, &["list", "--organisation", "acme", "--json"]);
    let lines: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).unwrap();
    let states: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line["email"].as_str().unwrap(), line["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, [("colleague@acme.example", "invited"), ("owner@acme.example", "locked")]);

    assert!(run("unlock").status.success());
    assert!(fault(&run("unlock")).contains("is not locked"));
    let link = link(&run("reset"));
    assert!(link.starts_with("/password/reset/"));
    portal.guest().get(&link).await.is(200);
    assert!(fault(&user(&portal, &["lock", "nobody@nowhere.example"])).contains("Nobody signs in"));
    assert_eq!(
        portal.history_of("owner"),
        [
            "login.locked",
            "login.sign_in_failed",
            "login.unlocked",
            "login.password_reset_requested"
        ]
    );
}

#[actix_web::test]
async fn a_second_factor_is_reset_for_whoever_has_lost_everything() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let mut owner = portal.owner();
    second_factor::set_up(&portal, &mut owner).await;
    let nobody = fault(&user(&portal, &["reset-second-factor", "nobody@acme.example"]));
    assert!(nobody.contains("Nobody signs in with"), "{nobody}");
    let output = user(&portal, &["reset-second-factor", "owner@acme.example"]);
    assert!(said(&output.stdout).contains("is reset"), "{}", said(&output.stderr));
    owner.get("/").await.goes_to("/sign-in");
    let told = portal.last_mail_to("owner");
    assert!(told.contains("by The command line"), "{told}");
    assert_eq!(portal.history_of("owner").last().unwrap(), "login.second_factor_reset");
    sign_in(&mut owner, "owner@acme.example", PASSWORD).await.goes_to("/");
    owner.get("/p/shield").await.goes_to(second_factor::PAGE);
    let again = fault(&user(&portal, &["reset-second-factor", "owner@acme.example"]));
    assert!(again.contains("has no second factor"), "{again}");
}
