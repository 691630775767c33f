//! New recovery codes, removal, reset, and the password beside a second factor.

use diesel::prelude::*;
use portal::audit::By;
use portal::auth::second_factor::reset;
use portal::db::schema::logins;

use crate::support::second_factor::{App, PAGE, give_recovery_code, halfway, next_code, set_up};
use crate::support::ways_in::{OTHER_PASSWORD, PASSWORD, sign_in};
use crate::support::{Portal, Visitor};

const REMOVAL: &str = "/account/second-factor/removal";
const CODES: &str = "/account/second-factor/recovery-codes";
const FILE: &str = "/account/second-factor/recovery-codes.txt";
/// Long enough beside a second factor only.
const SHORT: &str = "Zp4-vR8-mK2";

async fn with_factor(portal: &Portal) -> (Visitor, App) {
    portal.give_password("owner");
    let mut owner = portal.owner();
    let app = set_up(portal, &mut owner).await;
    (owner, app)
}

#[actix_web::test]
async fn new_recovery_codes_end_the_old_ones() {
    let portal = Portal::start().await;
    let (mut owner, app) = with_factor(&portal).await;
    let mut elsewhere = portal.owner();
    owner.get(CODES).await.is(200).shows("h1", "New recovery codes");
    let code = app.code(&portal);
    let wrong = [
        ("", code.as_str(), "Enter your current password."),
        (PASSWORD, "", "Enter the code"),
        ("not the password at all", &code, "This is not your current password."),
        (PASSWORD, "12 34 5", "This code is not right"),
    ];
    for (password, code, says) in wrong {
        let fields = [("current_password", password), ("code", code)];
        owner.post(CODES, &fields).await.is(422).shows(".error-summary a", says);
    }
    let key = owner.cookie("session");
    let fields = [("current_password", PASSWORD), ("code", code.as_str())];
    let page = owner.post(CODES, &fields).await.is(200);
    let new = page.all("ol.secrets code");
    assert_eq!(new.len(), 10);
    assert!(new.iter().all(|code| !app.recovery_codes.contains(code)));
    assert_ne!(owner.cookie("session"), key);
    elsewhere.get("/").await.goes_to("/sign-in");
    assert_eq!(portal.mail_to("owner").last().unwrap(), "Acme: your recovery codes were made anew");
    give_recovery_code(&mut halfway(&portal, "owner").await, &app.recovery_codes[0]).await.is(422);
    give_recovery_code(&mut halfway(&portal, "owner").await, &new[0]).await.goes_to("/");
}

#[actix_web::test]
async fn the_file_holds_the_own_codes_that_are_good_and_no_others() {
    let portal = Portal::start().await;
    let (mut owner, app) = with_factor(&portal).await;
    give_recovery_code(&mut halfway(&portal, "owner").await, &app.recovery_codes[0]).await;
    let mut fields: Vec<(&str, &str)> =
        app.recovery_codes.iter().map(|code| ("code", code.as_str())).collect();
    let file = owner.post(FILE, &fields).await.is(200);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"recovery-codes.txt\"");
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    let lines: Vec<&str> = file.text.lines().filter(|line| line.contains('-')).collect();
    assert_eq!(lines, app.recovery_codes[1..]);
    // Nothing that is not one of them comes back, whatever is sent.
    fields = vec![("code", "<script>alert(1)</script>"), ("code", &app.recovery_codes[1])];
    owner.post(FILE, &fields).await.is(200).hides("script");
    portal.colleague().post(FILE, &fields).await.is(409);
}

#[actix_web::test]
async fn removing_it_asks_for_password_and_code() {
    let portal = Portal::start().await;
    let (mut owner, app) = with_factor(&portal).await;
    let mut elsewhere = portal.owner();
    owner.get(REMOVAL).await.is(200).shows("h1", "Remove the second factor");
    let wrong = [("current_password", PASSWORD), ("code", "123 45")];
    owner.post(REMOVAL, &wrong).await.is(422).shows(".error-summary a", "This code is not right");
    // A recovery code will do: the phone may be lost.
    let fields = [("current_password", PASSWORD), ("code", app.recovery_codes[5].as_str())];
    owner.post(REMOVAL, &fields).await.goes_to("/account");
    owner.get("/account").await.is(200).shows(".flash", "removed").shows(".badge", "Off");
    elsewhere.get("/").await.goes_to("/sign-in");
    let mails = portal.mail_to("owner");
    let told = ["Acme: a recovery code was used", "Acme: your second factor was removed"];
    assert_eq!(mails[1..], told);
    assert!(portal.last_mail_to("owner").contains("by Olive Owner (Acme)"));
    owner.post(REMOVAL, &fields).await.is(409);
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.goes_to("/");
}

#[actix_web::test]
async fn a_password_may_be_shorter_beside_a_second_factor_and_only_there() {
    let portal = Portal::start().await;
    let (mut owner, app) = with_factor(&portal).await;
    let change = |current, new| [("current_password", current), ("password", new)];
    let page = owner.post("/account/password", &change(PASSWORD, "Zp4-vR8")).await.is(422);
    page.shows(".error-summary a", "use at least 8").shows(".hint", "At least 8 characters");
    owner.post("/account/password", &change(PASSWORD, SHORT)).await.goes_to("/account");
    let code = app.code(&portal);
    let fields = [("current_password", SHORT), ("code", code.as_str())];
    let page = owner.post(REMOVAL, &fields).await.is(422);
    page.shows(".error-summary a", "Your password has 11 characters");
    // Nothing was used up by that.
    owner.post("/account/password", &change(SHORT, OTHER_PASSWORD)).await.goes_to("/account");
    let fields = [("current_password", OTHER_PASSWORD), ("code", code.as_str())];
    owner.post(REMOVAL, &fields).await.goes_to("/account");
    owner.post("/account/password", &change(OTHER_PASSWORD, SHORT)).await.is(422);
}

#[actix_web::test]
async fn a_new_password_by_mail_does_not_get_round_the_second_factor() {
    let portal = Portal::start().await;
    with_factor(&portal).await;
    portal.guest().post("/password/forgot", &[("email", "owner@acme.example")]).await.is(303);
    let link = portal.last_link_to("owner");
    let mut guest = portal.guest();
    guest.get(&link).await.is(200).shows(".hint", "At least 8 characters");
    guest.post(&link, &[("password", SHORT)]).await.goes_to("/sign-in");
    guest.get("/account").await.is(303);
    let page = sign_in(&mut guest, "owner@acme.example", SHORT).await.is(303);
    assert!(page.header("location").starts_with("/sign-in/code"));
}

/// Reset by an operator: the password alone opens nothing but the way to another factor.
#[actix_web::test]
async fn whoever_was_reset_sets_another_one_up_or_a_long_password() {
    let portal = Portal::start().await;
    let (mut owner, app) = with_factor(&portal).await;
    let change = [("current_password", PASSWORD), ("password", SHORT)];
    owner.post("/account/password", &change).await.goes_to("/account");
    let (contact, now, site) =
        (portal.contact_id("owner"), portal.app.clock.now(), portal.app.site.clone());
    let by = || By::Portal("The command line");
    let again = site.clone();
    portal.write(move |conn| reset(by(), contact, "", &site, now, conn));
    owner.get("/").await.goes_to("/sign-in");
    assert_eq!(portal.mail_to("owner").last().unwrap(), "Acme: your second factor was removed");
    let twice = portal.db().write_blocking(move |conn| reset(by(), contact, "", &again, now, conn));
    assert!(twice.unwrap_err().to_string().contains("has no second factor"));

    let mut owner = portal.guest();
    sign_in(&mut owner, "owner@acme.example", SHORT).await.goes_to("/");
    for path in ["/", "/account", "/p/shield", "/p/shield/contacts.csv"] {
        owner.get(path).await.goes_to(PAGE);
    }
    owner.get(PAGE).await.is(200).shows(".lead", "Your second factor was reset.");
    // Neither the app nor the old codes are any good now.
    assert_ne!(app.recovery_codes.len(), 0);
    next_code(&portal);
    set_up(&portal, &mut owner).await;
    owner.get("/p/shield").await.is(200);
    assert!(!owed(&portal));

    let site = portal.app.site.clone();
    let now = portal.app.clock.now();
    portal.write(move |conn| reset(by(), contact, "", &site, now, conn));
    assert!(owed(&portal));
    portal.guest().post("/password/forgot", &[("email", "owner@acme.example")]).await.is(303);
    let (link, mut guest) = (portal.last_link_to("owner"), portal.guest());
    guest.post(&link, &[("password", SHORT)]).await.is(422);
    guest.post(&link, &[("password", OTHER_PASSWORD)]).await.goes_to("/sign-in");
    sign_in(&mut guest, "owner@acme.example", OTHER_PASSWORD).await.goes_to("/");
    guest.get("/p/shield").await.is(200);
}

fn owed(portal: &Portal) -> bool {
    let contact = portal.contact_id("owner");
    portal.read(|conn| {
        Ok(logins::table
            .filter(logins::contact_id.eq(contact))
            .select(logins::second_factor_owed)
            .first(conn)?)
    })
}

/// Their own administrators know who is asking; a vendor does not know a partner's people.
#[actix_web::test]
async fn an_administrator_resets_a_colleagues_and_nobody_elses() {
    let portal = Portal::start().await;
    portal.give_password("colleague");
    let mut colleague = portal.colleague();
    set_up(&portal, &mut colleague).await;
    let contact = format!("/p/shield/contacts/{}", portal.contact("colleague"));
    let path = format!("{contact}/second-factor-reset");
    let mut owner = portal.owner();
    owner.get(&contact).await.is(200).shows("dd", "On since").shows("a", "Reset second factor");
    portal.manager().get(&contact).await.is(200).hides("Second factor").hides("Reset second");
    let why = [("why", "Lost the phone; came to my desk.")];
    for (key, status) in [("manager", 403), ("stranger", 404), ("distributor", 404)] {
        portal.visitor(key).post(&path, &why).await.is(status);
    }
    colleague.post(&path, &why).await.is(403);
    owner.get(&path).await.is(200).shows(".flash", "Speak with Colin Colleague first");
    owner.post(&path, &[("why", " ")]).await.is(422).shows(".error-summary a", "Enter a reason");
    owner.post(&path, &why).await.goes_to(&contact);
    let page = owner.get(&contact).await.is(200).shows(".timeline", "came to my desk");
    page.hides("Reset second factor");
    owner.post(&path, &why).await.is(409);
    colleague.get("/").await.goes_to("/sign-in");
    assert!(portal.last_mail_to("colleague").contains("by Olive Owner (Acme)"));
    sign_in(&mut colleague, "colleague@acme.example", PASSWORD).await.goes_to("/");
    colleague.get("/p/shield").await.goes_to(PAGE);
    // One's own goes by password and code.
    set_up(&portal, &mut owner).await;
    let own = format!("/p/shield/contacts/{}/second-factor-reset", portal.contact("owner"));
    owner.post(&own, &why).await.is(409);
}
