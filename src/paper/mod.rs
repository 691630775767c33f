//! Papers: what a person sends, prints or files, as a PDF. A slice says what stands on it, in the
//! order in which it is read: whom it is from and for, facts, words and tables. Everything about
//! how it looks, and where a page ends, is decided here.
//!
//! ```ignore
//! let mut lines = Table::new([Column::text("Product"), Column::number("Amount")]);
//! lines.row(["Firewall, 3 years", "1,200.00"]).beneath(["Partner level", "-120.00"]);
//! lines.grand_total("To pay, in euro", ["1,080.00"]);
//! let pdf = Paper::new("Quote", "Q-7K3QF-9M2XT", locale, now)
//!     .colour(&program.colour)
//!     .fact("Valid until", locale.day(until))
//!     .table(lines)
//!     .pdf()?;
//! ```

mod band;
mod compose;
mod flow;
mod ink;
mod measure;
mod rows;
mod structure;
mod table;
mod text;
mod typeface;

use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::web::theme::{self, PaperColours};

pub use table::{Column, Row, Table};

/// What a paper takes, the lines beneath its rows counted. It is made in one go, in memory.
pub const MOST_ROWS: usize = 10_000;

/// Refuses so many rows before anybody reads them; says what to take instead.
pub fn check_rows(rows: usize) -> Result<()> {
    if rows <= MOST_ROWS {
        return Ok(());
    }
    let number = |rows: usize| Locale::EnGb.number(i64::try_from(rows).unwrap_or(i64::MAX));
    let (has, most) = (number(rows), number(MOST_ROWS));
    Err(Error::conflict(format!(
        "This would be a PDF of {has} rows, and one takes {most} at most. Take the CSV instead, \
         or filter the list."
    )))
}

/// Somebody whom a paper is from or for.
#[derive(Clone, Debug)]
pub struct Party {
    part: String,
    name: String,
    lines: Vec<String>,
}

impl Party {
    /// `part` says what they are to the paper: "From", "Prepared for".
    pub fn new(part: impl Into<String>, name: impl Into<String>) -> Self {
        Self { part: part.into(), name: name.into(), lines: Vec::new() }
    }

    /// A line below the name: an address, a person, a number they are registered under.
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

/// What follows the top of a paper, in order.
#[derive(Clone, Debug)]
enum Piece {
    Heading(String),
    Paragraph(String),
    Note(String),
    Table(Table),
}

/// A document in the making.
#[derive(Clone, Debug)]
pub struct Paper {
    title: String,
    reference: String,
    locale: Locale,
    created: Instant,
    subtitle: String,
    author: String,
    colours: PaperColours,
    parties: Vec<Party>,
    facts: Vec<(String, String)>,
    pieces: Vec<Piece>,
    footer: String,
}

impl Paper {
    /// `created` is written into the file; the same paper made at the same time is the same bytes.
    /// Letter paper where people write the American way, A4 elsewhere.
    pub fn new(
        title: impl Into<String>,
        reference: impl Into<String>,
        locale: Locale,
        created: Instant,
    ) -> Self {
        Self {
            title: title.into(),
            reference: reference.into(),
            locale,
            created,
            subtitle: String::new(),
            author: String::new(),
            colours: theme::paper_colours(None),
            parties: Vec::new(),
            facts: Vec::new(),
            pieces: Vec::new(),
            footer: String::new(),
        }
    }

    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.subtitle = subtitle.into();
        self
    }

    /// Who issues it: the program's name, at the head of the paper and in its properties.
    pub fn author(mut self, name: impl Into<String>) -> Self {
        self.author = name.into();
        self
    }

    /// The program's colour, `#rrggbb`; it is darkened until it can be read on white.
    pub fn colour(mut self, colour: &str) -> Self {
        self.colours = theme::paper_colours(Some(colour));
        self
    }

    /// Parties stand beside each other, in the order in which they are added.
    pub fn party(mut self, party: Party) -> Self {
        self.parties.push(party);
        self
    }

    /// A label and its value, in the columns at the top.
    pub fn fact(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push((label.into(), value.into()));
        self
    }

    pub fn heading(self, text: impl Into<String>) -> Self {
        self.piece(Piece::Heading(text.into()))
    }

    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.piece(Piece::Paragraph(text.into()))
    }

    /// A paragraph in a softer tone: conditions, how something was worked out.
    pub fn note(self, text: impl Into<String>) -> Self {
        self.piece(Piece::Note(text.into()))
    }

    pub fn table(self, table: Table) -> Self {
        self.piece(Piece::Table(table))
    }

    /// At the foot of each page, after the reference.
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.footer = text.into();
        self
    }

    fn piece(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Table(table) => Some(table),
            _ => None,
        })
    }

    /// The finished file. Refuses more than [`MOST_ROWS`].
    pub fn pdf(&self) -> Result<Vec<u8>> {
        check_rows(self.tables().map(Table::count).sum())?;
        for table in self.tables() {
            table.check()?;
        }
        let faces = typeface::faces()?;
        let composed = compose::compose(self, faces);
        let pages = flow::flow(&composed);
        ink::draw(self, &composed, &pages, faces)
    }
}
