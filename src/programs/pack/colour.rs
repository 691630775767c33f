//! The program's colour, and whether people can read what is drawn with it (WCAG 2.2).

use std::fmt;

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// The colour of text that stands on a [`Colour`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// `#000000`
    Black,
    /// `#ffffff`
    White,
}

impl Ink {
    /// The colour as CSS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Black => "#000000",
            Self::White => "#ffffff",
        }
    }
}

impl Colour {
    /// The least contrast that text needs (WCAG 1.4.3, level AA).
    pub const TEXT_CONTRAST: f64 = 4.5;
    /// The least contrast that the edge of a button or a bar needs (WCAG 1.4.11, level AA).
    pub const EDGE_CONTRAST: f64 = 3.0;

    /// Reads `#rrggbb`, in either case; nothing for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |from: usize| u8::from_str_radix(&digits[from..from + 2], 16).ok();
        Some(Self { red: part(0)?, green: part(2)?, blue: part(4)? })
    }

    /// The ink that reads better on this colour. The better of the two always reaches
    /// [`Self::TEXT_CONTRAST`]: the colour for which both are equal has 4.58 with either.
    pub fn ink(self) -> Ink {
        if self.contrast_with_white() >= self.contrast_with_black() {
            Ink::White
        } else {
            Ink::Black
        }
    }

    /// Contrast with white, from 1 to 21.
    pub fn contrast_with_white(self) -> f64 {
        1.05 / (self.luminance() + 0.05)
    }

    /// Contrast with black, from 1 to 21.
    pub fn contrast_with_black(self) -> f64 {
        (self.luminance() + 0.05) / 0.05
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}
