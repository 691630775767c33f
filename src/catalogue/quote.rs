//! A quote as people paste it: a line each of SKU, quantity and, if it says so, months.

use crate::calendar::TermMonths;
use crate::sheet::Fault;
use crate::web::downloads::unguarded;

/// How many lines are translated at once.
pub const MOST_LINES: usize = 2_000;
const MOST_UNITS: i32 = 1_000_000;
const LONGEST_SKU: usize = 80;

/// One line that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteLine {
    /// The line of the text, counted from 1.
    pub number: u64,
    /// In capitals.
    pub sku: String,
    /// Units; 1 where the line names none.
    pub quantity: i32,
    /// For how many months, where the line says so.
    pub months: Option<TermMonths>,
}

impl QuoteLine {
    /// One unit of one SKU, which is in capitals.
    pub fn of(sku: &str) -> Self {
        Self { number: 1, sku: sku.to_owned(), quantity: 1, months: None }
    }
}

/// Why a text is no quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    Empty,
    TooManyLines,
    /// What is wrong, line by line.
    Faults(Vec<Fault>),
}

/// What headings may call the columns.
const SKU: &[&str] = &[
    "sku",
    "skus",
    "code",
    "product",
    "product code",
    "item",
    "item code",
    "part number",
    "article",
];
const QUANTITY: &[&str] = &["quantity", "qty", "qty.", "units", "count"];
const MONTHS: &[&str] = &["months", "term", "term (months)", "term in months"];

/// Where the columns stand.
struct Columns {
    sku: usize,
    quantity: Option<usize>,
    months: Option<usize>,
    /// Whether a line of headings says so: then there may be others beside them.
    are_named: bool,
}

/// Reads the lines of a quote, all of them or none. Cells are parted by tabs, semicolons, commas or,
/// where there is none of these, by spaces; the first line may name the columns.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(text: &str) -> Result<Vec<QuoteLine>, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    let filled = (1..).zip(text.lines()).filter(|(_, line)| line.chars().any(is_content));
    let mut filled = filled.peekable();
    let first = filled.peek().ok_or(Unreadable::Empty)?;
    let named = Columns::named_by(&cells_of(first.1));
    let columns =
        named.unwrap_or(Columns { sku: 0, quantity: Some(1), months: Some(2), are_named: false });
    if columns.are_named {
        filled.next();
    }
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for (number, line) in filled {
        if lines.len() + faults.len() >= MOST_LINES {
            return Err(Unreadable::TooManyLines);
        }
        match columns.line(number, &cells_of(line)) {
            Ok(line) => lines.push(line),
            Err(fault) => faults.push(fault),
        }
    }
    match (lines.is_empty(), faults.is_empty()) {
        (_, false) => Err(Unreadable::Faults(faults)),
        (true, true) => Err(Unreadable::Empty),
        (false, true) => Ok(lines),
    }
}

fn is_content(letter: char) -> bool {
    !letter.is_whitespace() && !matches!(letter, ',' | ';' | '"')
}

/// The cells of one line, trimmed, without the guard against formulas.
fn cells_of(line: &str) -> Vec<String> {
    let delimiter = [b'\t', b';', b','].into_iter().find(|one| line.as_bytes().contains(one));
    let tidy = |cell: &str| unguarded(cell.trim()).trim().to_owned();
    match delimiter {
        None => line.split_whitespace().map(tidy).collect(),
        Some(delimiter) if !line.contains('"') => {
            line.split(char::from(delimiter)).map(tidy).collect()
        }
        Some(delimiter) => {
            let mut records = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .from_reader(line.as_bytes());
            let record = records.records().next().and_then(Result::ok).unwrap_or_default();
            record.iter().map(tidy).collect()
        }
    }
}

impl Columns {
    /// The columns by a line of headings; nothing where it is none.
    fn named_by(cells: &[String]) -> Option<Self> {
        let place = |names: &[&str]| {
            cells.iter().position(|cell| names.contains(&cell.to_lowercase().as_str()))
        };
        let sku = place(SKU)?;
        Some(Self { sku, quantity: place(QUANTITY), months: place(MONTHS), are_named: true })
    }

    fn line(&self, number: u64, cells: &[String]) -> Result<QuoteLine, Fault> {
        let cell = |place: Option<usize>| {
            place.and_then(|place| cells.get(place)).map_or("", String::as_str)
        };
        if !self.are_named && cells.iter().skip(3).any(|cell| !cell.is_empty()) {
            return Err(Fault::new(
                number,
                "",
                &cells.join(" "),
                "There is more than a SKU, a quantity and months.",
                "Take the rest away, or begin with a line that names the columns: sku, quantity, months.",
            ));
        }
        let sku = cell(Some(self.sku));
        if sku.is_empty() || sku.chars().count() > LONGEST_SKU || sku.chars().any(char::is_control)
        {
            let right = format!("Write a SKU of at most {LONGEST_SKU} letters.");
            return Err(Fault::new(number, "sku", sku, "This is no SKU.", right));
        }
        Ok(QuoteLine {
            number,
            sku: sku.to_uppercase(),
            quantity: quantity(number, cell(self.quantity))?,
            months: months(number, cell(self.months))?,
        })
    }
}

fn quantity(number: u64, cell: &str) -> Result<i32, Fault> {
    if cell.is_empty() {
        return Ok(1);
    }
    let units = cell.parse().ok().filter(|units| (1..=MOST_UNITS).contains(units));
    units.ok_or_else(|| {
        let right = format!("Write a whole number from 1 to {MOST_UNITS}, without separators.");
        Fault::new(number, "quantity", cell, "This is not a number of units.", right)
    })
}

fn months(number: u64, cell: &str) -> Result<Option<TermMonths>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    let months = cell.parse().map(Some);
    months.map_err(|fault: crate::calendar::NotATerm| {
        Fault::new(number, "months", cell, "This is not a term.", fault.to_string())
    })
}
