//! How a program's SKUs are built, and the older SKUs beside them (docs/domain.md, section 3).

use std::collections::BTreeMap;

use super::values::is_sku_letters;
use super::words::{Purpose, SkuMeaning};
use crate::calendar::TermMonths;

/// The parts of a SKU, from its first letter to its last. One part each is for the product, the
/// months and the purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkuGrammar {
    pub parts: Vec<SkuPart>,
    /// Where the fact is from.
    pub source: Option<String>,
}

/// Letters of a SKU that say one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkuPart {
    /// As people read it.
    pub name: String,
    /// How many letters.
    pub length: usize,
    pub meaning: PartMeaning,
}

/// What the letters of a part say. Letters that are not listed are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartMeaning {
    /// The code of a product, filled up with `pad` behind it; without one, codes are of full length.
    Product {
        pad: Option<char>,
    },
    /// The months of the term, with leading zeros.
    Months,
    Purpose {
        new: String,
        renewal: String,
    },
    /// Letters and what is known of them; what is sold has `sold`, which is one of them.
    Letters {
        known: BTreeMap<String, String>,
        sold: String,
    },
}

impl PartMeaning {
    /// The word for it in files and in the database.
    pub fn word(&self) -> SkuMeaning {
        match self {
            Self::Product { .. } => SkuMeaning::Product,
            Self::Months => SkuMeaning::Months,
            Self::Purpose { .. } => SkuMeaning::Purpose,
            Self::Letters { .. } => SkuMeaning::Letters,
        }
    }
}

impl SkuGrammar {
    /// How many letters a SKU has.
    pub fn length(&self) -> usize {
        self.parts.iter().map(|part| part.length).sum()
    }

    /// Each part with the place of its first letter, counted from 0.
    pub fn placed(&self) -> impl Iterator<Item = (usize, &SkuPart)> {
        self.parts.iter().scan(0, |next, part| {
            let place = *next;
            *next += part.length;
            Some((place, part))
        })
    }

    /// A product's code as a SKU holds it; nothing where it does not fit.
    pub fn padded(&self, code: &str) -> Option<String> {
        let (length, pad) = self.parts.iter().find_map(|part| match part.meaning {
            PartMeaning::Product { pad } => Some((part.length, pad)),
            _ => None,
        })?;
        let missing = length.checked_sub(code.len()).filter(|_| is_sku_letters(code))?;
        let padding = match pad {
            Some(pad) => std::iter::repeat_n(pad, missing).collect::<String>(),
            None if missing == 0 => String::new(),
            None => return None,
        };
        Some(format!("{code}{padding}"))
    }

    /// The SKU of a product, whose code is padded already, for a term and a purpose.
    pub fn sku(&self, padded: &str, months: TermMonths, purpose: Purpose) -> String {
        let letters = |part: &SkuPart| match &part.meaning {
            PartMeaning::Product { .. } => padded.to_owned(),
            PartMeaning::Months => format!("{:0width$}", months.get(), width = part.length),
            PartMeaning::Purpose { new, renewal } => match purpose {
                Purpose::New => new.clone(),
                Purpose::Renewal => renewal.clone(),
            },
            PartMeaning::Letters { sold, .. } => sold.clone(),
        };
        self.parts.iter().map(letters).collect()
    }

    /// Whether a code has the form of these SKUs, whatever its product.
    pub fn is_form_of(&self, code: &str) -> bool {
        let fits = |(place, part): (usize, &SkuPart)| {
            let letters = code.get(place..place + part.length);
            letters.is_some_and(|letters| match &part.meaning {
                PartMeaning::Product { .. } => is_sku_letters(letters),
                PartMeaning::Months => months_of(letters).is_some(),
                PartMeaning::Purpose { new, renewal } => letters == new || letters == renewal,
                PartMeaning::Letters { known, .. } => known.contains_key(letters),
            })
        };
        code.len() == self.length() && self.placed().all(fits)
    }
}

/// The term that the letters of the months say, all of them digits.
pub fn months_of(letters: &str) -> Option<TermMonths> {
    let digits = !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_digit());
    letters.parse().ok().filter(|_| digits)
}

/// The older SKUs of one product, by the months of their term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacySkus {
    /// The code of one of the pack's products.
    pub product: String,
    pub new: BTreeMap<TermMonths, String>,
    pub renewal: BTreeMap<TermMonths, String>,
    /// Where the fact is from.
    pub source: Option<String>,
}

impl LegacySkus {
    /// Each SKU with its purpose and its term.
    pub fn all(&self) -> impl Iterator<Item = (Purpose, TermMonths, &str)> {
        let new = self.new.iter().map(|(months, sku)| (Purpose::New, *months, sku.as_str()));
        let renewal =
            self.renewal.iter().map(|(months, sku)| (Purpose::Renewal, *months, sku.as_str()));
        new.chain(renewal)
    }
}
