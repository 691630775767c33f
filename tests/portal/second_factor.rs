//! The second factor: set up with a right code, asked for at each sign-in, each code good once.

mod changes;
mod signing_in;

use chrono::{DateTime, Duration};
use portal::auth::second_factor::totp;
use portal::clock::Instant;

use crate::support::second_factor::{App, PAGE, halfway, secret_on};
use crate::support::ways_in::{PASSWORD, sign_in};
use crate::support::{Page, Portal};

/// The secret of the examples in RFC 6238, appendix B.
const RFC_SECRET: &[u8] = b"12345678901234567890";

fn at(seconds: i64) -> Instant {
    Instant::from_utc(DateTime::from_timestamp(seconds, 0).unwrap().naive_utc())
}

/// The RFC prints eight digits; six of them are the last six.
#[test]
fn codes_are_those_of_rfc_6238() {
    let examples = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];
    for (seconds, eight) in examples {
        assert_eq!(totp::code_at(RFC_SECRET, at(seconds)).unwrap(), eight[2..]);
        let step = totp::matched_step(RFC_SECRET, &eight[2..], at(seconds)).unwrap();
        assert_eq!(step, Some(seconds / 30));
    }
}

#[test]
fn a_clock_may_be_off_by_one_step_and_no_more() {
    let now = at(1_234_567_890);
    let given = |off: i64| {
        let code = totp::code_at(RFC_SECRET, now + Duration::seconds(off)).unwrap();
        totp::matched_step(RFC_SECRET, &code, now).unwrap()
    };
    let step = 1_234_567_890 / 30;
    assert_eq!([given(-30), given(0), given(30)], [Some(step - 1), Some(step), Some(step + 1)]);
    assert_eq!([given(-60), given(60), given(-90), given(3600)], [None; 4]);
}

#[test]
fn a_code_may_be_typed_in_groups_and_nothing_else_is_one() {
    let now = at(59);
    assert!(totp::matched_step(RFC_SECRET, " 287 082 ", now).unwrap().is_some());
    for wrong in ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "287082; --", "+28708", "-87082"]
    {
        assert_eq!(totp::matched_step(RFC_SECRET, wrong, now).unwrap(), None, "{wrong:?}");
    }
}

/// The dark modules of the picture on the page, row by row.
fn modules(page: &Page) -> Vec<Vec<bool>> {
    let side: usize = page.attributes("svg.qr rect", "width")[0].parse().unwrap();
    let mut dark = vec![vec![false; side]; side];
    let path = page.attributes("svg.qr path", "d").remove(0);
    for run in path.split('M').skip(1) {
        let (place, rest) = run.split_once('h').unwrap();
        let (left, row) = place.split_once(' ').unwrap();
        let length = rest.split('v').next().unwrap();
        let number = |text: &str| text.parse::<usize>().unwrap();
        for column in 0..number(length) {
            dark[number(row)][number(left) + column] = true;
        }
    }
    dark
}

#[actix_web::test]
async fn the_page_shows_the_secret_as_picture_link_and_letters_and_is_not_kept() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    owner.get(PAGE).await.is(200).shows("h1", "Set up your second factor");
    owner.post(PAGE, &[]).await.goes_to(PAGE);
    let page = owner.get(PAGE).await.is(200).shows("h1", "Connect your app");
    assert_eq!(page.header("cache-control"), "no-store");
    let letters = page.all("code.secret").remove(0);
    assert_eq!(secret_on(&page).len(), 20);
    assert!(letters.split(' ').all(|group| group.len() == 4), "{letters}");
    let link = page.attributes("a[href^='otpauth:']", "href").remove(0);
    let secret = letters.replace(' ', "");
    assert!(link.starts_with("otpauth://totp/portal.test:owner%40acme.example?"), "{link}");
    assert!(link.contains(&format!("secret={secret}")), "{link}");
    assert!(link.contains("issuer=portal.test"), "{link}");
    // What the picture says is the link, with the white border that readers need.
    let code = qrcode::QrCode::with_error_correction_level(&link, qrcode::EcLevel::M).unwrap();
    let dark = modules(&page);
    assert_eq!(dark.len(), code.width() + 8);
    for (row, modules) in dark.iter().enumerate() {
        for (column, is_dark) in modules.iter().enumerate() {
            let inside =
                (4..code.width() + 4).contains(&row) && (4..code.width() + 4).contains(&column);
            let wanted = inside && code[(column - 4, row - 4)] == qrcode::Color::Dark;
            assert_eq!(*is_dark, wanted, "{column}, {row}");
        }
    }
    // Another look shows the same one; asking for another draws another.
    assert_eq!(secret_on(&owner.get(PAGE).await), secret_on(&page));
    owner.post(PAGE, &[]).await.goes_to(PAGE);
    assert_ne!(secret_on(&owner.get(PAGE).await), secret_on(&page));
}

#[actix_web::test]
async fn only_a_right_code_turns_it_on() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let (mut owner, mut elsewhere) = (portal.owner(), portal.owner());
    let path = "/account/second-factor/activation";
    owner.post(path, &[("code", "123456")]).await.is(409);
    owner.post(PAGE, &[]).await.goes_to(PAGE);
    let app = App { secret: secret_on(&owner.get(PAGE).await), recovery_codes: Vec::new() };
    let right = app.code(&portal);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for (code, says) in [("", "Enter the code"), (wrong, "This code is not right")] {
        owner.post(path, &[("code", code)]).await.is(422).shows(".error-summary a", says);
    }
    // Begun is not set up: the password is still enough.
    sign_in(&mut portal.guest(), "owner@acme.example", PASSWORD).await.goes_to("/");
    elsewhere.get("/account").await.is(200).shows(".badge", "Off");

    let key = owner.cookie("session");
    let page = owner.post(path, &[("code", &right)]).await.is(200);
    let page = page.shows("h1", "Your recovery codes");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.all("ol.secrets code").len(), 10);
    assert_ne!(owner.cookie("session"), key, "the session goes on under another key");
    elsewhere.get("/account").await.goes_to("/sign-in?next=%2Faccount");
    let page = owner.get("/account").await.is(200).shows(".badge", "On").shows("dd", "10");
    page.hides(&app_letters(&app));
    owner.get(PAGE).await.is(200).shows("h1", "Your second factor").hides(&app_letters(&app));
    assert_eq!(portal.mail_to("owner"), ["Acme: your second factor is set up"]);
    let history = portal.history_of("owner");
    assert_eq!(history.last().unwrap(), "login.second_factor_activated");
    // It is on: there is nothing to begin or to confirm.
    owner.post(PAGE, &[]).await.is(409);
    owner.post(path, &[("code", &right)]).await.is(409);
    halfway(&portal, "owner").await;
}

fn app_letters(app: &App) -> String {
    totp::groups(&app.secret).join("")
}

#[actix_web::test]
async fn a_secret_that_nobody_confirmed_is_good_for_an_hour() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let mut owner = portal.owner();
    owner.post(PAGE, &[]).await.goes_to(PAGE);
    let app = App { secret: secret_on(&owner.get(PAGE).await), recovery_codes: Vec::new() };
    portal.app.clock.advance(Duration::minutes(61));
    let code = app.code(&portal);
    owner.post("/account/second-factor/activation", &[("code", &code)]).await.is(409);
    // And whoever signed in a while ago has to show that it is still they.
    let page = owner.get(PAGE).await.is(200).shows("h1", "Set up your second factor");
    assert_eq!(page.attributes("#current_password", "type"), ["password"]);
    owner.post(PAGE, &[]).await.is(422).shows(".error-summary a", "Enter your current password.");
    let wrong = [("current_password", "not the password at all")];
    owner.post(PAGE, &wrong).await.is(422).shows(".error-summary a", "not your current password");
    let right = [("current_password", PASSWORD)];
    owner.post(PAGE, &right).await.goes_to(PAGE);
    owner.get(PAGE).await.is(200).shows("h1", "Connect your app");
}

/// Of two who confirm at once, one gets recovery codes that work.
#[actix_web::test]
async fn of_two_who_turn_it_on_at_once_one_does() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let mut here = portal.owner();
    here.post(PAGE, &[]).await.goes_to(PAGE);
    let app = App { secret: secret_on(&here.get(PAGE).await), recovery_codes: Vec::new() };
    let mut there = beside.owner();
    let (code, path) = (app.code(&portal), "/account/second-factor/activation");
    let fields = [("code", code.as_str())];
    let (one, two) =
        futures_util::future::join(here.post(path, &fields), there.post(path, &fields)).await;
    let mut outcomes = [one.status(), two.status()];
    outcomes.sort_unstable();
    assert_eq!(outcomes[0], 200, "{outcomes:?}");
    assert!(outcomes[1] == 409 || outcomes[1] == 303, "{outcomes:?}");
    assert_eq!(portal.mail_to("owner").len(), 1);
}

/// A demo's day may be long ago, and a phone does not know of it.
#[actix_web::test]
async fn in_a_demo_codes_go_by_the_real_time() {
    let portal = Portal::start_demo().await;
    portal.give_password("owner");
    let mut owner = portal.owner();
    owner.post(PAGE, &[]).await.goes_to(PAGE);
    let app = App { secret: secret_on(&owner.get(PAGE).await), recovery_codes: Vec::new() };
    let path = "/account/second-factor/activation";
    owner.post(path, &[("code", &app.code(&portal))]).await.is(422);
    owner.post(path, &[("code", &app.code_of_a_phone())]).await.is(200);
    halfway(&portal, "owner").await;
}
