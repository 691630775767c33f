//! The columns of a file of partners.

use crate::sheet::{self, Shape, Sheet};
use crate::sheet_columns;

/// More lines are refused: the whole file is one transaction.
pub const MOST_LINES: usize = 5_000;

const SHAPE: Shape = Shape {
    most_bytes: 8 * 1024 * 1024,
    most_lines: MOST_LINES,
    split: "Split it into several files, distributors first.",
    each_line: "Write one line for each organisation.",
};

sheet_columns! {
    /// The columns of a file of partners, in the order of the download.
    pub enum Column {
        Organisation = "organisation" required,
        Country = "country" required,
        Part = "part" required,
        Types = "types" required,
        Tier = "tier" optional,
        Currency = "currency" optional,
        Status = "status" optional,
        EnrolledOn = "enrolled_on" optional,
        CamEmail = "cam_email" optional,
        Distributors = "distributors" optional,
        AdministratorName = "administrator_name" optional,
        AdministratorEmail = "administrator_email" optional,
    }
}

pub(super) type Line = sheet::Line<Column>;

/// A file that was read as a table; its cells are not checked yet.
#[derive(Clone, Debug)]
pub struct PartnerFile(pub(super) Sheet<Column>);

impl PartnerFile {
    pub fn read(bytes: &[u8]) -> Self {
        Self(Sheet::read(bytes, &SHAPE))
    }
}
