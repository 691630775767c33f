//! Where a worker's lanes note what became of their mails: whoever comes while another is writing
//! waits, and the next one writes for all that wait. One durable commit then serves many mails, and
//! a worker does not lose against itself on PostgreSQL.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turn, oneshot};

use super::note::Note;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::mail::MailStatus;

/// Notes in one transaction.
const TOGETHER: usize = 64;

/// What the mail is now; none where somebody else has claimed it meanwhile.
type Noted = Result<Option<MailStatus>>;

pub(super) struct Notebook {
    db: Db,
    clock: Clock,
    waiting: Mutex<Vec<Entry>>,
    pen: Turn<()>,
}

struct Entry {
    note: Arc<Note>,
    answer: oneshot::Sender<Noted>,
}

impl Notebook {
    pub(super) fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, waiting: Mutex::default(), pen: Turn::default() }
    }

    /// Answers when the note is durable, or when it could not be taken: then it may be given again.
    pub(super) async fn write(&self, note: &Arc<Note>) -> Noted {
        let (answer, mut answered) = oneshot::channel();
        self.entries(|waiting| waiting.push(Entry { note: Arc::clone(note), answer }));
        loop {
            let _pen = self.pen.lock().await;
            match answered.try_recv() {
                Ok(noted) => return noted,
                Err(oneshot::error::TryRecvError::Empty) => self.write_waiting().await,
                // Who had the pen was dropped with it: nobody knows what became of the note.
                Err(oneshot::error::TryRecvError::Closed) => return Err(Error::Unavailable),
            }
        }
    }

    /// Writes the notes that have waited longest.
    async fn write_waiting(&self) {
        let entries: Vec<Entry> =
            self.entries(|waiting| waiting.drain(..waiting.len().min(TOGETHER)).collect());
        let notes: Vec<Arc<Note>> = entries.iter().map(|entry| Arc::clone(&entry.note)).collect();
        match self.in_one(notes).await {
            Ok(noted) => {
                for (entry, status) in entries.into_iter().zip(noted) {
                    drop(entry.answer.send(Ok(status)));
                }
            }
            Err(Error::Unavailable) => {
                for entry in entries {
                    drop(entry.answer.send(Err(Error::Unavailable)));
                }
            }
            // One that cannot be written takes no other with it.
            Err(_) => {
                for entry in entries {
                    let noted = self.in_one(vec![Arc::clone(&entry.note)]).await;
                    drop(
                        entry.answer.send(noted.map(|status| status.into_iter().flatten().next())),
                    );
                }
            }
        }
    }

    async fn in_one(&self, notes: Vec<Arc<Note>>) -> Result<Vec<Option<MailStatus>>> {
        let now = self.clock.now();
        let all = move |conn: &mut _| notes.iter().map(|note| note.write(now, conn)).collect();
        self.db.write(all).await
    }

    /// Never held while the database is asked.
    fn entries<T>(&self, with: impl FnOnce(&mut Vec<Entry>) -> T) -> T {
        with(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
