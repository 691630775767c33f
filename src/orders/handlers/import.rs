//! Orders over HTTP: the page that takes a file.

use std::sync::Arc;

use actix_web::http::StatusCode;

use crate::error::{Error, Result};
use crate::orders::import::{self, Imported, OrderFile, Plan};
use crate::orders::pages::import::{ImportPage, Report};
use crate::web::{FieldErrors, Flash, Reply, Upload, Visit, page, page_with};

/// GET `/p/{program}/orders/import`
pub(in crate::orders) async fn import_form(visit: Visit) -> Reply {
    page(&visit.read(|visit, scope, _| Ok(ImportPage::new(visit, scope))).await?)
}

/// POST `/p/{program}/orders/import`: "Check" writes nothing, "Import" checks the same and writes.
pub(in crate::orders) async fn import(visit: Visit, upload: Upload) -> Reply {
    let only_check = upload.field("action") != "import";
    let bytes = Arc::new(upload.bytes);
    let checked = visit
        .read(move |visit, scope, conn| {
            let mut answer = ImportPage::new(visit, scope);
            if bytes.is_empty() {
                answer.errors = FieldErrors::one("file", "Choose the order file.");
                return Ok(Err(answer));
            }
            match OrderFile::read(&bytes).check(scope.program(), visit.now(), conn)? {
                Err(faults) => Ok(Err(answer.with_faults(&faults))),
                Ok(plan) => {
                    answer.report = Some(Report::of(&plan, scope));
                    Ok(Ok((answer, plan)))
                }
            }
        })
        .await?;
    match checked {
        Err(refused) => page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused),
        Ok((report, _)) if only_check => page(&report),
        Ok((report, plan)) => {
            let done = write(&visit, plan).await?;
            Ok(visit.go(&report.path, &Flash::success(sentence(done))))
        }
    }
}

/// Batch after batch, on a thread that may block.
async fn write(visit: &Visit, plan: Plan) -> Result<Imported> {
    let visit = visit.clone();
    let work = move || {
        let (db, person, site) = (visit.db(), Some(visit.actor()), visit.site());
        import::write(db, plan, person, site, visit.now(), |_orders| ())
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|fault| Error::internal(format!("the import stopped: {fault}")))?
}

fn sentence(done: Imported) -> String {
    let known = match done.known_orders {
        0 => String::new(),
        1 => " 1 order was imported before and left alone.".to_owned(),
        known => format!(" {known} orders were imported before and left alone."),
    };
    let count = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    };
    let (orders, licences) = (count(done.orders, "order"), count(done.licences, "licence"));
    let open = match done.open_orders {
        0 => String::new(),
        1 => " 1 of them is still to be processed.".to_owned(),
        open => format!(" {open} of them are still to be processed."),
    };
    format!("Imported {orders} with {licences}.{open}{known}")
}
