//! The catalogue: what a program sells, under which SKUs and at which recommended price. Products,
//! categories, the grammar of SKUs, the older SKUs and price lists come from the program's pack or
//! are published in the portal; the other slices read them here.
//!
//! A SKU is one of the newer form, by the grammar, or one of the older form, each of which is a row,
//! or the plain code of a product. [`SkuBook`] knows them all and translates between them; which
//! form can be ordered on a day is the policies' to say.
//!
//! Everyone in a program reads the products with their recommended prices (MSRP) and which promotions
//! there are. What is taken off, by tier or promotion, is the vendor's to see; its program managers
//! publish price lists and make promotions.

mod actions;
mod book;
mod discounts;
mod export;
mod forms;
mod handlers;
mod model;
mod pages;
pub mod price_lists;
mod priced;
mod prices;
mod products;
pub mod promotions;
mod quote;
mod rows;
mod shelf;
mod sku;
mod standing;
mod tabs;
mod translation;

pub(crate) use actions::ACTIONS;

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
const VENDOR: Who = Who::Seats(Seats::VENDOR);
const PUBLISHERS: Who = Who::Seats(Seats::PROGRAM_MANAGER);

crate::routes! {
    Page "skus" GET "/p/{program}/skus" (EVERYONE) => handlers::show;
    Action "skus_translate" POST "/p/{program}/skus" (EVERYONE) => handlers::translate;
    Download "skus_csv" POST "/p/{program}/skus.csv" (EVERYONE) => handlers::download;
    Page "catalogue" GET "/p/{program}/catalogue" (EVERYONE) => products::handlers::index;
    Download "catalogue_csv" GET "/p/{program}/catalogue.csv" (EVERYONE)
        => products::handlers::download;
    Page "catalogue_promotions" GET "/p/{program}/catalogue/promotions" (EVERYONE)
        => promotions::handlers::offers;
    Page "product" GET "/p/{program}/catalogue/{product}" (EVERYONE) => products::handlers::show;
    Page "price_lists" GET "/p/{program}/prices" (VENDOR) => price_lists::handlers::index;
    Page "prices_import" GET "/p/{program}/prices/import" (PUBLISHERS)
        => price_lists::handlers::form;
    Action "prices_upload" POST "/p/{program}/prices/import" (PUBLISHERS)
        => price_lists::handlers::upload;
    Page "price_list" GET "/p/{program}/prices/{list}" (VENDOR) => price_lists::handlers::show;
    Download "price_list_csv" GET "/p/{program}/prices/{list}/prices.csv" (VENDOR)
        => price_lists::handlers::download;
    Action "price_list_withdraw" POST "/p/{program}/prices/{list}/withdrawal" (PUBLISHERS)
        => price_lists::handlers::take_back;
    Page "promotions" GET "/p/{program}/promotions" (VENDOR) => promotions::handlers::index;
    Download "promotions_csv" GET "/p/{program}/promotions.csv" (VENDOR)
        => promotions::handlers::download;
    Page "promotion_new" GET "/p/{program}/promotions/new" (PUBLISHERS)
        => promotions::handlers::new;
    Action "promotion_make" POST "/p/{program}/promotions/new" (PUBLISHERS)
        => promotions::handlers::create;
    Page "promotion" GET "/p/{program}/promotions/{promotion}" (VENDOR)
        => promotions::handlers::show;
    Action "promotion_end" POST "/p/{program}/promotions/{promotion}/ending" (PUBLISHERS)
        => promotions::handlers::set_end;
    Action "promotion_withdraw" POST "/p/{program}/promotions/{promotion}/withdrawal" (PUBLISHERS)
        => promotions::handlers::take_back;
    Page "discounts" GET "/p/{program}/discounts" (VENDOR) => discounts::handlers::index;
    Download "discounts_csv" GET "/p/{program}/discounts.csv" (VENDOR)
        => discounts::handlers::download;
}
