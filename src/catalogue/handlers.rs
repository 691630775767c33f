//! HTTP only: one SKU explained, a quote translated, and the same as a file.

use actix_web::http::StatusCode;

use super::book::SkuBook;
use super::export;
use super::forms::{QuoteForm, Refused, SkuQuery};
use super::pages::{Explained, SkusPage, Table};
use super::priced::PriceTags;
use super::quote::QuoteLine;
use super::translation::TranslatedQuote;
use crate::error::Error;
use crate::programs::rules_of;
use crate::web::{Form, Query, Reply, Visit, page_with};

pub(super) async fn show(visit: Visit, Query(query): Query<SkuQuery>) -> Reply {
    let built = visit.read(move |visit, scope, conn| {
        let program_id = scope.program().id;
        let book = SkuBook::read(program_id, conn)?;
        let asked = query.parse(scope.today());
        let mut page = SkusPage::new(visit, scope, &book, query, QuoteForm::default());
        match asked {
            Ok(None) => Ok((StatusCode::OK, page)),
            Ok(Some((sku, day))) => {
                let policies = rules_of(program_id, conn)?.policies;
                let quote = TranslatedQuote::of(vec![QuoteLine::of(&sku)], day, &book, &policies);
                let prices = PriceTags::of(&quote, scope, conn)?;
                page.explained = Explained::of(&quote, &book, &prices, scope);
                Ok((StatusCode::OK, page))
            }
            Err(Error::Invalid(errors)) => {
                page.refused = Refused { errors, ..Refused::default() };
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page))
            }
            Err(fault) => Err(fault),
        }
    });
    let (status, built) = built.await?;
    page_with(status, &built)
}

pub(super) async fn translate(visit: Visit, Form(form): Form<QuoteForm>) -> Reply {
    let built = visit.read(move |visit, scope, conn| {
        let program_id = scope.program().id;
        let book = SkuBook::read(program_id, conn)?;
        let asked = form.parse(scope.today());
        let mut page = SkusPage::new(visit, scope, &book, SkuQuery::default(), form);
        let status = match asked {
            Ok((lines, day)) => {
                let policies = rules_of(program_id, conn)?.policies;
                let quote = TranslatedQuote::of(lines, day, &book, &policies);
                let prices = PriceTags::of(&quote, scope, conn)?;
                page.table = Some(Table::of(&quote, &prices, scope));
                StatusCode::OK
            }
            Err(refused) => {
                page.refused = refused;
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        Ok((status, page))
    });
    let (status, built) = built.await?;
    page_with(status, &built)
}

/// The same as a file; a quote that cannot be read gets the page that says why.
pub(super) async fn download(visit: Visit, Form(form): Form<QuoteForm>) -> Reply {
    let sent = form.clone();
    let file = visit.read(move |_, scope, conn| {
        let Ok((lines, day)) = sent.parse(scope.today()) else {
            return Ok(None);
        };
        let program_id = scope.program().id;
        let book = SkuBook::read(program_id, conn)?;
        let policies = rules_of(program_id, conn)?.policies;
        let quote = TranslatedQuote::of(lines, day, &book, &policies);
        export::file(&quote, &PriceTags::of(&quote, scope, conn)?).map(Some)
    });
    match file.await? {
        Some(file) => file.download("skus.csv"),
        None => translate(visit, Form(form)).await,
    }
}
