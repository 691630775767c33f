//! What is wrong with a pack, where, and what would be right.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

/// One error of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackProblem {
    /// The file as the caller named it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// The key, such as `tiers[2].rank`, list items counted from 0; empty when the file as a
    /// whole is meant.
    pub path: String,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub hint: String,
}

impl fmt::Display for PackProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}; {}", self.what, self.hint)
    }
}

impl std::error::Error for PackProblem {}

/// The problems found so far in one file.
pub(super) struct Findings<'t> {
    file: &'t str,
    text: &'t str,
    line_starts: Vec<usize>,
    problems: RefCell<Vec<PackProblem>>,
}

impl<'t> Findings<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(end, _)| end + 1);
        let line_starts = std::iter::once(0).chain(after_breaks).collect();
        Self { file, text, line_starts, problems: RefCell::default() }
    }

    /// Adds a problem; `place` is a range of bytes of the file.
    pub(super) fn report(
        &self,
        place: Range<usize>,
        path: &str,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let (line, column) = self.position(place.start);
        self.problems.borrow_mut().push(PackProblem {
            file: self.file.to_owned(),
            line,
            column,
            path: path.to_owned(),
            what: what.into(),
            hint: hint.into(),
        });
    }

    /// Line and column, both counted from 1, of a byte of the file.
    pub(super) fn position(&self, byte: usize) -> (usize, usize) {
        let byte = self.text.floor_char_boundary(byte);
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let before = &self.text[self.line_starts[line - 1]..byte];
        (line, 1 + before.trim_start_matches('\u{feff}').chars().count())
    }

    /// The problems in the order of the file.
    pub(super) fn into_problems(self) -> Vec<PackProblem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by(|a, b| (a.line, a.column, &a.path).cmp(&(b.line, b.column, &b.path)));
        problems
    }
}

/// `text` in quotation marks, short and without control characters, as a problem shows it.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let shown: String = text.chars().take(LONGEST).collect();
    let rest = if text.chars().count() > LONGEST { "…" } else { "" };
    format!("\"{}{rest}\"", shown.escape_debug().to_string().replace("\\'", "'"))
}
