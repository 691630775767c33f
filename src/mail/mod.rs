//! Mail: written to the outbox in the transaction of the change that causes it, sent by a worker
//! afterwards. No change without its mail, no mail without its change.

mod delivery;
pub mod digest;
pub mod enclosure;
pub mod hours;
pub mod letter;
pub mod mailbox;
mod message;
mod model;
mod one_line;
pub mod outbox;
pub mod preferences;
pub mod smtp;
mod tally;
pub mod unsubscribe;
mod waiting;
mod worker;

pub use delivery::{Delivery, Pace, Sender, Way};
pub use enclosure::{Enclosed, Enclosure, Maker};
pub use message::{Because, Letter, List, MailFrame, Message, Reason, Recipient, WayOut};
pub use model::{Mail, MailBody, MailFilter, MailStatus, StatusCount, unfinished};
pub use one_line::OneLine;
pub use outbox::{queue, queue_all};
pub use waiting::InStore;
pub use worker::{Stop, Worker};

use crate::audit::Action;
use outbox::operator;

/// What can happen to a mail by an operator's hand.
pub(crate) const ACTIONS: &[&Action] = &[&operator::HELD, &operator::RELEASED, &operator::RETRIED];
