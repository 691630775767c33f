//! What the address of a list of licences carries.

use serde::Deserialize;

use super::list::{LicenceFilter, StatusFilter};
use crate::web::Cursor;

/// Every status, for a filter that otherwise leaves out what is over and done with.
pub(super) const ANY_STATUS: &str = "all";
const LATEST_FIRST: &str = "latest";
const MOST_LETTERS: usize = 100;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    /// A customer's name from its beginning, a serial number, a SKU or a reference.
    pub(super) q: String,
    /// A status's word, or `all`.
    pub(super) status: String,
    /// The key of a category.
    pub(super) category: String,
    /// The code of a product.
    pub(super) product: String,
    /// A month, such as 2026-03.
    pub(super) month: String,
    /// The reference of a customer.
    pub(super) customer: String,
    /// `latest`: the latest end first.
    pub(super) sort: String,
    /// Where the page begins.
    pub(super) page: String,
}

impl ListQuery {
    pub(super) fn filter(&self) -> LicenceFilter {
        let word = |text: &str| {
            let text: String = text.trim().chars().take(MOST_LETTERS).collect();
            (!text.is_empty()).then_some(text)
        };
        LicenceFilter {
            search: word(&self.q),
            status: match self.status.as_str() {
                ANY_STATUS => StatusFilter::Any,
                word => word.parse().map_or(StatusFilter::Current, StatusFilter::Only),
            },
            category: word(&self.category),
            product: word(&self.product),
            month: self.month.parse().ok(),
            customer: word(&self.customer),
            latest_first: self.is_latest_first(),
        }
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    pub(super) fn is_latest_first(&self) -> bool {
        self.sort == LATEST_FIRST
    }

    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.status, &self.category, &self.product, &self.month, &self.customer]
            .iter()
            .any(|value| !value.is_empty())
    }

    /// The same list in the other order.
    pub(super) fn turned(&self) -> Self {
        let sort = if self.is_latest_first() { "" } else { LATEST_FIRST };
        Self { sort: sort.to_owned(), ..self.clone() }
    }

    /// This list below a path, from a row on.
    pub(super) fn address(&self, path: &str, page: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", self.q.as_str()),
            ("status", &self.status),
            ("category", &self.category),
            ("product", &self.product),
            ("month", &self.month),
            ("customer", &self.customer),
            ("sort", &self.sort),
            ("page", page),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}
