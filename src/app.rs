//! The portal put together: its parts, the middleware round every request, and every feature's
//! routes. `serve` and the tests build the same app here.

use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_web::body::MessageBody;
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, Error};
use tracing_actix_web::TracingLogger;

use crate::audit;
use crate::auth;
use crate::auth::session_store::Sessions;
use crate::auth::{Passwords, Safeguards};
use crate::backup;
use crate::catalogue;
use crate::clock::Clock;
use crate::contacts;
use crate::customers;
use crate::db::Db;
use crate::deals;
use crate::demo;
use crate::generate;
use crate::history;
use crate::leads;
use crate::ledger;
use crate::licences;
use crate::mail;
use crate::maintenance;
use crate::onboarding;
use crate::orders;
use crate::partners;
use crate::pricing;
use crate::programs;
use crate::renewals;
use crate::reports;
use crate::schedules;
use crate::set_up;
use crate::start;
use crate::web::{
    Addresses, Route, RouteMap, Site, assets, csrf, flash, headers, health, leave_sessions_out,
    measured, not_found, spans::RequestSpan,
};

/// Every feature's routes: one line each.
#[rustfmt::skip]
const ROUTES: &[&[Route]] = &[
    assets::ROUTES,
    health::ROUTES,
    auth::ROUTES,
    contacts::ROUTES,
    customers::ROUTES,
    maintenance::ROUTES,
    catalogue::ROUTES,
    deals::ROUTES,
    leads::ROUTES,
    licences::ROUTES,
    schedules::ROUTES,
    set_up::ROUTES,
    pricing::inquiries::ROUTES,
    pricing::quotes::ROUTES,
    orders::ROUTES,
    renewals::ROUTES,
    reports::ROUTES,
    start::ROUTES,
    mail::mailbox::ROUTES,
    onboarding::ROUTES,
    partners::ROUTES,
    programs::ROUTES,
    history::ROUTES,
    ledger::ROUTES,
    demo::ROUTES,
];

/// Every feature's handlers: one line each.
fn features(config: &mut Addresses) {
    assets::routes(config);
    health::routes(config);
    auth::routes(config);
    contacts::routes(config);
    customers::routes(config);
    maintenance::routes(config);
    catalogue::routes(config);
    deals::routes(config);
    leads::routes(config);
    licences::routes(config);
    schedules::routes(config);
    set_up::routes(config);
    pricing::inquiries::routes(config);
    pricing::quotes::routes(config);
    orders::routes(config);
    renewals::routes(config);
    reports::routes(config);
    start::routes(config);
    mail::mailbox::routes(config);
    onboarding::routes(config);
    partners::routes(config);
    programs::routes(config);
    history::routes(config);
    ledger::routes(config);
    demo::routes(config);
}

/// What can happen to records, feature by feature: one line each.
#[rustfmt::skip]
const ACTIONS: &[&[&audit::Action]] = &[
    mail::ACTIONS,
    auth::ACTIONS,
    programs::ACTIONS,
    customers::ACTIONS,
    contacts::ACTIONS,
    partners::ACTIONS,
    maintenance::ACTIONS,
    catalogue::ACTIONS,
    deals::ACTIONS,
    leads::ACTIONS,
    licences::ACTIONS,
    schedules::ACTIONS,
    pricing::ACTIONS,
    orders::ACTIONS,
    renewals::ACTIONS,
    generate::ACTIONS,
    backup::ACTIONS,
];

/// All routes, in the order of the features.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().flat_map(|feature| feature.iter())
}

/// Names every feature's actions to the timelines.
pub fn declare_actions() {
    audit::declare(ACTIONS);
}

/// What makes the files that go with mails, feature by feature: one line each.
#[rustfmt::skip]
const MAKERS: &[&mail::Maker] = &[
    &schedules::PDF,
    &schedules::CSV,
];

/// What one process has: shared by the server, the worker and the commands.
#[derive(Clone)]
pub struct Portal {
    pub db: Db,
    pub clock: Clock,
    pub site: Site,
    /// Signs the cookies; kept in the database, so that all processes have the same.
    pub cookie_key: Key,
    /// Hashes passwords, a few at a time.
    pub passwords: Passwords,
    /// What is asked of whoever signs in, and how much one person may take away.
    pub safeguards: Safeguards,
    /// What the days of a demo bring; nothing on a real portal.
    pub each_day: demo::EachDay,
}

impl Portal {
    pub fn new(db: Db, clock: Clock, site: Site) -> crate::error::Result<Self> {
        declare_actions();
        mail::enclosure::declare(MAKERS);
        let cookie_key = db.write_blocking(auth::cookie_key)?;
        Ok(Self {
            db,
            clock,
            site,
            cookie_key,
            passwords: Passwords::default(),
            safeguards: Safeguards::default(),
            each_day: demo::EachDay::default(),
        })
    }

    /// The app that answers requests.
    pub fn app(
        &self,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody + use<>>,
            Error = Error,
            InitError = (),
        > + use<>,
    > {
        let sessions = Sessions::new(self.db.clone(), self.clock.clone());
        let cookies = SessionMiddleware::builder(sessions, self.cookie_key.clone())
            .cookie_name(self.site.cookie_name("session"))
            .cookie_secure(self.site.is_https())
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .cookie_content_security(CookieContentSecurity::Signed)
            .session_lifecycle(BrowserSession::default())
            .build();
        let mut addresses = Addresses::default();
        features(&mut addresses);
        App::new()
            .app_data(Data::new(self.db.clone()))
            .app_data(Data::new(self.clock.clone()))
            .app_data(Data::new(self.site.clone()))
            .app_data(Data::new(self.cookie_key.clone()))
            .app_data(Data::new(self.passwords.clone()))
            .app_data(Data::new(self.safeguards.clone()))
            .app_data(Data::new(self.each_day.clone()))
            .app_data(Data::new(RouteMap::new(routes())))
            .configure(|config| addresses.configure(config))
            .default_service(web::to(not_found))
            // The last one is the outermost.
            .wrap(from_fn(flash::forget_when_shown))
            .wrap(cookies)
            .wrap(from_fn(demo::keep_time))
            .wrap(from_fn(leave_sessions_out))
            .wrap(from_fn(csrf::refuse_foreign_requests))
            .wrap(Compress::default())
            .wrap(from_fn(headers::protect))
            .wrap(from_fn(measured))
            .wrap(TracingLogger::<RequestSpan>::new())
    }
}
