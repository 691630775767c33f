//! What a page is made of: bands across it, from edge to edge of what is written on, each with
//! cells of text beside each other. A band is on one page, unless it is higher than any.

use std::ops::Range;

use super::text::{clean, cut, wrap};
use super::typeface::{Faces, Typeface};
use crate::web::theme::Colour;

pub(super) const INK: Colour = Colour([0x16, 0x19, 0x1f]);
pub(super) const SOFT: Colour = Colour([0x55, 0x5e, 0x6c]);
pub(super) const HAIR: Colour = Colour([0xcf, 0xd5, 0xde]);

/// How a text is set, in points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) leading: f32,
    pub(super) bold: bool,
    pub(super) colour: Colour,
}

impl Style {
    pub(super) const fn plain(size: f32, leading: f32) -> Self {
        Self { size, leading, bold: false, colour: INK }
    }

    pub(super) const fn bold(size: f32, leading: f32) -> Self {
        Self { size, leading, bold: true, colour: INK }
    }

    pub(super) const fn soft(self) -> Self {
        self.in_colour(SOFT)
    }

    pub(super) const fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(super) fn face(self, faces: &Faces) -> &Typeface {
        if self.bold { &faces.bold } else { &faces.regular }
    }
}

/// Where a text lies across the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) left: f32,
    pub(super) width: f32,
}

impl Span {
    /// What is left of it between these margins.
    pub(super) fn within(self, left: f32, right: f32) -> Self {
        Self { left: self.left + left, width: (self.width - left - right).max(1.0) }
    }
}

/// A text in its place, broken into lines.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) span: Span,
    pub(super) at_right: bool,
    pub(super) style: Style,
    pub(super) text: String,
    pub(super) lines: Vec<Range<usize>>,
    /// Its place among the leaves of the structure; none for what is repeated on each page.
    pub(super) leaf: Option<usize>,
}

impl Cell {
    pub(super) fn new(text: &str, style: Style, span: Span, faces: &Faces) -> Self {
        let face = style.face(faces);
        let text = clean(text, face);
        let lines = wrap(&text, face, style.size, span.width);
        Self { span, at_right: false, style, text, lines, leaf: None }
    }

    pub(super) fn at_right(self, at_right: bool) -> Self {
        Self { at_right, ..self }
    }

    pub(super) fn leaf(self, leaf: usize) -> Self {
        Self { leaf: Some(leaf), ..self }
    }

    pub(super) fn at_most(mut self, lines: usize) -> Self {
        cut(&mut self.text, &mut self.lines, lines);
        self
    }
}

/// A line across the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) thickness: f32,
    pub(super) colour: Colour,
}

pub(super) const HAIRLINE: Rule = Rule { thickness: 0.5, colour: HAIR };

/// So many lines of what flows stay together at both ends of a page.
pub(super) const TOGETHER: usize = 2;

/// Cells beside each other. Heights are in points.
#[derive(Debug, Default)]
pub(super) struct Band {
    pub(super) cells: Vec<Cell>,
    /// Room before it, none at the top of a page.
    pub(super) gap: f32,
    /// Room above and below its cells.
    pub(super) above: f32,
    pub(super) below: f32,
    pub(super) fill: Option<Colour>,
    pub(super) rule_above: Option<Rule>,
    pub(super) rule_below: Option<Rule>,
    /// Whether the next band has to be on its page.
    pub(super) keeps_next: bool,
    /// Whether it may go on on the next page, as a paragraph does; others only if no page holds them.
    pub(super) flows: bool,
    /// Which of [`Composed::repeated`] stand above it where it begins a page: the heads of its
    /// table, the heading of its group.
    ///
    /// [`Composed::repeated`]: super::compose::Composed
    pub(super) repeats: [Option<usize>; 2],
    /// Whether its cells end on one line, as heads do, rather than begin on one.
    pub(super) at_bottom: bool,
    /// What the outline of the file calls it.
    pub(super) heading: Option<String>,
}

impl Band {
    pub(super) fn of(cells: Vec<Cell>) -> Self {
        Self { cells, ..Self::default() }
    }

    pub(super) fn leading(&self) -> f32 {
        self.cells.iter().map(|cell| cell.style.leading).fold(0.0, f32::max)
    }

    pub(super) fn line_count(&self) -> usize {
        self.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0)
    }

    /// With so many lines, without its gap.
    pub(super) fn height_of(&self, lines: usize) -> f32 {
        let leading = self.leading();
        self.above + (0..lines).map(|_| leading).sum::<f32>() + self.below
    }

    pub(super) fn height(&self) -> f32 {
        self.height_of(self.line_count())
    }

    /// What has to be together on a page.
    pub(super) fn least_height(&self) -> f32 {
        let lines = self.line_count();
        self.height_of(if self.flows { lines.min(TOGETHER) } else { lines })
    }
}
