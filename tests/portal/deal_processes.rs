//! Six partners, one customer, two processes of the built program, two hundred times: all submit at the
//! same instant, each in its own spelling, and all are approved at the same instant. One of them is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::cookie::{Cookie, CookieJar};
use chrono::Days;
use diesel::prelude::*;
use portal::auth::begin_session;
use portal::clock::{Clock, Instant};
use portal::db::schema::{contacts, deal_claims, deals, logins};
use tempfile::TempDir;

use crate::support::Portal;
use crate::support::binary::Server;
use crate::support::channel::{add_contact, enrol};
use crate::support::leads::reference_of;

const ROUNDS: usize = 200;

/// Every so many rounds, what each of the six reads of it is searched for the others.
const LOOK: usize = 25;

const PARTNERS: [&str; 6] = ["Aquila", "Boreas", "Corvus", "Dorado", "Eridanus", "Fornax"];

/// Name and domain of one customer as six people write them: alike by the name, or by the domain.
fn spellings(round: usize) -> [(String, String); 6] {
    let idn = format!("münchner-kaffee-{round}.example");
    let ascii = portal::names::domain(&idn).unwrap();
    let by_name = [
        (format!("Münchner Kaffee {round} GmbH"), idn.clone()),
        (format!("MUNCHNER KAFFEE {round} gmbh"), String::new()),
        (format!("Munchner-Kaffee, {round} G.m.b.H."), format!("www.{idn}")),
        (format!("Münchner Kaffee {round} Ltd"), format!("another-{round}.example")),
        (format!("Münchner Kaffee {round}"), format!("WWW.{}", ascii.to_uppercase())),
        (format!("Münchner  Kaffee {round} & Co. KG"), format!("info@{idn}")),
    ];
    let by_domain = [
        (format!("Münchner Kaffee {round}"), idn.clone()),
        (format!("Kaffee {round} aus München"), idn.to_uppercase()),
        (format!("MK Holding {round}"), format!("www.{idn}")),
        (format!("Another name {round} Ltd"), format!("https://{ascii}/about")),
        (format!("Munich Coffee {round}"), format!("WWW.{}", ascii.to_uppercase())),
        (format!("Rösterei Isar {round}"), format!("info@{idn}.")),
    ];
    if round.is_multiple_of(2) { by_name } else { by_domain }
}

/// Lets all six through when the last has come. Where one never comes, as after a fault, the others go
/// on in the end, so that the fault is told.
#[derive(Default)]
struct Gate(AtomicUsize);

impl Gate {
    fn wait(&self) {
        const PATIENCE: Duration = Duration::from_secs(60);
        let began = std::time::Instant::now();
        self.0.fetch_add(1, Ordering::SeqCst);
        while self.0.load(Ordering::SeqCst) < 6 && began.elapsed() < PATIENCE {
            std::hint::spin_loop();
            std::thread::yield_now();
        }
    }
}

/// The two processes, and the cookies of whoever asks them.
struct Race {
    servers: [Server; 2],
    partners: Vec<String>,
    cam: String,
    closes_on: String,
}

impl Race {
    /// Sends a form to one of the processes: the status, and where it leads.
    fn post(
        &self,
        process: usize,
        cookie: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> (u16, String) {
        let form: String =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let answer = self.servers[process % 2].ask(&format!(
            "POST {path} HTTP/1.1\ncookie: {cookie}\nsec-fetch-site: same-origin\n\
             content-type: application/x-www-form-urlencoded\n\n{form}"
        ));
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        (status, location.unwrap_or_default().to_owned())
    }

    /// A partner writes a draft, waits for the others, and submits it; gives the deal's address.
    fn submit(&self, place: usize, (name, domain): &(String, String), all: &Gate) -> String {
        let cookie = &self.partners[place];
        let customer = [
            ("customer_name", name.as_str()),
            ("customer_domain", domain),
            ("customer_country", "DE"),
            ("category", "alarm"),
        ];
        let (status, path) = self.post(place, cookie, "/p/shield/deals/new", &customer);
        let mut whole = crate::support::deals::whole(&customer[..3]);
        whole.retain(|(field, _)| *field != "closes_on");
        whole.extend([("closes_on", self.closes_on.as_str()), ("seen", "1")]);
        let saved = self.post(place, cookie, &format!("{path}/edit"), &whole).0;
        all.wait();
        let sent = [("seen", "2")];
        let submitted = self.post(place, cookie, &format!("{path}/submission"), &sent).0;
        assert_eq!((status, saved, submitted), (303, 303, 303), "{name}");
        path
    }

    /// The vendor looks at a deal, waits until all are looked at, and approves it.
    fn approve(&self, place: usize, path: &str, all: &Gate) -> u16 {
        let review = self.post(place, &self.cam, &format!("{path}/review"), &[("seen", "3")]).0;
        all.wait();
        let approval = format!("{path}/approval");
        let answer = self.post(place, &self.cam, &approval, &[("seen", "4")]).0;
        assert_eq!(review, 303, "{path}");
        answer
    }

    /// The next round finds its customer free.
    fn end(&self, place: usize, path: &str, was_approved: bool) {
        let (action, seen) = if was_approved { ("loss", "5") } else { ("rejection", "4") };
        let fields = [("seen", seen), ("why", "Next")];
        assert_eq!(
            self.post(place, &self.cam, &format!("{path}/{action}"), &fields).0,
            303,
            "{path}"
        );
    }

    /// What a partner reads of its deal says nothing of the others.
    fn look(&self, place: usize, paths: &[String]) {
        let cookie = &self.partners[place];
        for path in [paths[place].as_str(), "/p/shield/deals"] {
            let page =
                self.servers[place % 2].ask(&format!("GET {path} HTTP/1.1\ncookie: {cookie}"));
            assert!(page.starts_with("HTTP/1.1 200"), "{path}");
            for other in (0..6).filter(|other| *other != place) {
                assert!(!page.contains(PARTNERS[other]), "{path} names {}", PARTNERS[other]);
                assert!(!page.contains(reference_of(&paths[other])), "{path}");
            }
        }
    }

    fn round(&self, round: usize) -> Vec<u16> {
        let spellings = spellings(round);
        let (submitting, approving) = (Gate::default(), Gate::default());
        let every = |work: &(dyn Fn(usize) -> (String, u16) + Sync)| -> Vec<(String, u16)> {
            std::thread::scope(|scope| {
                let threads: Vec<_> =
                    (0..6).map(|place| scope.spawn(move || work(place))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            })
        };
        // Who asks which process, and who is which partner, changes from round to round.
        let submitted =
            every(&|place| (self.submit(place, &spellings[(place + round) % 6], &submitting), 0));
        let paths: Vec<String> = submitted.into_iter().map(|(path, _)| path).collect();
        let decided =
            every(&|place| (String::new(), self.approve(place + round, &paths[place], &approving)));
        let answers: Vec<u16> = decided.into_iter().map(|(_, status)| status).collect();
        if round.is_multiple_of(LOOK) {
            (0..6).for_each(|place| self.look(place, &paths));
        }
        every(&|place| {
            self.end(place, &paths[place], answers[place] == 303);
            (String::new(), 0)
        });
        answers
    }
}

/// A session as the built program knows it, whose clock is the real one.
fn cookie_of(contact: i64, now: Instant, portal: &Portal) -> String {
    let session = portal.write(move |conn| {
        let key: String = contacts::table.find(contact).select(contacts::email_key).first(conn)?;
        let login = (logins::contact_id.eq(contact), logins::email_key.eq(key));
        portal::db::insert_new!(conn, logins::table, login);
        begin_session(contact, "127.0.0.1", "a test", now, conn)
    });
    let mut jar = CookieJar::new();
    jar.signed_mut(&portal.app.cookie_key).add(Cookie::new("session", session));
    format!("session={}", jar.get("session").unwrap().value())
}

#[actix_web::test]
async fn of_six_submissions_at_one_instant_one_is_approved_two_hundred_times() {
    let portal = Portal::start().await;
    let now = Clock::default().now();
    let partners = PARTNERS.map(|name| {
        let contact = add_contact(enrol(name, &portal), 0, true, &portal);
        cookie_of(contact, now, &portal)
    });
    let folder = TempDir::new().unwrap();
    let address = portal.database_address().to_owned();
    let words = ["serve", "--database-url", &address, "--db-connections", "4"];
    let easy = ["--second-factor", "optional", "--records-a-minute", "1000000"];
    let start = || Server::start(&[&words[..], &easy].concat(), folder.path());
    let race = Race {
        servers: [start(), start()],
        partners: partners.to_vec(),
        cam: cookie_of(portal.contact_id("cam"), now, &portal),
        closes_on: (now.utc().date() + Days::new(60)).to_string(),
    };
    for round in 0..ROUNDS {
        let answers = race.round(round);
        let approved = answers.iter().filter(|status| **status == 303).count();
        assert_eq!(approved, 1, "round {round}: {answers:?}");
        assert!(answers.iter().all(|status| [303, 409].contains(status)), "{round}: {answers:?}");
        let claims: i64 = portal.read(|conn| Ok(deal_claims::table.count().get_result(conn)?));
        assert_eq!(claims, 0, "round {round}");
    }
    let ended: Vec<(String, i64)> = portal.read(|conn| {
        Ok(deals::table
            .group_by(deals::status)
            .order(deals::status)
            .select((deals::status, diesel::dsl::count_star()))
            .load(conn)?)
    });
    let rounds = i64::try_from(ROUNDS).unwrap();
    assert_eq!(ended, [("lost".to_owned(), rounds), ("rejected".to_owned(), 5 * rounds)]);
}
