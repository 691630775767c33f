//! What handlers answer with: a page, or the way to the next one.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use crate::error::{Error, Result};

/// What a handler gives.
pub type Reply = Result<HttpResponse, Error>;

/// A page.
pub fn page(template: &impl Template) -> Reply {
    page_with(StatusCode::OK, template)
}

/// A page with another status: 422 for a form that has to be mended.
pub fn page_with(status: StatusCode, template: &impl Template) -> Reply {
    let body = template.render()?;
    Ok(HttpResponseBuilder::new(status).content_type("text/html; charset=utf-8").body(body))
}

/// 303: the change is made, look there.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}
