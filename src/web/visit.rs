//! One request of one person: who they are, where they go, and when.
//!
//! A handler takes a [`Visit`] (or a [`Guest`], where nobody need be signed in) and does its work
//! in `read` or `write`: there the person enters the program of the address, the route's guard is
//! asked, and the closure gets the [`Scope`] that every query takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_session::SessionExt;
use actix_web::cookie::Key;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::frame::{Demo, Frame};
use super::routes::route_of;
use super::{Flash, Kind, Route, Site, client_address, see_other};
use crate::auth::{self, Actor, Safeguards, Scope, SecondFactor, Who};
use crate::clock::{Clock, Instant};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};

/// A request of whoever: signed in or not.
#[derive(Clone)]
pub struct Guest {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    site: Site,
    cookie_key: Key,
    safeguards: Safeguards,
    route: &'static Route,
    actor: Option<Actor>,
    now: Instant,
    program: Option<String>,
    /// The record of the address: what else stands in it beside the program.
    record: String,
    /// Whether this request was counted; it may read more than once.
    counted: AtomicBool,
    path: String,
    client: String,
    user_agent: String,
    flash: Option<Flash>,
}

/// A request of somebody who is signed in.
#[derive(Clone)]
pub struct Visit {
    guest: Guest,
    actor: Actor,
}

impl Guest {
    pub fn now(&self) -> Instant {
        self.inner.now
    }

    /// The time as phones keep it, by which their codes go: the portal's own, but in a demo, whose
    /// day may be long ago.
    pub fn phone_time(&self) -> Instant {
        if self.site().demo { Clock::default().now() } else { self.now() }
    }

    pub fn site(&self) -> &Site {
        &self.inner.site
    }

    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    pub fn actor(&self) -> Option<&Actor> {
        self.inner.actor.as_ref()
    }

    pub fn safeguards(&self) -> &Safeguards {
        &self.inner.safeguards
    }

    /// Where the request came from, for limits and the list of sessions.
    pub fn client(&self) -> &str {
        &self.inner.client
    }

    pub fn user_agent(&self) -> &str {
        &self.inner.user_agent
    }

    /// The frame of a page for somebody who is not signed in.
    pub fn frame(&self) -> Frame {
        Frame::signed_out(self.inner.flash.clone(), self.demo())
    }

    /// 303 with a sentence for the next page.
    pub fn go(&self, path: &str, flash: &Flash) -> HttpResponse {
        let mut answer = see_other(path);
        let cookie = flash.cookie(&self.inner.site, &self.inner.cookie_key);
        if answer.add_cookie(&cookie).is_err() {
            tracing::warn!("a flash message could not be carried");
        }
        answer
    }

    fn demo(&self) -> Option<Demo> {
        let inner = &self.inner;
        inner.site.demo.then(|| Demo { day: inner.now.utc().date() })
    }

    fn of(request: &HttpRequest) -> Result<Self> {
        let parts = (
            request.app_data::<Data<Db>>(),
            request.app_data::<Data<Clock>>(),
            request.app_data::<Data<Site>>(),
            request.app_data::<Data<Key>>(),
            request.app_data::<Data<Safeguards>>(),
        );
        let (Some(db), Some(clock), Some(site), Some(key), Some(safeguards)) = parts else {
            return Err(Error::internal("the app was built without its parts"));
        };
        // What is not in the table of routes is refused, even where a handler answers.
        let route = route_of(request).ok_or(Error::NotFound)?;
        if route.who == Who::AnyoneOnDemo && !site.demo {
            return Err(Error::NotFound);
        }
        // No record has such a name, and PostgreSQL would not even look.
        if request.match_info().iter().any(|(_, value)| value.contains('\0')) {
            return Err(Error::NotFound);
        }
        let header = |name: &str| {
            let value = request.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().chars().take(200).collect::<String>()
        };
        Ok(Self {
            inner: Arc::new(Inner {
                db: Db::clone(db),
                site: Site::clone(site),
                cookie_key: Key::clone(key),
                safeguards: Safeguards::clone(safeguards),
                route,
                actor: auth::session_actor(&request.get_session())?,
                now: clock.now(),
                program: request.match_info().get("program").map(str::to_owned),
                record: values_of(request),
                counted: AtomicBool::new(false),
                path: request.path().to_owned(),
                client: client_address(request, site),
                user_agent: header("user-agent"),
                flash: Flash::read(request, site, key),
            }),
        })
    }
}

impl FromRequest for Guest {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request))
    }
}

impl FromRequest for Visit {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Guest::of(request).and_then(|guest| {
            let back = if request.method().is_safe() {
                request.uri().path_and_query().map_or("/", |address| address.as_str())
            } else {
                "/"
            };
            let actor = guest.actor().cloned().ok_or_else(|| Error::SignedOut(back.to_owned()))?;
            let visit = Self { guest, actor };
            if visit.owes_second_factor() && visit.inner.route.who != Who::AnySession {
                return Err(Error::SecondFactorDue);
            }
            Ok(visit)
        }))
    }
}

impl std::ops::Deref for Visit {
    type Target = Guest;

    fn deref(&self) -> &Guest {
        &self.guest
    }
}

impl Visit {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether the person must set up a second factor before anything else.
    pub fn owes_second_factor(&self) -> bool {
        match self.actor.second_factor {
            SecondFactor::On => false,
            SecondFactor::Off => self.safeguards().demand_of(self.actor.access),
            SecondFactor::Owed => true,
        }
    }

    /// Runs a closure that reads, in the program of the address.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &Scope, &mut Conn) -> Result<T> + Send + 'static,
    {
        self.heed_limits().await?;
        let visit = self.clone();
        self.db()
            .read(move |conn| {
                let scope = visit.enter(conn)?;
                work(&visit, &scope, conn).map_err(|fault| fault.framed(|| visit.frame(&scope)))
            })
            .await
    }

    /// Runs a closure that changes something, in the program of the address and in one
    /// transaction. It may run more than once.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Self, &Scope, &mut Conn) -> Result<T> + Send + 'static,
    {
        self.heed_limits().await?;
        let visit = self.clone();
        self.db()
            .write(move |conn| {
                let scope = visit.enter(conn)?;
                work(&visit, &scope, conn).map_err(|fault| fault.framed(|| visit.frame(&scope)))
            })
            .await
    }

    /// The frame of a page in a program.
    pub fn frame(&self, scope: &Scope) -> Frame {
        self.frame_of_person(Vec::new()).in_program(scope, &self.inner.path, self.inner.now)
    }

    /// The frame of a page that belongs to no program: the account, the choice of a program.
    pub fn frame_of_person(&self, programs: Vec<auth::ProgramChoice>) -> Frame {
        Frame::signed_in(&self.actor, self.inner.flash.clone(), self.demo(), programs)
    }

    /// How much one person may take away: asked before anybody knows whether the record is there.
    async fn heed_limits(&self) -> Result<()> {
        let inner = &self.inner;
        let reading = &self.safeguards().reading;
        if inner.counted.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        if inner.route.names_record() {
            reading.open(&self.actor, &inner.record, inner.now, &inner.db).await?;
        }
        if inner.route.kind == Kind::Download {
            reading.export(&self.actor, inner.now, &inner.db).await?;
        }
        Ok(())
    }

    /// The guard: into the program of the address, if the route is open to the person's seat.
    fn enter(&self, conn: &mut Conn) -> Result<Scope> {
        let slug = self.inner.program.as_deref().ok_or(Error::NotFound)?;
        Scope::enter(&self.actor, slug, self.inner.route.who, self.inner.now, conn)
    }
}

/// Everything that varies in the address, in one word.
fn values_of(request: &HttpRequest) -> String {
    request.match_info().iter().map(|(_, value)| value).collect::<Vec<_>>().join("\n")
}
