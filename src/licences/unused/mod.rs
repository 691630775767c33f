//! The lost-days meter over all licences: what runs today and was never activated, with the days
//! that went by unused (docs/domain.md, section 5). Trials and licences not for resale count too;
//! renewals and changes activate themselves.

pub(super) mod handlers;
mod list;
mod page;
