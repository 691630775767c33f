//! The letters of a paper: Source Sans 3, two weights. It has the Latin of all of Europe, Greek and
//! Cyrillic, and its figures are all of one width, so that columns of numbers stand well.

use std::collections::HashMap;
use std::sync::LazyLock;

use krilla::text::{Font, GlyphId};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::error::{Error, Result};

const REGULAR: &[u8] =
    include_bytes!("../../assets/fonts/source-sans-3.052/SourceSans3-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/source-sans-3.052/SourceSans3-SemiBold.ttf");

/// Drawn for a letter that the font does not have; U+FFFD itself is one of those.
const UNKNOWN: char = '\u{25a1}';

/// Widths are in thousandths of the size.
pub(super) const EM: f32 = 1000.0;

/// How a letter is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub(super) id: GlyphId,
    /// In thousandths of the size.
    pub(super) advance: f32,
}

/// One weight.
pub(super) struct Typeface {
    pub(super) font: Font,
    glyphs: HashMap<char, Glyph>,
    unknown: Glyph,
}

/// The two weights.
pub(super) struct Faces {
    pub(super) regular: Typeface,
    pub(super) bold: Typeface,
}

/// Read once.
static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    Some(Faces { regular: Typeface::read(REGULAR)?, bold: Typeface::read(BOLD)? })
});

pub(super) fn faces() -> Result<&'static Faces> {
    FACES.as_ref().ok_or_else(|| Error::internal("the font of papers cannot be read"))
}

impl Typeface {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.into(), 0)?;
        let table = FontRef::new(bytes).ok()?;
        let widths = table.glyph_metrics(Size::new(EM), LocationRef::default());
        let glyphs: HashMap<char, Glyph> = table
            .charmap()
            .mappings()
            .filter_map(|(code, id)| {
                let advance = widths.advance_width(id)?;
                Some((char::from_u32(code)?, Glyph { id: GlyphId::new(id.to_u32()), advance }))
            })
            .collect();
        let unknown = *glyphs.get(&UNKNOWN)?;
        Some(Self { font, glyphs, unknown })
    }

    pub(super) fn has(&self, letter: char) -> bool {
        self.glyphs.contains_key(&letter)
    }

    pub(super) fn glyph(&self, letter: char) -> Glyph {
        self.glyphs.get(&letter).copied().unwrap_or(self.unknown)
    }

    /// The width of a text that does not wrap, in thousandths of its size.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.glyph(letter).advance).sum()
    }
}
