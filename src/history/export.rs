//! The log of a program as a file: every line that the filters leave, the newest first.

use crate::audit::{self, LogFilter};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

pub(super) struct LogFile {
    pub(super) filter: LogFilter,
}

impl CsvList for LogFile {
    fn file_name(&self, _: &Scope) -> String {
        "history.csv".to_owned()
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec!["at", "who", "what", "kind", "record", "name", "from", "to", "why"]
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let entries = audit::part_of_log(scope, &self.filter, after, ROWS_AT_ONCE, conn)?;
        for entry in &entries {
            rows.row([
                &entry.at.to_string(),
                &entry.actor_name,
                &entry.action,
                &entry.subject_kind,
                &entry.subject_reference,
                &entry.subject_name,
                &entry.from_value,
                &entry.to_value,
                &entry.why,
            ])?;
        }
        Ok(next_part(&entries, |entry| (entry.id.to_string(), String::new())))
    }
}
