//! A paper as bands, top to bottom: what stands on it, not yet on which page.

use super::band::{Band, Cell, HAIRLINE, Rule, SOFT, Span, Style};
use super::rows::Rows;
use super::structure::{Branch, Leaf, Structure};
use super::text::{clean, one_line};
use super::typeface::Faces;
use super::{Paper, Party, Piece};
use crate::locale::Locale;

const TITLE: Style = Style::bold(23.0, 28.0);
const SUBTITLE: Style = Style::plain(11.5, 15.5).soft();
const HEADING: Style = Style::bold(13.0, 17.0);
const BODY: Style = Style::plain(10.0, 14.0);
const NOTE: Style = Style::plain(8.5, 11.5).soft();
const ISSUER: Style = Style::bold(10.5, 14.0);
const NAME: Style = Style::bold(10.0, 13.0);
const LABEL: Style = Style::plain(8.0, 11.0).soft();
pub(super) const SMALL: Style = Style::plain(8.0, 10.5).soft();

const MARGIN: f32 = 48.0;
/// From the edge of the page to the foot's last line.
const FOOT_MARGIN: f32 = 30.0;
const PARTIES_BESIDE: usize = 3;
/// Room between columns that stand beside each other.
const GUTTER: f32 = 14.0;
/// The foot is cut, so that every page has room for its matter.
const FOOT_LINES: usize = 3;
const RUNNING_LINES: usize = 2;

/// Where things are on each page, in points from its top left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub(super) width: f32,
    pub(super) height: f32,
    /// What is written on, across.
    pub(super) span: Span,
    pub(super) first_top: f32,
    pub(super) next_top: f32,
    pub(super) bottom: f32,
}

/// All that is drawn.
pub(super) struct Composed {
    pub(super) sheet: Sheet,
    pub(super) bands: Vec<Band>,
    /// Heads of tables and headings of groups as they stand again on the pages that follow.
    pub(super) repeated: Vec<Band>,
    /// At the top of every page but the first.
    pub(super) running: Band,
    /// At the foot of every page; the number of the page stands beside it.
    pub(super) foot: Band,
    pub(super) structure: Structure,
}

impl Composed {
    /// Adds a band with one text.
    fn text(&mut self, text: &str, style: Style, leaf: Leaf, faces: &Faces) -> &mut Band {
        let (number, branch) = self.structure.leaf(leaf);
        self.structure.push(branch);
        let cell = Cell::new(text, style, self.sheet.span, faces).leaf(number);
        self.add(Band::of(vec![cell]))
    }

    /// Keeps a band that may stand again at the top of a page, and says which it is.
    pub(super) fn repeat(&mut self, band: Band) -> usize {
        self.repeated.push(band);
        self.repeated.len() - 1
    }

    fn add(&mut self, band: Band) -> &mut Band {
        let at = self.bands.len();
        self.bands.push(band);
        &mut self.bands[at]
    }
}

pub(super) fn compose(paper: &Paper, faces: &Faces) -> Composed {
    let (width, height) = match paper.locale {
        Locale::EnUs => (612.0, 792.0),
        Locale::EnGb | Locale::Nl | Locale::Fr | Locale::De => (595.28, 841.89),
    };
    let span = Span { left: MARGIN, width: width - 2.0 * MARGIN };
    let (running, foot) = (running(paper, span, faces), foot(paper, span, faces));
    let bottom = height - FOOT_MARGIN - foot.height() - 14.0;
    let next_top = 30.0 + running.height() + 16.0;
    let sheet = Sheet { width, height, span, first_top: 40.0, next_top, bottom };
    let (bands, repeated) = (Vec::new(), Vec::new());
    let structure = Structure::default();
    let mut composed = Composed { sheet, bands, repeated, running, foot, structure };
    top(paper, faces, &mut composed);
    for parties in paper.parties.chunks(PARTIES_BESIDE) {
        beside(parties, faces, &mut composed);
    }
    facts(paper, faces, &mut composed);
    let mut gap = 20.0;
    for piece in &paper.pieces {
        self::piece(piece, gap, paper, faces, &mut composed);
        gap = if matches!(piece, Piece::Heading(_)) { 6.0 } else { 14.0 };
    }
    composed
}

/// The title as the properties and the outline have it; never empty.
pub(super) fn title_of(paper: &Paper, faces: &Faces) -> String {
    let title = heading_of(&paper.title, faces);
    if title.is_empty() { "Document".to_owned() } else { title }
}

fn heading_of(text: &str, faces: &Faces) -> String {
    one_line(&clean(text, &faces.bold))
}

fn columns(span: Span, count: u8) -> impl Iterator<Item = Span> {
    let width = (span.width - GUTTER * f32::from(count.saturating_sub(1))) / f32::from(count);
    (0..count).map(move |at| Span { left: span.left + f32::from(at) * (width + GUTTER), width })
}

fn running(paper: &Paper, span: Span, faces: &Faces) -> Band {
    let small = SMALL.in_colour(SOFT);
    let halves: Vec<Span> = columns(span, 2).collect();
    let issuer = small.in_colour(paper.colours.text);
    let cells = [(&paper.author, issuer, halves[0]), (&title_of(paper, faces), small, halves[1])];
    let cells = cells.into_iter().enumerate().map(|(at, (text, style, half))| {
        Cell::new(&one_line(text), style, half, faces).at_right(at == 1).at_most(RUNNING_LINES)
    });
    Band { below: 5.0, rule_below: Some(HAIRLINE), ..Band::of(cells.collect()) }
}

fn foot(paper: &Paper, span: Span, faces: &Faces) -> Band {
    let parts = [&paper.reference, &paper.footer].map(|text| one_line(text));
    let said: Vec<&str> = parts.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    // The page's number stands at the right.
    let room = span.within(0.0, 90.0);
    let cell = Cell::new(&said.join("  \u{b7}  "), SMALL, room, faces).at_most(FOOT_LINES);
    Band { above: 6.0, rule_above: Some(HAIRLINE), ..Band::of(vec![cell]) }
}

fn top(paper: &Paper, faces: &Faces, composed: &mut Composed) {
    let halves: Vec<Span> = columns(composed.sheet.span, 2).collect();
    let issuer = ISSUER.in_colour(paper.colours.text);
    let ends = [(&paper.author, issuer, halves[0]), (&paper.reference, SUBTITLE, halves[1])];
    let mut cells = Vec::new();
    for (at, (text, style, half)) in ends.into_iter().enumerate() {
        let (leaf, branch) = composed.structure.leaf(Leaf::Paragraph);
        composed.structure.push(branch);
        let style = Style { size: issuer.size, leading: issuer.leading, ..style };
        cells.push(Cell::new(&one_line(text), style, half, faces).at_right(at == 1).leaf(leaf));
    }
    let rule = Rule { thickness: 2.0, colour: paper.colours.text };
    composed.add(Band { below: 7.0, rule_below: Some(rule), ..Band::of(cells) });
    let title = title_of(paper, faces);
    let band = composed.text(&title, TITLE, Leaf::Title(title.clone()), faces);
    band.gap = 24.0;
    if !paper.subtitle.is_empty() {
        composed.text(&paper.subtitle, SUBTITLE, Leaf::Paragraph, faces).above = 2.0;
    }
}

/// Parties in columns: all parts on one line, all names, all that is said of them.
fn beside(parties: &[Party], faces: &Faces, composed: &mut Composed) {
    let count = u8::try_from(parties.len().max(2)).unwrap_or(2);
    let spans: Vec<Span> = columns(composed.sheet.span, count).collect();
    let mut divisions: Vec<Vec<Branch>> = parties.iter().map(|_| Vec::new()).collect();
    let texts: Vec<[String; 3]> = parties
        .iter()
        .map(|party| [party.part.clone(), party.name.clone(), party.lines.join("\n")])
        .collect();
    for (at, style) in [LABEL, NAME, BODY].into_iter().enumerate() {
        let mut cells = Vec::new();
        for ((texts, span), division) in texts.iter().zip(&spans).zip(&mut divisions) {
            if !texts[at].is_empty() {
                let (leaf, branch) = composed.structure.leaf(Leaf::Paragraph);
                cells.push(Cell::new(&texts[at], style, *span, faces).leaf(leaf));
                division.push(branch);
            }
        }
        let gap = if at == 0 { 18.0 } else { 0.0 };
        composed.add(Band { gap, keeps_next: at < 2, ..Band::of(cells) });
    }
    for division in divisions {
        composed.structure.push(Branch::division(division));
    }
}

fn facts(paper: &Paper, faces: &Faces, composed: &mut Composed) {
    let count = if matches!(paper.facts.len(), 1..=3 | 5 | 6 | 9) { 3 } else { 4 };
    let spans: Vec<Span> = columns(composed.sheet.span, count).collect();
    let mut branches = Vec::new();
    for (at, facts) in paper.facts.chunks(spans.len()).enumerate() {
        let (mut labels, mut values) = (Vec::new(), Vec::new());
        for ((label, value), span) in facts.iter().zip(&spans) {
            let (label_leaf, label_branch) = composed.structure.leaf(Leaf::Label);
            let (value_leaf, value_branch) = composed.structure.leaf(Leaf::Value);
            labels.push(Cell::new(label, LABEL, *span, faces).leaf(label_leaf));
            values.push(Cell::new(value, BODY, *span, faces).leaf(value_leaf));
            branches.push(Branch::fact(label_branch, value_branch));
        }
        let (gap, above) = if at == 0 { (18.0, 8.0) } else { (0.0, 6.0) };
        let rule_above = (at == 0).then_some(HAIRLINE);
        let keeps_next = true;
        composed.add(Band { gap, above, rule_above, keeps_next, ..Band::of(labels) });
        let last = (at + 1) * spans.len() >= paper.facts.len();
        let below = if last { 8.0 } else { 0.0 };
        composed.add(Band { below, rule_below: last.then_some(HAIRLINE), ..Band::of(values) });
    }
    if !branches.is_empty() {
        composed.structure.push(Branch::list(branches));
    }
}

fn piece(piece: &Piece, gap: f32, paper: &Paper, faces: &Faces, composed: &mut Composed) {
    match piece {
        Piece::Heading(text) => {
            let heading = heading_of(text, faces);
            if heading.is_empty() {
                return;
            }
            let leaf = Leaf::Heading(heading.clone());
            let band = composed.text(&heading, HEADING, leaf, faces);
            band.gap = gap + 4.0;
            band.keeps_next = true;
            band.heading = Some(heading);
        }
        Piece::Paragraph(text) | Piece::Note(text) => {
            let style = if matches!(piece, Piece::Note(_)) { NOTE } else { BODY };
            let band = composed.text(text, style, Leaf::Paragraph, faces);
            band.gap = gap;
            band.flows = true;
        }
        Piece::Table(table) => {
            let (colours, page) = (paper.colours, composed.sheet.span);
            Rows { table, colours, page, faces }.add(gap, composed);
        }
    }
}
