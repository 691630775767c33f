//! Names that are more than names. The same story is told with plain names and with hostile ones,
//! put straight into the database; its mails have the same headers, recipients, elements, links and
//! lines, since those are the templates' and nobody else's.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use diesel::prelude::*;
use mail_parser::{HeaderName, MessageParser};
use portal::audit::By;
use portal::auth::{Program, invite};
use portal::calendar::add_days;
use portal::contacts::Role;
use portal::db::schema::{
    categories, contact_roles, contacts, customers, leads, licences, mail_bodies, mails,
    organisations, products, programs,
};
use portal::mail::hours::Rhythm;
use portal::mail::{MailStatus, Pace};
use portal::renewals;
use scraper::Html;

use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::leads::reference_of;
use crate::support::licences::{Licence, date};
use crate::support::portal::BASE;
use crate::support::post::smtp;
use crate::support::prices::TODAYS;
use crate::support::second_factor::set_up;
use crate::support::smtp::{Script, SmtpServer, Taken};

/// Breaks out of attributes, elements, headers, lines, blocks and templates, if anything does.
const HOSTILE: &str = "\"><img src=//evil.example/x onerror=alert(1)>\
    <a href=https://evil.example>\r\nBcc: victim@evil.example\r\n\r\nTo: victim@evil.example\n\
    http://portal.test/sign-out\n\n-- \n</td></table><script>{{7*7}}</script><!--\u{1b}\u{2028}\u{202e}";
const MARK: &str = "{{7*7}}";

/// What a mail is, whatever it says.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    headers: Vec<String>,
    envelope: (String, Vec<String>),
    recipients: Vec<String>,
    /// Each with the names of its attributes.
    elements: Vec<String>,
    link_hosts: BTreeSet<String>,
    text_lines: usize,
}

/// The mails of a story, by event and recipient.
type Shapes = BTreeMap<(String, String), Vec<Shape>>;

const EVENTS: [&str; 10] = [
    "auth.invited",
    "auth.password_reset_requested",
    "auth.second_factor_activated",
    "catalogue.prices_published",
    "catalogue.prices_withdrawn",
    "contacts.role_emptied",
    "digest.collected",
    "leads.assigned",
    "leads.recalled",
    "renewals.due",
];

/// Every name that a mail may say becomes this one.
fn rename_everything(to: &'static str, portal: &Portal) {
    portal.write(move |conn| {
        diesel::update(programs::table).set(programs::name.eq(to)).execute(conn)?;
        diesel::update(organisations::table).set(organisations::name.eq(to)).execute(conn)?;
        diesel::update(contacts::table).set(contacts::name.eq(to)).execute(conn)?;
        diesel::update(contact_roles::table).set(contact_roles::changed_by.eq(to)).execute(conn)?;
        diesel::update(customers::table).set(customers::name.eq(to)).execute(conn)?;
        diesel::update(categories::table).set(categories::name.eq(to)).execute(conn)?;
        diesel::update(products::table)
            .set((products::name.eq(to), products::unit.eq(to)))
            .execute(conn)?;
        diesel::update(licences::table).set(licences::sku.eq(to)).execute(conn)?;
        diesel::update(leads::table)
            .set((leads::interest.eq(to), leads::country.eq("\r\n")))
            .execute(conn)?;
        Ok(())
    });
}

/// Leads are about a product or a category.
fn give_topics(portal: &Portal) {
    portal.write(|conn| {
        let product: i64 = products::table.select(products::id).first(conn)?;
        let category: i64 = categories::table.select(categories::id).first(conn)?;
        let ids: Vec<i64> = leads::table.order(leads::id).select(leads::id).load(conn)?;
        diesel::update(leads::table.find(ids[0]))
            .set(leads::product_id.eq(Some(product)))
            .execute(conn)?;
        diesel::update(leads::table.find(ids[1]))
            .set(leads::category_id.eq(Some(category)))
            .execute(conn)?;
        Ok(())
    });
}

/// Everything that causes a mail happens once; gives what the server took.
async fn tell(name: Option<&'static str>) -> (Portal, Vec<Taken>) {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    let [reader, colleague] = ["reader", "colleague"].map(|key| portal.contact_id(key));
    for days in [20, 50] {
        Licence::ending(add_days(date("2026-03-02"), days)).put(&portal);
    }
    give_role(reader, Role::Renewals, &portal);
    give_role(colleague, Role::Renewals, &portal);
    give_role(colleague, Role::Leads, &portal);
    give_role(reader, Role::ProgramUpdates, &portal);
    portal.wants_rhythm(colleague, "shield", "renewals", Rhythm::Daily);
    portal.give_password("owner");
    let one = portal.enter_lead(&[]).await;
    let other = portal.enter_lead(&[("company", "Raviga")]).await;
    give_topics(&portal);
    let acme = portal.enrolment("Acme");
    if let Some(name) = name {
        rename_everything(name, &portal);
    }

    let program = portal.read(|conn| Program::find_unscoped("shield", conn));
    let app = &portal.app;
    renewals::sweep(&program, date("2026-03-02"), &app.site, app.clock.now(), &app.db).unwrap();
    let mut cam = portal.visitor("cam");
    for path in [&one, &other] {
        let sent = [("lead", portal.as_chosen(path)), ("partner", acme.clone())];
        let sent = sent.each_ref().map(|(field, value)| (*field, value.as_str()));
        cam.post("/p/shield/leads/assignment", &sent).await.goes_to(path);
    }
    let chosen = portal.as_chosen(&one);
    let (_, seen) = chosen.split_at(reference_of(&one).len() + 1);
    let sent = [("seen", seen), ("text", name.map_or("On holiday", |_| "<b>{{7*7}}</b>"))];
    cam.post(&format!("{one}/recall"), &sent).await.goes_to(&one);
    publish_and_withdraw(&portal).await;
    let (site, now) = (app.site.clone(), app.clock.now());
    portal.write(move |conn| {
        let program = Program::find_unscoped("shield", conn)?;
        invite(By::Portal(name.unwrap_or("The tests")), reader, Some(&program), &site, now, conn)
    });
    let forgotten = [("email", "owner@acme.example")];
    portal.guest().post("/password/forgot", &forgotten).await.goes_to("/sign-in");
    set_up(&portal, &mut portal.owner()).await;
    // Before the role is left, since what is queued for it then goes nowhere.
    portal.deliver_once(smtp(server.port(), 1), Pace::with_lanes(1)).await;
    leave(colleague, &portal).await;
    portal.set_clock("2026-03-02T22:30");
    assert_eq!(portal.round().digests, 1);
    portal.deliver_once(smtp(server.port(), 1), Pace::with_lanes(1)).await;
    (portal, server.taken())
}

/// A price list is announced and taken back.
async fn publish_and_withdraw(portal: &Portal) {
    let list = portal.publish(TODAYS, "2027-01-01").await.created();
    let mut manager = portal.manager();
    let seen = manager.get(&list).await.attributes("input[name=seen]", "value").remove(0);
    let sent = [("seen", seen.as_str()), ("why", "A slip")];
    manager.post(&format!("{list}/withdrawal"), &sent).await.goes_to("/p/shield/prices");
}

/// The last who is told of leads stops these mails from within one of them.
async fn leave(contact: i64, portal: &Portal) {
    let address: Option<String> = portal.read(|conn| {
        Ok(mail_bodies::table
            .inner_join(mails::table)
            .filter(mails::contact_id.eq(contact))
            .filter(mails::event.eq("leads.recalled"))
            .select(mail_bodies::unsubscribe_address)
            .first(conn)?)
    });
    let address = address.unwrap();
    let path = address.strip_prefix(BASE).unwrap();
    let form = ("content-type", "application/x-www-form-urlencoded");
    portal.guest().raw(Method::POST, path, &[form]).await.is(200);
}

/// The text part does not look like headers, and nothing is longer than a line may be.
fn assert_well_formed(mail: &Taken, text: &str) {
    for line in text.lines() {
        let (field, _) = line.split_once(':').unwrap_or_default();
        let is_header =
            HeaderName::parse(field).is_some_and(|name| !matches!(name, HeaderName::Other(_)));
        assert!(!is_header, "the text has a line {line:?}");
    }
    for line in mail.raw.split(|byte| *byte == b'\n') {
        assert!(line.len() < 999, "a line of {} bytes", line.len());
        assert!(line.is_ascii());
    }
}

fn shape_of(mail: &Taken) -> (Shape, String) {
    let parsed = MessageParser::default().parse(&mail.raw).unwrap();
    let headers = parsed.parts.iter().flat_map(|part| &part.headers);
    let headers = headers.map(|header| header.name.as_str().to_owned()).collect();
    let recipients = [parsed.to(), parsed.cc(), parsed.bcc()].into_iter().flatten();
    let recipients = recipients.flat_map(|list| list.iter().collect::<Vec<_>>());
    let recipients = recipients.map(|one| one.address().unwrap().to_owned()).collect();
    let text = parsed.body_text(0).unwrap().into_owned();
    assert_well_formed(mail, &text);
    let (mut elements, mut link_hosts) = (Vec::new(), BTreeSet::new());
    let html = Html::parse_document(&parsed.body_html(0).unwrap());
    let found = html.tree.nodes().filter_map(|node| node.value().as_element());
    for element in found {
        let attributes: BTreeSet<&str> = element.attrs().map(|(name, _)| name).collect();
        elements.push(format!("{} {attributes:?}", element.name()));
        for (name, value) in element.attrs() {
            if ["href", "src", "action", "background", "srcset"].contains(&name) {
                let link = url::Url::parse(value).unwrap_or_else(|_| panic!("{name}={value:?}"));
                link_hosts.insert(link.host_str().unwrap_or_default().to_owned());
            }
        }
    }
    let envelope = (mail.from.clone(), mail.to.clone());
    let text_lines = text.lines().count();
    (Shape { headers, envelope, recipients, elements, link_hosts, text_lines }, text)
}

/// The shapes of all mails of a story, in each of which the name stands.
fn shapes(portal: &Portal, taken: &[Taken], mark: &str) -> Shapes {
    let rows = portal.mails();
    let mut shapes = Shapes::new();
    for row in &rows {
        let copies: Vec<&Taken> =
            taken.iter().filter(|mail| row.message_id.contains(&mail.message_id)).collect();
        match row.status {
            MailStatus::Digested => assert!(copies.is_empty()),
            MailStatus::Sent => assert_eq!(copies.len(), 1, "{}", row.event),
            other => panic!("{} is {other:?}: {}", row.event, row.answer),
        }
        for copy in copies {
            let (shape, text) = shape_of(copy);
            assert!(text.contains(mark), "{} does not say the name:\n{text}", row.event);
            assert_eq!(shape.recipients, [row.to_email.as_str()], "{}", row.event);
            assert_eq!(shape.envelope.1, [row.to_email.as_str()], "{}", row.event);
            assert_eq!(shape.link_hosts, BTreeSet::from(["portal.test".to_owned()]));
            shapes.entry((row.event.clone(), row.to_email.clone())).or_default().push(shape);
        }
    }
    shapes.values_mut().for_each(|of_event| of_event.sort());
    let events: BTreeSet<&str> = shapes.keys().map(|(event, _)| event.as_str()).collect();
    assert_eq!(events, BTreeSet::from(EVENTS));
    shapes
}

#[actix_web::test]
async fn whatever_names_say_a_mail_is_made_as_its_template_says() {
    let (portal, taken) = tell(None).await;
    let plain = shapes(&portal, &taken, "Hello ");
    let long: &'static str = "Very long name ".repeat(134)[..2_000].to_owned().leak();
    let longer: &'static str = "x".repeat(2_000).leak();
    for (name, mark) in [(HOSTILE, MARK), (long, long.trim()), (longer, longer)] {
        let (portal, taken) = tell(Some(name)).await;
        let found = shapes(&portal, &taken, mark);
        assert!(found.keys().eq(plain.keys()), "other mails: {:?}", found.keys());
        for (cause, shapes) in &plain {
            let told = name.chars().take(40).collect::<String>();
            assert_eq!(&found[cause], shapes, "{cause:?} with {told:?}");
        }
    }
}

#[actix_web::test]
async fn an_address_that_is_more_than_one_fails_and_reaches_nobody() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    let hostile = [
        "owner@acme.example\r\nBcc: victim@evil.example",
        "owner@acme.example, victim@evil.example",
        "owner@acme.example>\r\nRCPT TO:<victim@evil.example",
        "<victim@evil.example> owner@acme.example",
        HOSTILE,
    ];
    for address in hostile {
        portal.queue_mail("owner", address, crate::support::post::Kind::Account);
        portal.write(move |conn| {
            diesel::update(mails::table.filter(mails::status.eq(MailStatus::Queued)))
                .set(mails::to_email.eq(address))
                .execute(conn)?;
            Ok(())
        });
        portal.deliver_once(smtp(server.port(), 1), Pace::with_lanes(1)).await;
    }
    for mail in portal.mails() {
        assert_eq!(mail.status, MailStatus::Failed, "{:?}: {}", mail.to_email, mail.answer);
        assert!(mail.answer.starts_with("not sent: To: "), "{}", mail.answer);
    }
    assert_eq!(portal.mails().len(), hostile.len());
    assert!(server.taken().is_empty());
    assert!(server.commands().iter().all(|line| !line.contains("evil")));
}
