//! A program's colours: from the one colour of its pack, readable in light and in dark.
//!
//! Contrast is WCAG's: at least 4.5 to 1 between text and what it stands on.

/// The stylesheet for a colour of six hexadecimal digits; none for anything else.
pub fn stylesheet(hex: &str) -> Option<String> {
    let brand = Colour::parse(hex)?;
    let ink = brand.ink();
    let hover = brand.mixed(Colour::BLACK, 0.12);
    let (light, dark) = (
        brand.readable_on(LIGHT, Colour::BLACK),
        brand.readable_on(DARK, Colour::WHITE),
    );
    let (light_tint, dark_tint) = (LIGHT.mixed(brand, 0.1), DARK.mixed(brand, 0.16));
    Some(format!(
        "@layer tokens {{\n  :root {{\n    --brand: {brand};\n    --brand-hover: {hover};\n    \
         --brand-ink: {ink};\n    --brand-text: light-dark({light}, {dark});\n    \
         --brand-tint: light-dark({light_tint}, {dark_tint});\n  }}\n}}\n"
    ))
}

const READABLE: f64 = 4.5;
/// The grounds that text of the program's colour stands on.
const LIGHT: Colour = Colour([255.0, 255.0, 255.0]);
const DARK: Colour = Colour([22.0, 24.0, 29.0]);
/// What the portal wears outside of any program.
const PORTAL: Colour = Colour([47.0, 74.0, 125.0]);

#[derive(Clone, Copy)]
struct Colour([f64; 3]);

impl Colour {
    const WHITE: Self = LIGHT;
    const BLACK: Self = Self([0.0; 3]);

    fn parse(hex: &str) -> Option<Self> {
        if hex.len() != 6 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok().map(f64::from);
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    fn mixed(self, other: Self, share: f64) -> Self {
        let [a, b] = [self.0, other.0];
        Self(std::array::from_fn(|i| a[i] + (b[i] - a[i]) * share))
    }

    /// What is written on it: white where that can be read, black otherwise.
    fn ink(self) -> &'static str {
        if self.contrast(Self::WHITE) >= READABLE {
            "#ffffff"
        } else {
            "#000000"
        }
    }

    /// Moves towards black or white until it can be read on a ground.
    fn readable_on(self, ground: Self, towards: Self) -> Self {
        (0..=100)
            .map(|step| self.mixed(towards, f64::from(step) / 100.0))
            .find(|colour| colour.contrast(ground) >= READABLE + 0.6)
            .unwrap_or(towards)
    }

    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|part| {
            let part = part / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0.map(|part| part.round() as u8);
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// The colours of a mail, whose parts carry their own styles.
pub struct MailColours {
    pub brand: String,
    pub ink: String,
    pub text_light: String,
    pub text_dark: String,
}

/// A program's colours for its mails; a colour that is none gives the portal's own.
pub fn mail_colours(hex: &str) -> MailColours {
    let brand = Colour::parse(hex).unwrap_or(PORTAL);
    MailColours {
        brand: brand.to_string(),
        ink: brand.ink().to_owned(),
        text_light: brand.readable_on(LIGHT, Colour::BLACK).to_string(),
        text_dark: brand.readable_on(DARK, Colour::WHITE).to_string(),
    }
}
