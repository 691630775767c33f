//! Queries that stay prepared, and whose text is written once.
//!
//! Diesel prepares a query anew each time when it cannot know how many texts it comes in: with a
//! list of values on SQLite, with SQL written out. And it writes a query's text three times on its
//! way to the database. Where pages ask, that is a good part of what they cost.

use std::cell::OnceCell;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};

use super::connection::Conn;

type Multi = <Conn as Connection>::Backend;
type Builder = <Multi as Backend>::QueryBuilder;

/// Keeps a query prepared.
pub trait Keep: Sized {
    /// For a query whose text comes in few forms: a value that varies is bound, never written into
    /// the text, and a list has one of few lengths ([`padded`]).
    fn kept(self) -> Kept<Self> {
        Kept { query: self, text: OnceCell::new() }
    }
}

impl<Q: Query> Keep for Q {}

/// What [`Keep::kept`] gives.
pub struct Kept<Q> {
    query: Q,
    text: OnceCell<String>,
}

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<Conn> for Kept<Q> {}

impl<Q: QueryId> QueryId for Kept<Q> {
    type QueryId = Q::QueryId;

    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: QueryFragment<Multi>> QueryFragment<Multi> for Kept<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Multi>) -> QueryResult<()> {
        self.query.walk_ast(pass)
    }

    fn to_sql(&self, out: &mut Builder, backend: &Multi) -> QueryResult<()> {
        if self.text.get().is_none() {
            let mut once = match out {
                Builder::Sqlite(_) => Builder::Sqlite(Default::default()),
                Builder::Postgres(_) => Builder::Postgres(Default::default()),
            };
            self.query.to_sql(&mut once, backend)?;
            drop(self.text.set(once.finish()));
        }
        out.push_sql(self.text.get().map_or("", String::as_str));
        Ok(())
    }

    fn is_safe_to_cache_prepared(&self, _: &Multi) -> QueryResult<bool> {
        Ok(true)
    }
}

/// A list for a query that is kept: its last value is repeated until it has one of few lengths.
pub fn padded<T: Clone>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    if let Some(last) = list.last().cloned() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}
