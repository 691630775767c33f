//! The program's colour as a stylesheet whose texts can be read in light and in dark, and as the
//! colours of mails and papers. Contrast is WCAG's; docs/look.md has the formulas.

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

const WHITE: Colour = Colour([255, 255, 255]);
const BLACK: Colour = Colour([0, 0, 0]);

/// What the brand's text may stand on, with the tint made of the page's own surface; as in `static/css/portal.css`.
const LIGHT: Ground = Ground { surface: WHITE, sunken: Colour([0xf1, 0xf3, 0xf6]) };
const DARK: Ground =
    Ground { surface: Colour([0x16, 0x19, 0x1f]), sunken: Colour([0x1c, 0x20, 0x27]) };

/// WCAG 2.2, 1.4.3: the least contrast of text.
const READABLE: f64 = 4.5;
const TINT_PERCENT: u16 = 10;
const HOVER_PERCENT: u16 = 14;

struct Ground {
    surface: Colour,
    sunken: Colour,
}

impl Colour {
    /// Six hexadecimal digits, without `#`.
    pub fn parse(hex: &str) -> Option<Self> {
        if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(hex, 16).ok()?;
        let [_, r, g, b] = value.to_be_bytes();
        Some(Self([r, g, b]))
    }

    /// As stylesheets write it: `#rrggbb`.
    pub fn hex(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// This colour with `percent` of `other` in it.
    fn mixed(self, other: Self, percent: u16) -> Self {
        let channel = |i: usize| {
            let (own, its) = (u16::from(self.0[i]), u16::from(other.0[i]));
            u8::try_from((own * (100 - percent) + its * percent + 50) / 100).unwrap_or(u8::MAX)
        };
        Self([channel(0), channel(1), channel(2)])
    }

    /// WCAG's relative luminance.
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// WCAG's contrast ratio, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// White where it can be read on this colour, else black, which then always can.
    pub fn ink(self) -> Self {
        if self.contrast(WHITE) >= READABLE { WHITE } else { BLACK }
    }

    fn tint(self, ground: &Ground) -> Self {
        ground.surface.mixed(self, TINT_PERCENT)
    }

    /// This colour moved towards `end` until it can be read on everything `ground` has.
    fn text_on(self, ground: &Ground, end: Self) -> Self {
        let grounds = [ground.surface, ground.sunken, self.tint(ground)];
        (0..=100)
            .map(|percent| self.mixed(end, percent))
            .find(|text| grounds.iter().all(|g| text.contrast(*g) >= READABLE))
            .unwrap_or(end)
    }
}

/// The stylesheet of one program colour.
pub fn stylesheet(brand: Colour) -> String {
    let ink = brand.ink();
    let hover = brand.mixed(if ink == WHITE { BLACK } else { WHITE }, HOVER_PERCENT);
    let mut css = String::from(":root{");
    let pair = |light: Colour, dark: Colour| format!("light-dark({},{})", light.hex(), dark.hex());
    for (name, value) in [
        ("brand", brand.hex()),
        ("brand-hover", hover.hex()),
        ("brand-ink", ink.hex()),
        ("brand-text", pair(brand.text_on(&LIGHT, BLACK), brand.text_on(&DARK, WHITE))),
        ("brand-tint", pair(brand.tint(&LIGHT), brand.tint(&DARK))),
    ] {
        css.extend(["--", name, ":", &value, ";"]);
    }
    css.push_str("}\n");
    css
}

/// The colours of a mail, whose parts carry their own styles; each as `#rrggbb`.
#[derive(Clone, Debug)]
pub struct MailColours {
    pub brand: String,
    pub ink: String,
    pub text_light: String,
    pub text_dark: String,
}

/// What the portal wears outside of any program.
pub(super) const PORTAL: Colour = Colour([0x2f, 0x4a, 0x7d]);

/// A program's colour (`#rrggbb`) for its mails; without a program, the portal's own.
pub fn mail_colours(colour: Option<&str>) -> MailColours {
    let brand = brand_of(colour);
    MailColours {
        brand: brand.hex(),
        ink: brand.ink().hex(),
        text_light: brand.text_on(&LIGHT, BLACK).hex(),
        text_dark: brand.text_on(&DARK, WHITE).hex(),
    }
}

/// The colours of a paper, which is white.
#[derive(Clone, Copy, Debug)]
pub struct PaperColours {
    /// Can be read on white and on the tint.
    pub text: Colour,
    pub tint: Colour,
}

/// A program's colour (`#rrggbb`) for its papers; without a program, the portal's own.
pub fn paper_colours(colour: Option<&str>) -> PaperColours {
    let brand = brand_of(colour);
    PaperColours { text: brand.text_on(&LIGHT, BLACK), tint: brand.tint(&LIGHT) }
}

fn brand_of(colour: Option<&str>) -> Colour {
    colour.and_then(|colour| Colour::parse(colour.trim_start_matches('#'))).unwrap_or(PORTAL)
}
