//! What the log says of a request: its number, method, route and status. Never its address or its
//! query, which may hold the secret of a one-time link.

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use super::routes::route_of;

/// Every line that is logged during a request carries these.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let number = request.extensions().get::<RequestId>().copied();
        // What stands here is asked only where the log wants it.
        tracing::info_span!(
            "request",
            request_id = number.map(tracing::field::display),
            method = %request.method(),
            route = route_of(request.request()).map(|route| route.path),
            status = Empty,
        )
    }

    fn on_request_end<B: MessageBody>(
        span: Span,
        outcome: &Result<ServiceResponse<B>, actix_web::Error>,
    ) {
        let status = match outcome {
            Ok(answer) => answer.status(),
            Err(fault) => fault.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
        span.in_scope(|| tracing::debug!("answered"));
    }
}
