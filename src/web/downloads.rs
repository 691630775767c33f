//! Files that people take away. A cell of a CSV that a spreadsheet would run as a formula is
//! written so that it does not.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream::{self, StreamExt};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Cursor, Reply, Visit};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};

/// Rows of a list that are read together for a file: one read, one piece of the answer.
pub const ROWS_AT_ONCE: i64 = 1_000;

const CSV: &str = "text/csv; charset=utf-8";

/// A whole list as a file. It is read and sent a part at a time, in the order of a key, so that a
/// list of any length takes no more memory than one part and nobody waits for its end; a row is in
/// it once, as it was when its part was read.
pub trait CsvList: Send + Sync + 'static {
    /// What the browser saves it as: ours, plain ASCII.
    fn file_name(&self, scope: &Scope) -> String;

    fn heads(&self, scope: &Scope) -> Vec<&'static str>;

    /// Adds up to [`ROWS_AT_ONCE`] rows and says after which the next part begins; none at the end.
    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>>;
}

/// Sends a list as a file. `begin` reads what all of its parts need. Whether the person may have
/// it is asked anew for each part. What fails before the first part is sent is an answer as any
/// other; after that the connection is cut, so that nobody takes a part for the whole.
pub async fn send_list<L: CsvList>(
    visit: Visit,
    begin: impl FnOnce(&Scope, &mut Conn) -> Result<L> + Send + 'static,
) -> Reply {
    let first = visit.read(move |_, scope, conn| {
        let list = begin(scope, conn)?;
        let mut rows = Csv::with_heads(&list.heads(scope))?;
        let next = list.part(scope, None, &mut rows, conn)?;
        Ok((list.file_name(scope), list, rows.bytes()?, next))
    });
    let (name, list, first, next) = first.await?;
    let Some(next) = next else {
        return Ok(attachment(&name, CSV).body(first));
    };
    let list = Arc::new(list);
    let rest = stream::unfold(Some(next), move |after| {
        let (visit, list) = (visit.clone(), Arc::clone(&list));
        async move {
            let after = after?;
            match part_after(&visit, list, after).await {
                Ok((rows, next)) => Some((Ok(Bytes::from(rows)), next)),
                Err(fault) => {
                    tracing::warn!(%fault, "a download was broken off");
                    Some((Err(fault), None))
                }
            }
        }
    });
    let body = stream::once(async move { Ok(Bytes::from(first)) }).chain(rest);
    Ok(attachment(&name, CSV).streaming(body))
}

async fn part_after<L: CsvList>(
    visit: &Visit,
    list: Arc<L>,
    after: Cursor,
) -> Result<(Vec<u8>, Option<Cursor>)> {
    let part = visit.read(move |_, scope, conn| {
        let mut rows = Csv::headless();
        let next = list.part(scope, Some(&after), &mut rows, conn)?;
        Ok((rows.bytes()?, next))
    });
    part.await
}

/// Where the part after these rows begins: nowhere, if they are fewer than were asked for.
pub fn next_part<T>(rows: &[T], key: impl Fn(&T) -> (String, String)) -> Option<Cursor> {
    let last = rows.last().filter(|_| i64::try_from(rows.len()).is_ok_and(|n| n >= ROWS_AT_ONCE));
    last.map(|last| {
        let (key, reference) = key(last);
        Cursor { key, reference, backwards: false }
    })
}

/// Writes rows as CSV (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need).
pub struct Csv {
    rows: csv::Writer<Vec<u8>>,
}

impl Csv {
    pub fn with_heads(heads: &[&str]) -> Result<Self> {
        let mut csv = Self::after("\u{feff}");
        csv.rows.write_record(heads).map_err(Error::internal)?;
        Ok(csv)
    }

    /// Rows that go on where others ended.
    fn headless() -> Self {
        Self::after("")
    }

    fn after(text: &str) -> Self {
        let rows = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(text.as_bytes().to_vec());
        Self { rows }
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
        Ok(attachment(file_name, CSV).body(self.bytes()?))
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

/// An answer that the browser saves under a name that somebody else chose: in ASCII for old
/// browsers, and whole (RFC 6266).
pub fn attachment_named(name: &str, kind: &str) -> actix_web::HttpResponseBuilder {
    let whole = header::ExtendedValue {
        charset: header::Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    };
    let disposition = header::ContentDisposition {
        disposition: header::DispositionType::Attachment,
        parameters: vec![
            header::DispositionParam::Filename(ascii_file_name(name)),
            header::DispositionParam::FilenameExt(whole),
        ],
    };
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, kind)).insert_header(disposition);
    answer
}

/// What becomes of a PDF at the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// In the browser, which has a way to save it.
    Inline,
    Saved,
}

/// A finished paper as an answer. `name` may be anything, a customer's with a reference for
/// example: it becomes an ASCII file name with the ending `.pdf`.
pub fn pdf(bytes: Vec<u8>, name: &str, shown: Shown) -> HttpResponse {
    let how = match shown {
        Shown::Inline => "inline",
        Shown::Saved => "attachment",
    };
    let disposition = format!("{how}; filename=\"{}.pdf\"", ascii_name(name));
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/pdf"))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .body(bytes)
}

/// The name of a file that somebody else named, as one of ours: its ending stays.
pub fn ascii_file_name(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{}.{}", ascii_name(stem), ascii_name(ending)),
        None => ascii_name(name),
    }
}

/// Letters lose their accents; what is neither letter nor figure becomes one hyphen.
fn ascii_name(name: &str) -> String {
    const MOST: usize = 80;
    let mut safe = String::new();
    for letter in name.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' => safe.push(letter),
            '\u{df}' => safe.push_str("ss"),
            _ if safe.ends_with('-') || safe.is_empty() => {}
            _ => safe.push('-'),
        }
        if safe.len() >= MOST {
            break;
        }
    }
    let safe = safe.trim_end_matches('-');
    if safe.is_empty() { "document".to_owned() } else { safe.to_owned() }
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
