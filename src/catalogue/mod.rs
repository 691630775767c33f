//! The catalogue: what a program sells, and at which recommended price. Products, categories and
//! price lists come from the program's pack or are published in the portal; the other slices read
//! them here.

mod model;
mod prices;
mod shelf;

pub use crate::programs::pack::ProductKind;
pub use model::{Category, Product};
pub use prices::{Band, PriceList, Prices, UnitPrice, Wanted};
pub use shelf::Shelf;
