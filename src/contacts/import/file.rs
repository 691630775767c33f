//! The file: columns, cells, and every fault with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use csv::StringRecord;

use crate::auth::{Access, Part};
use crate::contacts::Role;
use crate::contacts::export::COLUMNS;
use crate::error::Error;
use crate::locale::Locale;
use crate::names;
use crate::web::Fields;
use crate::web::downloads::unguarded;

/// A file may be this long: an import is one transaction, and others wait for it.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;
pub const MOST_ROWS: usize = 5_000;

/// After so many faults the file is not read on.
const MOST_FAULTS: usize = 100;

/// What is wrong at one place of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: u64,
    pub column: String,
    pub found: String,
    pub reason: String,
    /// What would be right.
    pub right: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        if !self.found.is_empty() {
            write!(f, ": \"{}\"", self.found)?;
        }
        write!(f, ": {} {}", self.reason, self.right)
    }
}

/// One line: a column that the file has not is none.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub number: u64,
    pub name: String,
    pub email: String,
    pub email_key: String,
    pub job_title: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<Locale>,
    pub access: Option<Access>,
    pub roles: Option<BTreeSet<Role>>,
}

/// Reads all lines, or tells everything that is wrong with them.
pub(super) fn read(text: &str, part: Part) -> Result<Vec<Line>, Vec<Fault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let heads = rows.headers().map(places).map_err(|fault| vec![unreadable(&fault)])??;
    let mut reader = Reader { heads, part, seen: BTreeMap::new(), faults: Vec::new() };
    let mut lines = Vec::new();
    for row in rows.records() {
        match row {
            Ok(row) => lines.extend(reader.line(&row)),
            Err(fault) => reader.faults.push(unreadable(&fault)),
        }
        if lines.len() > MOST_ROWS {
            let right = format!("{MOST_ROWS} lines at most; split the file.");
            reader.fault(
                lines.last().map_or(1, |line| line.number),
                "",
                "",
                "Too many lines.",
                right,
            );
        }
        if reader.faults.len() >= MOST_FAULTS || lines.len() > MOST_ROWS {
            break;
        }
    }
    if lines.is_empty() && reader.faults.is_empty() {
        let right = "One line for each contact below the headings.".to_owned();
        reader.fault(1, "", "", "The file holds no contact.", right);
    }
    if reader.faults.is_empty() { Ok(lines) } else { Err(reader.faults) }
}

/// A comma; a semicolon where the headings are separated so, as some spreadsheets save it.
fn delimiter(text: &str) -> u8 {
    let heads = text.lines().next().unwrap_or_default();
    if heads.contains(';') && !heads.contains(',') { b';' } else { b',' }
}

/// Where each column stands.
fn places(heads: &StringRecord) -> Result<BTreeMap<&'static str, usize>, Vec<Fault>> {
    let mut places = BTreeMap::new();
    let mut faults = Vec::new();
    let mut refuse = |column: &str, reason: &str, right: String| {
        let (column, reason) = (column.to_owned(), reason.to_owned());
        faults.push(Fault { line: 1, found: column.clone(), column, reason, right });
    };
    for (place, head) in heads.iter().enumerate() {
        let head = head.trim().to_lowercase();
        match COLUMNS.iter().find(|column| **column == head) {
            Some(column) if places.insert(*column, place).is_some() => {
                refuse(&head, "This column stands there twice.", "Each column once.".to_owned());
            }
            Some(_) => {}
            None => {
                let right = format!("The columns are {}.", COLUMNS.join(", "));
                refuse(&head, "This column is not known.", right);
            }
        }
    }
    for column in ["name", "email"] {
        if !places.contains_key(column) {
            let right = format!("A first line with {}.", COLUMNS.join(","));
            refuse(column, "This column is missing.", right);
        }
    }
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

fn unreadable(fault: &csv::Error) -> Fault {
    Fault {
        line: fault.position().map_or(1, csv::Position::line),
        column: String::new(),
        found: String::new(),
        reason: "The line cannot be read.".to_owned(),
        right: "Text in UTF-8, with quotes round a cell that holds a comma.".to_owned(),
    }
}

struct Reader {
    heads: BTreeMap<&'static str, usize>,
    part: Part,
    /// On which line an address stands.
    seen: BTreeMap<String, u64>,
    faults: Vec<Fault>,
}

impl Reader {
    fn fault(&mut self, line: u64, column: &str, found: &str, reason: &str, right: String) {
        self.faults.push(Fault {
            line,
            column: column.to_owned(),
            found: found.to_owned(),
            reason: reason.to_owned(),
            right,
        });
    }

    /// One line; none where something is wrong with it, or where it is empty.
    fn line(&mut self, row: &StringRecord) -> Option<Line> {
        let number = row.position().map_or(0, csv::Position::line);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            return None;
        }
        if row.len() != self.heads.len() {
            let found = format!("{} cells", row.len());
            let right = format!("{} cells, as in the first line.", self.heads.len());
            self.fault(number, "", &found, "The line has another number of cells.", right);
            return None;
        }
        let cell = |column: &str| {
            let place = self.heads.get(column)?;
            row.get(*place).map(|cell| unguarded(cell.trim()).to_owned())
        };
        let found: BTreeMap<&str, String> =
            COLUMNS.iter().filter_map(|column| Some((*column, cell(column)?))).collect();
        let parsed = parse(number, &found, self.part);
        match parsed {
            Ok(line) => self.unless_twice(line),
            Err(errors) => {
                for (column, reason) in errors {
                    let found = found.get(column).cloned().unwrap_or_default();
                    self.fault(number, column, &found, &reason, right(column, self.part));
                }
                None
            }
        }
    }

    fn unless_twice(&mut self, line: Line) -> Option<Line> {
        match self.seen.insert(line.email_key.clone(), line.number) {
            None => Some(line),
            Some(first) => {
                let reason = format!("The same address stands on line {first}.");
                let right = "Each address once.".to_owned();
                self.fault(line.number, "email", &line.email, &reason, right);
                None
            }
        }
    }
}

/// What is wrong with which column of a line.
type CellFaults = Vec<(&'static str, String)>;

fn parse(number: u64, cells: &BTreeMap<&str, String>, part: Part) -> Result<Line, CellFaults> {
    let mut fields = Fields::default();
    let cell = |column: &str| cells.get(column).map(String::as_str);
    let name = fields.required("name", "The name", cell("name").unwrap_or_default(), 100);
    let email = fields.email("email", cell("email").unwrap_or_default());
    let job_title =
        cell("job_title").map(|text| fields.line("job_title", "The job title", text, 100));
    let phone = cell("phone").map(|text| fields.line("phone", "The phone number", text, 40));
    let filled = |column: &str| cell(column).filter(|text| !text.is_empty());
    let locale = filled("locale").and_then(|tag| {
        let known = Locale::ALL.into_iter().find(|one| one.tag().eq_ignore_ascii_case(tag));
        if known.is_none() {
            fields.refuse("locale", "This way of writing dates and numbers is not known.");
        }
        known
    });
    let access = filled("access").and_then(|word| {
        let known = word.parse::<Access>().ok().filter(|access| !access.is_vendor());
        if known.is_none() {
            fields.refuse("access", "This access level is not known.");
        }
        known
    });
    let roles = cell("roles").map(|words| roles(words, part, &mut fields));
    let email_key = names::fold_email(&email);
    let line = Line { number, name, email, email_key, job_title, phone, locale, access, roles };
    fields.finish(|| Some(line)).map_err(|fault| match fault {
        Error::Invalid(errors) => {
            errors.list().iter().map(|error| (error.field, error.text.clone())).collect()
        }
        other => vec![("name", other.to_string())],
    })
}

fn roles(words: &str, part: Part, fields: &mut Fields) -> BTreeSet<Role> {
    let mut roles = BTreeSet::new();
    for word in words.split_whitespace() {
        match word.parse::<Role>() {
            Ok(role) if Role::of_part(part).contains(&role) => {
                roles.insert(role);
            }
            _ => fields.refuse("roles", format!("There is no role “{word}”.")),
        }
    }
    roles
}

/// What would be right in a column.
fn right(column: &str, part: Part) -> String {
    let words = |words: Vec<&str>| words.join(", ");
    match column {
        "name" => "A name of up to 100 characters.".to_owned(),
        "email" => "An address such as name@example.com.".to_owned(),
        "job_title" => "Text of up to 100 characters, or nothing.".to_owned(),
        "phone" => "Up to 40 characters, or nothing.".to_owned(),
        "locale" => format!("One of {}, or nothing.", words(Locale::ALL.map(Locale::tag).into())),
        "access" => "administrator, member, or nothing.".to_owned(),
        _ => {
            let roles = Role::of_part(part).iter().map(|role| role.as_str()).collect();
            format!("Any of {}, separated by spaces.", words(roles))
        }
    }
}
