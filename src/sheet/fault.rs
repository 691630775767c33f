//! What is wrong in a file, where, and what would be right.

use std::fmt;

/// One fault of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, the line of headings being 1; 0 where the whole file is meant.
    pub line: u64,
    /// The heading of the column; empty where the whole line is meant.
    pub column: String,
    /// What stands there, shortened.
    pub found: String,
    pub reason: String,
    pub right: String,
}

impl Fault {
    pub fn new(
        line: u64,
        column: impl Into<String>,
        found: &str,
        reason: impl Into<String>,
        right: impl Into<String>,
    ) -> Self {
        Self {
            line,
            column: column.into(),
            found: shortened(found),
            reason: reason.into(),
            right: right.into(),
        }
    }

    /// A fault of the file as a whole.
    pub fn of_file(reason: impl Into<String>, right: impl Into<String>) -> Self {
        Self::new(0, "", "", reason, right)
    }
}

/// `line 7, column months: "0" is not … Write …`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column.as_str()) {
            (0, _) => f.write_str("the file: ")?,
            (line, "") => write!(f, "line {line}: ")?,
            (line, column) => write!(f, "line {line}, column {column}: ")?,
        }
        if !self.found.is_empty() {
            write!(f, "\"{}\": ", self.found)?;
        }
        f.write_str(&self.reason)?;
        if !self.right.is_empty() {
            write!(f, " {}", self.right)?;
        }
        Ok(())
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(MOST)
        .collect();
    if text.chars().count() > MOST {
        shown.push('…');
    }
    shown
}
