//! Contacts: who is there, who may change whom, and the last one who manages.

use diesel::prelude::*;
use portal::db::schema::{contacts, logins, sessions};

use crate::support::{Page, Portal, Visitor};

const CONTACTS: &str = "/p/shield/contacts";

/// A contact's fields as the form of a new one sends them.
fn person<'a>(name: &'a str, email: &'a str, access: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("name", name), ("email", email), ("locale", "en-GB"), ("access", access)]
}

/// The fields of a form as the page holds them, for a browser that sends it back.
fn fields(page: &Page) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for kind in ["input[type=hidden]", "input[type=text]", "input[type=email]", "input[type=tel]"] {
        let selector = format!("form.form {kind}");
        let names = page.attributes(&selector, "name");
        fields.extend(names.into_iter().zip(page.attributes(&selector, "value")));
    }
    for name in ["locale", "access"] {
        let selector = format!("form.form select[name={name}] option[selected]");
        fields.push((name.to_owned(), page.attributes(&selector, "value").remove(0)));
    }
    fields
}

/// A form that somebody has opened and not yet sent.
struct Draft {
    path: String,
    fields: Vec<(String, String)>,
}

impl Draft {
    async fn open(visitor: &mut Visitor, contact: &str) -> Self {
        let path = format!("{CONTACTS}/{contact}/edit");
        let page = visitor.get(&path).await.is(200);
        Self { path, fields: fields(&page) }
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|field| field.0 == name).unwrap();
        field.1 = value.to_owned();
        self
    }

    async fn send(&self, visitor: &mut Visitor) -> Page {
        let fields: Vec<(&str, &str)> =
            self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        visitor.post(&self.path, &fields).await
    }
}

/// Makes a contact an administrator of Acme who is signed in.
async fn second_administrator(portal: &Portal) -> (String, Visitor) {
    let mut owner = portal.owner();
    let path = owner
        .post(&format!("{CONTACTS}/new"), &person("Ann Other", "ann@acme.example", "administrator"))
        .await
        .created();
    let reference = path.rsplit('/').next().unwrap().to_owned();
    (reference.clone(), portal.visitor_of(&reference))
}

#[actix_web::test]
async fn an_administrator_adds_a_contact() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let new = format!("{CONTACTS}/new");
    let path =
        owner.post(&new, &person("Zoë Zimmer", "zoe@acme.example", "member")).await.created();
    owner
        .get(&path)
        .await
        .is(200)
        .shows("h1", "Zoë Zimmer")
        .shows(".flash", "Zoë Zimmer is added.")
        .shows(".timeline", "Added this contact")
        .shows(".facts", "Gets mail only.");
    owner.get("/p/shield/contacts?q=zoe").await.is(200).shows("th", "Zoë Zimmer");
    owner.get("/p/shield/contacts?q=nobody").await.is(200).shows(".empty", "No contact fits");
}

#[actix_web::test]
async fn a_bad_contact_is_shown_again_with_what_was_typed() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let new = format!("{CONTACTS}/new");
    owner
        .post(&new, &person("  ", "not an address", "program_manager"))
        .await
        .is(422)
        .shows(".error-summary", "Enter the name.")
        .shows(".error-summary", "Enter an e-mail address such as")
        .shows(".error-summary", "Choose an access level of your organisation.");
    let page = owner
        .post(&new, &person("Copy", "Colleague@ACME.example", "member"))
        .await
        .is(422)
        .shows(".field-error", "has the address Colleague@ACME.example already");
    assert_eq!(page.attributes("#name", "value"), ["Copy"]);
    // The same address in another organisation is another contact.
    owner.post(&new, &person("Stella", "stranger@globex.example", "member")).await.is(303);
}

#[actix_web::test]
async fn edits_of_different_fields_are_merged_and_of_the_same_are_disputed() {
    let portal = Portal::start().await;
    let (_, mut ann) = second_administrator(&portal).await;
    let mut owner = portal.owner();
    let reader = portal.contact("reader");
    let mine =
        Draft::open(&mut owner, &reader).await.set("phone", "+81 3 1111").set("name", "Rita R");
    let theirs =
        Draft::open(&mut ann, &reader).await.set("job_title", "Buyer").set("name", "Rita B");
    theirs.send(&mut ann).await.is(303);

    let page = mine.send(&mut owner).await.is(409);
    let page = page
        .shows(".error-summary", "Ann Other (Acme) changed it to “Rita B”")
        .shows("h1", "Edit Rita B");
    assert_eq!(page.attributes("#name", "value"), ["Rita R"], "what was typed stays");
    assert_eq!(page.attributes("#phone", "value"), ["+81 3 1111"]);
    assert_eq!(page.attributes("#job_title", "value"), ["Buyer"], "theirs is kept");
    let stored = portal.read(|conn| {
        Ok(contacts::table
            .filter(contacts::reference.eq(&reader))
            .select((contacts::name, contacts::phone, contacts::job_title))
            .first::<(String, String, String)>(conn)?)
    });
    assert_eq!(stored, ("Rita B".to_owned(), String::new(), "Buyer".to_owned()));

    let again = Draft { path: mine.path.clone(), fields: fields(&page) };
    again.send(&mut owner).await.is(303);
    let page = owner.get(&format!("{CONTACTS}/{reader}")).await.shows("h1", "Rita R");
    page.shows(".timeline", "Changed the name").shows(".facts", "+81 3 1111");
}

#[actix_web::test]
async fn the_last_administrator_can_be_neither_demoted_nor_deactivated() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let own = portal.contact("owner");
    Draft::open(&mut owner, &own)
        .await
        .set("access", "member")
        .send(&mut owner)
        .await
        .is(422)
        .shows(".field-error", "the last active contact who manages");
    let (ann, mut ann_visits) = second_administrator(&portal).await;
    Draft::open(&mut ann_visits, &own)
        .await
        .set("access", "member")
        .send(&mut ann_visits)
        .await
        .is(303);
    // Olive is signed out and comes back as a member.
    let path = format!("{CONTACTS}/{ann}/edit");
    assert!(owner.get(&path).await.is(303).header("location").starts_with("/sign-in?"));
    portal.owner().get(&path).await.is(403);
    ann_visits.post(&format!("{CONTACTS}/{ann}/deactivation"), &[("why", "leaving")]).await.is(409);
    ann_visits
        .get(&format!("{CONTACTS}/{ann}"))
        .await
        .shows(".flash", "You cannot deactivate yourself.");
}

#[actix_web::test]
async fn two_administrators_who_demote_each_other_at_once_leave_one() {
    for round in 0..8 {
        let portal = Portal::start().await;
        let beside = portal.beside().await;
        let (ann, mut ann_visits) = second_administrator(&portal).await;
        let mut owner = beside.owner();
        let own = portal.contact("owner");
        let (of_owner, of_ann) = (
            Draft::open(&mut ann_visits, &own).await.set("access", "member"),
            Draft::open(&mut owner, &ann).await.set("access", "member"),
        );
        let (one, other) =
            futures_util::future::join(of_owner.send(&mut ann_visits), of_ann.send(&mut owner))
                .await;
        // Whoever was demoted is signed out, too: that request may get no further than the door.
        let saved = |page: &Page| page.header("location").starts_with(CONTACTS);
        let mut saves = [saved(&one), saved(&other)];
        saves.sort_unstable();
        assert_eq!(saves, [false, true], "round {round}: {} {}", one.status(), other.status());
        assert_eq!(administrators(&portal), 1, "round {round}");
    }
}

fn administrators(portal: &Portal) -> i64 {
    let acme = portal.organisation_id("Acme");
    portal.read(|conn| {
        Ok(contacts::table
            .filter(contacts::organisation_id.eq(acme))
            .filter(contacts::access.eq("administrator"))
            .filter(contacts::status.eq("active"))
            .count()
            .get_result(conn)?)
    })
}

#[actix_web::test]
async fn a_deactivated_contact_is_signed_out_and_can_come_back() {
    let portal = Portal::start().await;
    let (mut owner, mut colleague) = (portal.owner(), portal.colleague());
    let path = format!("{CONTACTS}/{}", portal.contact("colleague"));
    colleague.get(&path).await.is(200);
    owner.post(&format!("{path}/deactivation"), &[("why", " ")]).await.is(422);
    owner.post(&format!("{path}/deactivation"), &[("why", "Left Acme")]).await.goes_to(&path);
    assert_eq!(colleague.get(&path).await.status(), 303, "signed out");
    owner
        .get(&path)
        .await
        .shows(".badge", "Deactivated")
        .shows(".timeline", "Left Acme")
        .shows("button", "Reactivate");
    owner.post(&format!("{path}/deactivation"), &[("why", "again")]).await.is(409);
    owner.post(&format!("{path}/reactivation"), &[]).await.goes_to(&path);
    owner.post(&format!("{path}/reactivation"), &[]).await.is(409);
    owner.get(&path).await.shows(".badge", "Active").shows(".timeline", "Reactivated");
}

#[actix_web::test]
async fn a_changed_address_is_the_one_to_sign_in_with() {
    let portal = Portal::start().await;
    let (mut owner, mut colleague) = (portal.owner(), portal.colleague());
    let (id, contact) = (portal.contact_id("colleague"), portal.contact("colleague"));
    Draft::open(&mut owner, &contact)
        .await
        .set("email", "Stranger@globex.example")
        .send(&mut owner)
        .await
        .is(422)
        .shows(".field-error", "signs in with this address already");
    Draft::open(&mut owner, &contact)
        .await
        .set("email", "Colin@acme.example")
        .send(&mut owner)
        .await
        .is(303);
    let (email_key, open): (String, i64) = portal.read(|conn| {
        let email = logins::table.filter(logins::contact_id.eq(id)).select(logins::email_key);
        let open = sessions::table.filter(sessions::contact_id.eq(id)).count();
        Ok((email.first(conn)?, open.get_result(conn)?))
    });
    assert_eq!((email_key.as_str(), open), ("colin@acme.example", 0));
    assert_eq!(colleague.get(CONTACTS).await.status(), 303, "signed out");
    let told = portal.mails_to("colleague@acme.example");
    assert_eq!(told.len(), 1, "the former address is told");
}

#[actix_web::test]
async fn what_is_of_another_organisation_is_not_there() {
    let portal = Portal::start().await;
    let contact = portal.contact("colleague");
    let missing = portal.stranger().get(&format!("{CONTACTS}/C-00000-00000")).await.is(404).text;
    let pages = ["", "/edit", "/deactivation"];
    for key in ["stranger", "distributor", "other_distributor"] {
        let mut visitor = portal.visitor(key);
        for inner in pages {
            let page = visitor.get(&format!("{CONTACTS}/{contact}{inner}")).await.is(404);
            assert_eq!(page.text, missing, "{key} {inner}");
        }
        for action in ["/edit", "/deactivation", "/reactivation", "/invitation"] {
            let mut fields = person("X", "x@y.example", "member");
            fields.push(("why", "because"));
            let page =
                visitor.post(&format!("{CONTACTS}/{contact}{action}"), &fields).await.is(404);
            assert_eq!(page.text, missing, "{key} {action}");
        }
        let csv = visitor.get("/p/shield/contacts.csv").await.is(200);
        csv.hides("Colin Colleague").hides("colleague@acme.example");
    }
    let mut rival = portal.visitor("rival");
    assert_eq!(rival.get(&format!("{CONTACTS}/{contact}")).await.is(404).text, missing);
    let own_program = format!("/p/small/contacts/{contact}");
    assert_eq!(rival.get(&own_program).await.is(404).text, missing);
}

#[actix_web::test]
async fn a_member_reads_and_does_not_change() {
    let portal = Portal::start().await;
    let mut colleague = portal.colleague();
    let (owner, own) = (portal.contact("owner"), portal.contact("colleague"));
    colleague.get(CONTACTS).await.is(200).shows("th", "Olive Owner").hides("Add a contact");
    colleague
        .get(&format!("{CONTACTS}/{owner}"))
        .await
        .is(200)
        .shows(".flash", "kept by the administrators of Acme")
        .hides("/edit");
    colleague.get(&format!("{CONTACTS}/{own}")).await.is(200).shows("h1", "Colin Colleague");
    for path in ["new", &format!("{owner}/edit"), &format!("{owner}/deactivation"), "import"] {
        colleague.get(&format!("{CONTACTS}/{path}")).await.is(403);
    }
    for action in ["edit", "deactivation", "reactivation", "invitation"] {
        colleague.post(&format!("{CONTACTS}/{owner}/{action}"), &[("why", "x")]).await.is(403);
    }
    colleague
        .post(&format!("{CONTACTS}/new"), &person("X", "x@acme.example", "member"))
        .await
        .is(403);
}

#[actix_web::test]
async fn the_vendor_reads_its_partners_contacts_and_keeps_its_own_team() {
    let portal = Portal::start().await;
    let contact = format!("{CONTACTS}/{}", portal.contact("colleague"));
    for key in ["manager", "cam", "back_office"] {
        let mut visitor = portal.visitor(key);
        let page = visitor.get(CONTACTS).await.is(200);
        let page = page.shows("th", "Colin Colleague").shows("th", "Dora Distributor");
        page.hides("Mona Manager</a>").hides("Rex Rival");
        visitor.get(&contact).await.is(200).shows(".flash", "kept by the administrators of Acme");
        visitor.get(&format!("{contact}/edit")).await.is(403);
        visitor
            .get("/p/shield/contacts/team")
            .await
            .is(200)
            .shows("th", "Mona Manager")
            .hides("Colin Colleague");
    }
    let mut manager = portal.manager();
    let cam = format!("{CONTACTS}/{}", portal.contact("cam"));
    Draft::open(&mut manager, &portal.contact("cam"))
        .await
        .set("access", "back_office")
        .send(&mut manager)
        .await
        .goes_to(&cam);
    manager.get(&cam).await.shows(".facts", "Back office");
    portal.visitor("back_office").get(&format!("{cam}/edit")).await.is(403);
    let organisation = manager.get(CONTACTS).await.attributes("td a", "href").remove(0);
    let page = manager.get(&organisation).await.is(200);
    page.shows("th", "Olive Owner").hides("Dora Distributor");
}

#[actix_web::test]
async fn long_lists_are_paged_by_name_without_gaps() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let names = many(&portal, 130);
    for start in [CONTACTS, "/p/shield/roles"] {
        let (mut seen, mut path) = (Vec::new(), start.to_owned());
        loop {
            let page = owner.get(&path).await.is(200);
            let selector = if start == CONTACTS { "th a.stretch" } else { ".matrix .person a" };
            seen.extend(page.all(selector));
            let Some(next) = page.attributes("a[rel=next]", "href").pop() else { break };
            path = next;
        }
        assert_eq!(seen, names, "{start}");
        let back = owner.get(&path).await.attributes("a[rel=prev]", "href").remove(0);
        let selector = if start == CONTACTS { "th a.stretch" } else { ".matrix .person a" };
        assert_eq!(owner.get(&back).await.all(selector), names[50..100]);
    }
    let mut manager = portal.manager();
    let (mut seen, mut path) = (Vec::new(), CONTACTS.to_owned());
    loop {
        let page = manager.get(&path).await.is(200);
        seen.extend(page.all("th a.stretch"));
        let Some(next) = page.attributes("a[rel=next]", "href").pop() else { break };
        path = next;
    }
    assert_eq!(seen[..names.len()], names, "Acme comes first");
    assert_eq!(seen.len(), names.len() + 5, "and the people of the five others follow");
}

/// Fills Acme up to so many contacts and gives their names in order.
fn many(portal: &Portal, count: usize) -> Vec<String> {
    let acme = portal.organisation_id("Acme");
    let now = portal.app.clock.now();
    portal.write(move |conn| {
        for number in 3..count {
            let new = portal::contacts::NewContact {
                // Some share their name: the order then goes by the reference.
                name: format!("Person {:03}", number / 2),
                email: format!("person{number}@acme.example"),
                job_title: String::new(),
                phone: String::new(),
                locale: portal::locale::Locale::EnGb,
                access: portal::auth::Access::Member,
            };
            portal::contacts::add(acme, &new, portal::audit::By::Portal("a test"), now, conn)?;
        }
        Ok(())
    });
    portal.read(|conn| {
        Ok(contacts::table
            .filter(contacts::organisation_id.eq(acme))
            .order((contacts::name_key, contacts::reference))
            .select(contacts::name)
            .load(conn)?)
    })
}
