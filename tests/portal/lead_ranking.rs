//! The order of the partners that a lead could go to, and the leads that go to the first by themselves.

use std::collections::BTreeMap;

use diesel::prelude::*;
use portal::db::schema::{
    enrolment_types, enrolments, lead_answers, leads, organisations, partner_types, tiers,
};
use portal::leads::Known;
use proptest::prelude::*;

use crate::support::channel::enrol;
use crate::support::leads::reference_of;
use crate::support::licences::Licence;
use crate::support::{Page, Portal};

const ASSIGNMENT: &str = "/p/shield/leads/assignment";
const IMPORT: &str = "/p/shield/leads/import";

fn partners() -> impl Strategy<Value = Vec<Known>> {
    let one = (
        prop::sample::select(vec!["BE", "NL"]),
        prop::option::of(1_i64..3),
        prop::option::of(any::<bool>()),
        prop::option::of(1_i64..4),
        0_i64..3,
        (0_i64..3, 0_i64..3),
        prop::sample::select(vec!["acme", "globex"]),
    );
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(number, (country, kind, has_sold, tier, open_leads, answers, name))| Known {
                country: country.to_owned(),
                kind: kind.map(|position| (position, format!("Type {position}"))),
                has_sold,
                tier: tier.map(|rank| (rank, format!("Tier {rank}"))),
                open_leads,
                accepted: answers.0,
                answered: answers.0 + answers.1,
                name_key: name.to_owned(),
                reference: format!("P-{number:02}"),
            })
            .collect()
    })
}

/// The same rules as questions one after the other.
fn goes_before(one: &Known, other: &Known, country: &str) -> bool {
    let (here, there) = (one.country == country, other.country == country);
    if here != there {
        return here;
    }
    let kind = |of: &Known| of.kind.as_ref().map(|kind| kind.0);
    match (kind(one), kind(other)) {
        (Some(first), Some(second)) if first != second => return first < second,
        (Some(_), None) => return true,
        (None, Some(_)) => return false,
        _ => {}
    }
    let (sold, not) = (one.has_sold != Some(false), other.has_sold != Some(false));
    if sold != not {
        return sold;
    }
    let tier = |of: &Known| of.tier.as_ref().map(|tier| tier.0);
    if tier(one) != tier(other) {
        return tier(one) > tier(other);
    }
    if one.open_leads != other.open_leads {
        return one.open_leads < other.open_leads;
    }
    let rate = |of: &Known| match of.answered {
        0 => 50,
        answered => 100 * of.accepted / answered,
    };
    if rate(one) != rate(other) {
        return rate(one) > rate(other);
    }
    (&one.name_key, &one.reference) < (&other.name_key, &other.reference)
}

proptest! {
    #[test]
    fn the_order_is_total_and_the_rules(partners in partners(), turn in any::<prop::sample::Index>()) {
        let ranked = |mut partners: Vec<Known>| {
            partners.sort_by(|one, other| one.place(Some("BE")).cmp(&other.place(Some("BE"))));
            partners
        };
        let order = ranked(partners.clone());
        for (place, one) in order.iter().enumerate() {
            for other in &order[place + 1..] {
                prop_assert!(goes_before(one, other, "BE"));
                prop_assert!(!goes_before(other, one, "BE"));
            }
        }
        let mut turned = partners;
        if !turned.is_empty() {
            let middle = turn.index(turned.len());
            turned.rotate_left(middle);
        }
        prop_assert_eq!(ranked(turned), order);
    }
}

impl Portal {
    /// The partners that the page offers for a lead, and why.
    async fn offered(&self, path: &str) -> Vec<(String, String)> {
        let page = format!("{ASSIGNMENT}?lead={}", reference_of(path));
        let page = self.visitor("cam").get(&page).await.is(200);
        page.all(".choice label").into_iter().zip(page.all(".choice .hint")).collect()
    }

    /// Of the pack's tier and type, by their keys.
    fn belongs_to(&self, organisation: i64, tier: Option<&str>, kind: Option<&str>) {
        let program = self.program("shield").id;
        let (tier, kind) = (tier.map(str::to_owned), kind.map(str::to_owned));
        self.write(move |conn| {
            let of = enrolments::table
                .filter(enrolments::program_id.eq(program))
                .filter(enrolments::organisation_id.eq(organisation));
            let enrolment: i64 = of.select(enrolments::id).first(conn)?;
            if let Some(key) = &tier {
                let tiers = tiers::table.filter(tiers::program_id.eq(program));
                let id: i64 = tiers.filter(tiers::key.eq(key)).select(tiers::id).first(conn)?;
                diesel::update(of).set(enrolments::tier_id.eq(id)).execute(conn)?;
            }
            if let Some(key) = &kind {
                let types = partner_types::table.filter(partner_types::program_id.eq(program));
                let types = types.filter(partner_types::key.eq(key));
                let id: i64 = types.select(partner_types::id).first(conn)?;
                let had = enrolment_types::enrolment_id.eq(enrolment);
                diesel::delete(enrolment_types::table.filter(had)).execute(conn)?;
                let row =
                    (enrolment_types::enrolment_id.eq(enrolment), enrolment_types::type_id.eq(id));
                diesel::insert_into(enrolment_types::table).values(row).execute(conn)?;
            }
            Ok(())
        });
    }

    fn is_in(&self, organisation: i64, country: &'static str) {
        self.write(move |conn| {
            diesel::update(organisations::table.find(organisation))
                .set(organisations::country.eq(country))
                .execute(conn)?;
            Ok(())
        });
    }

    async fn send_leads(&self, lines: &str, action: &str) -> Page {
        let heads = "external_id,company,contact_name,email,country,interest,category,partner";
        let text = format!("{heads}\n{lines}");
        let file = ("file", "leads.csv", text.as_bytes());
        self.visitor("cam").upload(IMPORT, file, &[("action", action)]).await
    }

    /// Who has each lead, in the order in which they came.
    fn holders(&self) -> Vec<Option<String>> {
        self.read(|conn| {
            Ok(leads::table
                .left_join(organisations::table)
                .order(leads::id)
                .select(organisations::name.nullable())
                .load(conn)?)
        })
    }
}

/// Each rule decides where all before it say nothing.
#[actix_web::test]
async fn partners_are_ranked_rule_by_rule_and_the_page_says_why() {
    let portal = Portal::start().await;
    let (acme, globex) = (portal.organisation_id("Acme"), portal.organisation_id("Globex"));
    let path = portal.enter_lead(&[("topic", "product:ALARM-HUB")]).await;
    let first = |offered: Vec<(String, String)>| offered.into_iter().next().unwrap();
    let (name, why) = first(portal.offered(&path).await);
    assert_eq!(name, "Acme", "by name where nothing else is known");
    assert_eq!(
        why,
        "Same country, Installer, has not sold Alarms yet, Knight, no open leads, \
         none answered in a year"
    );

    // The share of leads that were accepted; whoever has answered none is between.
    let declined = portal.lead_for("Acme", &[]).await;
    portal.step("owner", &declined, "decline").await.is(303);
    let (name, _) = first(portal.offered(&path).await);
    assert_eq!(name, "Globex", "Acme has declined what it got");
    portal.advance_days(366);
    let (name, _) = first(portal.offered(&path).await);
    assert_eq!(name, "Acme", "that is more than a year ago");

    // How much each has in hand.
    let taken = portal.lead_for("Acme", &[]).await;
    portal.step("owner", &taken, "opening").await.is(303);
    portal.step("owner", &taken, "acceptance").await.is(303);
    let (name, _) = first(portal.offered(&path).await);
    assert_eq!(name, "Globex");
    // The tier.
    portal.belongs_to(acme, Some("paladin"), None);
    let (name, why) = first(portal.offered(&path).await);
    assert_eq!(name, "Acme");
    assert_eq!(
        why,
        "Same country, Installer, has not sold Alarms yet, Paladin, 1 open lead, \
         accepted 1 of 1 in a year"
    );
    // What was sold of the lead's category.
    Licence::endless(None).sold_by("Globex").of("Pied Piper").put(&portal);
    let (name, why) = first(portal.offered(&path).await);
    assert_eq!(name, "Globex");
    let expected = "Same country, Installer, has sold Alarms, Knight, no open leads, \
                    none answered in a year";
    assert_eq!(why, expected);
    // The type, as the pack orders them.
    portal.belongs_to(globex, None, Some("watch_centre"));
    assert_eq!(first(portal.offered(&path).await).0, "Acme");
    portal.belongs_to(acme, None, Some("surveyor"));
    assert_eq!(first(portal.offered(&path).await).0, "Globex");
    // The country.
    portal.is_in(globex, "BE");
    assert_eq!(first(portal.offered(&path).await).0, "Acme");
}

const FILE: &str = "\
R-1,Hooli,Gavin Belson,g@hooli.example,JP,Alarms,alarm,
R-2,Raviga,Monica Hall,m@raviga.example,JP,Alarms,alarm,
R-3,Aviato,Erlich Bachman,e@aviato.example,BE,Training,,
R-4,Endframe,Jack Barker,j@endframe.example,JP,Watch services,watch,Globex
R-5,Bachmanity,Nelson Bighetti,n@bachmanity.example,BE,Training,,
R-6,Maleant,Russ Hanneman,r@maleant.example,US,Alarms,alarm,
";

#[actix_web::test]
async fn imported_leads_go_to_the_first_by_themselves() {
    let portal = Portal::start().await;
    portal.distributes_by_itself();
    let page = portal.send_leads(FILE, "check").await.is(200);
    page.shows(".stat", "Of them assigned6").shows("tbody td", "First of the ranking");
    assert_eq!(portal.leads(), 0, "a check writes nothing");
    portal.send_leads(FILE, "import").await.goes_to("/p/shield/leads");
    let mut by_partner = BTreeMap::<String, usize>::new();
    for holder in portal.holders() {
        *by_partner.entry(holder.expect("all have somebody")).or_default() += 1;
    }
    assert_eq!(by_partner.values().sum::<usize>(), 6);
    assert_eq!(by_partner.len(), 2, "each counts with what it got: {by_partner:?}");
    let mails = portal.lead_mails();
    assert_eq!(mails.len(), 2, "one mail to each: {mails:?}");
    let list = portal.visitor("cam").get("/p/shield/leads?q=hooli").await;
    let path = list.attributes("tbody th a", "href").remove(0);
    assert_eq!(portal.history_of_lead(&path), ["lead.imported", "lead.assigned"]);
    portal.visitor("cam").get(&path).await.shows(".timeline", "Lead distribution");
    let list = portal.visitor("cam").get("/p/shield/leads?q=endframe").await;
    let path = list.attributes("tbody th a", "href").remove(0);
    assert_eq!(portal.lead(&path).1.as_deref(), Some("Globex"), "as the file says");
    portal.visitor("cam").get(&path).await.hides("Lead distribution");
    portal.send_leads(FILE, "import").await.is(303);
    assert_eq!((portal.leads(), portal.lead_mails().len()), (6, 2), "again nothing happens");
}

/// Many at once are handed out as one after the other would be.
#[actix_web::test]
async fn a_file_hands_out_as_entering_one_by_one_does() {
    let (at_once, in_turn) = (Portal::start().await, Portal::start().await);
    for portal in [&at_once, &in_turn] {
        portal.distributes_by_itself();
        let initrode = enrol("Initrode", portal);
        let vandelay = enrol("Vandelay", portal);
        portal.is_in(initrode, "BE");
        portal.belongs_to(vandelay, Some("squire"), None);
        portal.belongs_to(portal.organisation_id("Globex"), Some("squire"), None);
        Licence::endless(None).sold_by("Globex").of("Pied Piper").put(portal);
    }
    let countries = ["JP", "JP", "BE", "US", "JP", "BE", "US", "US", "JP", "FR", "BE", "JP"];
    let topics = ["alarm", "", "watch", "alarm", "", "alarm", "", "watch"];
    let mut lines = String::new();
    for (number, country) in countries.iter().enumerate() {
        let (company, topic) = (format!("Company {number}"), topics[number % topics.len()]);
        lines += &format!("N-{number},{company},Ann,ann@x.example,{country},Alarms,{topic},\n");
        let category = format!("category:{topic}");
        let mut fields = vec![("company", company.as_str()), ("country", country)];
        if !topic.is_empty() {
            fields.push(("topic", &category));
        }
        in_turn.enter_lead(&fields).await;
    }
    at_once.send_leads(&lines, "import").await.goes_to("/p/shield/leads");
    assert_eq!(at_once.holders(), in_turn.holders());
}

#[actix_web::test]
async fn what_nobody_can_take_and_what_is_stopped_stays_new() {
    let portal = Portal::start().await;
    portal.distributes_by_itself();
    let unnamed = FILE.replace("Globex", "");
    let now = portal.app.clock.now();
    let hour = chrono::Duration::hours(1);
    portal.stop_leads(&[(now - hour, now + hour)]);
    portal.send_leads(FILE, "import").await.is(503);
    assert_eq!(portal.leads(), 0, "the file itself assigns");
    portal.send_leads(&unnamed, "import").await.goes_to("/p/shield/leads");
    assert_eq!(portal.holders(), vec![None; 6]);
    assert_eq!(portal.lead_mails(), []);

    let portal = Portal::start().await;
    portal.distributes_by_itself();
    portal.write(|conn| {
        diesel::update(enrolments::table).set(enrolments::status.eq("suspended")).execute(conn)?;
        Ok(())
    });
    portal.send_leads(&unnamed, "import").await.goes_to("/p/shield/leads");
    assert_eq!(portal.holders(), vec![None; 6]);
    let answers: i64 = portal.read(|conn| Ok(lead_answers::table.count().get_result(conn)?));
    assert_eq!(answers, 0);
}
