//! The one test binary: features by name, whole-program tests beside them, `support` below all.
#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "the support reads like a library: `pub` is what tests use"
)]

mod calendar;
mod harness;
mod ladder;
mod letters;
mod packs;
mod smtp;
mod smtp_security;
mod support;
mod terms;
