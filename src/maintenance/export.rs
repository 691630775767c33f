//! The list of windows as a file.

use super::model::{WindowsQuery, list_for, sort_key};
use super::verbs::local;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// All windows that the filters leave, with times of the program's clocks.
pub(super) struct WindowsFile {
    pub query: WindowsQuery,
    pub now: Instant,
}

impl CsvList for WindowsFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("maintenance-{}-{}.csv", scope.program().slug, scope.today())
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec![
            "reference",
            "status",
            "starts",
            "ends",
            "time_zone",
            "stops",
            "message",
            "declared_at",
            "declared_by",
        ]
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let found = list_for(scope, &self.query, after, self.now, ROWS_AT_ONCE, conn)?;
        let program = scope.program();
        for window in &found {
            let stops: Vec<&str> = window.capabilities.iter().map(|one| one.as_str()).collect();
            rows.row([
                window.reference.clone(),
                window.standing(self.now).word().to_owned(),
                local(window.starts_at, program),
                local(window.ends_at, program),
                program.time_zone.name().to_owned(),
                stops.join(" "),
                window.message.clone(),
                window.declared_at.to_string(),
                window.declared_by.clone(),
            ])?;
        }
        Ok(next_part(&found, sort_key))
    }
}
