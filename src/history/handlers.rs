//! HTTP only: the log as a page and as a file.

use serde::{Deserialize, Serialize};

use super::export::LogFile;
use super::pages::HistoryPage;
use crate::audit::{self, LogFilter};
use crate::reference;
use crate::web::downloads::send_list;
use crate::web::{Cursor, Query, Reply, Visit, page};

/// What the filter bar sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct HistoryQuery {
    pub(super) kind: String,
    pub(super) record: String,
    pub(super) who: String,
    #[serde(skip_serializing)]
    pub(super) page: String,
}

impl HistoryQuery {
    /// References as they are stored; a program is known by its slug, as it was typed.
    fn filter(&self) -> LogFilter {
        let exact = |typed: &str| match typed.trim() {
            reference if reference.contains('-') => reference::normalise(reference),
            slug => slug.to_owned(),
        };
        LogFilter { kind: self.kind.clone(), record: exact(&self.record), actor: exact(&self.who) }
    }
}

pub(super) async fn index(visit: Visit, Query(query): Query<HistoryQuery>) -> Reply {
    let built = visit.read(move |visit, scope, conn| {
        let cursor = Cursor::parse(&query.page);
        let filter = query.filter();
        let entries = audit::log_of_program(scope, &filter, cursor.as_ref(), conn)?;
        let filtered = filter != LogFilter::default();
        Ok(HistoryPage::new(visit.frame(scope), scope, query, filtered, &entries))
    });
    page(&built.await?)
}

pub(super) async fn download(visit: Visit, Query(query): Query<HistoryQuery>) -> Reply {
    send_list(visit, move |_, _| Ok(LogFile { filter: query.filter() })).await
}
