//! The file as a table: headings, and cells by heading.

use crate::orders::import::Fault;
use crate::web::downloads::unguarded;

/// More lines are refused: the whole file is one transaction.
pub const MOST_LINES: usize = 5_000;

macro_rules! columns {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// The columns of a file of partners, in the order of the download.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Column { $($variant),+ }

        impl Column {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

columns! {
    Organisation = "organisation",
    Country = "country",
    Part = "part",
    Types = "types",
    Tier = "tier",
    Currency = "currency",
    Status = "status",
    EnrolledOn = "enrolled_on",
    CamEmail = "cam_email",
    Distributors = "distributors",
    AdministratorName = "administrator_name",
    AdministratorEmail = "administrator_email",
}

impl Column {
    /// Whether a file may leave the column out.
    pub fn may_be_absent(self) -> bool {
        !matches!(self, Self::Organisation | Self::Country | Self::Part | Self::Types)
    }
}

/// One line of the file.
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

    pub(super) fn fault(
        &self,
        column: Column,
        reason: impl Into<String>,
        right: impl Into<String>,
    ) -> Fault {
        fault(self.number, column.name(), self.cell(column), reason, right)
    }
}

/// A file that was read as a table; its cells are not checked yet.
#[derive(Clone, Debug)]
pub struct PartnerFile {
    pub(super) lines: Vec<Line>,
    pub(super) faults: Vec<Fault>,
}

impl PartnerFile {
    pub fn read(bytes: &[u8]) -> Self {
        let mut file = Self { lines: Vec::new(), faults: Vec::new() };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => file.read_text(text),
            Err(_) => file.refuse("The file is not UTF-8 text.", "Save it as \"CSV UTF-8\"."),
        }
        file
    }

    fn refuse(&mut self, reason: impl Into<String>, right: impl Into<String>) {
        self.faults.push(fault(0, "", "", reason, right));
    }

    fn read_text(&mut self, text: &str) {
        let first = text.lines().next().unwrap_or_default();
        // Spreadsheets of half of Europe separate by semicolons.
        let semicolons = first.matches(';').count() > first.matches(',').count();
        let mut records = csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(if semicolons { b';' } else { b',' })
            .from_reader(text.as_bytes());
        let headings = records.headers().cloned().unwrap_or_default();
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
        }
        if self.lines.len() > MOST_LINES {
            let reason = format!("The file has more than {MOST_LINES} lines.");
            self.refuse(reason, "Split it into several files, distributors first.");
        } else if self.lines.is_empty() && self.faults.is_empty() {
            self.refuse(
                "There is nothing below the headings.",
                "Write one line for each organisation.",
            );
        }
    }

    /// Where each column stands in the file.
    fn places_of(&mut self, headings: &csv::StringRecord) -> Vec<Option<usize>> {
        let mut places = vec![None; Column::ALL.len()];
        let names: Vec<&str> = Column::ALL.iter().map(|column| column.name()).collect();
        for (place, heading) in headings.iter().enumerate() {
            let heading = heading.trim();
            match names.iter().position(|name| *name == heading) {
                None => {
                    let right = format!("Write one of: {}.", names.join(", "));
                    self.faults.push(fault(1, heading, "", "There is no such column.", right));
                }
                Some(column) if places[column].is_some() => self.faults.push(fault(
                    1,
                    heading,
                    "",
                    "The heading stands there twice.",
                    "Keep one of the columns.",
                )),
                Some(column) => places[column] = Some(place),
            }
        }
        for column in Column::ALL {
            if places[*column as usize].is_none() && !column.may_be_absent() {
                let right = format!("Add a column with the heading {}.", column.name());
                self.faults.push(fault(1, column.name(), "", "The column is missing.", right));
            }
        }
        places
    }

    fn take(&mut self, record: &csv::StringRecord, width: usize, places: &[Option<usize>]) {
        let number = record.position().map_or(0, csv::Position::line);
        if record.len() != width {
            let reason = format!("The line has {} cells, the headings {width}.", record.len());
            let right = "Put cells with commas or semicolons between quotation marks.";
            self.faults.push(fault(number, "", "", reason, right));
            return;
        }
        let cell = |place: &Option<usize>| {
            let text = place.and_then(|place| record.get(place)).unwrap_or_default();
            unguarded(text.trim()).to_owned()
        };
        self.lines.push(Line { number, cells: places.iter().map(cell).collect() });
    }
}

fn fault(
    line: u64,
    column: &str,
    found: &str,
    reason: impl Into<String>,
    right: impl Into<String>,
) -> Fault {
    let found = found.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    Fault {
        line,
        column: column.to_owned(),
        found: found.take(60).collect(),
        reason: reason.into(),
        right: right.into(),
    }
}
