//! Names as people write them and as they are compared: no case, no accents, no punctuation.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A name folded for search, sorting and comparison: compatibility-decomposed, without accents,
/// case-folded, with everything that is neither letter nor digit as one space.
pub fn fold(name: &str) -> String {
    let bare: String = name
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .default_case_fold()
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An e-mail address folded for comparison.
pub fn fold_email(email: &str) -> String {
    email.trim().nfkc().default_case_fold().collect()
}

/// Behind all folded names that begin with what was typed, in the order of code points.
pub fn after_prefix(typed: &str) -> String {
    format!("{}\u{10ffff}", fold(typed))
}

/// A text as part of a LIKE pattern, with its wildcards escaped by `\`.
pub fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// With a capital first letter, as a sentence begins.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
