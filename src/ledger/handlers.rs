//! HTTP of the ledger.

use actix_web::web::Path;

use super::filter::{CountsQuery, LedgerQuery};
use super::pages::counts::CountsPage;
use super::pages::list::LedgerPage;
use super::pages::mail::MailPage;
use super::pages::partners::PartnersPage;
use super::{export, model};
use crate::error::Error;
use crate::reference;
use crate::web::downloads;
use crate::web::{Query, Reply, Visit, page};

/// The vendor sees its program's counts here, everybody else their ledger.
pub(super) async fn index(
    visit: Visit,
    Query(list): Query<LedgerQuery>,
    Query(counts): Query<CountsQuery>,
) -> Reply {
    let found = visit
        .read(move |visit, scope, conn| {
            if scope.is_vendor() {
                CountsPage::read(visit, scope, &counts, conn).map(Ok)
            } else {
                LedgerPage::read(visit, scope, list, conn).map(Err)
            }
        })
        .await?;
    match found {
        Ok(counts) => page(&counts),
        Err(ledger) => page(&ledger),
    }
}

pub(super) async fn download(
    visit: Visit,
    Query(list): Query<LedgerQuery>,
    Query(counts): Query<CountsQuery>,
) -> Reply {
    let file = visit.read(move |_, scope, conn| {
        if scope.is_vendor() {
            export::counts(scope, &counts, conn)
        } else {
            export::ledger(scope, &list, conn)
        }
    });
    file.await?.download("mail.csv")
}

pub(super) async fn own(visit: Visit, Query(list): Query<LedgerQuery>) -> Reply {
    let found =
        visit.read(move |visit, scope, conn| LedgerPage::read(visit, scope, list, conn)).await?;
    page(&found)
}

pub(super) async fn download_own(visit: Visit, Query(list): Query<LedgerQuery>) -> Reply {
    let file = visit.read(move |_, scope, conn| export::ledger(scope, &list, conn)).await?;
    file.download("own-mail.csv")
}

pub(super) async fn partners(visit: Visit, Query(query): Query<CountsQuery>) -> Reply {
    let found = visit
        .read(move |visit, scope, conn| PartnersPage::read(visit, scope, &query, conn))
        .await?;
    page(&found)
}

pub(super) async fn download_partners(visit: Visit, Query(query): Query<CountsQuery>) -> Reply {
    let file = visit.read(move |_, scope, conn| export::partners(scope, &query, conn)).await?;
    file.download("mail-by-partner.csv")
}

pub(super) async fn show(visit: Visit, place: Path<(String, String)>) -> Reply {
    let wanted = reference::normalise(&place.into_inner().1);
    let found =
        visit.read(move |visit, scope, conn| MailPage::read(visit, scope, &wanted, conn)).await?;
    page(&found)
}

/// A file that goes with a mail, for whoever may read its text.
pub(super) async fn attachment(visit: Visit, place: Path<(String, String, String)>) -> Reply {
    let (_, mail, position) = place.into_inner();
    let (wanted, position) = (reference::normalise(&mail), position.parse::<i32>().ok());
    let made = visit.read(move |_, scope, conn| {
        let ((mail, _), said) = model::find_for(scope, &wanted, conn)?;
        let said = said.filter(|_| model::may_be_read(&mail));
        let mut enclosed = said.into_iter().flat_map(|(_, enclosed)| enclosed);
        let one = enclosed.find(|one| Some(one.position) == position).ok_or(Error::NotFound)?;
        one.make(conn)
    });
    let file = made.await?;
    Ok(downloads::attachment(&file.name, &file.mime).body(file.bytes))
}
