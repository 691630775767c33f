//! What a page asks and answers, learned by opening it once.

use std::sync::{Arc, Mutex};

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use portal::app::Portal;
use portal::auth::SecondFactorRule;
use portal::clock::Clock;
use portal::db::Db;
use portal::web::Site;
use serde::{Deserialize, Serialize};

use crate::arguments::Arguments;
use crate::floor::{Asker, Rows};
use crate::statement::Statement;
use crate::visitors::Visitors;

/// Who opens a page.
#[derive(Clone, Copy)]
enum By {
    /// A partner's administrator.
    Partner,
    /// A distributor's.
    Distributor,
    /// The vendor's program manager.
    Vendor,
}

use By::{Distributor, Partner, Vendor};

/// The pages of the main job. A `*` at the end of an address is the first link of the page before it
/// that goes on from there.
const PAGES: &[(&str, By, &str)] = &[
    ("start", Partner, ""),
    ("start, vendor", Vendor, ""),
    ("contacts", Partner, "/contacts"),
    ("contacts, vendor", Vendor, "/contacts"),
    ("partners, vendor", Vendor, "/partners"),
    ("licences", Partner, "/licences"),
    ("licences, vendor", Vendor, "/licences"),
    ("renewals", Partner, "/renewals"),
    ("renewals, vendor", Vendor, "/renewals"),
    ("ledger", Partner, "/mail"),
    ("ledger, vendor", Vendor, "/mail"),
    ("orders", Partner, "/orders"),
    ("order", Partner, "/orders/SO-*"),
    ("orders, vendor", Vendor, "/orders"),
    ("schedules", Partner, "/schedules"),
    ("schedule", Partner, "/schedules/LS-*"),
    ("schedules, vendor", Vendor, "/schedules"),
    ("leads", Partner, "/leads"),
    ("lead", Partner, "/leads/LD-*"),
    ("leads, vendor", Vendor, "/leads"),
    ("deals", Partner, "/deals"),
    ("deal", Partner, "/deals/D-*"),
    ("deals, vendor", Vendor, "/deals"),
    ("inquiries", Partner, "/inquiries"),
    ("inquiry", Partner, "/inquiries/I-*"),
    ("inquiries, vendor", Vendor, "/inquiries"),
    ("inbox", Distributor, "/inquiries?status=submitted"),
    ("inquiry, inbox", Distributor, "/inquiries/I-*"),
    ("quotes", Partner, "/quotes"),
    ("quote", Partner, "/quotes/Q-*"),
    ("quotes, distributor", Distributor, "/quotes"),
    ("quote, distributor", Distributor, "/quotes/Q-*"),
    ("start, distributor", Distributor, ""),
];

/// A place of a page where a value of the database stands.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Piece {
    /// What comes before it since the last one.
    pub(crate) before: String,
    pub(crate) statement: usize,
    pub(crate) row: usize,
    pub(crate) column: usize,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Learned {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) cookie: String,
    pub(crate) body: String,
    pub(crate) statements: Vec<Statement>,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) rest: String,
}

impl Learned {
    /// Rows of the longest answer that stand in the page.
    pub(crate) fn rows(&self) -> usize {
        let longest = |statement: usize| {
            let mut rows: Vec<usize> =
                self.pieces.iter().filter(|p| p.statement == statement).map(|p| p.row).collect();
            rows.dedup();
            rows.len()
        };
        (0..self.statements.len()).map(longest).max().unwrap_or(0)
    }
}

pub(crate) fn learn(arguments: &Arguments) -> Vec<Learned> {
    let observed = Arc::new(Mutex::new(Vec::<String>::new()));
    let sink = Arc::clone(&observed);
    let mut settings = arguments.settings();
    settings.observer = Some(Arc::new(move |sql| sink.lock().unwrap().push(sql.to_owned())));
    let db = Db::open(&settings).unwrap();
    let clock = Clock::default();
    let site = Site { base: "http://127.0.0.1".parse().unwrap(), demo: false, trusted_proxies: 0 };
    let mut portal = Portal::new(db.clone(), clock.clone(), site).unwrap();
    portal.safeguards.second_factor = SecondFactorRule::Optional;
    let visitors = Visitors::sign_in(&arguments.program, clock.now(), &portal.cookie_key, &db);
    let mut asker = Asker::connect(&arguments.database);
    let wanted = |name: &str| arguments.only.as_deref().is_none_or(|only| name.starts_with(only));
    actix_web::rt::System::new().block_on(async {
        let app = init_service(portal.app()).await;
        let mut pages = Vec::new();
        let mut before = String::new();
        for (name, by, path) in PAGES {
            let cookie = match by {
                Partner => &visitors.partner,
                Distributor => &visitors.distributor,
                Vendor => &visitors.vendor,
            };
            let path = format!("/p/{}{path}", arguments.program);
            let path = path.strip_suffix('*').map(|from| link(&before, from)).unwrap_or(path);
            let open = || TestRequest::get().uri(&path).insert_header(("cookie", cookie.as_str()));
            // What is asked once a process is not what a page costs.
            call_service(&app, open().to_request()).await;
            observed.lock().unwrap().clear();
            let answer = call_service(&app, open().to_request()).await;
            assert_eq!(answer.status(), 200, "{path}");
            let body = String::from_utf8(read_body(answer).await.to_vec()).unwrap();
            before.clone_from(&body);
            if !wanted(name) {
                continue;
            }
            let statements: Vec<Statement> = std::mem::take(&mut *observed.lock().unwrap())
                .iter()
                .map(|s| Statement::read(s))
                .collect();
            let statements: Vec<Statement> =
                statements.into_iter().filter(Statement::is_question).collect();
            let answers: Vec<Rows> = statements.iter().map(|one| asker.ask(one)).collect();
            let (pieces, rest) = cut(&body, &answers);
            pages.push(Learned {
                name: (*name).to_owned(),
                path,
                cookie: cookie.clone(),
                body,
                statements,
                pieces,
                rest,
            });
        }
        pages
    })
}

/// The first address of a page that goes on from another.
fn link(page: &str, from: &str) -> String {
    let place = page.find(&format!("href=\"{from}")).expect("the page has such a link");
    let address = &page[place + "href=\"".len()..];
    address[..address.find('"').unwrap()].to_owned()
}

/// How far behind the last value of a row the next one may stand.
const REACH: usize = 4_000;

/// Cuts a page where the values of the longest answer stand in it, row by row.
fn cut(body: &str, answers: &[Rows]) -> (Vec<Piece>, String) {
    let Some((statement, rows)) = answers.iter().enumerate().max_by_key(|(_, rows)| rows.len())
    else {
        return (Vec::new(), body.to_owned());
    };
    let (mut pieces, mut done, mut row_begins) = (Vec::new(), 0, 0);
    for (row, cells) in rows.iter().enumerate() {
        let mut places: Vec<(usize, usize, usize)> = Vec::new();
        for (column, cell) in cells.iter().enumerate() {
            let text = escaped(cell.as_text());
            if text.len() < 4 {
                continue;
            }
            if let Some(at) = body[row_begins..].find(&text).filter(|at| *at < REACH) {
                places.push((row_begins + at, text.len(), column));
            }
        }
        places.sort_unstable();
        for (at, length, column) in places {
            if at >= done {
                let before = body[done..at].to_owned();
                pieces.push(Piece { before, statement, row, column });
                done = at + length;
            }
        }
        row_begins = done;
    }
    (pieces, body[done..].to_owned())
}

/// As askama writes a value into a page.
fn escaped(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html).unwrap().to_string()
}
