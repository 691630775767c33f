//! What a lead can be about: the products and categories of its program.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::Lead;
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::names;

/// A product or a whole category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicId {
    Product(i64),
    Category(i64),
}

impl TopicId {
    pub(super) fn product(self) -> Option<i64> {
        match self {
            Self::Product(id) => Some(id),
            Self::Category(_) => None,
        }
    }

    pub(super) fn category(self) -> Option<i64> {
        match self {
            Self::Category(id) => Some(id),
            Self::Product(_) => None,
        }
    }
}

/// One of them, as it can be chosen.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub id: TopicId,
    /// As forms send it: `category:alarm`, `product:ALARM-HUB`.
    pub value: String,
    pub label: String,
    key: String,
    name: String,
}

/// All of a program's, each category before its products.
#[derive(Clone, Debug, Default)]
pub struct Topics(pub(super) Vec<Choice>);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    name: String,
}

const TOPICS: &str = "\
    SELECT 'category' AS kind, categories.id, categories.key, categories.name, \
           CAST(categories.position AS BIGINT) AS place \
      FROM categories WHERE categories.program_id = $1 \
    UNION ALL \
    SELECT 'product', products.id, products.code, products.name, \
           CAST(categories.position AS BIGINT) \
      FROM products JOIN categories ON categories.id = products.category_id \
     WHERE products.program_id = $2 \
    ORDER BY 5, 1, 4, 3";

impl Topics {
    /// A catalogue is open to whoever has a part in the program: there is no scope to keep.
    pub fn of(program_id: i64, conn: &mut Conn) -> Result<Self> {
        let rows: Vec<Row> = sql_query(TOPICS)
            .bind::<BigInt, _>(program_id)
            .bind::<BigInt, _>(program_id)
            .kept()
            .load(conn)?;
        Ok(Self(rows.into_iter().map(Choice::of).collect()))
    }

    /// What a form or the demo means by `category:alarm` or `product:ALARM-HUB`.
    pub fn id_of(&self, value: &str) -> Option<TopicId> {
        self.0.iter().find(|choice| choice.value == value).map(|choice| choice.id)
    }

    /// The product with this code or exact name.
    pub(super) fn product(&self, cell: &str) -> Option<TopicId> {
        self.named(cell, |id| id.product().is_some())
    }

    /// The category with this key or exact name.
    pub(super) fn category(&self, cell: &str) -> Option<TopicId> {
        self.named(cell, |id| id.category().is_some())
    }

    fn named(&self, cell: &str, fits: impl Fn(TopicId) -> bool) -> Option<TopicId> {
        let key = names::fold(cell);
        let named = |choice: &&Choice| choice.key == cell || names::fold(&choice.name) == key;
        self.0.iter().filter(|choice| fits(choice.id)).find(named).map(|choice| choice.id)
    }

    /// What a lead is about, as the form chooses it again.
    pub(super) fn value_of(&self, lead: &Lead) -> String {
        let id = lead.product_id.map(TopicId::Product);
        let id = id.or(lead.category_id.map(TopicId::Category));
        let choice = self.0.iter().find(|choice| Some(choice.id) == id);
        choice.map(|choice| choice.value.clone()).unwrap_or_default()
    }

    pub(super) fn name_of(&self, id: Option<TopicId>) -> &str {
        let choice = self.0.iter().find(|choice| Some(choice.id) == id);
        choice.map_or("", |choice| &choice.name)
    }
}

impl Choice {
    fn of(row: Row) -> Self {
        let value = format!("{}:{}", row.kind, row.key);
        match row.kind.as_str() {
            "category" => Self {
                id: TopicId::Category(row.id),
                label: format!("{} (any)", row.name),
                value,
                key: row.key,
                name: row.name,
            },
            _ => Self {
                id: TopicId::Product(row.id),
                // A category's products stand below it.
                label: format!("– {}", row.name),
                value,
                key: row.key,
                name: row.name,
            },
        }
    }
}
