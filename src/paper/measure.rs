//! How wide the columns of a table are.

use super::band::{Span, Style};
use super::rows::{BENEATH, GRAND, HEAD, PAD, ROW, TOTAL};
use super::table::{Kind, Table};
use super::text::clean;
use super::typeface::{EM, Faces};

/// A head of its own column stays on one line up to here, in points.
const SHORT_HEAD: f32 = 60.0;
/// What columns of text keep together whatever numbers stand beside them.
const LEAST_FOR_TEXT: f32 = 0.3;

/// The columns across the page. Numbers and short texts take what they need, columns of text share
/// the rest by weight; without any, all grow alike.
pub(super) fn columns(table: &Table, page: Span, faces: &Faces) -> Vec<Span> {
    let needs = needs(table, faces);
    let weights: Vec<f32> = table.columns.iter().map(|column| weight(column.kind)).collect();
    let (fixed, weight): (f32, f32) = (needs.iter().sum(), weights.iter().sum());
    let for_text = if weight > 0.0 { page.width * LEAST_FOR_TEXT } else { 0.0 };
    let room = page.width - for_text;
    let scale = match weight > 0.0 {
        true if fixed <= room => 1.0,
        _ => room / fixed.max(1.0),
    };
    let rest = page.width - fixed * scale;
    let mut left = page.left;
    let spans = needs.iter().zip(&weights).map(|(need, own)| {
        let width = if *own > 0.0 { rest * own / weight } else { need * scale };
        let span = Span { left, width };
        left += width;
        span
    });
    spans.collect()
}

fn weight(kind: Kind) -> f32 {
    match kind {
        Kind::Text { weight } => f32::from(weight),
        Kind::Short | Kind::Number => 0.0,
    }
}

/// What each column needs for its widest cell; columns of text need nothing.
fn needs(table: &Table, faces: &Faces) -> Vec<f32> {
    let wide = |text: &str, style: Style| {
        let face = style.face(faces);
        let lines = |text: &str| text.split('\n').map(|line| face.width(line)).fold(0.0, f32::max);
        lines(&clean(text, face)) * style.size / EM
    };
    let mut needs: Vec<f32> = table
        .columns
        .iter()
        .map(|column| {
            let whole = wide(&column.head, HEAD);
            let words = column.head.split(' ').map(|word| wide(word, HEAD));
            if whole <= SHORT_HEAD { whole } else { words.fold(SHORT_HEAD, f32::max) }
        })
        .collect();
    let mut grow = |at: usize, text: &str, style: Style| {
        if let Some(need) = needs.get_mut(at) {
            *need = need.max(wide(text, style));
        }
    };
    for row in &table.rows {
        let lines = row.beneath.iter().map(|line| (line, BENEATH));
        for (cells, style) in std::iter::once((&row.cells, ROW)).chain(lines) {
            for (at, text) in cells.iter().enumerate() {
                if table.columns.get(at).is_some_and(|column| weight(column.kind) <= 0.0) {
                    grow(at, text, style);
                }
            }
        }
    }
    for total in &table.totals {
        let style = if total.grand { GRAND } else { TOTAL };
        let first = table.columns.len() - total.amounts.len();
        for (place, text) in total.amounts.iter().enumerate() {
            grow(first + place, text, style);
        }
    }
    let fixed = needs.iter().zip(&table.columns);
    fixed
        .map(|(need, column)| if weight(column.kind) > 0.0 { 0.0 } else { need + 2.0 * PAD })
        .collect()
}
