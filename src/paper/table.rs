//! A table as a slice says it.

use crate::error::{Error, Result};

/// How a column is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Wraps; shares what the others leave, by weight.
    Text { weight: u16 },
    /// At the left, as wide as the widest of its cells.
    Short,
    /// At the right, as wide as the widest of its cells.
    Number,
}

/// A column of a [`Table`].
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) head: String,
    pub(super) kind: Kind,
}

impl Column {
    /// Text of any length: it wraps. What numbers and short texts leave of the width is shared
    /// among the columns of text, by their weights.
    pub fn text(head: impl Into<String>) -> Self {
        Self { head: head.into(), kind: Kind::Text { weight: 1 } }
    }

    /// Text that stays on one line as long as it can: a day, a reference, a unit.
    pub fn short(head: impl Into<String>) -> Self {
        Self { head: head.into(), kind: Kind::Short }
    }

    /// A number or an amount, already written the person's way.
    pub fn number(head: impl Into<String>) -> Self {
        Self { head: head.into(), kind: Kind::Number }
    }

    /// How much of the width a column of text takes beside the others; 1 unless said.
    pub fn weight(mut self, weight: u16) -> Self {
        if let Kind::Text { weight: own } = &mut self.kind {
            *own = weight.max(1);
        }
        self
    }
}

/// A row with the lines beneath it, which stay on its page.
#[derive(Clone, Debug)]
pub struct Row {
    pub(super) cells: Vec<String>,
    pub(super) beneath: Vec<Vec<String>>,
}

impl Row {
    /// Adds a line beneath the row in a softer tone, with a cell for each column: how its amount
    /// came about.
    pub fn beneath<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) -> &mut Self {
        self.beneath.push(texts(cells));
        self
    }
}

#[derive(Clone, Debug)]
pub(super) struct Total {
    pub(super) label: String,
    /// For the last columns.
    pub(super) amounts: Vec<String>,
    pub(super) grand: bool,
}

/// A table: columns, rows under group headings, totals. Its heads stand on every page it reaches.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// Each before the row with this index.
    pub(super) groups: Vec<(usize, String)>,
    pub(super) totals: Vec<Total>,
    pub(super) empty: String,
}

impl Table {
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
            groups: Vec::new(),
            totals: Vec::new(),
            empty: "None.".to_owned(),
        }
    }

    /// What stands in a table without rows.
    pub fn when_empty(mut self, text: impl Into<String>) -> Self {
        self.empty = text.into();
        self
    }

    /// A heading over the rows that follow.
    pub fn group(&mut self, heading: impl Into<String>) -> &mut Self {
        self.groups.push((self.rows.len(), heading.into()));
        self
    }

    /// A row with a cell for each column.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) -> &mut Row {
        let at = self.rows.len();
        self.rows.push(Row { cells: texts(cells), beneath: Vec::new() });
        &mut self.rows[at]
    }

    /// A total below all rows, its amounts in the last columns.
    pub fn total<T: Into<String>>(
        &mut self,
        label: impl Into<String>,
        amounts: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        self.totals.push(Total { label: label.into(), amounts: texts(amounts), grand: false });
        self
    }

    /// The total that counts.
    pub fn grand_total<T: Into<String>>(
        &mut self,
        label: impl Into<String>,
        amounts: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        self.totals.push(Total { label: label.into(), amounts: texts(amounts), grand: true });
        self
    }

    /// Its rows, the lines beneath them counted.
    pub(super) fn count(&self) -> usize {
        self.rows.iter().map(|row| 1 + row.beneath.len()).sum()
    }

    /// A cell too many would be lost, one too few stand under the wrong head.
    pub(super) fn check(&self) -> Result<()> {
        let width = self.columns.len();
        let mut cells =
            self.rows.iter().flat_map(|row| std::iter::once(&row.cells).chain(&row.beneath));
        if let Some(wrong) = cells.find(|cells| cells.len() != width) {
            let has = wrong.len();
            return Err(Error::internal(format!(
                "a row of {has} cells, a table of {width} columns"
            )));
        }
        if width == 0 || self.totals.iter().any(|total| total.amounts.len() >= width) {
            return Err(Error::internal(format!("a table of {width} columns with more amounts")));
        }
        Ok(())
    }
}

fn texts<T: Into<String>>(cells: impl IntoIterator<Item = T>) -> Vec<String> {
    cells.into_iter().map(Into::into).collect()
}
