//! The catalogue: what a program sells. Products and categories come from the program's pack; the
//! other slices read them here.

mod model;

pub use crate::programs::pack::ProductKind;
pub use model::{Category, Product};
