//! Bands become a file: what is drawn, its structure, its outline and its properties.

use chrono::{Datelike, Timelike};
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::text::KrillaGlyph;
use krilla::{Document, SerializeSettings};

use super::Paper;
use super::band::{Cell, Span};
use super::compose::{Composed, SMALL, title_of};
use super::flow::Placed;
use super::text::{clean, one_line};
use super::typeface::{EM, Faces};
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::web::theme::Colour;

pub(super) fn draw(
    paper: &Paper,
    composed: &Composed,
    pages: &[Vec<Placed<'_>>],
    faces: &Faces,
) -> Result<Vec<u8>> {
    let failed = |fault: &dyn std::fmt::Debug| Error::internal(format!("a PDF failed: {fault:?}"));
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|fault| failed(&fault))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let mut drawn = composed.structure.notes();
    let sheet = composed.sheet;
    for (at, bands) in pages.iter().enumerate() {
        let size = PageSettings::from_wh(sheet.width, sheet.height)
            .ok_or_else(|| Error::internal("a page without a size"))?;
        let mut page = document.start_page_with(size);
        let (surface, glyphs) = (page.surface(), Vec::new());
        Pen { surface, faces, drawn: &mut drawn, glyphs }.page(composed, bands, at, pages.len());
    }
    document.set_tag_tree(composed.structure.tree(&drawn));
    document.set_outline(outline(paper, composed, pages, faces));
    document.set_metadata(metadata(paper, faces));
    document.finish().map_err(|fault| failed(&fault))
}

fn metadata(paper: &Paper, faces: &Faces) -> Metadata {
    let metadata = Metadata::new()
        .title(title_of(paper, faces))
        .language(paper.locale.tag().to_owned())
        .creation_date(date(paper.created));
    let author = one_line(&clean(&paper.author, &faces.regular));
    if author.is_empty() { metadata } else { metadata.authors(vec![author]) }
}

fn date(at: Instant) -> DateTime {
    let at = at.utc();
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn outline(
    paper: &Paper,
    composed: &Composed,
    pages: &[Vec<Placed<'_>>],
    faces: &Faces,
) -> Outline {
    let left = composed.sheet.span.left;
    let there = |page: usize, top: f32| XyzDestination::new(page, Point::from_xy(left, top));
    let mut title = OutlineNode::new(title_of(paper, faces), there(0, 0.0)).with_open(true);
    for (at, bands) in pages.iter().enumerate() {
        for placed in bands {
            if let Some(heading) = placed.band.heading.as_ref().filter(|_| placed.lines.start == 0)
            {
                title.push_child(OutlineNode::new(heading.clone(), there(at, placed.top)));
            }
        }
    }
    let mut outline = Outline::new();
    outline.push_child(title);
    outline
}

struct Pen<'a> {
    surface: Surface<'a>,
    faces: &'a Faces,
    drawn: &'a mut Vec<Vec<Identifier>>,
    glyphs: Vec<KrillaGlyph>,
}

impl Pen<'_> {
    fn page(mut self, composed: &Composed, bands: &[Placed<'_>], at: usize, of: usize) {
        let sheet = composed.sheet;
        let foot = Placed {
            band: &composed.foot,
            top: sheet.bottom + 14.0,
            lines: 0..composed.foot.line_count(),
        };
        let running =
            Placed { band: &composed.running, top: 30.0, lines: 0..composed.running.line_count() };
        let runs = (at > 0).then_some(&running);
        self.artifact(ArtifactType::Other);
        for placed in bands.iter().chain(runs).chain([&foot]) {
            self.ground(placed, sheet.span);
        }
        self.surface.end_tagged();
        if let Some(running) = runs {
            self.artifact(ArtifactType::Header);
            self.texts(running);
            self.surface.end_tagged();
        }
        for placed in bands {
            self.band(placed);
        }
        self.artifact(ArtifactType::Footer);
        self.texts(&foot);
        let number = format!("Page {} of {of}", at + 1);
        let number = Cell::new(&number, SMALL, sheet.span, self.faces).at_right(true);
        self.cell(&number, foot.top + foot.band.above, 0..1);
        self.surface.end_tagged();
    }

    fn artifact(&mut self, kind: ArtifactType) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    }

    /// What lies under the texts of a band.
    fn ground(&mut self, placed: &Placed<'_>, span: Span) {
        let band = placed.band;
        let height = band.height_of(placed.lines.len());
        if let Some(fill) = band.fill {
            self.fill(fill, span, placed.top, height);
        }
        if let Some(rule) = band.rule_above {
            self.fill(rule.colour, span, placed.top, rule.thickness);
        }
        if let Some(rule) = band.rule_below {
            let top = placed.top + height - rule.thickness;
            self.fill(rule.colour, span, top, rule.thickness);
        }
    }

    fn fill(&mut self, colour: Colour, span: Span, top: f32, height: f32) {
        let Some(rectangle) = Rect::from_xywh(span.left, top, span.width, height) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rectangle);
        if let Some(path) = path.finish() {
            self.ink(colour);
            self.surface.draw_path(&path);
        }
    }

    fn ink(&mut self, colour: Colour) {
        let [red, green, blue] = colour.0;
        let paint = rgb::Color::new(red, green, blue).into();
        let (opacity, rule) = (NormalizedF32::ONE, FillRule::NonZero);
        self.surface.set_fill(Some(Fill { paint, opacity, rule }));
    }

    /// The texts of a band, each under its leaf; those of repeated heads under none.
    fn band(&mut self, placed: &Placed<'_>) {
        for cell in &placed.band.cells {
            match cell.leaf {
                Some(leaf) => {
                    let span = ContentTag::Span(SpanTag::empty());
                    let identifier = self.surface.start_tagged(span);
                    if let Some(drawn) = self.drawn.get_mut(leaf) {
                        drawn.push(identifier);
                    }
                }
                None => self.artifact(ArtifactType::Other),
            }
            self.cell(cell, placed.top_of(cell), placed.lines.clone());
            self.surface.end_tagged();
        }
    }

    fn texts(&mut self, placed: &Placed<'_>) {
        for cell in &placed.band.cells {
            self.cell(cell, placed.top_of(cell), placed.lines.clone());
        }
    }

    fn cell(&mut self, cell: &Cell, top: f32, lines: std::ops::Range<usize>) {
        self.ink(cell.style.colour);
        let (size, leading) = (cell.style.size, cell.style.leading);
        // Capitals are two thirds of the size; they stand in the middle of their line.
        let mut baseline = top + (leading + size * 0.66) / 2.0;
        for line in cell.lines.iter().skip(lines.start).take(lines.len()) {
            self.line(cell, &cell.text[line.clone()], baseline);
            baseline += leading;
        }
    }

    fn line(&mut self, cell: &Cell, text: &str, baseline: f32) {
        let (face, size) = (cell.style.face(self.faces), cell.style.size);
        self.glyphs.clear();
        let mut before = 0.0;
        self.glyphs.extend(text.char_indices().map(|(at, letter)| {
            let glyph = face.glyph(letter);
            let range = at..at + letter.len_utf8();
            // An accent of its own is drawn round its origin: over the middle of its letter, then.
            let is_accent = glyph.advance <= 0.0;
            let aside = if is_accent { -before / 2.0 } else { 0.0 };
            before = if is_accent { before } else { glyph.advance / EM };
            KrillaGlyph::new(glyph.id, glyph.advance / EM, aside, 0.0, 0.0, range, None)
        }));
        if self.glyphs.is_empty() {
            return;
        }
        let mut x = cell.span.left;
        if cell.at_right {
            x += cell.span.width - face.width(text.trim_end()) * size / EM;
        }
        let start = Point::from_xy(x, baseline);
        self.surface.draw_glyphs(start, &self.glyphs, face.font.clone(), text, size, false);
    }
}
