//! The columns of a file of prices.

use crate::sheet::{self, Shape, Sheet};
use crate::sheet_columns;

/// More lines are refused: a list is published in one transaction.
pub const MOST_LINES: usize = 50_000;

const SHAPE: Shape = Shape {
    most_bytes: 8 * 1024 * 1024,
    most_lines: MOST_LINES,
    split: "A list is published whole: leave out terms or bands that nobody orders.",
    each_line: "Write one line for each price.",
};

sheet_columns! {
    /// The columns of a file of prices.
    pub enum Column {
        Product = "product" required,
        Months = "months" optional,
        FromQuantity = "from_quantity" optional,
        UnitPrice = "unit_price" required,
    }
}

pub(super) type Line = sheet::Line<Column>;

/// A file that was read as a table; its cells are not checked yet.
#[derive(Clone, Debug)]
pub struct PriceFile(pub(super) Sheet<Column>);

impl PriceFile {
    pub fn read(bytes: &[u8]) -> Self {
        Self(Sheet::read(bytes, &SHAPE))
    }
}
