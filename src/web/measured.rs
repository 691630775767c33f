//! How long requests take, by the name of their route.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;

use super::routes::route_of;
use crate::figures;

/// Middleware: notes each request, if anybody collects that.
pub async fn measured(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !figures::are_collected() {
        return next.call(request).await;
    }
    let route = route_of(request.request());
    let method = known(request.method());
    let began = Instant::now();
    let outcome = next.call(request).await;
    let status = match &outcome {
        Ok(answer) => answer.status(),
        Err(fault) => fault.as_response_error().status_code(),
    };
    let name = route.map_or("none", |route| route.name);
    figures::request(method, name, status.as_u16(), began.elapsed());
    outcome
}

/// A client may send any word as its method.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => "other",
    }
}
