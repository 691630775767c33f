//! The catalogue: what a program sells, under which SKUs and at which recommended price. Products,
//! categories, the grammar of SKUs, the older SKUs and price lists come from the program's pack or
//! are published in the portal; the other slices read them here.
//!
//! A SKU is one of the newer form, by the grammar, or one of the older form, each of which is a row,
//! or the plain code of a product. [`SkuBook`] knows them all and translates between them; which
//! form can be ordered on a day is the policies' to say.

mod book;
mod export;
mod forms;
mod handlers;
mod model;
mod pages;
mod priced;
mod prices;
mod quote;
mod rows;
mod shelf;
mod sku;
mod standing;
mod translation;

pub use crate::programs::pack::{ProductKind, Purpose};
pub use book::{Form, Found, Listed, OrderAs, SkuBook};
pub use model::{Category, Product};
pub use prices::{Band, PriceList, Prices, UnitPrice, Wanted};
pub use quote::{MOST_LINES, QuoteLine, Unreadable, read as read_quote};
pub use shelf::Shelf;
pub use sku::{Decoded, DecodedPart, Grammar, Meaning, Says};
pub use standing::Standing;
pub use translation::{How, Remark, TranslatedQuote, Translation};

use crate::auth::{Seats, Who};

const EVERYONE: Who = Who::Seats(Seats::ALL);

crate::routes! {
    Page "skus" GET "/p/{program}/skus" (EVERYONE) => handlers::show;
    Action "skus_translate" POST "/p/{program}/skus" (EVERYONE) => handlers::translate;
    Download "skus_csv" POST "/p/{program}/skus.csv" (EVERYONE) => handlers::download;
}
