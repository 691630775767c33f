//! Receipts: shown, verified, taken away.

use actix_web::web::Path;

use crate::deals::forms::ReceiptQuery;
use crate::deals::pages::receipt::{ReceiptPage, VerifyPage};
use crate::deals::receipts::Receipt;
use crate::web::downloads::attachment;
use crate::web::{Query, Reply, Visit, page};

pub(in crate::deals) async fn verify(visit: Visit, Query(query): Query<ReceiptQuery>) -> Reply {
    let built = visit.read(move |visit, scope, conn| VerifyPage::read(visit, scope, query, conn));
    page(&built.await?)
}

pub(in crate::deals) async fn show(visit: Visit, address: Path<(String, String)>) -> Reply {
    let (_, number) = address.into_inner();
    let built = visit.read(move |visit, scope, conn| {
        Ok(ReceiptPage::new(visit, scope, Receipt::find_for(scope, &number, conn)?))
    });
    page(&built.await?)
}

pub(in crate::deals) async fn download(visit: Visit, address: Path<(String, String)>) -> Reply {
    let (_, number) = address.into_inner();
    let found = visit.read(move |_, scope, conn| Receipt::find_for(scope, &number, conn)).await?;
    let name = format!("receipt-{}.txt", found.reference);
    Ok(attachment(&name, "text/plain; charset=utf-8").body(found.content))
}
