//! The columns of a file of leads.

use crate::sheet::{self, Shape, Sheet};
use crate::sheet_columns;

/// More lines are refused: the whole file is one transaction, and one mail to each who is told.
pub const MOST_LINES: usize = 5_000;

const SHAPE: Shape = Shape {
    most_bytes: 8 * 1024 * 1024,
    most_lines: MOST_LINES,
    split: "Split it into several files.",
    each_line: "Write one line for each lead.",
};

sheet_columns! {
    /// The columns of a file of leads.
    pub enum Column {
        ExternalId = "external_id" required,
        Company = "company" required,
        ContactName = "contact_name" required,
        Email = "email" required,
        Phone = "phone" optional,
        Country = "country" required,
        Interest = "interest" required,
        Product = "product" optional,
        Category = "category" optional,
        Source = "source" optional,
        Note = "note" optional,
        Language = "language" optional,
        Partner = "partner" optional,
    }
}

pub(super) type Line = sheet::Line<Column>;

/// A file that was read as a table; its cells are not checked yet.
#[derive(Clone, Debug)]
pub struct LeadFile(pub(super) Sheet<Column>);

impl LeadFile {
    pub fn read(bytes: &[u8]) -> Self {
        Self(Sheet::read(bytes, &SHAPE))
    }
}
