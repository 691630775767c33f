//! Whether the mail server lets us in. One that refuses the sign-in would refuse it for every mail,
//! and may lock the account: so the worker rests, ever longer, and then tries with a single mail.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const MOST_DOUBLINGS: u32 = 4;

pub(super) struct Gate {
    rest: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    refusals: u32,
    closed_until: Option<Instant>,
}

impl Gate {
    pub(super) fn new(rest: Duration) -> Self {
        Self { rest, state: Mutex::default() }
    }

    /// How much longer to rest.
    pub(super) fn closed_for(&self) -> Option<Duration> {
        let until = self.lock().closed_until?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Whether the last sign-in was refused, so that the next one is a trial.
    pub(super) fn is_on_trial(&self) -> bool {
        self.lock().refusals > 0
    }

    /// The sign-in was refused. Mails that were under way together close the gate once. Gives how
    /// long it stays closed.
    pub(super) fn close(&self) -> Duration {
        let mut state = self.lock();
        let now = Instant::now();
        if let Some(until) = state.closed_until.filter(|until| *until > now) {
            return until - now;
        }
        let rest = self.rest * 2_u32.pow(state.refusals.min(MOST_DOUBLINGS));
        state.refusals += 1;
        state.closed_until = Some(now + rest);
        rest
    }

    /// The server took a mail.
    pub(super) fn open(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
