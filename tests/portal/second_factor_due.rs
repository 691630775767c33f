//! Where a second factor is required: vendors' staff and administrators set one up before anything
//! else; everybody else may.

use portal::app;
use portal::auth::{SecondFactorRule, Who};

use crate::support::furniture::{self, Furniture};
use crate::support::people::PEOPLE;
use crate::support::portal::easy_going;
use crate::support::second_factor::{PAGE, halfway, set_up};
use crate::support::ways_in::{PASSWORD, sign_in};
use crate::support::{Portal, Visitor};

/// What somebody can do who must set a second factor up first, by hand: that, and leave.
const OPEN: [(&str, &str); 5] = [
    ("GET", "/account/second-factor"),
    ("POST", "/account/second-factor"),
    ("POST", "/account/second-factor/activation"),
    ("POST", "/sign-out"),
    ("POST", "/sign-out/everywhere"),
];

#[actix_web::test]
async fn whoever_must_have_one_is_led_to_it_and_nobody_else() {
    let portal = Portal::strict().await;
    for person in PEOPLE.iter().filter(|person| person.signs_in) {
        let mut visitor = portal.visitor(person.key);
        let led = visitor.get("/account").await.header("location") == PAGE;
        assert_eq!(led, person.access != "member", "{}", person.key);
    }
    let mut colleague = portal.colleague();
    colleague.get("/p/shield").await.is(200);
    colleague.get(PAGE).await.is(200).shows(".lead", "whoever learns the password");
}

#[actix_web::test]
async fn every_page_leads_to_it_until_it_is_done() {
    let portal = Portal::strict().await;
    let mut manager = portal.manager();
    for path in ["/", "/account", "/p/shield", "/p/shield/partners", "/p/nowhere", "/p/small"] {
        manager.get(path).await.goes_to(PAGE);
    }
    let page = manager.get(PAGE).await.is(200);
    page.shows(".lead", "needs more than a password").hides("/p/shield");
    set_up(&portal, &mut manager).await;
    manager.get("/").await.goes_to("/p/shield");
    manager.get("/p/shield/partners").await.is(200);
    // Turning it off leads there again.
    portal.give_password("cam");
    let mut cam = portal.visitor("cam");
    let app = set_up(&portal, &mut cam).await;
    cam.get("/account/second-factor/removal").await.is(200).shows(".lead", "set up another one");
    let code = app.code(&portal);
    let fields = [("current_password", PASSWORD), ("code", code.as_str())];
    cam.post("/account/second-factor/removal", &fields).await.goes_to("/account");
    cam.get("/account").await.goes_to(PAGE);
}

/// Gives a contact that access on its page, as a browser would send it.
async fn make_administrator(owner: &mut Visitor, contact: &str) {
    let path = format!("/p/shield/contacts/{contact}/edit");
    let page = owner.get(&path).await.is(200);
    let mut fields = vec![("access".to_owned(), "administrator".to_owned())];
    for kind in ["hidden", "text", "email", "tel"] {
        let inputs = format!("form.form input[type={kind}]");
        let names = page.attributes(&inputs, "name");
        fields.extend(names.into_iter().zip(page.attributes(&inputs, "value")));
    }
    let locale = page.attributes("#locale option[selected]", "value").remove(0);
    fields.push(("locale".to_owned(), locale));
    let sent: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    owner.post(&path, &sent).await.is(303);
}

#[actix_web::test]
async fn an_invitation_leads_over_the_password_to_the_second_factor_and_in() {
    let portal = Portal::strict().await;
    let mut owner = portal.owner();
    set_up(&portal, &mut owner).await;
    let reader = portal.contact("reader");
    make_administrator(&mut owner, &reader).await;
    owner.post(&format!("/p/shield/contacts/{reader}/invitation"), &[]).await.is(303);
    let (link, mut invited) = (portal.last_link_to("reader"), portal.guest());
    let fields = [("name", "Rita Reader"), ("password", PASSWORD)];
    invited.post(&link, &fields).await.goes_to("/");
    invited.get("/").await.goes_to(PAGE);
    // No password again: it was chosen a moment ago.
    let page = invited.get(PAGE).await.is(200);
    assert!(page.attributes("#current_password", "type").is_empty());
    let app = set_up(&portal, &mut invited).await;
    invited.get("/").await.goes_to("/p/shield");
    let mut again = halfway(&portal, "reader").await;
    let code = app.code(&portal);
    again.post("/sign-in/code", &[("code", &code)]).await.goes_to("/");
}

#[actix_web::test]
async fn a_change_of_access_acts_on_the_next_request() {
    let portal = Portal::strict().await;
    portal.give_password("colleague");
    let mut owner = portal.owner();
    set_up(&portal, &mut owner).await;
    let mut before = portal.colleague();
    before.get("/p/shield").await.is(200);
    make_administrator(&mut owner, &portal.contact("colleague")).await;
    before.get("/p/shield").await.goes_to("/sign-in?next=%2Fp%2Fshield");
    let mut colleague = portal.guest();
    sign_in(&mut colleague, "colleague@acme.example", PASSWORD).await.goes_to("/");
    colleague.get("/p/shield").await.goes_to(PAGE);
}

/// The setting of one process does not bind another, but a factor that is on is asked for anywhere.
#[actix_web::test]
async fn a_factor_that_is_on_is_asked_for_whatever_the_settings_say() {
    let strict = Portal::strict().await;
    strict.give_password("manager");
    set_up(&strict, &mut strict.manager()).await;
    let easy = strict.beside().await;
    halfway(&easy, "manager").await;
    assert_eq!(easy_going().second_factor, SecondFactorRule::Optional);
}

fn routes() -> impl Iterator<Item = (&'static str, &'static str, Who)> {
    app::routes().map(|route| (route.method.as_str(), route.path, route.who))
}

async fn ask(visitor: &mut Visitor, method: &str, path: &str) -> crate::support::Page {
    if method == "GET" {
        return visitor.raw(actix_web::http::Method::GET, path, &[]).await;
    }
    match path.ends_with("/import") {
        true => visitor.upload(path, ("file", "", b""), &[]).await,
        false => visitor.post(path, &[]).await,
    }
}

async fn furnished(portal: &Portal) -> Furniture {
    furniture::move_in(portal).await
}

/// Every address of the portal: behind sign-in there is nothing but the way to a second factor.
#[actix_web::test]
async fn every_route_leads_there_but_those_that_get_one_set_up() {
    let easy = Portal::start().await;
    let furniture = furnished(&easy).await;
    let strict = easy
        .beside_with(portal::auth::Safeguards {
            second_factor: SecondFactorRule::Required,
            ..easy_going()
        })
        .await;
    let mut led = 0;
    for (method, path, who) in routes() {
        let address = furniture.own(path);
        let mut owner = strict.owner();
        let page = ask(&mut owner, method, &address).await;
        let leads = page.status() == 303 && page.header("location") == PAGE;
        let public = matches!(who, Who::Anyone | Who::AnyoneOnDemo) && path != "/";
        let begins = (method, path) == ("POST", PAGE);
        if OPEN.contains(&(method, path)) || public {
            assert!(begins || !leads, "{method} {path} leads away");
        } else {
            assert!(leads, "{method} {path}: {}", page.status());
            led += 1;
        }
    }
    assert!(led > 60, "only {led} routes were closed");
}

/// Half a sign-in is no sign-in, at any address: it gets what a stranger to the portal gets.
#[actix_web::test]
async fn half_a_sign_in_opens_nothing() {
    let portal = Portal::start().await;
    let furniture = furnished(&portal).await;
    portal.give_password("owner");
    set_up(&portal, &mut portal.owner()).await;
    let mut halfway = halfway(&portal, "owner").await;
    let mut asked = 0;
    for (method, path, _) in routes().filter(|(_, path, _)| *path != "/sign-in/code") {
        let address = furniture.own(path);
        let half = ask(&mut halfway, method, &address).await;
        let none = ask(&mut portal.guest(), method, &address).await;
        assert_eq!(half.status(), none.status(), "{method} {path}");
        assert_eq!(half.header("location"), none.header("location"), "{method} {path}");
        assert_eq!(half.text, none.text, "{method} {path}");
        asked += 1;
    }
    assert!(asked > 80, "only {asked} routes were asked");
    // Nor does its key open anything in the place of a session's.
    let key = halfway.cookie("half_sign_in");
    let mut forged = portal.with_session(&key);
    forged.get("/account").await.goes_to("/sign-in?next=%2Faccount");
}
