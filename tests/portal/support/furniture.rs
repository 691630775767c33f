//! A portal with something in it: licences of two partners through two distributors, roles given,
//! a gap left. For the tests that look at every page.

use diesel::prelude::*;
use portal::db::schema::{customers, enrolments, licences, schedules};

use super::Portal;
use super::leads::{lead, reference_of};
use super::licences::{Licence, date};
use super::maintenance::LATER;
use super::people::{email_of, find};
use super::post::Kind;
use super::prices::TODAYS;
use super::quotes::{ACME, Asked};

/// What stands in the addresses of the records that were moved in.
pub struct Furniture {
    acme: Records,
    globex: Records,
    rival: String,
    /// A price list and a promotion of the program, and those of another vendor's.
    prices: [String; 2],
    foreign_prices: [String; 2],
    /// A maintenance window of the program, and one of another vendor's.
    windows: [String; 2],
}

struct Records {
    contact: String,
    enrolment: String,
    licence: String,
    customer: String,
    schedule: String,
    mail: String,
    lead: String,
    inquiry: String,
    quoted: Quoted,
    /// One that was submitted, its receipt, and a file of it.
    deal: [String; 3],
}

/// What was asked, quoted and ordered.
struct Quoted {
    /// Sent, and open.
    quote: String,
    order: String,
    /// Nobody has decided on it yet.
    special: String,
}

/// Puts licences in and gives some roles.
pub async fn move_in(portal: &Portal) -> Furniture {
    for (reseller, distributor, customer) in
        [("Acme", "Nordic Supply", "Hooli"), ("Globex", "Southern Supply", "Pied Piper")]
    {
        for ends_on in ["2026-02-20", "2026-03-20", "2026-04-30", "2027-01-31"] {
            Licence::ending(date(ends_on))
                .sold_by(reseller)
                .through(distributor)
                .of(customer)
                .put(portal);
        }
        Licence::endless(None).sold_by(reseller).through(distributor).of(customer).put(portal);
    }
    portal.issue_schedules();
    let tick = format!("{}:renewals", portal.contact("reader"));
    let was = format!("{}:", portal.contact("reader"));
    portal
        .owner()
        .post("/p/shield/roles", &[("seen", "0"), ("was", &was), ("tick", &tick)])
        .await
        .is(303);
    for key in ["colleague", "stranger"] {
        portal.queue_mail(key, "Renewals in March", Kind::Role);
    }
    let acme = leads_of_acme(portal).await;
    let globex = portal.lead_for("Globex", &[("company", "Pied Piper")]).await;
    portal.enter_lead(&[("company", "Raviga")]).await;
    let inquiries = inquiries(portal).await;
    let published = portal.publish(TODAYS, "2027-01-01").await.created();
    let of_acme = quoted_to_acme(portal).await;
    let of_globex = quoted_to_globex(portal).await;
    let deals = deals(portal).await;
    Furniture {
        acme: records(portal, "Acme", "colleague", &acme, &inquiries.0, of_acme, &deals[0]),
        globex: records(portal, "Globex", "stranger", &globex, &inquiries.1, of_globex, &deals[1]),
        rival: portal.contact("rival"),
        prices: [reference_of(&published).to_owned(), portal.promotion("NIGHT")],
        foreign_prices: prices_of_another(portal).await,
        windows: [
            portal.declares("manager", "shield", LATER).await,
            portal.declares("rival", "small", LATER).await,
        ]
        .map(|path| reference_of(&path).to_owned()),
    }
}

/// What another vendor publishes and makes.
async fn prices_of_another(portal: &Portal) -> [String; 2] {
    let mut rival = portal.visitor("rival");
    let fields = [("currency", "EUR"), ("effective_on", "2027-01-01"), ("action", "publish")];
    let file = ("file", "prices.csv", b"product,unit_price\nBOX-1,10\n".as_slice());
    let list = rival.upload("/p/small/prices/import", file, &fields).await.created();
    let promotion = [
        ("code", "BOXES"),
        ("name", "Boxes"),
        ("starts_on", "2026-06-01"),
        ("ends_on", "2026-06-30"),
        ("percent", "5"),
        ("categories", "firewall"),
        ("approved_by", "Rex"),
    ];
    let made = rival.post("/p/small/promotions/new", &promotion).await.created();
    [reference_of(&list).to_owned(), reference_of(&made).to_owned()]
}

/// One that it found itself, one that it opened, and one that waits: the address of this one.
async fn leads_of_acme(portal: &Portal) -> String {
    let own = lead(&[("company", "Bachmanity")]);
    portal.owner().post("/p/shield/leads/new", &own).await.is(303);
    let opened = portal.lead_for("Acme", &[("topic", "category:alarm")]).await;
    portal.owner().post(&format!("{opened}/opening"), &[]).await.goes_to(&opened);
    portal.lead_for("Acme", &[("topic", "product:ALARM-HUB")]).await
}

/// One that each of them sent, and a draft of Acme's: the addresses of those that were sent.
async fn inquiries(portal: &Portal) -> (String, String) {
    let acme =
        portal.inquiry_of("owner", "Nordic Supply", &[("WATCH-SEAT", 12), ("ALARM-HUB", 2)]).await;
    let globex = portal.inquiry_of("stranger", "Southern Supply", &[("WATCH-SITE", 3)]).await;
    portal.draft_of("owner", &[("WATCH-SEAT", 1)]).await;
    (acme, globex)
}

/// Acme's: a quote that waits, with a special price that nobody has decided, and one that was accepted.
async fn quoted_to_acme(portal: &Portal) -> Quoted {
    let accepted = portal.sent_quote(&ACME, "distributor").await;
    let order = portal.owner().accept_quote(&accepted).await;
    let quote = portal.begin_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    let special = distributor.ask_special(&quote, "5", "").await;
    distributor.send_quote(&quote).await.is(303);
    Quoted::at(&quote, &order, &special)
}

/// Globex': all of one quote.
async fn quoted_to_globex(portal: &Portal) -> Quoted {
    let asked = Asked { reseller: "Globex", by: "stranger", to: "Southern Supply", ..ACME };
    let quote = portal.begin_quote(&asked, "other_distributor").await;
    let mut distributor = portal.visitor("other_distributor");
    let special = distributor.ask_special(&quote, "5", "").await;
    distributor.send_quote(&quote).await.is(303);
    let order = portal.stranger().accept_quote(&quote).await;
    Quoted::at(&quote, &order, &special)
}

/// One that each of them submitted, and of Acme's a draft, a returned and an approved one with an
/// extension asked for: the addresses of those that were submitted.
async fn deals(portal: &Portal) -> [String; 2] {
    let other = |name| [("customer_name", name), ("customer_domain", "")];
    portal.draft_deal("owner", &other("Bachmanity")).await;
    let returned = portal.reviewed_deal("owner", &other("Raviga")).await;
    portal.at_deal("cam", &returned, "return", &[("why", "Which site?")]).await.is(303);
    let approved = portal.approved_deal("owner", &other("Endframe")).await;
    let asked = [("until", "2026-06-30"), ("why", "They are slow")];
    portal.at_deal("owner", &approved, "extension", &asked).await.is(303);
    let acme = portal.submitted_deal("owner", &[]).await;
    let globex = portal.submitted_deal("stranger", &[("customer_name", "HOOLI")]).await;
    portal.attached("owner", &acme, "offer.txt", b"As discussed").await;
    portal.attached("stranger", &globex, "plan.txt", b"Our plan").await;
    [acme, globex]
}

/// Quotes in more states, for whoever looks at every page: a second revision, drafts of a distributor
/// and of the vendor.
pub async fn quote_more(portal: &Portal) {
    let revised = portal.sent_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    distributor.post(&format!("{revised}/revision"), &[]).await.is(303);
    distributor.edit_draft(&revised, &[("percent", "2"), ("codes", "NIGHT ALONE")]).await.is(303);
    distributor.send_quote(&revised).await.is(303);
    portal.begin_quote(&ACME, "distributor").await;
    let by_vendor = Asked { to: "Shield Security", customer: "Raviga", ..ACME };
    portal.begin_quote(&by_vendor, "cam").await;
}

impl Quoted {
    fn at(quote: &str, order: &str, special: &str) -> Self {
        let [quote, order, special] =
            [quote, order, special].map(|path| reference_of(path).to_owned());
        Self { quote, order, special }
    }
}

fn records(
    portal: &Portal,
    organisation: &str,
    contact: &str,
    lead: &str,
    inquiry: &str,
    quoted: Quoted,
    deal: &str,
) -> Records {
    let id = portal.organisation_id(organisation);
    let (enrolment, schedule, (licence, customer)) = portal.read(|conn| {
        let enrolment = enrolments::table
            .filter(enrolments::organisation_id.eq(id))
            .select(enrolments::reference)
            .first::<String>(conn)?;
        let sold = licences::table
            .inner_join(customers::table)
            .filter(licences::reseller_id.eq(id))
            .filter(licences::starts_on.is_null())
            .select((licences::reference, customers::reference))
            .first::<(String, String)>(conn)?;
        let schedule = schedules::table
            .filter(schedules::reseller_id.eq(id))
            .select(schedules::reference)
            .first::<String>(conn)?;
        Ok((enrolment, schedule, sold))
    });
    let email = email_of(find(contact));
    let mail = portal.mails().into_iter().find(|mail| mail.to_email == email).unwrap().reference;
    let (contact, lead) = (portal.contact(contact), reference_of(lead).to_owned());
    let inquiry = reference_of(inquiry).to_owned();
    let file = portal.files_of_deal(deal).remove(0).reference;
    let deal = [reference_of(deal).to_owned(), portal.deal(deal).receipt, file];
    Records { contact, enrolment, licence, customer, schedule, mail, lead, inquiry, quoted, deal }
}

impl Furniture {
    /// The address with Acme's own records in it.
    pub fn own(&self, path: &str) -> String {
        let path = path.replace("{window}", &self.windows[0]);
        filled(&priced(&path, "ALARM-HUB", &self.prices), &self.acme)
    }

    /// The address with records that are not this person's to see.
    pub fn foreign(&self, key: &str, path: &str) -> Vec<String> {
        let of_another = priced(path, "BOX-1", &self.foreign_prices);
        let of_another = of_another.replace("{window}", &self.windows[1]);
        if of_another != path {
            return vec![of_another.replace("{program}", "shield")];
        }
        match key {
            "owner" | "colleague" | "distributor" => vec![filled(path, &self.globex)],
            "stranger" | "other_distributor" => vec![filled(path, &self.acme)],
            // The vendor sees all of its own program; another vendor's people it does not.
            _ if path.contains("{contact}") => {
                vec![path.replace("{program}", "shield").replace("{contact}", &self.rival)]
            }
            _ => Vec::new(),
        }
    }

    /// The address with a reference that nothing has.
    pub fn missing(&self, path: &str) -> String {
        with_all(path, "X-00000-00000")
    }

    /// The address with something that is no reference at all.
    pub fn malformed(&self, path: &str) -> String {
        with_all(path, "%27%20or%201%3D1--")
    }

    /// Whether a record of a program stands in the address.
    pub fn names_a_record(path: &str) -> bool {
        path.starts_with("/p/") && path.replace("{program}", "").contains('{')
    }
}

fn priced(path: &str, product: &str, [list, promotion]: &[String; 2]) -> String {
    path.replace("{product}", product).replace("{list}", list).replace("{promotion}", promotion)
}

fn filled(path: &str, records: &Records) -> String {
    let reference = if path.contains("/licences/") { &records.licence } else { &records.customer };
    path.replace("{contact}", &records.contact)
        .replace("{enrolment}", &records.enrolment)
        .replace("{lead}", &records.lead)
        .replace("{inquiry}", &records.inquiry)
        .replace("{quote}", &records.quoted.quote)
        .replace("{order}", &records.quoted.order)
        .replace("{special}", &records.quoted.special)
        .replace("{deal}", &records.deal[0])
        .replace("{receipt}", &records.deal[1])
        .replace("{attachment}", &records.deal[2])
        .replace("{reference}", reference)
        .replace("{schedule}", &records.schedule)
        .replace("{mail}", &records.mail)
        .replace("{position}", "1")
        .replace("{program}", "shield")
        .replace("{token}", "nonsense")
        .replace("{session}", "1")
        .replace("{hash}/{name:.*}", "000000000000/css/portal.css")
        .replace("{colour}", "5b21b6")
}

fn with_all(path: &str, value: &str) -> String {
    path.replace("{program}", "shield")
        .replace("{contact}", value)
        .replace("{enrolment}", value)
        .replace("{lead}", value)
        .replace("{inquiry}", value)
        .replace("{quote}", value)
        .replace("{order}", value)
        .replace("{special}", value)
        .replace("{deal}", value)
        .replace("{receipt}", value)
        .replace("{attachment}", value)
        .replace("{reference}", value)
        .replace("{mail}", value)
        .replace("{schedule}", value)
        .replace("{position}", value)
        .replace("{product}", value)
        .replace("{list}", value)
        .replace("{promotion}", value)
        .replace("{window}", value)
}
