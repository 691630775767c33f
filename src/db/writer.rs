//! The one writer of SQLite. It takes the waiting writes together: one `BEGIN IMMEDIATE`, each
//! write in a savepoint of its own, one durable commit, and nobody is answered before it. On a
//! disk whose flush is slow this is twenty times faster than one commit a write.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::connection::Conn;
use super::engine::DatabaseSettings;
use crate::error::{Error, Result};
use crate::figures;

/// How many writes may wait; the next one is told that the database is busy.
const WAITING: usize = 4_096;
/// How many writes share a commit at most, and for how long one gathers them.
const GROUP: usize = 128;
const GROUP_TIME: Duration = Duration::from_millis(10);
/// For how long another process may write, and how often is looked whether it has ended. SQLite's own
/// wait looks ten times a second in the end, and finds a process that writes much always writing.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(2);
/// After a group that took so long, another process gets its turn.
const LONG: Duration = Duration::from_millis(15);
const TURN: Duration = Duration::from_millis(6);
/// A write that drew a reference that exists already draws again this often.
const REDRAWS: usize = 3;

pub(super) struct Writer {
    queue: SyncSender<Box<dyn Write>>,
}

impl Writer {
    pub(super) fn start(settings: &DatabaseSettings) -> Result<Self> {
        let (queue, waiting) = sync_channel(WAITING);
        let settings = settings.clone();
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || Desk::new(settings).serve(&waiting))
            .map_err(|fault| Error::internal(format!("cannot start the writer: {fault}")))?;
        Ok(Self { queue })
    }

    /// Puts a write in the queue; `reply` is called with its outcome, on the writer's thread.
    pub(super) fn submit<T, F, R>(&self, work: F, reply: R) -> Result<()>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
        R: FnOnce(Result<T>) + Send + 'static,
    {
        let order = Order { work, outcome: None, reply };
        self.queue.try_send(Box::new(order)).map_err(|_| Error::Unavailable)
    }
}

/// A write that waits, its type forgotten.
trait Write: Send {
    /// Runs in a savepoint and keeps the outcome. `false` when the whole group is in doubt.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Hands the kept outcome to whoever waits for it.
    fn answer(self: Box<Self>);
    fn fail(self: Box<Self>, fault: Error);
}

struct Order<T, F, R> {
    work: F,
    outcome: Option<Result<T>>,
    reply: R,
}

impl<T, F, R> Write for Order<T, F, R>
where
    T: Send,
    F: Fn(&mut Conn) -> Result<T> + Send,
    R: FnOnce(Result<T>) + Send,
{
    fn run(&mut self, conn: &mut Conn) -> bool {
        for _ in 0..=REDRAWS {
            let outcome =
                catch_unwind(AssertUnwindSafe(|| conn.savepoint(|conn| (self.work)(conn))))
                    .unwrap_or_else(|_| Err(Error::Broken("a write panicked".to_owned())));
            let again = matches!(outcome, Err(Error::LostRace));
            let sound = !matches!(outcome, Err(Error::Unavailable | Error::Broken(_)));
            self.outcome = Some(outcome);
            if !again {
                return sound;
            }
        }
        true
    }

    fn answer(self: Box<Self>) {
        (self.reply)(self.outcome.unwrap_or(Err(Error::Unavailable)));
    }

    fn fail(self: Box<Self>, fault: Error) {
        (self.reply)(Err(fault));
    }
}

/// The writer thread's own: its connection, opened when first needed and after each fault.
struct Desk {
    settings: DatabaseSettings,
    conn: Option<Conn>,
}

impl Desk {
    fn new(settings: DatabaseSettings) -> Self {
        Self { settings, conn: None }
    }

    fn serve(mut self, waiting: &Receiver<Box<dyn Write>>) {
        while let Ok(first) = waiting.recv() {
            let unwritten = match self.commit_group(first, waiting) {
                Ok(()) => continue,
                Err(Undone::NotBegun(order)) => vec![order],
                Err(Undone::RolledBack(orders)) => self.commit_each_alone(orders),
            };
            if unwritten.is_empty() {
                continue;
            }
            // The file cannot be written. Who waits hears it now: not each after a wait of its own.
            let late = std::iter::from_fn(|| waiting.try_recv().ok());
            unwritten.into_iter().chain(late).for_each(|order| order.fail(Error::Unavailable));
        }
    }

    /// Runs the waiting writes in one transaction; gives them back when it could not be committed.
    fn commit_group(
        &mut self,
        first: Box<dyn Write>,
        waiting: &Receiver<Box<dyn Write>>,
    ) -> std::result::Result<(), Undone> {
        let Some(conn) = self.begin() else {
            return Err(Undone::NotBegun(first));
        };
        let mut orders = Vec::new();
        let began = Instant::now();
        let mut next = Some(first);
        let mut sound = true;
        while let Some(mut order) = next.take() {
            sound = order.run(conn);
            orders.push(order);
            if sound && orders.len() < GROUP && began.elapsed() < GROUP_TIME {
                next = waiting.try_recv().ok();
            }
        }
        if sound && conn.commit().is_ok() {
            let took = began.elapsed();
            figures::committed(orders.len(), took);
            orders.into_iter().for_each(Write::answer);
            if took > LONG {
                std::thread::sleep(TURN);
            }
            return Ok(());
        }
        self.conn = None;
        Err(Undone::RolledBack(orders))
    }

    /// One write, one transaction: after a group failed, so that one bad write harms no other.
    /// Gives back those that could not even be begun.
    fn commit_each_alone(&mut self, orders: Vec<Box<dyn Write>>) -> Vec<Box<dyn Write>> {
        let mut orders = orders.into_iter();
        while let Some(mut order) = orders.next() {
            let Some(conn) = self.begin() else {
                return std::iter::once(order).chain(orders).collect();
            };
            let sound = order.run(conn);
            let committed = sound && conn.commit().is_ok();
            if !committed {
                self.conn = None;
            }
            if sound && !committed {
                order.fail(Error::Unavailable);
            } else {
                order.answer();
            }
        }
        Vec::new()
    }

    fn begin(&mut self) -> Option<&mut Conn> {
        if self.conn.is_none() {
            self.conn = self.settings.connect().ok();
            // The wait is our own.
            self.conn.as_mut()?.batch_execute("PRAGMA busy_timeout = 0").ok()?;
        }
        let since = Instant::now();
        loop {
            match self.conn.as_mut()?.begin_write_if_free() {
                Ok(true) => return self.conn.as_mut(),
                Ok(false) if since.elapsed() < PATIENCE => std::thread::sleep(LOOK),
                _ => {
                    self.conn = None;
                    return None;
                }
            }
        }
    }
}

/// Writes that are not in the database.
enum Undone {
    /// Its transaction could not be begun: another process holds the file, or it is gone.
    NotBegun(Box<dyn Write>),
    RolledBack(Vec<Box<dyn Write>>),
}
