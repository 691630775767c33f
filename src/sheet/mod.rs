//! Files that are imported: a CSV as a table of lines, its cells by heading, and everything that is
//! wrong with it by line and column.

mod fault;

use std::marker::PhantomData;

pub use fault::Fault;

use crate::web::downloads::unguarded;

/// The columns of one kind of file. Made with [`sheet_columns!`].
///
/// [`sheet_columns!`]: crate::sheet_columns
pub trait Columns: Copy + 'static {
    const LIST: &'static [Self];

    fn heading(self) -> &'static str;

    /// Whether a file may leave the column out.
    fn is_optional(self) -> bool;

    /// Its place in [`Columns::LIST`].
    fn place(self) -> usize;
}

/// Makes the columns of a kind of file.
///
/// ```ignore
/// sheet_columns! {
///     /// The columns of …
///     pub enum Column { Name = "name" required, Phone = "phone" optional }
/// }
/// ```
#[macro_export]
macro_rules! sheet_columns {
    ($(#[$meta:meta])* pub enum $columns:ident {
        $($variant:ident = $heading:literal $need:ident),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $columns { $($variant),+ }

        impl $columns {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $heading),+ }
            }

            /// Whether a file may leave the column out.
            pub fn may_be_absent(self) -> bool {
                match self { $(Self::$variant => $crate::sheet_columns!(@$need)),+ }
            }
        }

        impl $crate::sheet::Columns for $columns {
            const LIST: &'static [Self] = Self::ALL;

            fn heading(self) -> &'static str {
                self.name()
            }

            fn is_optional(self) -> bool {
                self.may_be_absent()
            }

            fn place(self) -> usize {
                self as usize
            }
        }
    };
    (@required) => { false };
    (@optional) => { true };
}

/// How much a kind of file may hold, and what is said where it holds too much or nothing.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// A larger file is refused unread.
    pub most_bytes: usize,
    pub most_lines: usize,
    /// What to do with one that has more lines.
    pub split: &'static str,
    /// What a line stands for.
    pub each_line: &'static str,
}

/// One line of a file.
#[derive(Clone, Debug)]
pub struct Line<C> {
    /// The line of the file, the headings being line 1.
    pub number: u64,
    cells: Vec<String>,
    columns: PhantomData<C>,
}

impl<C: Columns> Line<C> {
    /// What stands in a column, trimmed; empty where the file has no such column.
    pub fn cell(&self, column: C) -> &str {
        self.cells.get(column.place()).map_or("", String::as_str)
    }

    /// A fault of one of its cells.
    pub fn fault(&self, column: C, reason: impl Into<String>, right: impl Into<String>) -> Fault {
        Fault::new(self.number, column.heading(), self.cell(column), reason, right)
    }
}

/// A file that was read as a table; what stands in its cells is not checked yet.
#[derive(Clone, Debug)]
pub struct Sheet<C> {
    pub lines: Vec<Line<C>>,
    pub faults: Vec<Fault>,
}

impl<C: Columns> Sheet<C> {
    /// Reads the table; a fault of the headings leaves nothing to be read.
    pub fn read(bytes: &[u8], shape: &Shape) -> Self {
        let mut sheet = Self { lines: Vec::new(), faults: Vec::new() };
        match text_of(bytes, shape) {
            Ok(text) => sheet.read_text(text, shape),
            Err(fault) => sheet.faults.push(fault),
        }
        sheet
    }

    fn refuse(&mut self, reason: impl Into<String>, right: impl Into<String>) {
        self.faults.push(Fault::of_file(reason, right));
    }

    fn read_text(&mut self, text: &str, shape: &Shape) {
        let mut records = csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(delimiter_of(text))
            .from_reader(text.as_bytes());
        let headings = match records.headers() {
            Ok(headings) if !headings.is_empty() => headings.clone(),
            _ => {
                let right = format!("Its first line names the columns: {}.", all_headings::<C>());
                return self.refuse("The file is empty.", right);
            }
        };
        let places = self.places_of(&headings);
        if !self.faults.is_empty() {
            return;
        }
        for record in records.records() {
            match record {
                Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(record) => self.take(&record, headings.len(), &places),
                Err(fault) => {
                    let reason = format!("The file cannot be read as CSV: {fault}.");
                    return self.refuse(reason, "Save it as \"CSV UTF-8\".");
                }
            }
            if self.lines.len() > shape.most_lines {
                let most = shape.most_lines;
                return self.refuse(format!("The file has more than {most} lines."), shape.split);
            }
        }
        if self.lines.is_empty() && self.faults.is_empty() {
            self.refuse("The file has headings and nothing below them.", shape.each_line);
        }
    }

    /// Where each column stands in the file, in the order of [`Columns::LIST`].
    fn places_of(&mut self, headings: &csv::StringRecord) -> Vec<Option<usize>> {
        let mut places = vec![None; C::LIST.len()];
        for (place, heading) in headings.iter().enumerate() {
            let heading = heading.trim();
            let known = C::LIST.iter().find(|one| one.heading() == heading);
            match known.map(|column| &mut places[column.place()]) {
                Some(free @ None) => *free = Some(place),
                Some(_) => self.faults.push(Fault::new(
                    1,
                    heading,
                    "",
                    "The heading stands there twice.",
                    "Keep one of the columns.",
                )),
                None => self.faults.push(Fault::new(
                    1,
                    "",
                    heading,
                    "There is no such column.",
                    format!("The columns are {}.", all_headings::<C>()),
                )),
            }
        }
        for column in C::LIST {
            if places[column.place()].is_none() && !column.is_optional() {
                self.faults.push(Fault::new(
                    1,
                    column.heading(),
                    "",
                    "The column is missing.",
                    format!("Add a heading \"{}\".", column.heading()),
                ));
            }
        }
        places
    }

    fn take(&mut self, record: &csv::StringRecord, width: usize, places: &[Option<usize>]) {
        let number = record.position().map_or(0, csv::Position::line);
        if record.len() != width {
            let reason = format!("The line has {} cells, the headings {width}.", record.len());
            let right = "Put a cell that holds a separator into quotation marks.";
            return self.faults.push(Fault::new(number, "", "", reason, right));
        }
        let cell = |place: &Option<usize>| {
            let text = place.and_then(|place| record.get(place)).unwrap_or("");
            unguarded(text.trim()).trim().to_owned()
        };
        let cells = places.iter().map(cell).collect();
        self.lines.push(Line { number, cells, columns: PhantomData });
    }
}

fn text_of<'a>(bytes: &'a [u8], shape: &Shape) -> Result<&'a str, Fault> {
    let most = shape.most_bytes / 1024 / 1024;
    if bytes.len() > shape.most_bytes {
        return Err(Fault::of_file(
            format!("The file is larger than {most} MB."),
            "Split it into several files.",
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|at| {
        let line = bytes[..at.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Fault::new(
            line as u64 + 1,
            "",
            "",
            "There is a letter that is not UTF-8.",
            "Save the file as \"CSV UTF-8\".",
        )
    })
}

/// Spreadsheets of half of Europe separate by semicolons.
fn delimiter_of(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' }
}

fn all_headings<C: Columns>() -> String {
    let headings: Vec<&str> = C::LIST.iter().map(|one| one.heading()).collect();
    headings.join(", ")
}
