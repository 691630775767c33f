//! Deals in figures: what the page and its file count, against a count by hand.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use portal::db::schema::{audit_events, deal_results, deals};
use portal::sweeps;

use crate::support::Portal;

const FIGURES: &str = "/p/shield/deals/figures";
const CURRENCIES: [&str; 2] = ["JPY", "EUR"];
const STATUSES: [&str; 12] = [
    "draft",
    "submitted",
    "in_review",
    "returned",
    "approved",
    "rejected",
    "duplicate",
    "withdrawn",
    "won",
    "lost",
    "expired",
    "revoked",
];

/// A deal as a random history made it.
#[derive(Clone, Debug)]
struct Told {
    partner: &'static str,
    status: &'static str,
    currency: &'static str,
    minor: i64,
    closes_on: NaiveDate,
    submitted_at: NaiveDateTime,
    /// What became of it, and when.
    results: Vec<(&'static str, NaiveDateTime)>,
}

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn of<T: Copy>(&mut self, some: &[T]) -> T {
        some[usize::try_from(self.below(some.len() as u64)).unwrap()]
    }

    fn seconds(&mut self, most_days: u64) -> Duration {
        Duration::seconds(i64::try_from(self.below(most_days * 86_400)).unwrap())
    }
}

fn history(seed: u64, now: NaiveDateTime) -> Vec<Told> {
    let mut dice = Dice(seed);
    let mut told = Vec::new();
    for _ in 0..400 {
        let status = dice.of(&STATUSES);
        let submitted_at = now - dice.seconds(420) - Duration::days(60);
        let decided_at = submitted_at + dice.seconds(20);
        let ended_at = decided_at + dice.seconds(40);
        let mut results = Vec::new();
        match status {
            "approved" | "rejected" | "duplicate" => results.push((status, decided_at)),
            "won" | "lost" | "expired" | "revoked" => {
                results.extend([("approved", decided_at), (status, ended_at)]);
            }
            _ => {}
        }
        let days = i64::try_from(dice.below(520)).unwrap() - 80;
        told.push(Told {
            partner: dice.of(&["Acme", "Globex"]),
            status,
            currency: dice.of(&CURRENCIES),
            minor: i64::try_from(dice.below(9_000_000)).unwrap(),
            closes_on: (now + Duration::days(days)).date(),
            submitted_at,
            results,
        });
    }
    told
}

fn store(portal: &Portal, told: &[Told]) {
    let program = portal.program("shield").id;
    let category: i64 = portal.read(|conn| {
        use portal::db::schema::categories::dsl::{categories, id, program_id};
        Ok(categories.filter(program_id.eq(program)).select(id).first(conn)?)
    });
    let partners: BTreeMap<&str, i64> =
        ["Acme", "Globex"].map(|name| (name, portal.organisation_id(name))).into();
    let mut statements = Vec::new();
    for (number, one) in told.iter().enumerate() {
        let (id, partner) = (number + 1, partners[one.partner]);
        let submitted = match one.status {
            "draft" => "NULL".to_owned(),
            _ => format!("'{}'", one.submitted_at),
        };
        let decided = one.results.iter().find(|(result, _)| *result == "approved");
        let (at, until) = decided.map_or(("NULL".to_owned(), "NULL".to_owned()), |(_, at)| {
            (format!("'{at}'"), format!("'{}'", at.date() + Duration::days(60)))
        });
        statements.push(format!(
            "INSERT INTO deals (id, reference, program_id, partner_id, category_id, status, \
             customer_name, customer_key, customer_country, customer_domain, contact_name, \
             contact_email, currency, msrp_minor, closes_on, found_by, competitor, is_tender, note, \
             created_by, created_at, submitted_at, submitted_by, receipt, why, protected_at, \
             protected_until_on, extension_why, revision) VALUES ({id}, 'D-{id}', {program}, \
             {partner}, {category}, '{}', 'C{id}', 'c{id}', 'BE', '', '', '', '{}', {}, '{}', '', \
             '', FALSE, '', '', '{}', {submitted}, '', '', '', {at}, {until}, '', 1)",
            one.status, one.currency, one.minor, one.closes_on, one.submitted_at
        ));
        for (result, at) in &one.results {
            let after = (*at - one.submitted_at).num_seconds();
            statements.push(format!(
                "INSERT INTO deal_results (deal_id, result, program_id, partner_id, currency, \
                 msrp_minor, at, after) VALUES ({id}, '{result}', {program}, {partner}, '{}', {}, \
                 '{at}', {after})",
                one.currency, one.minor
            ));
        }
    }
    portal.write(move |conn| {
        for statement in &statements {
            diesel::sql_query(statement).execute(conn)?;
        }
        Ok(())
    });
}

/// Months counted from the year 0.
fn index(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0().cast_signed()
}

fn month(index: i32) -> String {
    format!("{}-{:02}", index.div_euclid(12), index.rem_euclid(12) + 1)
}

/// The lines of the file, as somebody counts them who reads the deals one by one.
fn counted(told: &[Told], now: NaiveDateTime) -> Vec<String> {
    // Shield Guild is in Tokyo: nine hours before UTC, all the year.
    let local = |at: NaiveDateTime| index((at + Duration::hours(9)).date());
    let this = local(now);
    let mut sums = BTreeMap::<(usize, i32, usize, &str), (i64, i64)>::new();
    let mut decisions = BTreeMap::<i32, (i64, i64)>::new();
    let open = ["submitted", "in_review", "returned", "approved"];
    let ends = ["won", "lost", "expired"];
    let mut add = |key: (usize, i32, usize, &'static str), minor: i64| {
        let sum = sums.entry(key).or_default();
        *sum = (sum.0 + 1, sum.1 + minor);
    };
    for one in told {
        if let Some(place) = open.iter().position(|status| *status == one.status) {
            let close = (index(one.closes_on) - this).clamp(-1, 12);
            add((0, close, place, one.currency), one.minor);
        }
        for (result, at) in &one.results {
            let when = local(*at);
            if when <= this - 12 || when > this {
                continue;
            }
            if let Some(place) = ends.iter().position(|end| end == result) {
                add((1, when, place, one.currency), one.minor);
            }
            if ["approved", "rejected", "duplicate"].contains(result) {
                let sum = decisions.entry(when).or_default();
                *sum = (sum.0 + 1, sum.1 + (*at - one.submitted_at).num_seconds());
            }
        }
    }
    let mut lines = Vec::new();
    for ((figure, when, place, currency), (deals, minor)) in sums {
        let value = match currency {
            "JPY" => minor.to_string(),
            _ => format!("{}.{:02}", minor / 100, minor % 100),
        };
        let (name, period, status) = match figure {
            0 => {
                let period = match when {
                    -1 => "overdue".to_owned(),
                    12 => "later".to_owned(),
                    months => month(this + months),
                };
                ("open", period, open[place])
            }
            _ => ("ended", month(when), ends[place]),
        };
        lines.push(format!("{name},{period},{status},{currency},{deals},{value},"));
    }
    for (when, (deals, seconds)) in decisions {
        let hours = (seconds / deals + 3_599) / 3_600;
        lines.push(format!("decisions,{},,,{deals},,{hours}", month(when)));
    }
    lines
}

async fn file(portal: &Portal, key: &str, query: &str) -> Vec<String> {
    let text = portal.visitor(key).get(&format!("{FIGURES}.csv{query}")).await.is(200).text;
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::to_owned);
    assert_eq!(lines.next().unwrap(), "figure,period,status,currency,deals,value,mean_hours");
    lines.collect()
}

#[actix_web::test]
async fn a_random_history_is_counted_as_by_hand() {
    for (seed, today) in [(7, "2026-03-02 08:00"), (1_000_003, "2026-12-31 23:30")] {
        let portal = Portal::start().await;
        portal.turn_clock(today);
        let now = portal.app.clock.now().utc();
        let told = history(seed, now);
        store(&portal, &told);
        let of = |partner: &str| -> Vec<Told> {
            told.iter().filter(|one| one.partner == partner).cloned().collect()
        };
        let (acme, globex) = (of("Acme"), of("Globex"));
        assert_eq!(file(&portal, "manager", "").await, counted(&told, now));
        assert_eq!(file(&portal, "owner", "").await, counted(&acme, now));
        assert_eq!(file(&portal, "stranger", "").await, counted(&globex, now));
        assert_eq!(file(&portal, "cam", "?partner=GLOB").await, counted(&globex, now));
        // A partner's own deals, whatever it asks for.
        assert_eq!(file(&portal, "owner", "?partner=glob").await, counted(&acme, now));
        for nobody in ["?partner=%25nobody", "?partner=glob%25x", "?partner=nobody"] {
            assert_eq!(file(&portal, "cam", nobody).await, [""; 0], "{nobody}");
        }
        let open = |status: &str, currency: &str| -> i64 {
            told.iter().filter(|one| one.status == status && one.currency == currency).count()
                as i64
        };
        let page = portal.manager().get(FIGURES).await.is(200);
        let rows = page.all("tbody tr");
        let approved = open("approved", "JPY") + open("approved", "EUR");
        assert!(
            rows.iter().any(|row| row.starts_with(&format!("Approved{approved}EUR"))),
            "{approved}: {rows:?}"
        );
        let titles = page.all("main h2");
        let expected = [
            "Pipeline",
            "Open deals",
            "Value of open deals, EUR",
            "Value of open deals, JPY",
            "Win rate",
            "Win rate by value, EUR",
            "Win rate by value, JPY",
            "Time to a decision",
        ];
        assert_eq!(titles, expected);
        // Each chart has its table, and ids are its own.
        assert_eq!(page.all("figure.chart").len(), 7);
        assert_eq!(page.all("figure.chart table").len(), 7);
        let mut ids = page.attributes("figure.chart svg [id]", "id");
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}

#[actix_web::test]
async fn who_has_no_deals_is_told_so() {
    let portal = Portal::start().await;
    portal.owner().get(FIGURES).await.is(200).shows(".empty", "No deals yet");
    let mut cam = portal.visitor("cam");
    cam.get(FIGURES).await.is(200).shows(".empty", "No deals yet");
    let page = cam.get(&format!("{FIGURES}?partner=globex")).await.is(200);
    page.shows(".empty", "No deal fits").shows("form a", "Clear");
    portal.visitor("distributor").get(FIGURES).await.is(403);
    portal.submitted_deal("owner", &[]).await;
    cam.get("/p/shield/deals").await.shows("a", "In figures");
    let page = portal.owner().get(FIGURES).await.is(200);
    let page =
        page.shows("tbody tr", "Submitted1JPY").hides("Win rate").hides("Time to a decision");
    assert_eq!(page.all("main h2").len(), 3, "what nothing is known of is left out");
    portal.stranger().get(FIGURES).await.shows(".empty", "No deals yet");
}

/// Every verb that decides on a deal or ends it keeps the result: as its history tells it, once.
#[actix_web::test]
async fn results_are_kept_as_the_history_tells_them() {
    let portal = Portal::start().await;
    let named = |name| [("customer_name", name), ("customer_domain", "")];
    for (name, step) in [("Hooli", "win"), ("Raviga", "loss"), ("Endframe", "revocation")] {
        let path = portal.approved_deal("owner", &named(name)).await;
        portal.advance_days(1);
        let key = if step == "revocation" { "cam" } else { "owner" };
        portal.at_deal(key, &path, step, &[("why", "So it is")]).await.goes_to(&path);
    }
    let rejected = portal.reviewed_deal("owner", &named("Aviato")).await;
    portal.at_deal("cam", &rejected, "rejection", &[("why", "No")]).await.goes_to(&rejected);
    let returned = portal.reviewed_deal("owner", &named("Bachmanity")).await;
    portal.at_deal("cam", &returned, "return", &[("why", "Which site?")]).await.goes_to(&returned);
    let withdrawn = portal.submitted_deal("owner", &named("Maleant")).await;
    let why = [("why", "Put off")];
    portal.at_deal("owner", &withdrawn, "withdrawal", &why).await.goes_to(&withdrawn);
    let first = portal.submitted_deal("owner", &named("Pied Piper")).await;
    let second = portal.reviewed_deal("stranger", &named("Pied Piper")).await;
    let first = first.rsplit('/').next().unwrap();
    let fields = [("duplicate_of", first), ("why", "Was there before")];
    portal.at_deal("cam", &second, "duplicate", &fields).await.goes_to(&second);
    portal.approved_deal("stranger", &named("Sliceline")).await;
    portal.advance_days(100);
    let sweep = sweeps::find("deals").unwrap();
    sweeps::run(sweep, &portal.program("shield"), None, &portal.app).unwrap();

    let kept: Vec<(String, NaiveDateTime)> = portal.read(|conn| {
        Ok(deal_results::table
            .inner_join(deals::table.on(deals::id.eq(deal_results::deal_id)))
            .order((deals::id, deal_results::at, deal_results::result))
            .select((deal_results::result, deal_results::at))
            .load(conn)?)
    });
    let told: Vec<(String, NaiveDateTime)> = portal.read(|conn| {
        Ok(audit_events::table
            .inner_join(deals::table.on(deals::id.eq(audit_events::subject_id)))
            .filter(audit_events::subject_kind.eq("deal"))
            .filter(audit_events::action.eq_any([
                "deal.approved",
                "deal.rejected",
                "deal.duplicate",
                "deal.won",
                "deal.lost",
                "deal.expired",
                "deal.revoked",
            ]))
            .order((deals::id, audit_events::at, audit_events::action))
            .select((audit_events::action, audit_events::at))
            .load(conn)?)
    });
    let told: Vec<(String, NaiveDateTime)> =
        told.into_iter().map(|(action, at)| (action.replace("deal.", ""), at)).collect();
    assert_eq!(kept, told);
    assert_eq!(kept.len(), 10);
    let page = portal.manager().get(FIGURES).await.is(200);
    page.shows("figure.chart desc", "33 % in all, 1 of 3");
}
