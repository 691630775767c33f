//! What a partner's file is: by its content, whatever it is called, and under a name that does no harm.
//! Pure.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::receipts::hexadecimal;
use crate::text_enum;
use crate::web::FieldErrors;

/// How large one file may be, in bytes: 5 MB.
const MOST_BYTES: usize = 5_000_000;
/// Letters of a name, its ending counted.
const LONGEST_NAME: usize = 100;
/// The field of the form.
const FIELD: &str = "file";

text_enum! {
    /// What the content of a file is, named after its ending.
    pub enum FileKind {
        Pdf = "pdf",
        Png = "png",
        Jpeg = "jpeg",
        Word = "docx",
        Excel = "xlsx",
        PowerPoint = "pptx",
        Text = "txt",
        Csv = "csv",
    }
}

impl FileKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png | Self::Jpeg => "Picture",
            Self::Word => "Word document",
            Self::Excel => "Excel workbook",
            Self::PowerPoint => "PowerPoint presentation",
            Self::Text => "Text",
            Self::Csv => "CSV",
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF",
            Self::Png => "a PNG picture",
            Self::Jpeg => "a JPEG picture",
            Self::Word => "a Word document",
            Self::Excel => "an Excel workbook",
            Self::PowerPoint => "a PowerPoint presentation",
            Self::Text => "plain text",
            Self::Csv => "CSV",
        }
    }

    /// With what it is sent.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::PowerPoint => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Text => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// What a name of such a file ends in; the first one is proposed.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Word => &["docx"],
            Self::Excel => &["xlsx"],
            Self::PowerPoint => &["pptx"],
            Self::Text => &["txt"],
            Self::Csv => &["csv"],
        }
    }
}

/// A file that can be added to a deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    pub name: String,
    pub kind: FileKind,
    pub content: Vec<u8>,
    /// Of the content, in hexadecimal.
    pub sha256: String,
}

impl NewFile {
    /// A file as a browser sends it.
    ///
    /// # Errors
    /// What is wrong with it, for the field of the form.
    pub fn read(given_name: &str, content: Vec<u8>) -> Result<Self, FieldErrors> {
        let refused = |text: String| Err(FieldErrors::one(FIELD, text));
        if content.is_empty() {
            return refused("Choose a file; an empty one cannot be added.".to_owned());
        }
        if content.len() > MOST_BYTES {
            return refused(
                "The file is larger than 5 MB; make it smaller, or split it.".to_owned(),
            );
        }
        let name = clean(given_name);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name.as_str(), ""));
        let ending = ending.to_lowercase();
        let Some(kind) = kind_of(&content, &ending) else {
            return refused(format!(
                "“{name}” cannot be added, by what is in it. Add a PDF, a PNG or JPEG picture, a \
                 Word, Excel or PowerPoint file without macros, or plain text or CSV in UTF-8."
            ));
        };
        if !kind.endings().contains(&ending.as_str()) {
            return refused(format!(
                "“{name}” is {} by what is in it. Let its name end in .{}, and add it again.",
                kind.in_words(),
                kind.endings()[0]
            ));
        }
        let stem: String = stem.chars().take(LONGEST_NAME - ending.len() - 1).collect();
        let sha256 = hexadecimal(&Sha256::digest(&content));
        Ok(Self { name: format!("{}.{ending}", stem.trim_end()), kind, content, sha256 })
    }
}

/// The last part of a path, in one line, without what turns letters round or cannot be seen.
fn clean(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = last.nfc().filter(|letter| !letter.is_control() && !is_unseen(*letter));
    let line = seen.collect::<String>();
    let words: Vec<&str> = line.split_whitespace().collect();
    let name = words.join(" ").trim_start_matches(['.', ' ']).to_owned();
    if name.is_empty() { "file".to_owned() } else { name }
}

/// Marks of direction and letters without width: `offer\u{202e}fdp.exe` is shown as a PDF.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What a content is; a text is a table where its name says so.
fn kind_of(content: &[u8], ending: &str) -> Option<FileKind> {
    if content.starts_with(b"%PDF-") {
        return Some(FileKind::Pdf);
    }
    if content.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(FileKind::Png);
    }
    if content.starts_with(b"\xff\xd8\xff") {
        return Some(FileKind::Jpeg);
    }
    if content.starts_with(b"PK\x03\x04") {
        return office(content);
    }
    let is_text = !content.contains(&0) && std::str::from_utf8(content).is_ok();
    match (is_text, ending) {
        (false, _) => None,
        (true, "csv") => Some(FileKind::Csv),
        (true, _) => Some(FileKind::Text),
    }
}

/// An office document is a ZIP archive that names its parts; nothing of it is unpacked. One with
/// macros is none that is taken.
fn office(archive: &[u8]) -> Option<FileKind> {
    let names = names_in(archive)?;
    let has = |name: &[u8]| names.contains(&name);
    if !has(b"[Content_Types].xml") || names.iter().any(|name| name.ends_with(b"vbaProject.bin")) {
        return None;
    }
    let parts: [(&[u8], FileKind); 3] = [
        (b"word/document.xml", FileKind::Word),
        (b"xl/workbook.xml", FileKind::Excel),
        (b"ppt/presentation.xml", FileKind::PowerPoint),
    ];
    parts.into_iter().find(|(part, _)| has(part)).map(|(_, kind)| kind)
}

/// The names in the directory at the end of a ZIP archive; none where it is not whole.
fn names_in(archive: &[u8]) -> Option<Vec<&[u8]>> {
    const END: &[u8] = b"PK\x05\x06";
    const ENTRY: &[u8] = b"PK\x01\x02";
    /// Of the record at the end without the comment, which is the longest that is taken.
    const END_BYTES: usize = 22;
    const ENTRY_BYTES: usize = 46;
    let from = archive.len().saturating_sub(END_BYTES + usize::from(u16::MAX));
    let end = from + archive[from..].windows(END.len()).rposition(|bytes| bytes == END)?;
    let entries = number(archive, end + 10, 2)?;
    let mut at = number(archive, end + 16, 4)?;
    let mut names = Vec::new();
    for _ in 0..entries {
        if archive.get(at..at.checked_add(ENTRY.len())?)? != ENTRY {
            return None;
        }
        let name = at.checked_add(ENTRY_BYTES)?;
        let lengths = [28, 30, 32].map(|place| number(archive, at + place, 2));
        let [length, extra, comment] = lengths;
        let (length, after) = (length?, extra?.checked_add(comment?)?);
        names.push(archive.get(name..name.checked_add(length)?)?);
        at = name.checked_add(length)?.checked_add(after)?;
    }
    Some(names)
}

/// A little-endian number of so many bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
}
