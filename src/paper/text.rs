//! Texts before they are drawn: made harmless, and broken into lines.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::typeface::{EM, Typeface};

/// A text as it can be drawn: composed letters, line ends as `\n`, nothing that cannot be seen. A
/// letter that the font lacks is spelled by those it is made of if the font has them (`ﬃ`, `①`);
/// else it stays, to be copied, and is drawn as a box.
pub(super) fn clean(text: &str, face: &Typeface) -> String {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut letters = text.nfc().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                clean.push('\n');
            }
            '\t' => clean.push(' '),
            _ if letter.is_control() || is_unseen(letter) => {}
            _ if is_no_letter(letter) => clean.push(char::REPLACEMENT_CHARACTER),
            _ if face.has(letter) => clean.push(letter),
            _ => spell(letter, face, &mut clean),
        }
    }
    clean
}

fn spell(letter: char, face: &Typeface, clean: &mut String) {
    let parts: String = std::iter::once(letter).nfkc().collect();
    if parts.chars().all(|part| face.has(part)) {
        clean.push_str(&parts);
    } else {
        clean.push(letter);
    }
}

/// Joiners, marks of direction (which could turn a name round), soft hyphens, selectors, tags.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Code points that are promised never to be letters; XML takes none of them.
fn is_no_letter(letter: char) -> bool {
    matches!(letter, '\u{fdd0}'..='\u{fdef}') || u32::from(letter) & 0xfffe == 0xfffe
}

/// A text on one line, for the properties of the file.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines of a clean text, at most `width` points wide each. A space that a line ends with
/// belongs to it and takes no room; a word wider than a line is broken where the line ends. Even an
/// empty text has a line.
pub(super) fn wrap(text: &str, face: &Typeface, size: f32, width: f32) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut from = 0;
    for part in text.split('\n') {
        let breaker = Breaker { text: part, from, face, limit: width * EM / size + 0.5 };
        breaker.lines(&mut lines);
        from += part.len() + 1;
    }
    lines
}

struct Breaker<'a> {
    text: &'a str,
    /// Where it begins in the whole.
    from: usize,
    face: &'a Typeface,
    limit: f32,
}

impl Breaker<'_> {
    fn lines(&self, lines: &mut Vec<Range<usize>>) {
        let (mut start, mut width, mut chance) = (0, 0.0, None);
        let mut before = ' ';
        for (at, letter) in self.text.char_indices() {
            let advance = self.face.glyph(letter).advance;
            if letter == ' ' {
                if at == start {
                    start = at + 1;
                } else {
                    width += advance;
                    chance = Some(at + 1);
                }
                before = letter;
                continue;
            }
            if at > start && breaks_between(before, letter) {
                chance = Some(at);
            }
            while width + advance > self.limit && at > start {
                let next = chance.take().unwrap_or(at);
                lines.push(self.from + start..self.from + next);
                start = next;
                width = self.face.width(&self.text[start..at]);
            }
            width += advance;
            before = letter;
        }
        lines.push(self.from + start..self.from + self.text.len());
    }
}

/// Where a line may end without a space: after the hyphen or stroke inside a word, not after the
/// sign of a number.
fn breaks_between(before: char, letter: char) -> bool {
    match before {
        '-' | '\u{2010}' => letter.is_alphabetic(),
        '/' | '\u{2013}' | '\u{2014}' | '@' | '_' | '|' => letter.is_alphanumeric(),
        _ => false,
    }
}

/// Cuts a text that takes more lines than there is room for, and shows that it was cut.
pub(super) fn cut(text: &mut String, lines: &mut Vec<Range<usize>>, most: usize) {
    if lines.len() <= most {
        return;
    }
    lines.truncate(most);
    let Some(last) = lines.last_mut() else { return };
    text.truncate(last.end);
    text.truncate(text.trim_end().len().max(last.start));
    if text.len() > last.start {
        text.pop();
    }
    text.push('\u{2026}');
    last.end = text.len();
}
