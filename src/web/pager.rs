//! Lists are paged by key, not by number: each page begins after the last row of the one before,
//! so page a thousand costs what page one costs, and nothing is skipped when rows are added.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::clock::Instant;

/// Rows on one page of a list.
pub const PAGE_ROWS: usize = 50;

/// What a list's query is limited to: the one row too many says that there is a further page.
pub const PAGE_LIMIT: i64 = 51;

/// Where a page begins: after (or, going back, before) the row with this sort key and reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub key: String,
    pub reference: String,
    pub backwards: bool,
}

impl Cursor {
    /// Reads what an earlier page's link carries; anything else is the first page.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        // Nothing that we wrote has one, and PostgreSQL takes none.
        if text.contains('\0') {
            return None;
        }
        let mut parts = text.splitn(3, '\u{1f}');
        let backwards = match parts.next()? {
            "<" => true,
            ">" => false,
            _ => return None,
        };
        Some(Self { backwards, reference: parts.next()?.to_owned(), key: parts.next()?.to_owned() })
    }

    /// The sort key and reference of a row in a list by time; [`Self::instant`] reads the key back.
    pub fn key_of(at: Instant, reference: &str) -> (String, String) {
        (at.to_datetime().timestamp_micros().to_string(), reference.to_owned())
    }

    pub fn instant(&self) -> Option<Instant> {
        let at = chrono::DateTime::from_timestamp_micros(self.key.parse().ok()?)?;
        Some(Instant::from_utc(at.naive_utc()))
    }

    fn link(backwards: bool, (key, reference): (String, String)) -> String {
        let direction = if backwards { '<' } else { '>' };
        URL_SAFE_NO_PAD.encode(format!("{direction}\u{1f}{reference}\u{1f}{key}"))
    }
}

/// Orders a boxed query by an instant, the newest first, and cuts it to the page that a cursor
/// begins: `newest_first!(query, leads::created_at, leads::reference, cursor, most)`.
#[macro_export]
macro_rules! newest_first {
    ($query:expr, $at:expr, $reference:expr, $cursor:expr, $most:expr) => {
        $crate::keyset!(falling: $query, $at, $reference, $cursor, $most, $crate::web::Cursor::instant)
    };
}

/// Orders a boxed query by a column and the reference, `rising` or `falling`, and cuts it to the page
/// that a cursor begins; `$key` reads the column's value from the cursor. The first condition is what
/// the index can seek to. A macro, because the query's type has no name.
#[macro_export]
macro_rules! keyset {
    (rising: $($of:expr),+ $(,)?) => { $crate::keyset!(@ $($of),+; ge gt asc; le lt desc) };
    (falling: $($of:expr),+ $(,)?) => { $crate::keyset!(@ $($of),+; le lt desc; ge gt asc) };
    (@ $query:expr, $at:expr, $reference:expr, $cursor:expr, $most:expr, $key:expr;
        $reach:ident $beyond:ident $order:ident;
        $back_reach:ident $back_beyond:ident $back_order:ident
    ) => {{
        let mut query = $query.limit($most);
        let cursor: Option<&$crate::web::Cursor> = $cursor;
        let backwards = cursor.is_some_and(|cursor| cursor.backwards);
        if let Some((at, row)) = cursor.and_then(|row| Some(($key(row)?, &row.reference))) {
            query = if backwards {
                query
                    .filter($at.$back_reach(at))
                    .filter($at.$back_beyond(at).or($reference.$back_beyond(row)))
            } else {
                query.filter($at.$reach(at)).filter($at.$beyond(at).or($reference.$beyond(row)))
            };
        }
        if backwards {
            query.order(($at.$back_order(), $reference.$back_order()))
        } else {
            query.order(($at.$order(), $reference.$order()))
        }
    }};
}

/// One page of a list, with what the links to its neighbours carry.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
    pub previous: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from up to `PAGE_ROWS + 1` rows, read in the direction of the cursor; the one
    /// row too many says that there is a further page. `key` gives a row's sort key and reference.
    pub fn new(
        rows: Vec<T>,
        cursor: Option<&Cursor>,
        key: impl Fn(&T) -> (String, String),
    ) -> Self {
        Self::of_rows(PAGE_ROWS, rows, cursor, key)
    }

    /// [`Page::new`] with so many rows at most, of which one more was read.
    pub fn of_rows(
        most: usize,
        mut rows: Vec<T>,
        cursor: Option<&Cursor>,
        key: impl Fn(&T) -> (String, String),
    ) -> Self {
        let more = rows.len() > most;
        rows.truncate(most);
        let backwards = cursor.is_some_and(|cursor| cursor.backwards);
        if backwards {
            rows.reverse();
        }
        let has_next = if backwards { true } else { more };
        let has_previous = if backwards { more } else { cursor.is_some() };
        let next = rows.last().filter(|_| has_next).map(|row| Cursor::link(false, key(row)));
        let previous =
            rows.first().filter(|_| has_previous).map(|row| Cursor::link(true, key(row)));
        Self { rows, next, previous }
    }

    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(change).collect(),
            next: self.next,
            previous: self.previous,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The address of a list with its filters, and of one of its pages; what is empty is left out.
pub fn list_address(path: &str, filters: &impl Serialize, page: Option<&str>) -> String {
    let sent = serde_html_form::to_string(filters).unwrap_or_default();
    let kept = url::form_urlencoded::parse(sent.as_bytes()).filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .extend_pairs(page.map(|page| ("page", page)))
        .finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
