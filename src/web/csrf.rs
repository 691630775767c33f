//! Requests that change something must come from our own pages.
//!
//! `Sec-Fetch-Site` says where a request comes from, and no page can forge it: same-origin (or
//! typed by the person) passes. A browser without it sends `Origin`, which must be ours. Neither
//! of the two beside a session cookie is refused. The one exception is the one-click unsubscribe of
//! RFC 8058 ([`Kind::OneClick`]), which its own signed address protects.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, ResponseError};

use super::routes::route_of;
use super::{Kind, Route, Site};
use crate::error::Error;

/// Middleware: refuses unsafe requests of other sites before anything else looks at them.
pub async fn refuse_foreign_requests(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let foreign = request
        .app_data::<Data<Site>>()
        .is_none_or(|site| is_unsafe(request.method()) && !is_ours(request.request(), site));
    let one_click = |route: &Route| route.kind == Kind::OneClick;
    if foreign && !route_of(request.request()).is_some_and(one_click) {
        let refused = Error::forbidden(
            "This request did not come from a page of the portal. Open the page again and retry.",
        );
        return Ok(request.into_response(refused.error_response()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_ours(request: &HttpRequest, site: &Site) -> bool {
    let text = |name: &str| {
        request.headers().get(name).map(|value| value.to_str().unwrap_or("unreadable"))
    };
    if let Some(from) = text("sec-fetch-site") {
        return matches!(from, "same-origin" | "none");
    }
    if let Some(origin) = text(header::ORIGIN.as_str()) {
        return origin == site.origin();
    }
    request.cookie(&site.cookie_name("session")).is_none()
}
