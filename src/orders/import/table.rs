//! The columns of an order file.

use crate::sheet::{self, Shape, Sheet};
use crate::sheet_columns;

/// More lines are refused: split the file.
pub const MOST_LINES: usize = 250_000;

const SHAPE: Shape = Shape {
    most_bytes: 48 * 1024 * 1024,
    most_lines: MOST_LINES,
    split: "Split it into several files, each order whole in one of them.",
    each_line: "Write one line for each line of an order.",
};

sheet_columns! {
    /// The columns of an order file.
    pub enum Column {
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
        ProcessedAt = "processed_at" optional,
        ActivatedOn = "activated_on" optional,
        SerialNumber = "serial_number" optional,
        UnitPrice = "unit_price" required,
        Currency = "currency" optional,
        Renews = "renews" optional,
    }
}

pub(super) type Line = sheet::Line<Column>;

/// Reads the table; a fault of the headings leaves nothing to be read.
pub(super) fn read(bytes: &[u8]) -> Sheet<Column> {
    Sheet::read(bytes, &SHAPE)
}
