//! Every address the portal answers, who may use it, and the one table that both the router and
//! the guard read: an address that is not in a slice's `routes!` is refused.

use std::collections::HashMap;

use actix_web::body::MessageBody;
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::web::ServiceConfig;
use actix_web::{HttpMessage, HttpRequest, Resource, Route as Handler, guard, web};

use super::not_found;
use crate::auth::Who;

/// What an address gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Page,
    Action,
    /// An action whose signed address is the permission: mail programs send it (RFC 8058), so it
    /// needs no session, heeds none, and may come from anywhere.
    OneClick,
    Download,
    /// A file that a program reads under an address with a secret, which is the permission: it
    /// needs no session and heeds none.
    Feed,
    Asset,
    Health,
}

/// One address: method, path pattern, name and who may.
#[derive(Debug)]
pub struct Route {
    pub kind: Kind,
    pub name: &'static str,
    pub method: Method,
    pub path: &'static str,
    pub who: Who,
}

impl Route {
    /// Whether a record of a program stands in the address. Such routes are counted, so that nobody
    /// tries one reference after another; nothing has to be declared for that.
    pub fn names_record(&self) -> bool {
        self.path.strip_prefix("/p/{program}").is_some_and(|inner| inner.contains('{'))
    }
}

/// Declares the addresses of a slice: `ROUTES` for the table, `routes` for the router.
///
/// ```ignore
/// routes! {
///     Page "contacts" GET "/p/{program}/contacts" (Who::MEMBERS) => handlers::index;
/// }
/// ```
#[macro_export]
macro_rules! routes {
    ($($kind:ident $name:literal $method:ident $path:literal ($who:expr) => $handler:expr;)+) => {
        /// The slice's addresses and who may use each.
        pub const ROUTES: &[$crate::web::Route] = &[$($crate::web::Route {
            kind: $crate::web::Kind::$kind,
            name: $name,
            method: actix_web::http::Method::$method,
            path: $path,
            who: $who,
        }),+];

        /// Puts the slice's handlers at their addresses.
        pub fn routes(config: &mut $crate::web::Addresses) {
            $(config.route(
                $path,
                $crate::web::method(actix_web::http::Method::$method).to($handler),
            );)+
        }
    };
}

/// A route for one method; GET answers HEAD as well.
pub fn method(method: Method) -> Handler {
    if method == Method::GET {
        web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        web::method(method)
    }
}

/// What all addresses within a program begin with.
const PROGRAM: &str = "/p/{program}";

/// Handlers by their addresses, as the slices give them. The router tries one address after the
/// other: those within a program are put together, so that it reads the program once and not for
/// each of them, and those that it need only compare come first.
#[derive(Default)]
pub struct Addresses {
    outside: Vec<(&'static str, Vec<Handler>)>,
    within_program: Vec<(&'static str, Vec<Handler>)>,
}

impl Addresses {
    pub fn route(&mut self, path: &'static str, handler: Handler) {
        let (list, path) = match path.strip_prefix(PROGRAM) {
            Some(inner) => (&mut self.within_program, inner),
            None => (&mut self.outside, path),
        };
        match list.iter_mut().find(|(known, _)| *known == path) {
            Some((_, handlers)) => handlers.push(handler),
            None => list.push((path, vec![handler])),
        }
    }

    pub fn configure(mut self, config: &mut ServiceConfig) {
        for list in [&mut self.outside, &mut self.within_program] {
            list.sort_by_key(|(path, _)| path.contains('{'));
        }
        for one in self.outside {
            config.service(resource(one));
        }
        let program = web::scope(PROGRAM);
        config.service(
            self.within_program
                .into_iter()
                .fold(program, |program, one| program.service(resource(one))),
        );
    }
}

fn resource((path, handlers): (&'static str, Vec<Handler>)) -> Resource {
    let resource = web::resource(path).default_service(web::to(not_found));
    handlers.into_iter().fold(resource, Resource::route)
}

/// The routes of all slices, by what a request is matched with.
pub struct RouteMap {
    by_pattern: HashMap<&'static str, Vec<&'static Route>>,
}

impl RouteMap {
    pub fn new(routes: impl IntoIterator<Item = &'static Route>) -> Self {
        let mut by_pattern = HashMap::<_, Vec<_>>::new();
        for route in routes {
            by_pattern.entry(route.path).or_default().push(route);
        }
        Self { by_pattern }
    }

    /// The route that a request with this method was matched to.
    pub fn find(&self, method: &Method, pattern: &str) -> Option<&'static Route> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.by_pattern.get(pattern)?.iter().find(|route| route.method == *method).copied()
    }

    /// The methods that a path answers, for one that was asked with another.
    pub fn methods_of(&self, path: &str) -> Vec<&'static str> {
        let mut methods: Vec<&'static str> = self
            .by_pattern
            .iter()
            .filter(|(pattern, _)| ResourceDef::new(**pattern).is_match(path))
            .flat_map(|(_, routes)| routes.iter().map(|route| route.method.as_str()))
            .collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }
}

/// Middleware: static files, health checks and what a signed address allows are the same for
/// everyone, so that whoever's cookie comes along, nobody's session is looked up for them.
pub async fn leave_sessions_out(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let sessionless = [Kind::Asset, Kind::Health, Kind::OneClick, Kind::Feed];
    if route_of(request.request()).is_some_and(|route| sessionless.contains(&route.kind)) {
        request.headers_mut().remove(header::COOKIE);
    }
    next.call(request).await
}

/// The route of a request; none where nothing answers it. The router is asked once for each request.
pub(super) fn route_of(request: &HttpRequest) -> Option<&'static Route> {
    #[derive(Clone, Copy)]
    struct Found(Option<&'static Route>);

    let known = request.extensions().get::<Found>().copied();
    if let Some(Found(route)) = known {
        return route;
    }
    let routes = request.app_data::<Data<RouteMap>>()?;
    let route = request.match_pattern().and_then(|path| routes.find(request.method(), &path));
    request.extensions_mut().insert(Found(route));
    route
}
