//! How the page counts and lists.

use super::model::MOST;

/// "1 licence", "12 licences", "more than 100 licences".
pub(super) fn count(found: usize, one: &str, many: &str) -> String {
    match found {
        1 => format!("1 {one}"),
        _ if found > MOST => format!("more than {MOST} {many}"),
        _ => format!("{found} {many}"),
    }
}

/// "A", "A and B", "A, B and C", "A, B, C and others".
pub(super) fn names(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if first.len() < 3 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and others", names[..3].join(", ")),
    }
}
