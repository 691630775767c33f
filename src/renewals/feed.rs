//! The calendar over HTTP: the page on which a person makes and ends its address, and the address.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::EVERYBODY;
use super::calendar::{calendar_of, etag_of, is_known};
use crate::auth::feeds::{self, Feed};
use crate::auth::{Part, Scope};
use crate::web::{Flash, Frame, Guest, Reply, Visit, page};

const PAGE: &str = "/renewals/calendar";
/// Fetched again each time and answered with 304 mostly; kept by nobody on the way.
const CACHE: &str = "private, no-cache";

#[derive(Template)]
#[template(path = "renewals/calendar.html")]
struct CalendarPage {
    frame: Frame,
    href: String,
    renewals_href: String,
    /// Whose licences are in it.
    whose: String,
    made: Option<Made>,
    /// The address, on the only page that ever has it.
    address: Option<Address>,
}

/// What is known of the person's address.
struct Made {
    created: String,
    fetched: String,
}

struct Address {
    https: String,
    webcal: String,
}

impl CalendarPage {
    fn new(visit: &Visit, scope: &Scope, feed: Option<Feed>, token: Option<&str>) -> Self {
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let whose = match scope.part() {
            None => format!("all licences of {}", scope.program().name),
            Some(Part::Partner) => "your customers' licences".to_owned(),
            Some(Part::Distributor) => "licences that were ordered through you".to_owned(),
        };
        Self {
            frame: visit.frame(scope),
            href: scope.path(PAGE),
            renewals_href: scope.path("/renewals"),
            whose,
            made: feed.map(|feed| Made {
                created: locale.moment(feed.created_at, zone),
                fetched: match feed.fetched_at {
                    Some(at) => locale.moment(at, zone),
                    None => "Never".to_owned(),
                },
            }),
            address: token.map(|token| {
                let https = visit.site().link(&format!("/calendar/{token}/renewals.ics"));
                let rest = https.split_once("://").map_or("", |(_, rest)| rest);
                Address { webcal: format!("webcal://{rest}"), https }
            }),
        }
    }
}

pub(super) async fn show(visit: Visit) -> Reply {
    let built = visit.read(|visit, scope, conn| {
        let feed = Feed::of(scope, conn)?;
        Ok(CalendarPage::new(visit, scope, feed, None))
    });
    page(&built.await?)
}

/// The answer to what makes the address is the page that shows it, once.
pub(super) async fn make(visit: Visit) -> Reply {
    let built = visit.write(|visit, scope, conn| {
        let token = feeds::make(scope, visit.now(), conn)?;
        let feed = Feed::of(scope, conn)?;
        Ok(CalendarPage::new(visit, scope, feed, Some(&token)))
    });
    page(&built.await?)
}

pub(super) async fn revoke(visit: Visit) -> Reply {
    let ended = visit
        .write(|visit, scope, conn| Ok((feeds::end(scope, visit.now(), conn)?, scope.path(PAGE))));
    let (ended, path) = ended.await?;
    let flash = match ended {
        true => Flash::success("The address is ended. Calendars that use it get nothing more."),
        false => Flash::warning("There is no address that could be ended."),
    };
    Ok(visit.go(&path, &flash))
}

/// The calendar itself, for whoever has its address.
pub(super) async fn read(guest: Guest, token: Path<String>, request: HttpRequest) -> Reply {
    let (token, now) = (token.into_inner(), guest.now());
    let opened = guest.db().read(move |conn| feeds::open(&token, EVERYBODY, now, conn)).await?;
    let id = opened.id();
    guest.db().write(move |conn| feeds::count_reading(id, now, conn)).await?;
    let site = guest.site().clone();
    let name = format!("inline; filename=\"renewals-{}.ics\"", opened.scope.program().slug);
    let body = guest.db().read(move |conn| calendar_of(&opened.scope, &site, conn)).await?;
    let etag = etag_of(&body);
    let sent = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = sent.is_some_and(|sent| is_known(sent, &etag));
    let mut answer =
        HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    answer.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, CACHE));
    if known {
        return Ok(answer.finish());
    }
    answer
        .insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, name));
    Ok(answer.body(body))
}
