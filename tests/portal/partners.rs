//! Enrolments: the vendor's list and pages, and what a partner and a distributor see of them.

use diesel::prelude::*;
use portal::db::schema::{audit_events, enrolments, tiers};

use crate::support::{Page, Portal, people};

impl Portal {
    /// The reference of an organisation's enrolment in the program `shield`.
    pub fn enrolment(&self, name: &str) -> String {
        let id = self.organisation_id(name);
        self.read(|conn| {
            Ok(enrolments::table
                .filter(enrolments::organisation_id.eq(id))
                .select(enrolments::reference)
                .first(conn)?)
        })
    }

    fn partner(&self, name: &str) -> String {
        format!("/p/shield/partners/{}", self.enrolment(name))
    }

    fn changes_of(&self, name: &str) -> Vec<(String, String, String, String)> {
        let reference = self.enrolment(name);
        self.read(|conn| {
            Ok(audit_events::table
                .filter(audit_events::subject_kind.eq("enrolment"))
                .filter(audit_events::subject_reference.eq(reference))
                .order(audit_events::id)
                .select((
                    audit_events::action,
                    audit_events::from_value,
                    audit_events::to_value,
                    audit_events::why,
                ))
                .load(conn)?)
        })
    }
}

fn change(action: &str, from: &str, to: &str, why: &str) -> (String, String, String, String) {
    (action.into(), from.into(), to.into(), why.into())
}

fn names(page: &Page) -> Vec<String> {
    page.all("tbody th a")
}

/// The fields of the edit form as the page shows them, with one of them sent differently.
fn edited<'a>(
    was: &'a str,
    cam: &'a str,
    tier: &'a str,
    seller: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("was", was),
        ("type", "installer"),
        ("type", "surveyor"),
        ("tier", tier),
        ("currency", "eur"),
        ("cam", cam),
        ("distributor", seller),
        ("why", "Agreed in Kyoto"),
    ]
}

fn was_of(page: &Page) -> String {
    page.attributes("input[name=was]", "value").remove(0)
}

#[actix_web::test]
async fn the_vendor_lists_and_filters_its_partners() {
    let portal = Portal::start().await;
    for key in ["manager", "cam", "back_office"] {
        let page = portal.visitor(key).get("/p/shield/partners").await.is(200);
        assert_eq!(
            names(&page),
            ["Acme", "Globex", "Initech", "Nordic Supply", "Southern Supply", "Umbrella"]
        );
    }
    let mut manager = portal.manager();
    for (query, expected) in [
        ("name=SUPPLY", &["Nordic Supply", "Southern Supply"][..]),
        (
            "name=%25",
            &["Acme", "Globex", "Initech", "Nordic Supply", "Southern Supply", "Umbrella"],
        ),
        ("part=distributor&name=north", &[]),
        ("part=partner&status=active", &["Acme", "Globex"]),
        ("status=suspended", &["Initech"]),
        ("type=installer", &["Acme", "Globex", "Initech", "Umbrella"]),
        ("type=surveyor", &[]),
        ("tier=knight&name=um", &["Umbrella"]),
        ("tier=squire", &[]),
        ("cam=mine", &[]),
        ("cam=nobody&part=distributor", &["Nordic Supply", "Southern Supply"]),
    ] {
        let page = manager.get(&format!("/p/shield/partners?{query}")).await.is(200);
        assert_eq!(names(&page), expected, "{query}");
        if expected.is_empty() {
            page.shows(".empty", "No partner matches");
        }
    }
}

#[actix_web::test]
async fn a_long_list_turns_page_by_page_and_comes_whole_as_a_file() {
    let portal = Portal::start().await;
    portal.write(|conn| {
        let program: i64 = enrolments::table.select(enrolments::program_id).first(conn)?;
        for number in 0..104 {
            people::enrol(&format!("Reseller {number:03}"), "partner", "active", program, conn)?;
        }
        Ok(())
    });
    let mut manager = portal.manager();
    let mut page = manager.get("/p/shield/partners?name=reseller").await;
    let mut seen = names(&page);
    for _ in 0..2 {
        let next = page.attributes("a[rel=next]", "href").remove(0);
        assert!(next.contains("name=reseller"), "{next} keeps the filter");
        page = manager.get(&next).await.is(200);
        seen.extend(names(&page));
    }
    assert_eq!(seen.len(), 104);
    assert!(seen.is_sorted() && page.attributes("a[rel=next]", "href").is_empty());
    let back = page.attributes("a[rel=prev]", "href").remove(0);
    assert_eq!(names(&manager.get(&back).await), seen[50..100]);

    let file = manager.get("/p/shield/partners.csv?name=reseller").await.is(200);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"partners.csv\"");
    assert_eq!(file.text.lines().count(), 105);
    let acme = manager.get("/p/shield/partners.csv?name=acme").await.text;
    assert_eq!(
        acme.trim_start_matches('\u{feff}'),
        "organisation,country,part,types,tier,currency,status,enrolled_on,cam_email,distributors\r\n\
         Acme,JP,partner,installer,knight,JPY,active,2024-05-06,,Nordic Supply; Southern Supply\r\n"
    );
}

#[actix_web::test]
async fn a_partner_has_a_page_with_what_can_be_done() {
    let portal = Portal::start().await;
    let page = portal.manager().get(&portal.partner("Acme")).await.is(200);
    let page = page
        .shows("h1", "Acme")
        .shows(".facts", "Knight")
        .shows(".facts", "6 May 2024")
        .shows("main", "3 active contacts, 1 of them administrator")
        .shows(
            ".flash",
            "Nobody holds: Renewals, Leads, Deal registration, Program updates, Marketing",
        )
        .shows("main", "Southern Supply");
    let steps = page.all("main li");
    assert!(steps.contains(&"Reactivate It is active.".to_owned()), "{steps:?}");
    assert_eq!(page.attributes("main li a[href$=suspension]", "href").len(), 1);
    portal
        .visitor("cam")
        .get(&portal.partner("Acme"))
        .await
        .is(200)
        .shows("main li", "Suspend Only a program manager decides this.")
        .hides("/edit\"");
}

#[actix_web::test]
async fn the_program_manager_edits_an_enrolment_and_each_change_is_kept() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let path = portal.partner("Acme");
    let form = manager.get(&format!("{path}/edit")).await.is(200);
    let (was, cam) = (was_of(&form), portal.contact("cam"));
    let seller = portal.enrolment("Nordic Supply");
    let fields = edited(&was, &cam, "paladin", &seller);
    manager.post(&format!("{path}/edit"), &fields).await.goes_to(&path);
    let why = "Agreed in Kyoto";
    assert_eq!(
        portal.changes_of("Acme"),
        [
            change("enrolment.types_changed", "Installer", "Installer, Surveyor", why),
            change("enrolment.tier_changed", "Knight", "Paladin", why),
            change("enrolment.cam_changed", "none", "Carl Cam", why),
            change(
                "enrolment.distributors_changed",
                "Nordic Supply, Southern Supply",
                "Nordic Supply",
                why
            ),
            change("enrolment.currency_changed", "JPY", "EUR", why),
        ]
    );
    manager
        .get(&path)
        .await
        .shows(".flash.good", "Acme was changed.")
        .shows(".timeline", "Changed the tier")
        .shows(".timeline", "Mona Manager (Shield Security), 2 Mar 2026, 10:00");
    let mine = portal.visitor("cam").get("/p/shield/partners?cam=mine").await;
    assert_eq!(names(&mine), ["Acme"]);

    // The same again changes nothing and leaves no trace.
    let was = was_of(&manager.get(&format!("{path}/edit")).await);
    let fields = edited(&was, &cam, "paladin", &seller);
    manager.post(&format!("{path}/edit"), &fields).await.goes_to(&path);
    assert_eq!(portal.changes_of("Acme").len(), 5);
}

#[actix_web::test]
async fn who_edits_an_older_state_is_told_and_undoes_nothing() {
    let portal = Portal::start().await;
    let (mut first, mut second) = (portal.manager(), portal.manager());
    let path = format!("{}/edit", portal.partner("Acme"));
    let was = was_of(&first.get(&path).await);
    assert_eq!(was, was_of(&second.get(&path).await));
    let seller = portal.enrolment("Nordic Supply");
    first.post(&path, &edited(&was, "", "paladin", &seller)).await.is(303);
    second
        .post(&path, &edited(&was, "", "squire", &seller))
        .await
        .is(409)
        .shows("main", "Somebody else changed Acme while you were editing");
    let tier: String = portal.read(|conn| {
        Ok(enrolments::table
            .inner_join(tiers::table)
            .filter(enrolments::name_key.eq("acme"))
            .select(tiers::key)
            .first(conn)?)
    });
    assert_eq!(tier, "paladin");
}

#[actix_web::test]
async fn what_the_program_does_not_have_is_refused_with_the_form() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let path = format!("{}/edit", portal.partner("Acme"));
    let was = was_of(&manager.get(&path).await);
    let stranger = portal.contact("stranger");
    let partner = portal.enrolment("Globex");
    for (fields, field) in [
        (vec![("was", was.as_str()), ("currency", "JPY")], "type"),
        (vec![("was", &was), ("currency", "JPY"), ("type", "baker")], "type"),
        (vec![("was", &was), ("currency", "YEN"), ("type", "installer")], "currency"),
        (vec![("was", &was), ("currency", "JPY"), ("type", "installer"), ("tier", "gold")], "tier"),
        (
            vec![("was", &was), ("currency", "JPY"), ("type", "installer"), ("cam", &stranger)],
            "cam",
        ),
        (
            vec![
                ("was", &was),
                ("currency", "JPY"),
                ("type", "installer"),
                ("distributor", &partner),
            ],
            "distributor",
        ),
    ] {
        let page = manager.post(&path, &fields).await.is(422);
        let links = page.attributes(".error-summary a", "href");
        assert_eq!(links, [format!("#{field}")], "{fields:?}");
        assert_eq!(was_of(&page), was, "the form keeps what it was made for");
    }
    assert!(portal.changes_of("Acme").is_empty());
    let seller = format!("{}/edit", portal.partner("Nordic Supply"));
    let was = was_of(&manager.get(&seller).await);
    let fields = [("was", was.as_str()), ("currency", "JPY"), ("type", "installer")];
    manager.post(&seller, &fields).await.is(422).shows(".error-summary", "A distributor has no");
}

#[actix_web::test]
async fn a_suspension_acts_on_the_next_request_and_is_taken_back() {
    let portal = Portal::start().await;
    let (mut manager, mut owner) = (portal.manager(), portal.owner());
    let path = portal.partner("Acme");
    owner.get("/p/shield/enrolment").await.is(200);
    manager.get(&format!("{path}/suspension")).await.is(200).shows("h1", "Suspend Acme");
    manager
        .post(&format!("{path}/suspension"), &[("why", "")])
        .await
        .is(422)
        .shows(".error-summary a", "Enter a reason.");
    owner.get("/p/shield/enrolment").await.is(200);
    let unpaid = [("why", "Invoices unpaid")];
    manager.post(&format!("{path}/suspension"), &unpaid).await.goes_to(&path);
    owner.get("/p/shield/enrolment").await.is(403).shows("main", "suspended");
    manager.get(&path).await.shows(".status", "Suspended").shows(".timeline", "Invoices unpaid");
    manager.get(&format!("{path}/suspension")).await.is(409).shows("main", "suspended already");
    manager.post(&format!("{path}/suspension"), &unpaid).await.is(409);

    manager.post(&format!("{path}/reactivation"), &[("why", "Paid")]).await.goes_to(&path);
    owner.get("/p/shield/enrolment").await.is(200).shows(".timeline", "Invoices unpaid");
    manager.post(&format!("{path}/ending"), &[("why", "Merged")]).await.goes_to(&path);
    owner.get("/p/shield/enrolment").await.is(404);
    assert_eq!(
        portal.changes_of("Acme"),
        [
            change("enrolment.suspended", "Active", "Suspended", "Invoices unpaid"),
            change("enrolment.reactivated", "Suspended", "Active", "Paid"),
            change("enrolment.ended", "Active", "Ended", "Merged"),
        ]
    );
}

#[actix_web::test]
async fn an_application_is_not_suspended_but_can_be_ended() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let path = portal.partner("Umbrella");
    for word in ["suspension", "reactivation"] {
        manager.get(&format!("{path}/{word}")).await.is(409);
        manager.post(&format!("{path}/{word}"), &[("why", "x")]).await.is(409);
    }
    manager.post(&format!("{path}/ending"), &[("why", "Withdrawn")]).await.goes_to(&path);
}

#[actix_web::test]
async fn only_the_program_manager_changes_an_enrolment() {
    let portal = Portal::start().await;
    let path = portal.partner("Acme");
    for key in ["cam", "back_office", "owner", "colleague", "distributor", "stranger"] {
        let mut visitor = portal.visitor(key);
        for action in ["edit", "suspension", "reactivation", "ending"] {
            visitor.get(&format!("{path}/{action}")).await.is(403);
            visitor.post(&format!("{path}/{action}"), &[("why", "x")]).await.is(403);
        }
    }
    assert!(portal.changes_of("Acme").is_empty());
}

#[actix_web::test]
async fn what_is_not_theirs_is_as_if_it_were_not_there() {
    let portal = Portal::start().await;
    let (there, missing) = (portal.partner("Acme"), "/p/shield/partners/P-00000-00000");
    let nowhere = portal.guest().get("/nowhere").await.is(404).text;
    let mut rival = portal.visitor("rival");
    for path in [&there, missing, "/p/shield/partners", "/p/shield/partners.csv"] {
        assert_eq!(rival.get(path).await.is(404).text, nowhere, "{path}");
    }
    rival.post(&format!("{there}/suspension"), &[("why", "x")]).await.is(404);
    let mut manager = portal.manager();
    assert_eq!(manager.get(missing).await.is(404).text, nowhere);
    // Another vendor's manager cannot reach it through a program of their own either.
    let elsewhere = there.replace("/shield/", "/small/");
    assert_eq!(rival.get(&elsewhere).await.is(404).text, nowhere);
    // A partner learns nothing from the vendor's addresses: there or not, the answer is one.
    let mut stranger = portal.stranger();
    let refused = stranger.get(&there).await.is(403).text;
    assert_eq!(stranger.get(missing).await.is(403).text, refused);
}

#[actix_web::test]
async fn a_partner_sees_its_own_enrolment_and_whom_to_ask() {
    let portal = Portal::start().await;
    let (cam, acme) = (portal.contact_id("cam"), portal.organisation_id("Acme"));
    let of_acme = enrolments::organisation_id.eq(acme);
    portal.write(move |conn| {
        let one = enrolments::table.filter(of_acme);
        diesel::update(one).set(enrolments::cam_id.eq(cam)).execute(conn)?;
        Ok(())
    });
    for key in ["owner", "colleague"] {
        let page = portal.visitor(key).get("/p/shield/enrolment").await.is(200);
        page.shows(".facts", "Knight")
            .shows("a[href='mailto:cam@shield-security.example']", "cam@shield-security.example")
            .shows("main li", "Nordic Supply")
            .hides("Globex");
    }
    let page = portal.stranger().get("/p/shield/enrolment").await.is(200);
    page.shows("main", "Globex").shows("main", "Nobody is named yet").hides("Acme");
    portal.visitor("distributor").get("/p/shield/enrolment").await.is(200).hides("You buy from");
    portal.manager().get("/p/shield/enrolment").await.is(403);
}

#[actix_web::test]
async fn a_distributor_sees_the_names_of_its_resellers_and_no_more() {
    let portal = Portal::start().await;
    let resellers = async |key: &str| {
        let page = portal.visitor(key).get("/p/shield/resellers").await.is(200);
        let file = portal.visitor(key).get("/p/shield/resellers.csv").await.is(200);
        let lines: Vec<String> = file.text.lines().skip(1).map(str::to_owned).collect();
        assert_eq!(page.all("tbody th"), lines);
        page.hides("Knight").hides("@").all("tbody th")
    };
    assert_eq!(resellers("distributor").await, ["Acme"]);
    assert_eq!(resellers("other_distributor").await, ["Acme", "Globex"]);
    let mut other = portal.visitor("other_distributor");
    let page = other.get("/p/shield/resellers?name=glo").await;
    assert_eq!(page.all("tbody th"), ["Globex"]);
    other.get("/p/shield/resellers?name=zzz").await.shows(".empty", "No reseller matches");
    for key in ["owner", "manager"] {
        portal.visitor(key).get("/p/shield/resellers").await.is(403);
    }
}
