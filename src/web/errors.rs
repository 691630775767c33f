//! The page for each error. All of them look alike for everyone: what is missing and what is not
//! yours give the same bytes.

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use askama::Template;

use super::{Frame, RouteMap};
use crate::auth::SECOND_FACTOR_PAGE;
use crate::error::Error;
use crate::reference;
use crate::stoppages::{Stopped, StoppedNote};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    title: &'a str,
    text: &'a str,
    /// What to quote to the operator; empty except for our own faults.
    number: &'a str,
}

/// What is stopped for maintenance, until when, and what becomes of work under way.
#[derive(Template)]
#[template(path = "stopped.html")]
struct StoppedPage {
    frame: Frame,
    note: StoppedNote,
}

impl StoppedPage {
    fn of(stopped: &Stopped, frame: Option<&Frame>) -> Self {
        let frame = frame.cloned().unwrap_or_else(Frame::bare);
        Self { note: stopped.note(frame.locale()), frame }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::SignedOut(_) | Self::SecondFactorDue => StatusCode::SEE_OTHER,
            Self::Conflict(_) | Self::LostRace => StatusCode::CONFLICT,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany { .. } | Self::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unavailable | Self::Stopped(..) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Setting(_) | Self::Broken(_) | Self::Internal(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponseBuilder::new(self.status_code());
        match self {
            Self::SignedOut(next) => {
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("next", next)
                    .finish();
                return answer
                    .insert_header((header::LOCATION, format!("/sign-in?{query}")))
                    .finish();
            }
            Self::SecondFactorDue => {
                return answer.insert_header((header::LOCATION, SECOND_FACTOR_PAGE)).finish();
            }
            Self::TooMany { retry_after } | Self::Limited { retry_after, .. } => {
                answer.insert_header((header::RETRY_AFTER, retry_after.to_string()));
            }
            Self::Unavailable => {
                answer.insert_header((header::RETRY_AFTER, "5"));
            }
            Self::Stopped(stopped, frame) => {
                answer.insert_header((header::RETRY_AFTER, stopped.seconds.to_string()));
                let page = StoppedPage::of(stopped, frame.as_deref());
                let body = page.render().unwrap_or_else(|_| stopped.to_string());
                return answer.content_type("text/html; charset=utf-8").body(body);
            }
            _ => {}
        }
        let number = self.log();
        let (title, text) = self.words();
        let page = ErrorPage { frame: Frame::bare(), title, text: &text, number: &number };
        // Plain words are left when even the page of the error fails.
        let body = page.render().unwrap_or_else(|_| format!("{title}\n{text}\n{number}\n"));
        answer.content_type("text/html; charset=utf-8").body(body)
    }
}

impl Error {
    /// Writes our own faults to the log under a number that the person can quote.
    fn log(&self) -> String {
        match self {
            Self::Internal(cause) | Self::Broken(cause) | Self::Setting(cause) => {
                let number = reference::draw("E");
                tracing::error!(number, cause, "a request failed");
                number
            }
            _ => String::new(),
        }
    }

    fn words(&self) -> (&'static str, String) {
        match self {
            Self::NotFound => (
                "Page not found",
                "There is nothing at this address, or it is not yours to see.".to_owned(),
            ),
            Self::Forbidden(why) => ("Not allowed", why.clone()),
            Self::SignedOut(_) => ("Please sign in", String::new()),
            Self::SecondFactorDue => ("Please set up your second factor", String::new()),
            Self::Conflict(why) => ("This was changed meanwhile", why.clone()),
            Self::LostRace => (
                "This was changed meanwhile",
                "Several people changed the same thing at once. Please try again.".to_owned(),
            ),
            Self::Invalid(errors) => ("This cannot be done", sentences(errors)),
            Self::TooMany { retry_after } => (
                "Too many requests",
                format!("Please wait {} and try again.", waiting(*retry_after)),
            ),
            Self::Limited { retry_after, why } => {
                ("Too much at once", format!("{why} It goes on in {}.", waiting(*retry_after)))
            }
            Self::BadRequest(why) => ("This request cannot be read", why.clone()),
            Self::TooLarge { most } => {
                ("Too much was sent", format!("At most {} kB can be sent here.", most / 1024))
            }
            Self::TooSlow => (
                "This took too long",
                "The request did not arrive in time. Please check your connection and try again."
                    .to_owned(),
            ),
            Self::Unavailable => (
                "The portal is catching its breath",
                "The database cannot be reached at the moment. Nothing you had saved is lost; \
                 please try again in a few seconds."
                    .to_owned(),
            ),
            Self::Stopped(stopped, _) => ("Stopped for maintenance", stopped.to_string()),
            Self::Setting(_) | Self::Broken(_) | Self::Internal(_) => (
                "Something went wrong on our side",
                "Nothing was changed. Please try again; if it happens again, quote the number \
                 below to your administrator."
                    .to_owned(),
            ),
        }
    }
}

fn sentences(errors: &super::FieldErrors) -> String {
    errors.list().iter().map(|error| error.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn waiting(seconds: u64) -> String {
    if seconds < 90 {
        format!("{seconds} seconds")
    } else {
        format!("{} minutes", seconds.div_ceil(60))
    }
}

/// What every address answers that no slice has: 404, or 405 where only the method is wrong.
pub async fn not_found(request: HttpRequest) -> HttpResponse {
    let methods = request
        .app_data::<Data<RouteMap>>()
        .map(|routes| routes.methods_of(request.path()))
        .unwrap_or_default();
    let mut answer = Error::NotFound.error_response();
    if !methods.is_empty() {
        *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        if let Ok(allow) = header::HeaderValue::from_str(&methods.join(", ")) {
            answer.headers_mut().insert(header::ALLOW, allow);
        }
    }
    answer
}
