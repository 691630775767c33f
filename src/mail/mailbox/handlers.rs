//! HTTP of the mailbox.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use serde::Deserialize;

use super::model::{self, Filter, Message};
use super::pages::{Content, ListPage, MailPage, Part};
use crate::error::Error;
use crate::reference;
use crate::web::{Cursor, Guest, Query, Reply, downloads, page};

/// What a mail may do in its frame: wear its own styles and open links elsewhere, nothing else.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; \
    frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    q: String,
    to: String,
    page: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PartQuery {
    part: String,
}

pub(super) async fn index(guest: Guest, Query(query): Query<ListQuery>) -> Reply {
    let filter = Filter { search: query.q.clone(), to_email: query.to.clone() };
    let cursor = Cursor::parse(&query.page);
    let (mails, recipients) = guest
        .db()
        .read(move |conn| {
            let mails = Message::list(&filter, cursor.as_ref(), conn)?;
            Ok((mails, model::recipients(conn)?))
        })
        .await?;
    page(&ListPage::new(guest.frame(), query.q, query.to, mails, recipients))
}

pub(super) async fn show(
    guest: Guest,
    reference: Path<String>,
    Query(query): Query<PartQuery>,
) -> Reply {
    let (mail, source) = find(&guest, &reference).await?;
    let content = Content::of(&source)?;
    page(&MailPage::new(guest.frame(), mail, Part::parse(&query.part), content, source))
}

/// The HTML part alone, for the frame on its page.
pub(super) async fn html(guest: Guest, reference: Path<String>) -> Reply {
    let (_, source) = find(&guest, &reference).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, MAIL_POLICY))
        .insert_header((header::X_FRAME_OPTIONS, "SAMEORIGIN"))
        .body(Content::of(&source)?.html))
}

/// The whole message, as a mail program would open it.
pub(super) async fn download(guest: Guest, reference: Path<String>) -> Reply {
    let (mail, source) = find(&guest, &reference).await?;
    let name = format!("{}.eml", mail.reference);
    Ok(downloads::attachment(&name, "message/rfc822").body(source))
}

/// A file that came with the message.
pub(super) async fn attachment(guest: Guest, address: Path<(String, String)>) -> Reply {
    let (reference, position) = address.into_inner();
    let position: usize = position.parse().map_err(|_| Error::NotFound)?;
    let (_, source) = find(&guest, &reference).await?;
    let mut attachments = Content::of(&source)?.attachments;
    let place = position.checked_sub(1).filter(|place| *place < attachments.len());
    let file = attachments.swap_remove(place.ok_or(Error::NotFound)?);
    Ok(downloads::attachment(&file.name, &file.mime).body(file.bytes))
}

async fn find(guest: &Guest, typed: &str) -> crate::error::Result<(Message, String)> {
    let wanted = reference::normalise(typed);
    guest
        .db()
        .read(move |conn| {
            let mail = Message::find(&wanted, conn)?;
            let source = model::source(&wanted, conn)?;
            Ok((mail, source))
        })
        .await
}
