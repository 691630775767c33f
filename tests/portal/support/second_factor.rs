//! An app that makes codes, and people who have one.

use portal::auth::second_factor::totp;
use portal::clock::Clock;

use super::people::{email_of, find};
use super::ways_in::{PASSWORD, sign_in};
use super::{Page, Portal, Visitor};

pub const PAGE: &str = "/account/second-factor";

/// What somebody has who has set up a second factor: the app's secret and the recovery codes.
pub struct App {
    pub secret: Vec<u8>,
    pub recovery_codes: Vec<String>,
}

impl App {
    /// What the app shows now.
    pub fn code(&self, portal: &Portal) -> String {
        totp::code_at(&self.secret, portal.app.clock.now()).unwrap()
    }

    /// What it shows by the system's clock, as on a real phone.
    pub fn code_of_a_phone(&self) -> String {
        totp::code_at(&self.secret, Clock::default().now()).unwrap()
    }
}

/// The secret that a page shows in letters.
pub fn secret_on(page: &Page) -> Vec<u8> {
    let letters = page.all("code.secret").remove(0);
    totp::secret_of(&letters).expect("the page shows a secret")
}

/// Sets a second factor up as the pages lead through it.
pub async fn set_up(portal: &Portal, visitor: &mut Visitor) -> App {
    visitor.post(PAGE, &[]).await.goes_to(PAGE);
    let secret = secret_on(&visitor.get(PAGE).await.is(200));
    let mut app = App { secret, recovery_codes: Vec::new() };
    let code = app.code(portal);
    let page = visitor.post("/account/second-factor/activation", &[("code", &code)]).await.is(200);
    app.recovery_codes = page.all("ol.secrets code");
    assert_eq!(app.recovery_codes.len(), 10);
    next_code(portal);
    app
}

/// Waits until the app shows another code: each is good once.
pub fn next_code(portal: &Portal) {
    portal.app.clock.advance(chrono::Duration::seconds(30));
}

/// Somebody with the right password, and the code still to come.
pub async fn halfway(portal: &Portal, key: &str) -> Visitor {
    let mut visitor = portal.guest();
    let page = sign_in(&mut visitor, &email_of(find(key)), PASSWORD).await.is(303);
    assert!(page.header("location").starts_with("/sign-in/code"), "{}", page.header("location"));
    visitor
}

pub async fn give_code(visitor: &mut Visitor, code: &str) -> Page {
    visitor.post("/sign-in/code", &[("code", code)]).await
}

pub async fn give_recovery_code(visitor: &mut Visitor, code: &str) -> Page {
    visitor.post("/sign-in/code", &[("recovery_code", code)]).await
}
