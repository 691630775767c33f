//! What the program takes off by itself, by tier and category: the vendor's to see. It comes with
//! the program's pack.

pub(super) mod handlers;
mod model;
mod pages;
