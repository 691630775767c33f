//! The catalogue: what a program sells.
