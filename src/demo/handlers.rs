//! The demo's bar: the next day, the next week, or a day of one's choice.

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use url::Url;

use super::{EachDay, Move, move_on};
use crate::error::{Error, Result};
use crate::web::{Fields, Flash, Form, Guest, Site};

#[derive(Deserialize)]
pub(super) struct MoveForm {
    /// By how many days; or else
    #[serde(default)]
    days: Option<i64>,
    /// to which.
    #[serde(default)]
    date: String,
}

impl MoveForm {
    fn parse(&self) -> Result<Move> {
        let mut fields = Fields::default();
        let how = match self.days {
            Some(days) => Some(Move::Days(days)),
            None => fields.day("date", "The day", &self.date).map(Move::To),
        };
        fields.finish(|| how)
    }
}

/// POST `/demo/clock`
pub(super) async fn move_clock(
    guest: Guest,
    request: HttpRequest,
    each_day: Data<EachDay>,
    Form(form): Form<MoveForm>,
) -> Result<HttpResponse> {
    let how = form.parse()?;
    let (each_day, db) = (EachDay::clone(&each_day), guest.db().clone());
    web::block(move || move_on(how, &each_day, &db, |_| Ok(())))
        .await
        .map_err(Error::internal)??;
    let words = match how {
        Move::Days(1) => "A day has passed.".to_owned(),
        Move::Days(days) => format!("{days} days have passed."),
        Move::To(_) => "The clock was moved.".to_owned(),
    };
    Ok(guest.go(&back(&request, guest.site()), &Flash::success(words)))
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
