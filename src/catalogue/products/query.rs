//! Which products a list shows. A program has few products, so that they are read whole and sought
//! here, the same on both engines.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Product, ProductKind};
use crate::names;
use crate::web::Cursor;

/// What the catalogue's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::catalogue) struct CatalogueQuery {
    /// Part of the name or the code.
    pub q: String,
    /// Its key.
    pub category: String,
    pub kind: String,
    /// For the vendor; others see what they pay in.
    pub currency: String,
    #[serde(skip_serializing)]
    pub page: String,
}

/// What the address of a product carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::catalogue) struct ProductQuery {
    /// For the vendor; others see what they pay in.
    pub currency: String,
    /// The first day of a past list that is to be shown whole.
    pub from: String,
}

impl CatalogueQuery {
    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.category, &self.kind].iter().any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    pub(super) fn fits(&self, product: &Product) -> bool {
        let sought = names::fold(&self.q);
        let found = || {
            [&product.name, &product.code].iter().any(|text| names::fold(text).contains(&sought))
        };
        let kind = self.kind.parse::<ProductKind>().ok();
        (sought.is_empty() || found())
            && (self.category.is_empty() || self.category == product.category.key)
            && kind.is_none_or(|kind| kind == product.kind)
    }

    /// The products of one page, and one too many where there are more, in the direction of the
    /// cursor.
    pub(super) fn page_of(&self, products: Vec<Product>, most: usize) -> Vec<Product> {
        let mut products: Vec<Product> =
            products.into_iter().filter(|product| self.fits(product)).collect();
        let cursor = self.cursor();
        let at = cursor.as_ref().and_then(|cursor| {
            products.iter().position(|product| product.code == cursor.reference)
        });
        match (at, cursor.is_some_and(|cursor| cursor.backwards)) {
            (Some(at), true) => {
                products.truncate(at);
                products.reverse();
            }
            (Some(at), false) => drop(products.drain(..=at)),
            (None, _) => {}
        }
        products.truncate(most);
        products
    }
}

/// Where a page after this product goes on.
pub(super) fn sort_key(product: &Product) -> (String, String) {
    (String::new(), product.code.clone())
}
