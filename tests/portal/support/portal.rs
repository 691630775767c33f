//! A portal for one test: its database, its clock, and visitors who are signed in.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::Service;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::init_service;
use actix_web::web::Bytes;
use diesel::prelude::*;
use portal::auth::{Keyring, Reading, Safeguards, SecondFactorRule, begin_session};
use portal::clock::Clock;
use portal::db::schema::{contacts, logins, mails, organisations};
use portal::db::{Conn, DatabaseAddress, DatabaseSettings, Db, QueryObserver, migrate};
use portal::error::Result;
use portal::web::Site;

use super::database::Database;
use super::proxy::Proxy;
use super::{Visitor, people};

/// What the app answered, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

type Answering = Pin<Box<dyn Future<Output = Answer>>>;
type Ask = Rc<dyn Fn(Request) -> Answering>;

/// The portal under test.
pub struct Portal {
    pub app: portal::app::Portal,
    ask: Ask,
    // After the app: its connections close before the database goes.
    _database: Rc<Database>,
}

/// The address under which the portal of the tests is reached.
pub const BASE: &str = "http://portal.test";

/// Seals the secrets of the tests; no secret at all.
const SECRET_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Nobody must have a second factor, so that most tests need none.
pub fn easy_going() -> Safeguards {
    Safeguards {
        second_factor: SecondFactorRule::Optional,
        keyring: Keyring::from_setting(SECRET_KEY).unwrap(),
        reading: Reading::new(10_000, 10_000),
    }
}

impl Portal {
    pub async fn start() -> Self {
        Self::on(Rc::new(Database::fresh()), None).await
    }

    /// A portal with nothing in it yet but its tables.
    pub async fn empty() -> Self {
        let database = Database::empty();
        let address = DatabaseAddress::parse(database.address()).unwrap();
        migrate(&DatabaseSettings::new(address)).unwrap();
        Self::on(Rc::new(database), None).await
    }

    /// A demo: anyone may read its mail.
    pub async fn start_demo() -> Self {
        let database = Rc::new(Database::fresh());
        let db = database.open(None);
        Self::with(database, db, true, easy_going()).await
    }

    /// A portal with safeguards of its own.
    pub async fn guarded(safeguards: Safeguards) -> Self {
        let database = Rc::new(Database::fresh());
        let db = database.open(None);
        Self::with(database, db, false, safeguards).await
    }

    /// A portal on which vendors' staff and administrators must have a second factor.
    pub async fn strict() -> Self {
        let second_factor = SecondFactorRule::Required;
        Self::guarded(Safeguards { second_factor, ..easy_going() }).await
    }

    /// A portal whose statements are told to an observer.
    pub async fn observed(observer: QueryObserver) -> Self {
        Self::on(Rc::new(Database::fresh()), Some(observer)).await
    }

    /// A second process on the same database.
    pub async fn beside(&self) -> Self {
        self.beside_with(easy_going()).await
    }

    /// A second process with safeguards of its own.
    pub async fn beside_with(&self, safeguards: Safeguards) -> Self {
        let database = Rc::clone(&self._database);
        let db = database.open(None);
        let other = Self::with(database, db, false, safeguards).await;
        other.app.clock.set_offset(self.app.clock.offset());
        other
    }

    /// A portal that reaches its PostgreSQL through a proxy.
    pub async fn behind(proxy: &Proxy) -> Self {
        let database = Rc::new(Database::fresh());
        let db = database.open_through(proxy.address());
        Self::with(database, db, false, easy_going()).await
    }

    /// A portal on a PostgreSQL of the test's own, which is to outlive it.
    pub async fn on_server(address: &str) -> Self {
        Self::on(Rc::new(Database::peopled_on(address)), None).await
    }

    async fn on(database: Rc<Database>, observer: Option<QueryObserver>) -> Self {
        let db = database.open(observer);
        Self::with(database, db, false, easy_going()).await
    }

    async fn with(database: Rc<Database>, db: Db, demo: bool, safeguards: Safeguards) -> Self {
        let site = Site { base: BASE.parse().unwrap(), demo, trusted_proxies: 0 };
        let clock = Clock::default();
        clock.set(people::beginning());
        let mut app = portal::app::Portal::new(db, clock, site).unwrap();
        app.safeguards = safeguards;
        let service = Rc::new(init_service(app.app()).await);
        let ask: Ask = Rc::new(move |request| {
            let answering = service.call(request);
            Box::pin(async move { read(answering.await).await })
        });
        Self { app, ask, _database: database }
    }

    /// Where the database is, for processes of their own.
    pub fn database_address(&self) -> &str {
        self._database.address()
    }

    pub fn db(&self) -> &Db {
        &self.app.db
    }

    /// Reads straight from the database.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> T {
        self.db().read_blocking(work).unwrap()
    }

    /// Writes straight into the database.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T> + Send + 'static,
    ) -> T {
        self.db().write_blocking(work).unwrap()
    }

    pub fn advance_days(&self, days: i64) {
        self.app.clock.advance(chrono::Duration::days(days));
    }

    /// Somebody who is not signed in.
    pub fn guest(&self) -> Visitor {
        Visitor::new(Rc::clone(&self.ask), &self.app, None)
    }

    /// Somebody whose browser has this session.
    pub fn with_session(&self, key: &str) -> Visitor {
        Visitor::new(Rc::clone(&self.ask), &self.app, Some(key.to_owned()))
    }

    /// A person of the tests, signed in.
    pub fn visitor(&self, key: &str) -> Visitor {
        let person = people::find(key);
        let contact = self.contact_id(key);
        let now = self.app.clock.now();
        let session =
            self.write(move |conn| begin_session(contact, "127.0.0.1", "a test", now, conn));
        assert!(person.signs_in, "{key} has no login");
        Visitor::new(Rc::clone(&self.ask), &self.app, Some(session))
    }

    /// Whoever has the contact of this reference, signed in; a login is made where there is none.
    pub fn visitor_of(&self, reference: &str) -> Visitor {
        let (reference, now) = (reference.to_owned(), self.app.clock.now());
        let session = self.write(move |conn| {
            let (contact, email_key): (i64, String) = contacts::table
                .filter(contacts::reference.eq(&reference))
                .select((contacts::id, contacts::email_key))
                .first(conn)?;
            let login = (logins::contact_id.eq(contact), logins::email_key.eq(email_key));
            portal::db::insert_new!(conn, logins::table, login);
            begin_session(contact, "127.0.0.1", "a test", now, conn)
        });
        Visitor::new(Rc::clone(&self.ask), &self.app, Some(session))
    }

    pub fn owner(&self) -> Visitor {
        self.visitor("owner")
    }

    pub fn colleague(&self) -> Visitor {
        self.visitor("colleague")
    }

    pub fn stranger(&self) -> Visitor {
        self.visitor("stranger")
    }

    pub fn manager(&self) -> Visitor {
        self.visitor("manager")
    }

    pub fn back_office(&self) -> Visitor {
        self.visitor("back_office")
    }

    pub fn contact_id(&self, key: &str) -> i64 {
        let email = people::email_of(people::find(key));
        self.read(|conn| {
            Ok(contacts::table
                .filter(contacts::email_key.eq(email))
                .select(contacts::id)
                .first(conn)?)
        })
    }

    /// The reference of a person's contact, as it stands in addresses.
    pub fn contact(&self, key: &str) -> String {
        let id = self.contact_id(key);
        self.read(|conn| Ok(contacts::table.find(id).select(contacts::reference).first(conn)?))
    }

    pub fn organisation_id(&self, name: &str) -> i64 {
        self.read(|conn| {
            Ok(organisations::table
                .filter(organisations::name.eq(name))
                .select(organisations::id)
                .first(conn)?)
        })
    }

    /// The subjects of all mail to an address, in the order in which it was queued.
    pub fn mails_to(&self, email: &str) -> Vec<String> {
        self.read(|conn| {
            Ok(mails::table
                .filter(mails::to_email.eq(email))
                .order(mails::id)
                .select(mails::subject)
                .load(conn)?)
        })
    }

    /// The subjects of all mail to a person, in the order in which it was queued.
    pub fn mail_to(&self, key: &str) -> Vec<String> {
        let contact = self.contact_id(key);
        self.read(|conn| {
            Ok(mails::table
                .filter(mails::contact_id.eq(contact))
                .order(mails::id)
                .select(mails::subject)
                .load(conn)?)
        })
    }
}

async fn read<B: MessageBody>(
    answer: std::result::Result<actix_web::dev::ServiceResponse<B>, actix_web::Error>,
) -> Answer {
    match answer {
        Ok(answer) => {
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = to_bytes(answer.into_body()).await.unwrap_or_else(|_| panic!("no body"));
            Answer { status, headers, body }
        }
        Err(fault) => {
            let answer = fault.error_response();
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = to_bytes(answer.into_body()).await.unwrap_or_else(|_| panic!("no body"));
            Answer { status, headers, body }
        }
    }
}
