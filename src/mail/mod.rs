//! Mail: written to the outbox in the transaction of the change that causes it, sent by a worker
//! afterwards. No change without its mail, no mail without its change.

pub mod letter;
mod message;
mod outbox;
pub mod smtp;

pub use message::{Letter, MailFrame, Message, Reason, Recipient};
pub use outbox::queue;
