//! Lines that wait, decided again: when a policy that knows no activation takes effect, or the
//! grace of a warranty is over, what waited gets its dates.

use chrono::NaiveDate;

use super::RuleBook;
use super::decision::{Deciding, Undecided};
use crate::audit::By;
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;

/// What one batch of the sweep did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept {
    /// Lines that got dates.
    pub dated: usize,
    /// Where the next batch goes on; none when all lines were looked at.
    pub next: Option<i64>,
}

/// Lines looked at in one transaction.
const BATCH: i64 = 500;

/// Looks at one batch of a program's lines without a start, from `after` on (0 at first), and
/// gives dates to those that the rule decides by `today`. Run again, it finds nothing to do.
pub fn sweep_pending(
    program: &Program,
    today: NaiveDate,
    after: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<Swept> {
    let lines = Undecided::without_start(program.id, after, BATCH, conn)?;
    let is_full = i64::try_from(lines.len()) == Ok(BATCH);
    let next = lines.last().map(Undecided::id).filter(|_| is_full);
    let mut dated = 0;
    if !lines.is_empty() {
        let rulebook = RuleBook::of_program(program.id, conn)?;
        let by = By::Portal("the sweep of waiting licences");
        let deciding = Deciding { rulebook: &rulebook, today, by, now };
        for line in lines {
            dated += deciding.settle(line, conn)?;
        }
    }
    Ok(Swept { dated, next })
}
