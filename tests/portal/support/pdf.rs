//! A PDF as its reader has it, read by poppler, which shares no code with what wrote it. Reading one
//! checks what every paper keeps to: numbered pages, the reference on each, nothing in the margins.

use std::io::Write;
use std::process::{Command, Stdio};

use scraper::{Html, Selector};

/// Half a millimetre less than what is left free at the sides.
const SIDE: f32 = 46.5;

pub struct Word {
    pub text: String,
    pub left: f32,
    pub right: f32,
    pub top: f32,
    pub bottom: f32,
}

pub struct PdfPage {
    pub width: f32,
    pub height: f32,
    pub words: Vec<Word>,
}

pub struct Pdf {
    pub pages: Vec<PdfPage>,
}

/// Runs a tool of poppler on a file and gives what it prints.
pub fn poppler(tool: &str, options: &[&str], pdf: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pdf).unwrap();
    let mut command = Command::new(tool);
    command.args(options).arg(file.path()).stdin(Stdio::null());
    if tool == "pdftotext" {
        command.arg("-");
    }
    let out = command.output().unwrap_or_else(|fault| {
        panic!("{tool}: {fault}; Debian has it in poppler-utils, and scripts/test installs it")
    });
    assert!(out.status.success(), "{tool}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

impl Pdf {
    pub fn read(pdf: &[u8], reference: &str) -> Self {
        let html = Html::parse_document(&poppler("pdftotext", &["-bbox"], pdf));
        let all = |selector: &str| Selector::parse(selector).unwrap();
        let (page, word) = (all("page"), all("word"));
        let pages = html.select(&page).map(|page| {
            let at = |name: &str| page.attr(name).unwrap().parse().unwrap();
            let words = page.select(&word).map(|word| {
                let at = |name: &str| word.attr(name).unwrap().parse().unwrap();
                let text = word.text().collect();
                let (left, right) = (at("xmin"), at("xmax"));
                Word { text, left, right, top: at("ymin"), bottom: at("ymax") }
            });
            PdfPage { width: at("width"), height: at("height"), words: words.collect() }
        });
        let pdf = Self { pages: pages.collect() };
        for (at, page) in pdf.pages.iter().enumerate() {
            page.keeps_its_margins();
            let foot = page.lines().pop().unwrap();
            assert!(foot.starts_with(reference), "{foot:?}");
            let number = format!("Page {} of {}", at + 1, pdf.pages.len());
            assert!(foot.ends_with(&number), "{foot:?} is not {number}");
        }
        pdf
    }

    /// The texts of all pages, with single spaces.
    pub fn text(&self) -> String {
        self.pages.iter().map(PdfPage::text).collect::<Vec<_>>().join(" ")
    }
}

impl PdfPage {
    fn keeps_its_margins(&self) {
        for word in &self.words {
            let inside = word.left >= SIDE
                && word.right <= self.width - SIDE
                && word.top >= 25.0
                && word.bottom <= self.height - 25.0;
            assert!(inside, "{:?} at {}..{}", word.text, word.left, word.right);
        }
    }

    /// Words that stand beside each other, from the top.
    pub fn rows(&self) -> Vec<Vec<&Word>> {
        let middle = |word: &Word| f32::midpoint(word.top, word.bottom);
        let mut words: Vec<&Word> = self.words.iter().collect();
        words.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
        let mut rows: Vec<Vec<&Word>> = Vec::new();
        for word in words {
            match rows.last_mut() {
                Some(row) if middle(word) - middle(row[0]) < 2.5 => row.push(word),
                _ => rows.push(vec![word]),
            }
        }
        for row in &mut rows {
            row.sort_by(|a, b| a.left.total_cmp(&b.left));
        }
        rows
    }

    pub fn lines(&self) -> Vec<String> {
        let joined = |row: &Vec<&Word>| {
            row.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
        };
        self.rows().iter().map(joined).collect()
    }

    pub fn text(&self) -> String {
        self.lines().join(" ")
    }

    /// How many lines have this in them.
    pub fn count(&self, text: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(text)).count()
    }
}
