//! The built program with its demo: a server that is asked, a clock that is set and files that are
//! imported by commands, as a vendor would.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::clock::Instant;
use portal::db::schema::{audit_events, licences, mails, order_lines, orders, programs};
use portal::db::{Conn, Db};
use portal::orders::OrderStatus;
use tempfile::TempDir;

use crate::demo::open;
use crate::support::binary::{Server, run};

pub const DESK: &str = "tom.whitfield@sophos.example";
pub const DISTRIBUTOR: &str = "julie.wouters@kappa-data.example";
pub const PARTNER: &str = "sven.wouters@aalst-networks.example";

/// Who decides on the deals of its partners.
pub const CAM: &str = "pieter.claes@sophos.example";

/// Who looks at pages, in this order.
pub const PEOPLE: [&str; 3] = [DESK, DISTRIBUTOR, PARTNER];

/// A line of an order of Aalst Networks, through Kappa Data, for one customer.
#[derive(Clone, Copy, Default)]
pub struct Line<'a> {
    pub number: &'a str,
    pub product: &'a str,
    pub sku: &'a str,
    pub months: &'a str,
    pub kind: &'a str,
    pub released: &'a str,
    pub processed: &'a str,
    pub activated: &'a str,
    pub renews: &'a str,
}

/// Order, position, SKU, start, end, and when it was processed.
type StoryLine = (String, i32, String, Option<NaiveDate>, Option<NaiveDate>, NaiveDate);

/// Start, end, warranty: start, end.
pub type Dates = (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);

pub struct World {
    folder: TempDir,
    server: Server,
    db: Db,
    cookies: HashMap<&'static str, String>,
}

impl World {
    pub fn begin(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seed = seed.to_string();
        let words = ["demo", "--as-of", "2023-09-17", "--seed", &seed];
        let server = Server::start(&words, folder.path());
        let db = open(folder.path());
        let mut world = Self { folder, server, db, cookies: HashMap::new() };
        let everybody = PEOPLE.into_iter().chain([CAM]);
        world.cookies = everybody.map(|email| (email, world.sign_in(email))).collect();
        world
    }

    fn data(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    fn sign_in(&self, email: &str) -> String {
        let people = self.db.read_blocking(portal::demo::sign_ins).unwrap();
        let person = people.iter().find(|one| one.email == email).unwrap();
        let form = form(&[("email", email), ("password", person.password)]);
        let answer = self.server.ask(&format!(
            "POST /sign-in HTTP/1.1\nsec-fetch-site: same-origin\n\
             content-type: application/x-www-form-urlencoded\n\n{form}"
        ));
        let mut cookies = answer.lines().filter_map(|line| {
            let cookie = line.strip_prefix("set-cookie: ")?.split(';').next()?;
            Some(cookie).filter(|one| one.contains("session"))
        });
        cookies.next_back().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn cookie(&self, who: &str) -> &str {
        &self.cookies[who]
    }

    /// A page, which is there.
    #[track_caller]
    pub fn page(&self, who: &str, path: &str) -> String {
        let cookie = self.cookie(who);
        let page = self.server.ask(&format!("GET /p/sophos{path} HTTP/1.1\ncookie: {cookie}"));
        assert!(page.starts_with("HTTP/1.1 200"), "{who} {path}: {}", head(&page));
        page
    }

    /// What a form is answered: its status.
    pub fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> u16 {
        let answer = self.send(who, path, fields);
        head(&answer).split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Sends a form that makes something; gives where that is in the program.
    #[track_caller]
    pub fn make(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.send(who, path, fields);
        let made = answer.lines().find_map(|line| line.strip_prefix("location: /p/sophos"));
        made.unwrap_or_else(|| panic!("{who} {path}: {}", head(&answer))).to_owned()
    }

    fn send(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let (cookie, form) = (self.cookie(who), form(fields));
        self.server.ask(&format!(
            "POST /p/sophos{path} HTTP/1.1\ncookie: {cookie}\nsec-fetch-site: same-origin\n\
             content-type: application/x-www-form-urlencoded\n\n{form}"
        ))
    }

    /// Takes a step with an order of this number.
    pub fn step(&self, who: &str, number: &str, step: &str) -> u16 {
        self.post(who, &format!("{}/{step}", self.order(number)), &[])
    }

    /// Lets the days pass until it is this one, and says what the program's work was.
    pub fn day(&self, day: &str) -> Vec<String> {
        let said = run(&["clock", "set", day, "--data", self.data()]).succeeds().out;
        said.lines().filter(|line| line.contains("  sophos  ")).map(str::to_owned).collect()
    }

    pub fn import(&self, lines: &[Line<'_>]) {
        let file = self.folder.path().join("orders.csv");
        let mut csv = csv::Writer::from_path(&file).unwrap();
        csv.write_record([
            "external_number",
            "program",
            "distributor",
            "reseller",
            "customer",
            "customer_country",
            "product",
            "sku",
            "quantity",
            "months",
            "kind",
            "released_at",
            "processed_at",
            "activated_on",
            "unit_price",
            "renews",
        ])
        .unwrap();
        for line in lines {
            csv.write_record([
                line.number,
                "sophos",
                "Kappa Data",
                "Aalst Networks",
                "Brouwerij De Wissel",
                "BE",
                line.product,
                line.sku,
                "10",
                line.months,
                line.kind,
                line.released,
                line.processed,
                line.activated,
                "30.00",
                line.renews,
            ])
            .unwrap();
        }
        csv.flush().unwrap();
        run(&["import", "orders", file.to_str().unwrap(), "--data", self.data()]).succeeds();
    }

    pub fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    ) -> T {
        self.db.read_blocking(|conn| Ok(ask(conn)?)).unwrap()
    }

    /// What no page does: the past is written down.
    pub fn write(&self, change: impl Fn(&mut Conn) -> QueryResult<usize> + Send + Sync + 'static) {
        self.db.write_blocking(move |conn| Ok(change(conn)?)).unwrap();
    }

    /// The path of an order by the number that it came with, in the program.
    pub fn order(&self, number: &str) -> String {
        let number = number.to_owned();
        let reference: String = self.read(move |conn| {
            let of = orders::table.filter(orders::external_number.eq(number));
            of.select(orders::reference).first(conn)
        });
        format!("/orders/{reference}")
    }

    /// The number of the order that came in place of a refused one.
    pub fn anew(&self, number: &str) -> String {
        let number = number.to_owned();
        self.read(move |conn| {
            let refused = diesel::alias!(orders as refused);
            let id: i64 = refused
                .filter(refused.field(orders::external_number).eq(number))
                .select(refused.field(orders::id))
                .first(conn)?;
            let anew = orders::table.filter(orders::corrects_id.eq(id));
            anew.select(orders::external_number).first(conn)
        })
    }

    /// Its status, with why each line was refused.
    pub fn stands(&self, number: &str) -> String {
        let number = number.to_owned();
        self.read(move |conn| {
            let of = orders::table.filter(orders::external_number.eq(number));
            let (id, status): (i64, OrderStatus) =
                of.select((orders::id, orders::status)).first(conn)?;
            let why: Vec<String> = order_lines::table
                .filter(order_lines::order_id.eq(id))
                .filter(order_lines::refusal.ne(""))
                .order(order_lines::position)
                .select(order_lines::refusal)
                .load(conn)?;
            let status = vec![status.as_str().to_owned()];
            Ok([status, why].concat().join(": "))
        })
    }

    /// The dates of its first line.
    pub fn dates(&self, number: &str) -> Dates {
        let number = number.to_owned();
        self.read(move |conn| {
            let of = licences::table
                .inner_join(orders::table)
                .filter(orders::external_number.eq(number))
                .filter(licences::position.eq(1));
            of.select((
                licences::starts_on,
                licences::ends_on,
                licences::warranty_starts_on,
                licences::warranty_ends_on,
            ))
            .first(conn)
        })
    }

    /// The licence of its first line.
    pub fn licence(&self, number: &str) -> String {
        let number = number.to_owned();
        self.read(move |conn| {
            let of = licences::table
                .inner_join(orders::table)
                .filter(orders::external_number.eq(number));
            of.select(licences::reference).first(conn)
        })
    }

    /// All that became of orders, licences and mails, with the day of each and without the names that
    /// were drawn: the same seed tells it with the same bytes.
    pub fn story(&self) -> String {
        let mut story = String::new();
        let day = |at: Instant| at.utc().date();
        let licences: Vec<StoryLine> = self.read(|conn| {
            licences::table
                .inner_join(orders::table)
                .filter(orders::corrects_id.is_null())
                .order((orders::external_number, licences::position))
                .select((
                    orders::external_number,
                    licences::position,
                    licences::sku,
                    licences::starts_on,
                    licences::ends_on,
                    licences::processed_on,
                ))
                .load(conn)
        });
        for (number, position, sku, starts_on, ends_on, processed_on) in licences {
            let number = if number.starts_with("OR-") { "placed here" } else { &number };
            writeln!(story, "{number}/{position} {sku} {processed_on} {starts_on:?} {ends_on:?}")
                .unwrap();
        }
        // Whether the last of them are out already is the worker's affair.
        let mails: Vec<(String, String, Instant)> = self.read(|conn| {
            mails::table.select((mails::event, mails::to_email, mails::queued_at)).load(conn)
        });
        let mut told: Vec<String> =
            mails.into_iter().map(|(event, to, at)| format!("{} {event} {to}", day(at))).collect();
        let events: Vec<(Instant, String, String, String, String, String)> = self.read(|conn| {
            audit_events::table
                .filter(audit_events::subject_kind.ne("contact"))
                .select((
                    audit_events::at,
                    audit_events::action,
                    audit_events::actor_name,
                    audit_events::from_value,
                    audit_events::to_value,
                    audit_events::subject_kind,
                ))
                .load(conn)
        });
        told.extend(events.into_iter().map(|(at, action, actor, from, to, kind)| {
            format!("{} {kind} {action} by {actor}: {from} -> {to}", day(at))
        }));
        told.sort();
        story.push_str(&without_references(&told.join("\n")));
        story
    }

    /// How many mails of each kind the program has sent or queued since its first day.
    pub fn mails(&self, kinds: &[&str]) -> Vec<(String, i64)> {
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        self.read(move |conn| {
            let sophos: i64 = programs::table
                .filter(programs::slug.eq("sophos"))
                .select(programs::id)
                .first(conn)?;
            mails::table
                .filter(mails::program_id.eq(sophos))
                .filter(mails::event.eq_any(kinds))
                .group_by(mails::event)
                .order(mails::event)
                .select((mails::event, diesel::dsl::count_star()))
                .load(conn)
        })
    }

    /// What the history of an order says, oldest first.
    pub fn history(&self, number: &str) -> Vec<String> {
        let reference = self.order(number).split_off("/orders/".len());
        self.read(move |conn| {
            audit_events::table
                .filter(audit_events::subject_reference.eq(reference))
                .order(audit_events::id)
                .select(audit_events::action)
                .load(conn)
        })
    }

    /// The orders that the portal's own processing settled, in that order.
    pub fn processed_by_itself(&self) -> Vec<String> {
        self.read(|conn| {
            audit_events::table
                .inner_join(orders::table.on(orders::id.eq(audit_events::subject_id)))
                .filter(audit_events::subject_kind.eq("order"))
                .filter(audit_events::actor_name.eq("Order processing"))
                .filter(audit_events::action.eq_any(["order.processed", "order.refused"]))
                .order(audit_events::id)
                .select(orders::external_number)
                .load(conn)
        })
    }
}

fn head(answer: &str) -> &str {
    answer.lines().next().unwrap_or("nothing")
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Drawn names are other ones each time.
fn without_references(text: &str) -> String {
    let drawn = |word: &str| {
        let parts: Vec<&str> =
            word.trim_matches(|c: char| !c.is_alphanumeric()).split('-').collect();
        matches!(parts.as_slice(), [_, one, two] if one.len() == 5 && two.len() == 5)
    };
    let words = |line: &str| {
        let words = line.split(' ').map(|word| if drawn(word) { "…" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(words).collect::<Vec<_>>().join("\n")
}
