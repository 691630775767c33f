//! Which band is on which page.

use std::ops::Range;

use super::band::{Band, Cell, TOGETHER};
use super::compose::{Composed, Sheet};

/// A band, or some lines of one that is higher than a page.
pub(super) struct Placed<'a> {
    pub(super) band: &'a Band,
    pub(super) top: f32,
    pub(super) lines: Range<usize>,
}

impl Placed<'_> {
    /// Where the first line of a cell begins.
    pub(super) fn top_of(&self, cell: &Cell) -> f32 {
        let lines = if self.band.at_bottom { self.band.line_count() - cell.lines.len() } else { 0 };
        self.top + self.band.height_of(lines) - self.band.below
    }
}

/// The bands of each page.
pub(super) fn flow(composed: &Composed) -> Vec<Vec<Placed<'_>>> {
    let (sheet, repeated) = (composed.sheet, &composed.repeated);
    let mut flow =
        Flow { sheet, repeated, pages: vec![Vec::new()], y: sheet.first_top, fresh: true };
    let mut rest = composed.bands.as_slice();
    while !rest.is_empty() {
        let chunk = rest.iter().take_while(|band| band.keeps_next).count() + 1;
        let (chunk, others) = rest.split_at(chunk.min(rest.len()));
        flow.chunk(chunk);
        rest = others;
    }
    flow.pages
}

struct Flow<'a> {
    sheet: Sheet,
    repeated: &'a [Band],
    pages: Vec<Vec<Placed<'a>>>,
    y: f32,
    /// Nothing but what is repeated is on the page yet.
    fresh: bool,
}

impl<'a> Flow<'a> {
    /// Bands that belong on one page, if it has room for them all.
    fn chunk(&mut self, chunk: &'a [Band]) {
        let height: f32 = chunk.iter().map(|band| band.gap + band.least_height()).sum();
        if !self.fits(height) {
            self.next_page(chunk.first());
        }
        for band in chunk {
            if !self.fits(self.gap_before(band) + band.least_height()) {
                self.next_page(Some(band));
            }
            if self.fits(self.gap_before(band) + band.height()) {
                self.place(band, 0..band.line_count());
            } else {
                self.split(band);
            }
        }
    }

    fn gap_before(&self, band: &Band) -> f32 {
        if self.fresh { 0.0 } else { band.gap }
    }

    fn fits(&self, height: f32) -> bool {
        self.y + height <= self.sheet.bottom
    }

    fn place(&mut self, band: &'a Band, lines: Range<usize>) {
        let top = self.y + self.gap_before(band);
        self.y = top + band.height_of(lines.len());
        self.fresh = false;
        self.put(Placed { band, top, lines });
    }

    fn put(&mut self, placed: Placed<'a>) {
        if let Some(page) = self.pages.last_mut() {
            page.push(placed);
        }
    }

    /// What a table repeats on each of its pages stands at the top.
    fn next_page(&mut self, first: Option<&Band>) {
        if self.fresh {
            return;
        }
        self.pages.push(Vec::new());
        self.y = self.sheet.next_top;
        let repeats = first.into_iter().flat_map(|band| band.repeats).flatten();
        for band in repeats.filter_map(|at| self.repeated.get(at)) {
            let top = self.y;
            self.y += band.height();
            self.put(Placed { band, top, lines: 0..band.line_count() });
        }
        self.fresh = true;
    }

    /// As many lines on each page as it has room for.
    fn split(&mut self, band: &'a Band) {
        let (mut from, count) = (0, band.line_count());
        while from < count {
            let gap = self.gap_before(band);
            let mut to = from + 1;
            while to < count && self.fits(gap + band.height_of(to + 1 - from)) {
                to += 1;
            }
            if to + 1 == count && to - from > TOGETHER {
                to -= 1;
            }
            self.place(band, from..to);
            from = to;
            if from < count {
                self.next_page(Some(band));
            }
        }
    }
}
