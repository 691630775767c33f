//! A person's own account: profile, password, sessions.

use diesel::prelude::*;
use portal::audit::By;
use portal::auth::{address_changed, begin_session, shut_out};
use portal::db::schema::{contacts, mails};

use crate::support::ways_in::{OTHER_PASSWORD, PASSWORD, sign_in};
use crate::support::{Page, Portal, Visitor};

const PROFILE: [(&str, &str); 4] = [
    ("name", "Olive de Owner"),
    ("job_title", "Head of sales"),
    ("phone", "+32 2 555 01 00"),
    ("locale", "nl"),
];

/// Sends the profile as the page that is open would.
async fn save(visitor: &mut Visitor, open: &Page, changed: &[(&str, &str)]) -> Page {
    let seen = open.attributes("input[name=seen]", "value").remove(0);
    let mut fields = PROFILE.to_vec();
    for (name, value) in changed {
        fields.retain(|field| field.0 != *name);
        fields.push((name, value));
    }
    fields.push(("seen", &seen));
    visitor.post("/account/profile", &fields).await
}

#[actix_web::test]
async fn a_person_changes_the_own_profile() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let page = owner.get("/account").await.is(200).shows("h2", "Profile");
    assert_eq!(page.attributes("#email", "readonly").len(), 1);
    save(&mut owner, &page, &[]).await.goes_to("/account");
    let page = owner.get("/account").await.is(200).shows(".flash", "Your profile is saved.");
    assert_eq!(page.attributes("#name", "value"), ["Olive de Owner"]);
    assert_eq!(page.attributes("#job_title", "value"), ["Head of sales"]);
    assert_eq!(page.attributes("#phone", "value"), ["+32 2 555 01 00"]);
    assert_eq!(page.attributes("#locale option[selected]", "value"), ["nl"]);
    assert_eq!(page.attributes("html", "lang"), ["nl"]);
    // The same again is no change.
    save(&mut owner, &page, &[]).await.goes_to("/account");
    assert_eq!(portal.history_of("owner"), ["login.profile_changed"]);
}

#[actix_web::test]
async fn a_wrong_profile_comes_back_with_what_was_typed() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let page = owner.get("/account").await.is(200);
    let wrong = [
        ("name", " ", "Enter your name."),
        ("name", "Olive\u{0}", "control character"),
        ("phone", &"1".repeat(41), "too long"),
        ("job_title", "a\nb", "control character"),
        ("locale", "xx", "Choose how dates and numbers are written."),
    ];
    for (field, value, says) in wrong {
        let again = save(&mut owner, &page, &[(field, value)]).await.is(422);
        let again = again.shows(".error-summary a", says);
        if field == "phone" {
            assert_eq!(again.attributes("#phone", "value"), [value]);
        }
    }
    assert!(portal.history_of("owner").is_empty());
}

#[actix_web::test]
async fn two_who_change_one_profile_at_once_do_not_undo_each_other() {
    let portal = Portal::start().await;
    let (mut here, mut there) = (portal.owner(), portal.owner());
    let page = here.get("/account").await.is(200);
    portal.app.clock.advance(chrono::Duration::seconds(1));
    save(&mut there, &page, &[("phone", "1")]).await.goes_to("/account");
    save(&mut here, &page, &[("phone", "2")]).await.is(409).shows("p", "Open your account again");
    let page = here.get("/account").await.is(200);
    assert_eq!(page.attributes("#phone", "value"), ["1"]);
}

#[actix_web::test]
async fn changing_the_password_asks_for_the_current_one_and_ends_all_other_sessions() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let (mut here, mut there) = (portal.owner(), portal.owner());
    let key = here.cookie("session");
    let change = |current: &'static str, new: &'static str| {
        [("current_password", current), ("password", new)]
    };
    let wrong = [
        (change("not the password at all", OTHER_PASSWORD), "This is not your current password."),
        (change("", OTHER_PASSWORD), "Enter your current password."),
        (change(PASSWORD, ""), "Enter a new password."),
        (change(PASSWORD, PASSWORD), "choose another"),
        (change(PASSWORD, "acme acme acme acme"), "Leave your name"),
        (change(PASSWORD, "aaaaaaaaaaaaaaaaaa"), "easy to guess"),
    ];
    for (fields, says) in wrong {
        let page = here.post("/account/password", &fields).await.is(422);
        page.shows(".error-summary a", says).hides(PASSWORD).hides(OTHER_PASSWORD);
    }
    there.get("/").await.goes_to("/p/shield");
    assert!(portal.mail_to("owner").is_empty());

    here.post("/account/password", &change(PASSWORD, OTHER_PASSWORD)).await.goes_to("/account");
    here.get("/account").await.is(200).shows(".flash", "All other sessions are signed out.");
    there.get("/").await.goes_to("/sign-in");
    assert_ne!(here.cookie("session"), key, "the session goes on under another key");
    let mut with_old_key = portal.guest();
    with_old_key.set_cookie("session", &key);
    with_old_key.get("/account").await.goes_to("/sign-in?next=%2Faccount");
    let subject = "Acme: your password for the partner portal was changed";
    assert_eq!(portal.mail_to("owner"), [subject]);
    assert_eq!(portal.history_of("owner"), ["login.password_refused", "login.password_changed"]);
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.is(422);
    sign_in(&mut portal.guest(), "owner@acme.example", OTHER_PASSWORD).await.goes_to("/");
}

#[actix_web::test]
async fn a_stolen_session_cannot_try_passwords_for_ever() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let mut thief = portal.owner();
    let guess = [("current_password", "not the password"), ("password", OTHER_PASSWORD)];
    for _ in 0..10 {
        thief.post("/account/password", &guess).await.is(422);
    }
    thief.post("/account/password", &guess).await.is(429);
}

#[actix_web::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all_at_once() {
    let portal = Portal::start().await;
    let (mut here, mut there, mut third) = (portal.owner(), portal.owner(), portal.owner());
    let mut colleague = portal.colleague();
    let page = here.get("/account").await.is(200);
    assert_eq!(page.all("tbody tr").len(), 3);
    assert_eq!(
        page.all("tbody tr th"),
        ["An unknown browser This browser", "An unknown browser", "An unknown browser"]
    );
    let actions = page.attributes("tbody form", "action");
    // The last of the list is the one that began first of the other two.
    here.post(&actions[2], &[]).await.goes_to("/account");
    there.get("/").await.goes_to("/sign-in");
    third.get("/").await.goes_to("/p/shield");
    // Gone is gone, and nobody else's can be ended.
    here.post(&actions[2], &[]).await.is(404);
    colleague.post(&actions[1], &[]).await.is(404);
    for malformed in ["/account/sessions/0/sign-out", "/account/sessions/%00/sign-out"] {
        here.post(malformed, &[]).await.is(404);
    }

    here.post("/account/sessions/sign-out", &[]).await.goes_to("/account");
    here.get("/account").await.is(200).shows(".flash", "One other session is signed out.");
    third.get("/").await.goes_to("/sign-in");
    here.post(&actions[0], &[]).await.goes_to("/sign-in");
    here.get("/account").await.goes_to("/sign-in?next=%2Faccount");
    assert_eq!(
        portal.history_of("owner"),
        ["login.session_ended", "login.signed_out_elsewhere", "login.session_ended"]
    );
    colleague.get("/").await.goes_to("/p/shield");
}

#[actix_web::test]
async fn the_account_is_for_whoever_is_signed_in() {
    let portal = Portal::start().await;
    for key in ["owner", "colleague", "distributor", "manager", "cam", "rival", "suspended"] {
        portal.visitor(key).get("/account").await.is(200).shows("h1", "Your account");
    }
    portal.guest().get("/account").await.goes_to("/sign-in?next=%2Faccount");
    for path in ["/account/profile", "/account/password", "/account/sessions/sign-out"] {
        portal.guest().post(path, &[]).await.goes_to("/sign-in?next=%2F");
    }
}

#[actix_web::test]
async fn a_changed_address_signs_in_and_both_are_told() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    portal.guest().post("/password/forgot", &[("email", "owner@acme.example")]).await.is(303);
    let link = portal.last_link_to("owner");
    let (contact, now) = (portal.contact_id("owner"), portal.app.clock.now());
    let site = portal.app.site.clone();
    portal.write(move |conn| {
        diesel::update(contacts::table.find(contact))
            .set((
                contacts::email.eq("Olive@acme.example"),
                contacts::email_key.eq("olive@acme.example"),
            ))
            .execute(conn)?;
        let by = By::Portal("The tests");
        address_changed(by, contact, "owner@acme.example", &site, now, conn)
    });
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.is(422);
    sign_in(&mut portal.guest(), "olive@acme.example", PASSWORD).await.goes_to("/");
    portal.guest().get(&link).await.is(404);
    let told: Vec<String> = portal.read(|conn| {
        Ok(mails::table
            .filter(mails::event.eq("auth.address_changed"))
            .order(mails::id)
            .select(mails::to_email)
            .load(conn)?)
    });
    assert_eq!(told, ["owner@acme.example", "Olive@acme.example"]);
}

#[actix_web::test]
async fn somebody_shut_out_has_neither_session_nor_link() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let mut owner = portal.owner();
    portal.guest().post("/password/forgot", &[("email", "owner@acme.example")]).await.is(303);
    let (contact, link) = (portal.contact_id("owner"), portal.last_link_to("owner"));
    portal.write(move |conn| shut_out(contact, conn));
    owner.get("/").await.goes_to("/sign-in");
    owner.get(&link).await.is(404);
}

#[actix_web::test]
async fn sessions_are_told_apart_by_browser_and_system() {
    const BROWSERS: [(&str, &str); 6] = [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/139.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
             like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like \
             Gecko) Version/18.5 Safari/605.1.15",
            "Safari on macOS",
        ),
        ("<script>alert(1)</script>", "An unknown browser"),
    ];
    let portal = Portal::start().await;
    let (contact, now) = (portal.contact_id("owner"), portal.app.clock.now());
    portal.write(move |conn| {
        for (user_agent, _) in BROWSERS {
            begin_session(contact, "192.0.2.7", user_agent, now, conn)?;
        }
        Ok(())
    });
    let page = portal.owner().get("/account").await.is(200).hides("alert(1)");
    let told = page.all("tbody tr th");
    for (_, name) in BROWSERS {
        assert!(told.iter().any(|one| one == name), "{name} is not in {told:?}");
    }
}
