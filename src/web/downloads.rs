//! Files that people take away. A cell of a CSV that a spreadsheet would run as a formula is
//! written so that it does not.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::error::{Error, Result};

/// Writes rows as CSV (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need).
pub struct Csv {
    rows: csv::Writer<Vec<u8>>,
}

impl Csv {
    pub fn with_heads(heads: &[&str]) -> Result<Self> {
        let mut rows = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{feff}".as_bytes().to_vec());
        rows.write_record(heads).map_err(Error::internal)?;
        Ok(Self { rows })
    }

    pub fn row<I, S>(&mut self, cells: I) -> Result<()>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let cells = cells.into_iter().map(|cell| harmless(cell.as_ref()));
        self.rows.write_record(cells).map_err(Error::internal)
    }

    /// The finished file.
    pub fn bytes(self) -> Result<Vec<u8>> {
        self.rows.into_inner().map_err(|fault| Error::internal(fault.to_string()))
    }

    /// The finished file as an answer that the browser saves.
    pub fn download(self, file_name: &str) -> Result<HttpResponse> {
        Ok(attachment(file_name, "text/csv; charset=utf-8").body(self.bytes()?))
    }
}

/// An answer that the browser saves under this name; the name is ours and plain ASCII.
pub fn attachment(file_name: &str, kind: &str) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, kind)).insert_header((
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"{file_name}\""),
    ));
    answer
}

/// A spreadsheet takes some cells for formulas; an apostrophe makes them text.
fn harmless(cell: &str) -> String {
    if looks_like_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// One that stands behind an apostrophe already gets another, so that it can be told from ours.
fn looks_like_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Undoes [`harmless`]: what was exported can be imported again.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_like_formula(rest) => rest,
        _ => cell,
    }
}
