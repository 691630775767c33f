//! Connections that wait for the next mail, and are closed when none comes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::line::Line;

pub(super) struct Idle {
    limit: Duration,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// The one used last is at the end, and is used next: so that what is not needed grows old.
    lines: Vec<Line>,
    swept: bool,
}

impl Idle {
    pub(super) fn new(limit: Duration) -> Arc<Self> {
        Arc::new(Self { limit, waiting: Mutex::default() })
    }

    /// The connection that was used last, unless it has waited too long.
    pub(super) fn take(&self) -> Option<Line> {
        let line = self.lock().lines.pop()?;
        (line.idle_since.elapsed() < self.limit).then_some(line)
    }

    /// Drops all that wait: when one was found dead, the server has most likely been restarted.
    pub(super) fn clear(&self) {
        self.lock().lines.clear();
    }

    pub(super) fn put(self: &Arc<Self>, mut line: Line) {
        line.idle_since = Instant::now();
        let mut waiting = self.lock();
        waiting.lines.push(line);
        if !waiting.swept {
            waiting.swept = true;
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lock().lines.len()
    }

    /// Takes out what has waited too long, and says when to look again: never, when nothing is left.
    fn expired(&self) -> (Vec<Line>, Option<Instant>) {
        let mut waiting = self.lock();
        let fresh = waiting.lines.iter().position(|line| line.idle_since.elapsed() < self.limit);
        let end = fresh.unwrap_or(waiting.lines.len());
        let expired = waiting.lines.drain(..end).collect();
        let next = waiting.lines.first().map(|line| line.idle_since + self.limit);
        waiting.swept = next.is_some();
        (expired, next)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes connections as they grow old, until none is left or the sender is gone.
async fn sweep(idle: Weak<Idle>) {
    let Some(limit) = idle.upgrade().map(|idle| idle.limit) else {
        return;
    };
    let mut wake = Instant::now() + limit;
    loop {
        tokio::time::sleep_until(wake.into()).await;
        let Some(idle) = idle.upgrade() else { return };
        let (expired, next) = idle.expired();
        drop(idle);
        for line in expired {
            line.close().await;
        }
        match next {
            Some(next) => wake = next,
            None => return,
        }
    }
}
