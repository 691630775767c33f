//! Recurring work: one readable table of what runs when.
