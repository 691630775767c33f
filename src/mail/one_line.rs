//! How values are written into the text templates of mails.
//!
//! Their lines are the templates': a reader, and a digest that is made of the text, go by them. So
//! a value never begins a line of its own, whatever way its line breaks came into the database.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// Writes values on one line: control characters and other line breaks become spaces. Named in
/// `askama.toml` for every template that ends in `.txt`.
#[derive(Clone, Copy, Debug, Default)]
pub struct OneLine;

impl Escaper for OneLine {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        string.chars().try_for_each(|c| dest.write_char(if breaks_line(c) { ' ' } else { c }))
    }
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}
