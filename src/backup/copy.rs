//! Rows on their way from one database to another, counted and digested as they pass.

use std::collections::BTreeMap;

use super::Progress;
use super::manifest::{Content, Tally};
use crate::db::{Conn, Table};
use crate::error::Result;

/// Rows that are written with one statement, or a few …
const BATCH: usize = 1_000;
/// … as long as they are small: files that somebody attached are not.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How far a copy has come.
pub(super) struct Counter<'a, 'b> {
    done: u64,
    total: u64,
    progress: &'a mut Progress<'b>,
}

impl<'a, 'b> Counter<'a, 'b> {
    pub(super) fn new(total: u64, progress: &'a mut Progress<'b>) -> Self {
        Self { done: 0, total, progress }
    }

    fn step(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(BATCH as u64) || self.done == self.total {
            (self.progress)(self.done, self.total);
        }
    }
}

/// Copies tables; at no time is more than a batch of them in memory.
pub(super) fn copy(
    tables: &[Table],
    from: &mut Conn,
    to: &mut Conn,
    counter: &mut Counter<'_, '_>,
) -> Result<BTreeMap<String, Content>> {
    let mut contents = BTreeMap::new();
    for table in tables {
        let mut tally = Tally::of(table);
        let (mut waiting, mut bytes) = (Vec::with_capacity(BATCH), 0);
        table.each_row(from, |row| {
            tally.add(&row);
            counter.step();
            bytes += row.iter().flatten().map(String::len).sum::<usize>();
            waiting.push(row);
            if waiting.len() == BATCH || bytes >= BATCH_BYTES {
                bytes = 0;
                table.insert(std::mem::replace(&mut waiting, Vec::with_capacity(BATCH)), to)?;
            }
            Ok(())
        })?;
        if !waiting.is_empty() {
            table.insert(waiting, to)?;
        }
        contents.insert(table.name.clone(), tally.finish());
    }
    Ok(contents)
}

/// What tables hold.
pub(super) fn contents(
    tables: &[Table],
    conn: &mut Conn,
    counter: &mut Counter<'_, '_>,
) -> Result<BTreeMap<String, Content>> {
    let mut contents = BTreeMap::new();
    for table in tables {
        let mut tally = Tally::of(table);
        table.each_row(conn, |row| {
            tally.add(&row);
            counter.step();
            Ok(())
        })?;
        contents.insert(table.name.clone(), tally.finish());
    }
    Ok(contents)
}
