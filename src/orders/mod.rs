//! Orders: what licences come from.
