//! Stopping mails from within a mail (RFC 8058), as mail programs and their readers do it.

use std::collections::BTreeSet;

use actix_web::http::Method;
use diesel::prelude::*;
use mail_parser::MessageParser;
use portal::auth::Program;
use portal::contacts::{Role, leave_roles};
use portal::db::schema::{audit_events, contact_roles, mail_bodies, mails};
use portal::mail::{Way, unsubscribe};
use portal::web::Kind as RouteKind;
use portal::{app, contacts};

use crate::support::channel::{give_role, set_role};
use crate::support::post::{Kind, brisk};
use crate::support::smtp::{Script, SmtpServer};
use crate::support::{Page, Portal};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The path of the address in the mail with this subject.
fn path_in(portal: &Portal, subject: &str) -> String {
    let address: Option<String> = portal.read(|conn| {
        Ok(mail_bodies::table
            .inner_join(mails::table)
            .filter(mails::subject.eq(subject))
            .select(mail_bodies::unsubscribe_address)
            .first(conn)?)
    });
    path_of(portal, &address.unwrap())
}

fn path_of(portal: &Portal, address: &str) -> String {
    let base = portal.app.site.link("");
    address.strip_prefix(&base).unwrap_or_else(|| panic!("{address} is not ours")).to_owned()
}

/// As a mail service does: no cookie, nothing of a browser, from wherever it stands.
async fn one_click(portal: &Portal, path: &str) -> Page {
    let foreign = ("sec-fetch-site", "cross-site");
    let mut service = portal.guest();
    service.raw(Method::POST, path, &[FORM, foreign]).await
}

fn holds(portal: &Portal, key: &str, role: Role) -> bool {
    let contact = portal.contact_id(key);
    portal.read(|conn| {
        Ok(contact_roles::table
            .filter(contact_roles::contact_id.eq(contact))
            .filter(contact_roles::role.eq(role))
            .select(contact_roles::held)
            .first(conn)
            .optional()?
            .unwrap_or(false))
    })
}

fn departures(portal: &Portal) -> Vec<(String, String)> {
    portal.read(|conn| {
        Ok(audit_events::table
            .filter(audit_events::action.eq("contact.role_left"))
            .select((audit_events::actor_name, audit_events::to_value))
            .load(conn)?)
    })
}

fn emptied_mails(portal: &Portal) -> Vec<String> {
    let mails = portal.mails().into_iter().filter(|mail| mail.event == "contacts.role_emptied");
    mails.map(|mail| mail.to_email).collect()
}

#[actix_web::test]
async fn mails_of_a_role_carry_both_headers_and_no_others_do() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    portal.queue_mail("owner", "held", Kind::Role);
    portal.queue_mail("distributor", "gap", Kind::Gap);
    portal.queue_mail("owner", "account", Kind::Account);
    portal.deliver_once(crate::support::post::smtp(server.port(), 1), brisk(1)).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 3);
    for message in taken {
        let raw = String::from_utf8(message.raw.clone()).unwrap();
        let mail = MessageParser::default().parse(&message.raw).unwrap();
        let header = |name: &str| mail.header_raw(name).map(|value| value.trim().to_owned());
        let (address, post) = (header("List-Unsubscribe"), header("List-Unsubscribe-Post"));
        if mail.subject() == Some("held") {
            let path = path_in(&portal, "held");
            assert_eq!(address, Some(format!("<{}>", portal.app.site.link(&path))));
            assert_eq!(post.as_deref(), Some("List-Unsubscribe=One-Click"));
            // On one line, as some readers of headers want it.
            assert!(
                raw.contains(&format!("List-Unsubscribe: <{}>\r\n", portal.app.site.link(&path)))
            );
        } else {
            assert_eq!((address, post), (None, None), "{:?}", mail.subject());
            assert!(!raw.contains("/unsubscribe/"));
        }
    }
}

#[actix_web::test]
async fn one_click_takes_that_role_from_that_person_and_nothing_else() {
    let portal = Portal::start().await;
    give_role(portal.contact_id("colleague"), Role::Leads, &portal);
    give_role(portal.contact_id("reader"), Role::Renewals, &portal);
    portal.queue_mail("colleague", "Licences end", Kind::Role);
    let path = path_in(&portal, "Licences end");
    one_click(&portal, &path).await.is(200).shows("h1", "These mails are stopped");
    assert!(!holds(&portal, "colleague", Role::Renewals));
    assert!(holds(&portal, "colleague", Role::Leads));
    assert!(holds(&portal, "reader", Role::Renewals));
    let by_themselves = vec![("Colin Colleague (Acme)".to_owned(), "Renewals".to_owned())];
    assert_eq!(departures(&portal), by_themselves);
    assert!(emptied_mails(&portal).is_empty(), "somebody else holds it still");
    assert!(!portal.gaps_hold().contains(&"acme".to_owned()), "somebody else holds it still");
    // Again, and months after the text was forgotten.
    portal.advance_days(200);
    one_click(&portal, &path).await.is(200).shows("h1", "stopped already");
    assert_eq!(departures(&portal), by_themselves);
    let colleague = portal.contact("colleague");
    let page = portal.owner().get(&format!("/p/shield/contacts/{colleague}")).await;
    page.shows(".timeline", "Stopped the mails of a role from within a mail");
}

#[actix_web::test]
async fn looking_changes_nothing_and_the_button_does_what_the_header_does() {
    let portal = Portal::start().await;
    portal.queue_mail("colleague", "Licences end", Kind::Role);
    let path = path_in(&portal, "Licences end");
    for _ in 0..3 {
        let page = portal.guest().get(&path).await.is(200).shows("h1", "Stop these mails?");
        assert_eq!(page.all("form button"), ["Stop these mails"]);
        portal.guest().raw(Method::HEAD, &path, &[]).await.is(200);
    }
    assert!(holds(&portal, "colleague", Role::Renewals));
    // In a browser that somebody else is signed in with it is still the person of the mail.
    let sent = [("List-Unsubscribe", "One-Click")];
    let page = portal.visitor("stranger").post(&path, &sent).await.is(200);
    page.shows("h1", "These mails are stopped").hides("Stella");
    assert_eq!(departures(&portal).len(), 1);
    let page = portal.guest().get(&path).await.is(200).shows("h1", "stopped already");
    assert!(page.all("form").is_empty());
}

#[actix_web::test]
async fn the_page_says_nothing_of_anybody_else() {
    let portal = Portal::start().await;
    give_role(portal.contact_id("reader"), Role::Renewals, &portal);
    portal.queue_mail("colleague", "Licences end", Kind::Role);
    let path = path_in(&portal, "Licences end");
    for page in [portal.guest().get(&path).await, one_click(&portal, &path).await] {
        page.is(200).hides("Rita").hides("Olive").hides("@").hides("Leads");
    }
}

#[actix_web::test]
async fn an_address_that_was_not_signed_here_is_no_address() {
    let portal = Portal::start().await;
    let other = Portal::start().await;
    portal.queue_mail("colleague", "Licences end", Kind::Role);
    other.queue_mail("colleague", "Licences end", Kind::Role);
    let nothing = portal.guest().get("/nowhere").await.is(404).text;
    let path = path_in(&portal, "Licences end");
    let token = path.strip_prefix("/unsubscribe/").unwrap();
    let (said, signature) = token.split_once('.').unwrap();
    let mut forged = vec![
        path_in(&other, "Licences end"),
        format!("/unsubscribe/{said}"),
        format!("/unsubscribe/{said}."),
        format!("/unsubscribe/{said}.{}", &signature[..20]),
        format!("/unsubscribe/{said}.{said}"),
        format!("/unsubscribe/{token}A"),
        "/unsubscribe/.".to_owned(),
    ];
    // Any one letter changed.
    for place in 0..token.len() {
        let letter = if &token[place..=place] == "A" { "B" } else { "A" };
        forged.push(format!("/unsubscribe/{}{letter}{}", &token[..place], &token[place + 1..]));
    }
    for path in forged {
        assert_eq!(portal.guest().get(&path).await.is(404).text, nothing, "{path}");
        assert_eq!(one_click(&portal, &path).await.is(404).text, nothing, "{path}");
    }
    assert!(holds(&portal, "colleague", Role::Renewals));
}

#[actix_web::test]
async fn two_clicks_at_once_are_one_departure_and_one_mail() {
    let portal = Portal::start().await;
    let other = portal.beside().await;
    portal.queue_mail("colleague", "Licences end", Kind::Role);
    let path = path_in(&portal, "Licences end");
    let (here, there) =
        futures_util::future::join(one_click(&portal, &path), one_click(&other, &path)).await;
    assert_eq!((here.status(), there.status()), (200, 200));
    // And on threads that really run at once.
    portal.write({
        let colleague = portal.contact_id("colleague");
        move |conn| set_role(colleague, Role::Renewals, true, conn)
    });
    let token = path.strip_prefix("/unsubscribe/").unwrap().to_owned();
    let (site, now) = (portal.app.site.clone(), portal.app.clock.now());
    let taken: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = [portal.db(), other.db()]
            .map(|db| {
                let (token, site) = (token.clone(), site.clone());
                scope.spawn(move || {
                    db.write_blocking(move |conn| {
                        let leaving = contacts::Leaving::find(&token, conn)?;
                        leave_roles(&leaving, &site, now, conn)
                    })
                    .unwrap()
                })
            })
            .into_iter()
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap().taken.len()).sum()
    });
    assert_eq!(taken, 1);
    assert_eq!(departures(&portal).len(), 2);
    assert_eq!(emptied_mails(&portal), ["owner@acme.example", "owner@acme.example"]);
}

#[actix_web::test]
async fn administrators_are_told_exactly_when_a_role_becomes_empty() {
    let portal = Portal::start().await;
    portal.queue_mail("reader", "first", Kind::Role);
    portal.queue_mail("colleague", "second", Kind::Role);
    one_click(&portal, &path_in(&portal, "first")).await.is(200);
    assert!(emptied_mails(&portal).is_empty());
    one_click(&portal, &path_in(&portal, "second")).await.is(200);
    assert_eq!(emptied_mails(&portal), ["owner@acme.example"]);
    let subject = portal.mail_to("owner").remove(0);
    assert_eq!(subject, "Nobody at Acme holds the role Renewals any more");
    let (text, address): (String, Option<String>) = portal.read(|conn| {
        Ok(mail_bodies::table
            .inner_join(mails::table)
            .filter(mails::event.eq("contacts.role_emptied"))
            .select((mail_bodies::text_body, mail_bodies::unsubscribe_address))
            .first(conn)?)
    });
    assert!(text.contains("Colin Colleague has stopped the mails of the role Renewals"), "{text}");
    assert!(text.contains("Such mails go to the administrators of Acme from now on."), "{text}");
    assert!(text.contains(&portal.app.site.link("/p/shield/roles")), "{text}");
    assert_eq!(address, None);
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
    // Given and left once more, it is another event.
    portal.queue_mail("colleague", "third", Kind::Role);
    one_click(&portal, &path_in(&portal, "third")).await.is(200);
    assert_eq!(emptied_mails(&portal).len(), 2);
}

#[actix_web::test]
async fn who_counted_for_nothing_empties_nothing() {
    let portal = Portal::start().await;
    portal.queue_mail("colleague", "deactivated", Kind::Role);
    portal.deactivate("colleague");
    one_click(&portal, &path_in(&portal, "deactivated")).await.is(200);
    assert!(!holds(&portal, "colleague", Role::Renewals));
    assert!(emptied_mails(&portal).is_empty());
}

/// What a digest asks for: one address for several roles.
#[actix_web::test]
async fn an_address_for_several_roles_takes_them_all() {
    let portal = Portal::start().await;
    let colleague = portal.contact_id("colleague");
    give_role(portal.contact_id("reader"), Role::Marketing, &portal);
    for role in [Role::Renewals, Role::Marketing, Role::ProgramUpdates] {
        give_role(colleague, role, &portal);
    }
    let site = portal.app.site.clone();
    let address = portal.write(move |conn| {
        let shield = Program::find_unscoped("shield", conn)?;
        let roles = ["renewals", "marketing"].map(str::to_owned);
        unsubscribe::address(&shield, colleague, &roles, &site, conn)
    });
    let path = path_of(&portal, &address);
    portal.guest().get(&path).await.is(200).shows(".lead", "the roles Renewals and Marketing");
    one_click(&portal, &path).await.is(200);
    assert_eq!(departures(&portal).len(), 2);
    assert!(holds(&portal, "colleague", Role::ProgramUpdates));
    let subjects = portal.mail_to("owner");
    assert_eq!(subjects, ["Nobody at Acme holds the role Renewals any more"]);
}

#[actix_web::test]
async fn clicks_without_end_are_refused() {
    let portal = Portal::start().await;
    portal.queue_mail("colleague", "Licences end", Kind::Role);
    portal.queue_mail("reader", "To another", Kind::Role);
    let path = path_in(&portal, "Licences end");
    for _ in 0..20 {
        one_click(&portal, &path).await.is(200);
    }
    let page = one_click(&portal, &path).await.is(429);
    assert!(!page.header("retry-after").is_empty());
    // Others are not held up by it.
    one_click(&portal, &path_in(&portal, "To another")).await.is(200);
}

/// The one exception of the check where requests come from is the one that signs its addresses.
#[actix_web::test]
async fn nothing_else_may_be_sent_from_elsewhere() {
    let excepted: BTreeSet<&str> = app::routes()
        .filter(|route| route.kind == RouteKind::OneClick)
        .map(|route| route.path)
        .collect();
    assert_eq!(excepted, BTreeSet::from(["/unsubscribe/{token}"]));
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let mut asked = 0;
    for route in app::routes().filter(|route| route.method == Method::POST) {
        let path = route
            .path
            .replace("{program}", "shield")
            .replace("{token}", "nonsense")
            .replace(['{', '}'], "");
        let page = owner.raw(Method::POST, &path, &[FORM, ("sec-fetch-site", "cross-site")]).await;
        let expected = if excepted.contains(route.path) { 404 } else { 403 };
        assert_eq!(page.status(), expected, "{}", route.path);
        asked += 1;
    }
    assert!(asked > 15, "{asked}");
}

/// At the foot of the mails that people read: the way out, or how a gap is closed.
#[actix_web::test]
async fn the_foot_offers_a_way_out() {
    let portal = Portal::start().await;
    portal.queue_mail("colleague", "held", Kind::Role);
    portal.queue_mail("owner", "gap", Kind::Gap);
    portal.queue_mail("owner", "account", Kind::Account);
    let bodies: Vec<(String, String)> = portal.read(|conn| {
        Ok(mail_bodies::table
            .inner_join(mails::table)
            .order(mails::id)
            .select((mail_bodies::text_body, mail_bodies::html_body))
            .load(conn)?)
    });
    let stop = portal.app.site.link(&path_in(&portal, "held"));
    let give = portal.app.site.link("/p/shield/roles");
    for ((text, html), way) in bodies.iter().zip([Some(stop), Some(give), None]) {
        match way {
            Some(way) => assert!(text.contains(&way) && html.contains(&way), "{text}{html}"),
            None => assert!(!text.contains("/unsubscribe/") && !html.contains("/roles"), "{text}"),
        }
    }
}
