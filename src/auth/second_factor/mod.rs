//! The second factor: a code of an app beside the password.
//!
//! It is set up in three steps: a secret is drawn, the app reads it, and a right code shows that
//! it did; only then it counts. From then on a right password alone gives a half sign-in, which
//! opens nothing ([`half`]), until a code of the app ([`totp`]) or a recovery code ([`recovery`])
//! comes. Secrets are sealed at rest ([`crate::auth::keyring`]).
//!
//! Whoever must have a factor and has none is led to its page from every other one. Its owner
//! removes it with password and code; an operator, or another administrator of the same
//! organisation, resets it for somebody who has lost both app and codes. A vendor resets nobody's
//! but its own people's: who a partner's people are, the partner knows.

pub(super) mod factor;
pub(super) mod half;
pub(super) mod recovery;
pub mod totp;
pub(super) mod verbs;

pub use factor::key_ids;
pub use verbs::reset;
