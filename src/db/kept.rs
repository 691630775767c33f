//! Queries that stay prepared, and whose text is written once.
//!
//! Diesel prepares a query anew each time when it cannot know how many texts it comes in: with a
//! list of values on SQLite, with SQL written out. And it writes a query's text three times on its
//! way to the database. Where pages ask, that is a good part of what they cost.

use std::any::TypeId;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};

use super::connection::{Conn, Engine};

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
    text: OnceCell<Arc<str>>,
}

/// The texts of queries that come in one form, for each engine.
type Texts = HashMap<(TypeId, Engine), Arc<str>>;

static TEXTS: LazyLock<RwLock<Texts>> = LazyLock::new(RwLock::default);

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<Conn> for Kept<Q> {}

impl<Q: QueryId> QueryId for Kept<Q> {
    type QueryId = Q::QueryId;

    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: QueryFragment<Multi> + QueryId> Kept<Q> {
    /// The query's text, written once for each query and, where its type says that there is only
    /// one, once for all.
    fn text(&self, engine: Engine, backend: &Multi) -> QueryResult<&str> {
        if let Some(text) = self.text.get() {
            return Ok(text);
        }
        let key = Q::query_id().map(|id| (id, engine));
        let known = key.and_then(|key| {
            TEXTS.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
        });
        let text = match known {
            Some(text) => text,
            None => self.written(engine, backend)?,
        };
        Ok(self.text.get_or_init(|| text))
    }

    fn written(&self, engine: Engine, backend: &Multi) -> QueryResult<Arc<str>> {
        let mut out = match engine {
            Engine::Sqlite => Builder::Sqlite(Default::default()),
            Engine::Postgres => Builder::Postgres(Default::default()),
        };
        self.query.to_sql(&mut out, backend)?;
        let text: Arc<str> = out.finish().into();
        if let Some(id) = Q::query_id() {
            let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
            texts.insert((id, engine), Arc::clone(&text));
        }
        Ok(text)
    }
}

impl<Q: QueryFragment<Multi> + QueryId> QueryFragment<Multi> for Kept<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Multi>) -> QueryResult<()> {
        self.query.walk_ast(pass)
    }

    fn to_sql(&self, out: &mut Builder, backend: &Multi) -> QueryResult<()> {
        let engine = match out {
            Builder::Sqlite(_) => Engine::Sqlite,
            Builder::Postgres(_) => Engine::Postgres,
        };
        out.push_sql(self.text(engine, backend)?);
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
