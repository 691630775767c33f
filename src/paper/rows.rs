//! A table as bands.

use super::band::{Band, Cell, HAIRLINE, Rule, Span, Style};
use super::compose::Composed;
use super::measure;
use super::structure::{Branch, Leaf};
use super::table::{Column, Kind, Row, Table, Total};
use super::typeface::Faces;
use crate::web::theme::PaperColours;

pub(super) const HEAD: Style = Style::bold(8.0, 10.5);
pub(super) const ROW: Style = Style::plain(9.5, 12.5);
pub(super) const BENEATH: Style = Style::plain(8.0, 10.5).soft();
pub(super) const TOTAL: Style = Style::plain(9.5, 12.5);
pub(super) const GRAND: Style = Style::bold(10.5, 14.0);
const GROUP: Style = Style::bold(9.5, 12.5);

/// Room at both sides of a cell.
pub(super) const PAD: f32 = 5.0;
/// How far a line beneath a row is moved in.
const INDENT: f32 = 9.0;
/// A head of more lines is cut: it has to leave room for rows on every page.
const HEAD_LINES: usize = 6;

const GROUP_LINES: usize = 3;

/// What a text over all columns is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Across {
    /// The heading of a group.
    Group,
    /// There are no rows.
    Nothing,
}

/// Adds a table to what is composed.
pub(super) struct Rows<'a> {
    pub(super) table: &'a Table,
    pub(super) colours: PaperColours,
    pub(super) page: Span,
    pub(super) faces: &'a Faces,
}

impl Rows<'_> {
    pub(super) fn add(&self, gap: f32, composed: &mut Composed) {
        let spans = measure::columns(self.table, self.page, self.faces);
        let again = composed.repeat(self.head(&spans));
        let (mut band, head) = (self.head(&spans), self.head_leaves(composed));
        for (cell, (leaf, _)) in band.cells.iter_mut().zip(&head) {
            cell.leaf = Some(*leaf);
        }
        band.gap = gap;
        composed.bands.push(band);
        let from = composed.bands.len();
        let rows = self.body(&spans, composed);
        let totals = self.totals(&spans, composed);
        for band in &mut composed.bands[from..] {
            band.repeats[0] = Some(again);
        }
        let head = Branch::row(head.into_iter().map(|(_, branch)| branch).collect());
        composed.structure.push(Branch::table(head, rows, totals));
    }

    fn head(&self, spans: &[Span]) -> Band {
        let style = HEAD.in_colour(self.colours.text);
        let cells = self.table.columns.iter().zip(spans).map(|(column, span)| {
            self.cell(&column.head, column, style, *span).at_most(HEAD_LINES)
        });
        Band {
            above: 3.0,
            below: 3.5,
            rule_below: Some(Rule { thickness: 1.0, colour: self.colours.text }),
            keeps_next: true,
            at_bottom: true,
            ..Band::of(cells.collect())
        }
    }

    fn head_leaves(&self, composed: &mut Composed) -> Vec<(usize, Branch)> {
        let heads = self.table.columns.iter();
        heads.map(|_| composed.structure.leaf(Leaf::ColumnHead)).collect()
    }

    fn cell(&self, text: &str, column: &Column, style: Style, span: Span) -> Cell {
        let at_right = column.kind == Kind::Number;
        Cell::new(text, style, span.within(PAD, PAD), self.faces).at_right(at_right)
    }

    fn body(&self, spans: &[Span], composed: &mut Composed) -> Vec<Branch> {
        let mut branches = Vec::with_capacity(self.table.rows.len());
        let mut groups = self.table.groups.iter().peekable();
        let mut again = None;
        for (at, row) in self.table.rows.iter().enumerate() {
            while let Some((_, heading)) = groups.next_if(|(before, _)| *before <= at) {
                branches.push(self.across(heading, Across::Group, composed));
                let heading = self.over_all(&format!("{heading} (continued)"), Across::Group);
                again = Some(composed.repeat(heading));
            }
            let ends = groups.peek().is_some_and(|(before, _)| *before == at + 1);
            let from = composed.bands.len();
            self.row(row, ends, spans, &mut branches, composed);
            for band in &mut composed.bands[from..] {
                band.repeats[1] = again;
            }
        }
        for (_, heading) in groups {
            branches.push(self.across(heading, Across::Group, composed));
        }
        if self.table.rows.is_empty() {
            branches.push(self.across(&self.table.empty, Across::Nothing, composed));
        }
        // Totals are never alone on a page; a group without rows may end one.
        if let Some(last) = composed.bands.last_mut() {
            last.keeps_next = !self.table.totals.is_empty();
        }
        branches
    }

    fn across(&self, text: &str, what: Across, composed: &mut Composed) -> Branch {
        let (leaf, branch) = composed.structure.leaf(Leaf::RowHead(self.width()));
        let mut band = self.over_all(text, what);
        for cell in &mut band.cells {
            cell.leaf = Some(leaf);
        }
        composed.bands.push(band);
        Branch::row(vec![branch])
    }

    fn over_all(&self, text: &str, what: Across) -> Band {
        let is_group = what == Across::Group;
        let style = if is_group { GROUP } else { ROW.soft() };
        let cell = Cell::new(text, style, self.page.within(PAD, PAD), self.faces);
        Band {
            above: 4.0,
            below: 4.0,
            fill: is_group.then_some(self.colours.tint),
            rule_below: Some(HAIRLINE),
            keeps_next: is_group,
            ..Band::of(vec![cell.at_most(GROUP_LINES)])
        }
    }

    fn width(&self) -> u32 {
        u32::try_from(self.table.columns.len()).unwrap_or(1)
    }

    fn row(
        &self,
        row: &Row,
        ends: bool,
        spans: &[Span],
        branches: &mut Vec<Branch>,
        composed: &mut Composed,
    ) {
        let lines = std::iter::once(&row.cells).chain(&row.beneath);
        for (place, texts) in lines.enumerate() {
            let (first, last) = (place == 0, place == row.beneath.len());
            let style = if first { ROW } else { BENEATH };
            let mut cells = Vec::with_capacity(texts.len());
            let mut leaves = Vec::with_capacity(texts.len());
            for ((text, column), span) in texts.iter().zip(&self.table.columns).zip(spans) {
                let (leaf, branch) = composed.structure.leaf(Leaf::Data);
                let moved = !first && column.kind != Kind::Number;
                let span = if moved { span.within(INDENT, 0.0) } else { *span };
                cells.push(self.cell(text, column, style, span).leaf(leaf));
                leaves.push(branch);
            }
            branches.push(Branch::row(leaves));
            composed.bands.push(Band {
                above: if first { 4.0 } else { 0.0 },
                below: if last { 4.0 } else { 0.5 },
                rule_below: (last && !ends).then_some(HAIRLINE),
                keeps_next: !last,
                ..Band::of(cells)
            });
        }
    }

    fn totals(&self, spans: &[Span], composed: &mut Composed) -> Vec<Branch> {
        let count = self.table.totals.len();
        let totals = self.table.totals.iter().enumerate();
        totals
            .map(|(at, total)| {
                let (mut band, branch) = self.total(total, spans, composed);
                if at == 0 {
                    band.rule_above = Some(Rule { thickness: 0.8, colour: self.colours.text });
                }
                band.keeps_next = at + 1 < count;
                composed.bands.push(band);
                branch
            })
            .collect()
    }

    fn total(&self, total: &Total, spans: &[Span], composed: &mut Composed) -> (Band, Branch) {
        let style = if total.grand { GRAND } else { TOTAL };
        let first = self.table.columns.len() - total.amounts.len();
        let over = spans.get(first).map_or(self.page.width, |span| span.left - self.page.left);
        let label = Span { left: self.page.left, width: over }.within(PAD, PAD);
        let (leaf, branch) =
            composed.structure.leaf(Leaf::RowHead(u32::try_from(first).unwrap_or(1)));
        let label = Cell::new(&total.label, style, label, self.faces).at_right(true).leaf(leaf);
        let (mut cells, mut branches) = (vec![label], vec![branch]);
        for (amount, span) in total.amounts.iter().zip(spans.iter().skip(first)) {
            let (leaf, branch) = composed.structure.leaf(Leaf::Data);
            let cell = Cell::new(amount, style, span.within(PAD, PAD), self.faces);
            cells.push(cell.at_right(true).leaf(leaf));
            branches.push(branch);
        }
        let band = Band {
            above: if total.grand { 5.0 } else { 3.0 },
            below: if total.grand { 5.0 } else { 3.0 },
            fill: total.grand.then_some(self.colours.tint),
            ..Band::of(cells)
        };
        (band, Branch::row(branches))
    }
}
