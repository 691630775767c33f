//! Leads and deals on the same walk: what ends by itself, on which day, and what just does not.

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::clock::Instant;
use portal::db::schema::{audit_events, deal_reminders, deals, leads};

use super::world::{CAM, PARTNER, World};
use crate::support::licences::date;

/// Partners' own leads: the company, the last activity by UTC, and the day on which it ends and how.
const IDLE: [(&str, &str, &str); 6] = [
    // The last second of 19 June in Brussels, and the first of the 20th.
    ("Until June", "2023-06-19T21:59:59", "2023-09-18 lead.closed"),
    ("Only Read", "2023-06-19T21:59:59", "2023-09-18 lead.closed"),
    ("Since June", "2023-06-19T22:00:00", "2023-10-01 lead.expired"),
    ("Until July", "2023-07-03T21:59:59", "2023-10-01 lead.expired"),
    ("Since July", "2023-07-03T22:00:00", "2023-10-02 lead.expired"),
    ("Kept On", "2023-06-19T21:59:59", "2023-12-16 lead.expired"),
];

/// Customers of deals, and when they are approved.
const FIRST: &str = "Staalhandel Rupel";
const SECOND: &str = "Glasfabriek Zenne";
const THIRD: &str = "Wolspinnerij Demer";

pub struct Chances {
    leads: Vec<(&'static str, String)>,
    deals: Vec<(&'static str, String)>,
}

impl Chances {
    /// On the eve: what its partner brought long ago, and deals that it submits now.
    pub fn begin(world: &World) -> Self {
        let leads = IDLE.map(|(company, active_at, _)| {
            let path = own_lead(world, company);
            let (reference, at) =
                (reference_of(&path), Instant::from_utc(active_at.parse().unwrap()));
            world.write(move |conn| {
                diesel::update(leads::table.filter(leads::reference.eq(&reference)))
                    .set((
                        leads::created_at.eq(at),
                        leads::last_activity_at.eq(at),
                        leads::expires_on.eq(None::<NaiveDate>),
                    ))
                    .execute(conn)
            });
            (company, path)
        });
        let deals =
            [FIRST, SECOND, THIRD].map(|customer| (customer, submitted_deal(world, customer)));
        let chances = Self { leads: leads.to_vec(), deals: deals.to_vec() };
        world.page(PARTNER, chances.lead("Only Read"));
        let note = [("kind", "call"), ("text", "They call back in October.")];
        let notes = format!("{}/notes", chances.lead("Kept On"));
        assert_eq!(world.post(PARTNER, &notes, &note), 303);
        chances
    }

    fn lead(&self, company: &str) -> &str {
        path_of(&self.leads, company)
    }

    fn deal(&self, customer: &str) -> &str {
        path_of(&self.deals, customer)
    }

    /// What was idle for too long is closed on this day; what just was not lives on.
    pub fn the_eighteenth(&self, world: &World) {
        for (company, active_at, ends) in IDLE {
            let closed = ends.ends_with("lead.closed");
            let status = status_of_lead(world, self.lead(company));
            assert_eq!(status, if closed { "closed" } else { "accepted" }, "{company} {active_at}");
        }
        // It is over: nothing can be added to it.
        let notes = format!("{}/notes", self.lead("Until June"));
        let note = [("kind", "note"), ("text", "Too late")];
        assert_eq!(world.post(PARTNER, &notes, &note), 409);
        // A lead that is worked on becomes a deal; nothing more ends it.
        let lead = own_lead(world, "Meubelmakerij Dijle");
        let sent = [("seen", "1"), ("category", "endpoint")];
        let deal = world.make(PARTNER, &format!("{lead}/conversion"), &sent);
        assert!(world.page(PARTNER, &deal).contains("Meubelmakerij Dijle"));
    }

    pub fn the_last_day_of_september(&self, world: &World) {
        approve(world, self.deal(FIRST));
    }

    /// The 11th of October: orders, activations and quotes are stopped; leads and deals go on.
    pub fn while_orders_stand_still(&self, world: &World) {
        for company in ["Since June", "Until July", "Since July"] {
            assert_eq!(status_of_lead(world, self.lead(company)), "expired", "{company}");
        }
        approve(world, self.deal(SECOND));
        own_lead(world, "Papierhandel Leie");
    }

    /// The 29th of December is the last day of the deal of 30 September.
    pub fn on_a_last_day(&self, world: &World) {
        assert_eq!(status_of_deal(world, self.deal(FIRST)), "approved");
        assert!(self.is_offered(world, FIRST), "an inquiry can carry it today");
    }

    /// The 31st of December: it has expired on the 30th.
    pub fn after_a_last_day(&self, world: &World) {
        assert_eq!(status_of_deal(world, self.deal(FIRST)), "expired");
        assert_eq!(status_of_deal(world, self.deal(SECOND)), "approved");
        assert!(!self.is_offered(world, FIRST), "no inquiry can carry it any more");
        assert!(self.is_offered(world, SECOND));
    }

    /// Whether a new inquiry for its customer could carry a deal.
    fn is_offered(&self, world: &World, customer: &str) -> bool {
        let fields = [("customer_name", customer), ("customer_country", "BE")];
        let inquiry = world.make(PARTNER, "/inquiries/new", &fields);
        let page = world.page(PARTNER, &format!("{inquiry}/deal"));
        page.contains(&reference_of(self.deal(customer)))
    }

    pub fn at_the_end(&self, world: &World) {
        for (company, active_at, ends) in IDLE {
            assert_eq!(ending(world, self.lead(company)), [ends], "{company} {active_at}");
        }
        // Its end is told twice before: of what had a note on the eve, 14 and 3 days.
        let warned = happened(world, self.lead("Kept On"), "lead.warned");
        assert_eq!(warned, ["2023-12-02 lead.warned", "2023-12-13 lead.warned"]);
        for customer in [FIRST, SECOND, THIRD] {
            let expired = happened(world, self.deal(customer), "deal.expired");
            let expected: &[&str] =
                if customer == FIRST { &["2023-12-30 deal.expired"] } else { &[] };
            assert_eq!(expired, expected, "{customer}");
        }
        assert_eq!(status_of_deal(world, self.deal(THIRD)), "submitted", "nobody has decided");
        let first = [(1, "2023-12-28"), (7, "2023-12-22"), (14, "2023-12-15")];
        assert_eq!(reminders(world, self.deal(FIRST)), first.map(|(days, on)| (days, date(on))));
        let second = [(7, "2024-01-02"), (14, "2023-12-26")];
        assert_eq!(reminders(world, self.deal(SECOND)), second.map(|(days, on)| (days, date(on))));
        let own = ["Papierhandel Leie", "Meubelmakerij Dijle"].map(|company| {
            let company = company.to_owned();
            world.read(move |conn| {
                let own = leads::table.filter(leads::company.eq(company));
                own.select(leads::status).first::<String>(conn)
            })
        });
        assert_eq!(own, ["accepted", "converted"], "90 days have not passed, or do not count");
    }
}

fn path_of<'a>(known: &'a [(&str, String)], name: &str) -> &'a str {
    &known.iter().find(|(one, _)| *one == name).unwrap().1
}

fn reference_of(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

fn own_lead(world: &World, company: &str) -> String {
    let fields = [
        ("company", company),
        ("contact_name", "Jo Maes"),
        ("email", "jo@example.com"),
        ("country", "BE"),
        ("interest", "Wants to protect its offices"),
    ];
    world.make(PARTNER, "/leads/new", &fields)
}

fn submitted_deal(world: &World, customer: &str) -> String {
    let who = [("customer_name", customer), ("customer_country", "BE"), ("category", "endpoint")];
    let deal = world.make(PARTNER, "/deals/new", &who);
    let edit = [
        ("seen", "1"),
        ("customer_name", customer),
        ("customer_country", "BE"),
        ("contact_name", "Jo Maes"),
        ("closes_on", "2023-12-20"),
        ("found_by", "A visit"),
        ("product", "EPUSRZ"),
        ("quantity", "120"),
        ("msrp", "6400"),
    ];
    assert_eq!(world.post(PARTNER, &format!("{deal}/edit"), &edit), 303);
    assert_eq!(world.post(PARTNER, &format!("{deal}/submission"), &[("seen", "2")]), 303);
    deal
}

fn approve(world: &World, deal: &str) {
    assert_eq!(world.post(CAM, &format!("{deal}/review"), &[("seen", "3")]), 303);
    assert_eq!(world.post(CAM, &format!("{deal}/approval"), &[("seen", "4")]), 303);
}

fn status_of_lead(world: &World, path: &str) -> String {
    let reference = reference_of(path);
    world.read(move |conn| {
        leads::table.filter(leads::reference.eq(reference)).select(leads::status).first(conn)
    })
}

fn status_of_deal(world: &World, path: &str) -> String {
    let reference = reference_of(path);
    world.read(move |conn| {
        deals::table.filter(deals::reference.eq(reference)).select(deals::status).first(conn)
    })
}

/// On which days something happened to a lead or deal, by Brussels.
fn happened(world: &World, path: &str, action: &'static str) -> Vec<String> {
    all_that_happened(world, path).into_iter().filter(|one| one.ends_with(action)).collect()
}

fn ending(world: &World, path: &str) -> Vec<String> {
    let ends = |one: &String| one.ends_with("lead.closed") || one.ends_with("lead.expired");
    all_that_happened(world, path).into_iter().filter(ends).collect()
}

fn all_that_happened(world: &World, path: &str) -> Vec<String> {
    let reference = reference_of(path);
    let events: Vec<(Instant, String)> = world.read(move |conn| {
        audit_events::table
            .filter(audit_events::subject_reference.eq(reference))
            .order(audit_events::id)
            .select((audit_events::at, audit_events::action))
            .load(conn)
    });
    let day = |at: Instant| at.utc().and_utc().with_timezone(&chrono_tz::Europe::Brussels);
    events.iter().map(|(at, action)| format!("{} {action}", day(*at).date_naive())).collect()
}

fn reminders(world: &World, path: &str) -> Vec<(i32, NaiveDate)> {
    let reference = reference_of(path);
    world.read(move |conn| {
        deal_reminders::table
            .inner_join(deals::table.on(deals::id.eq(deal_reminders::deal_id)))
            .filter(deals::reference.eq(reference))
            .order(deal_reminders::days)
            .select((deal_reminders::days, deal_reminders::told_on))
            .load(conn)
    })
}
