//! Every address the portal answers, who may use it, and the one table that both the router and
//! the guard read: an address that is not in a slice's `routes!` is refused.

use std::collections::HashMap;

use actix_web::body::MessageBody;
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Route as Handler, guard, web};

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
        pub fn routes(config: &mut actix_web::web::ServiceConfig) {
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
    let sessionless = [Kind::Asset, Kind::Health, Kind::OneClick];
    if kind_of(&request).is_some_and(|kind| sessionless.contains(&kind)) {
        request.headers_mut().remove(header::COOKIE);
    }
    next.call(request).await
}

/// What the address of a request gives; none where nothing answers it.
pub(super) fn kind_of(request: &ServiceRequest) -> Option<Kind> {
    let routes = request.app_data::<Data<RouteMap>>()?;
    Some(routes.find(request.method(), &request.match_pattern()?)?.kind)
}
