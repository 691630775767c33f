//! The demo's bar: the next day, the next week.

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Duration;
use serde::Deserialize;
use url::Url;

use super::{EachDay, clock};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::web::{Flash, Form, Guest, Site};

#[derive(Deserialize)]
pub(super) struct Step {
    days: i64,
}

/// The most that one press of a button moves the clock.
const LONGEST_STEP: i64 = 31;

pub(super) async fn step(
    guest: Guest,
    request: HttpRequest,
    clock: Data<Clock>,
    each_day: Data<EachDay>,
    Form(step): Form<Step>,
) -> Result<HttpResponse> {
    if !(1..=LONGEST_STEP).contains(&step.days) {
        return Err(Error::field("days", "The clock goes on by 1 to 31 days."));
    }
    for _ in 0..step.days {
        let by = Duration::days(1);
        clock.advance(by);
        let stepped = Clock::clone(&clock);
        guest.db().write(move |conn| clock::step(&stepped, by, conn)).await?;
        let each_day = EachDay::clone(&each_day);
        web::block(move || each_day.work()).await.map_err(Error::internal)??;
    }
    let day = clock.now().utc().format("%-d %B %Y");
    Ok(guest.go(&back(&request, guest.site()), &Flash::success(format!("It is {day} now."))))
}

/// The page on which the button was pressed, if it is one of ours.
fn back(request: &HttpRequest, site: &Site) -> String {
    let from = request.headers().get(header::REFERER);
    from.and_then(|from| from.to_str().ok())
        .and_then(|from| Url::parse(from).ok())
        .filter(|from| from.origin() == site.base.origin())
        .map_or_else(
            || "/".to_owned(),
            |from| from[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        )
}
