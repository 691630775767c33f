//! The file as a table: headings, and cells by heading.

use super::fault::Fault;
use crate::web::downloads::unguarded;

/// A larger file is refused unread.
const MOST_BYTES: usize = 48 * 1024 * 1024;
/// More lines are refused: split the file.
pub const MOST_LINES: usize = 250_000;

macro_rules! columns {
    ($($(#[$meta:meta])* $variant:ident = $name:literal $need:ident),+ $(,)?) => {
        /// The columns of an order file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Column { $($(#[$meta])* $variant),+ }

        impl Column {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Whether a file may leave the column out.
            pub fn may_be_absent(self) -> bool {
                match self { $(Self::$variant => columns!(@$need)),+ }
            }
        }
    };
    (@required) => { false };
    (@optional) => { true };
}

columns! {
    ExternalNumber = "external_number" required,
    Program = "program" required,
    Distributor = "distributor" optional,
    Delivery = "delivery" optional,
    Reseller = "reseller" required,
    Customer = "customer" required,
    CustomerCountry = "customer_country" required,
    Product = "product" required,
    Sku = "sku" optional,
    Quantity = "quantity" required,
    Months = "months" required,
    Kind = "kind" required,
    ReleasedAt = "released_at" optional,
    ProcessedAt = "processed_at" required,
    ActivatedOn = "activated_on" optional,
    SerialNumber = "serial_number" optional,
    UnitPrice = "unit_price" required,
    Currency = "currency" optional,
    Renews = "renews" optional,
}

/// One line of the file, its cells in the order of [`Column::ALL`].
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) number: u64,
    cells: Vec<String>,
}

impl Line {
    /// What stands in a column, trimmed; empty where the file has no such column.
    pub(super) fn cell(&self, column: Column) -> &str {
        self.cells.get(column as usize).map_or("", String::as_str)
    }
}

/// Reads the table; a fault of the headings leaves nothing to be read.
pub(super) fn read(bytes: &[u8], faults: &mut Vec<Fault>) -> Vec<Line> {
    match text_of(bytes) {
        Ok(text) => read_text(text, faults),
        Err(fault) => {
            faults.push(fault);
            Vec::new()
        }
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, Fault> {
    let most = MOST_BYTES / 1024 / 1024;
    if bytes.len() > MOST_BYTES {
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

fn read_text(text: &str, faults: &mut Vec<Fault>) -> Vec<Line> {
    let mut records = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter_of(text))
        .from_reader(text.as_bytes());
    let headings = match records.headers() {
        Ok(headings) if !headings.is_empty() => headings.clone(),
        _ => {
            faults.push(Fault::of_file(
                "The file is empty.",
                format!("Its first line names the columns: {}.", all_names()),
            ));
            return Vec::new();
        }
    };
    let places = places_of(&headings, faults);
    if !faults.is_empty() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for record in records.records() {
        match record {
            Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(record) => lines.extend(line_of(&record, headings.len(), &places, faults)),
            Err(fault) => {
                faults.push(Fault::of_file(
                    format!("The file cannot be read as CSV: {fault}."),
                    "Save it as \"CSV UTF-8\".",
                ));
                return lines;
            }
        }
        if lines.len() > MOST_LINES {
            faults.push(Fault::of_file(
                format!("The file has more than {MOST_LINES} lines."),
                "Split it into several files, each order whole in one of them.",
            ));
            return lines;
        }
    }
    if lines.is_empty() && faults.is_empty() {
        faults.push(Fault::of_file(
            "The file has headings and nothing below them.",
            "Write one line for each line of an order.",
        ));
    }
    lines
}

/// Spreadsheets of half of Europe separate by semicolons.
fn delimiter_of(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' }
}

/// Where each column stands in the file, in the order of [`Column::ALL`].
fn places_of(headings: &csv::StringRecord, faults: &mut Vec<Fault>) -> Vec<Option<usize>> {
    let mut places = vec![None; Column::ALL.len()];
    for (place, heading) in headings.iter().enumerate() {
        let heading = heading.trim();
        let known = Column::ALL.iter().find(|one| one.name() == heading);
        match known.map(|column| &mut places[*column as usize]) {
            Some(free @ None) => *free = Some(place),
            Some(_) => faults.push(Fault::new(
                1,
                heading,
                "",
                "The heading stands there twice.",
                "Keep one of the columns.",
            )),
            None => faults.push(Fault::new(
                1,
                "",
                heading,
                "There is no such column.",
                format!("The columns are {}.", all_names()),
            )),
        }
    }
    for column in Column::ALL {
        if places[*column as usize].is_none() && !column.may_be_absent() {
            faults.push(Fault::new(
                1,
                column.name(),
                "",
                "The column is missing.",
                format!("Add a heading \"{}\".", column.name()),
            ));
        }
    }
    places
}

fn line_of(
    record: &csv::StringRecord,
    width: usize,
    places: &[Option<usize>],
    faults: &mut Vec<Fault>,
) -> Option<Line> {
    let number = record.position().map_or(0, csv::Position::line);
    if record.len() != width {
        faults.push(Fault::new(
            number,
            "",
            "",
            format!("The line has {} cells, the headings {width}.", record.len()),
            "Put a cell that holds a separator into quotation marks.",
        ));
        return None;
    }
    let cell = |place: &Option<usize>| {
        let text = place.and_then(|place| record.get(place)).unwrap_or("");
        unguarded(text.trim()).trim().to_owned()
    };
    Some(Line { number, cells: places.iter().map(cell).collect() })
}

fn all_names() -> String {
    let names: Vec<&str> = Column::ALL.iter().map(|one| one.name()).collect();
    names.join(", ")
}
