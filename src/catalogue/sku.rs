//! SKUs by the program's grammar: read letter by letter, and made. Pure (docs/domain.md, section 3).

use std::collections::HashMap;

use crate::calendar::TermMonths;
use crate::programs::pack::{PartMeaning, Purpose, SkuGrammar, months_of};

/// How a program's SKUs are built, with the products that they are of.
#[derive(Clone, Debug)]
pub struct Grammar {
    form: SkuGrammar,
    /// The products by what stands for them in a SKU, and the other way round.
    ids: HashMap<String, i64>,
    codes: HashMap<i64, String>,
}

/// What a SKU stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    pub product_id: i64,
    pub months: TermMonths,
    pub purpose: Purpose,
}

/// A text taken apart as a SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub parts: Vec<DecodedPart>,
    /// Letters behind the last part, where no SKU has any.
    pub beyond: String,
}

/// The letters of one part and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedPart {
    pub name: String,
    /// The place of its first letter, counted from 1.
    pub position: usize,
    /// How many letters it has in a SKU; the text may have ended before.
    pub length: usize,
    pub letters: String,
    pub says: Says,
}

/// What the letters of a part say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// The id of a product.
    Product(i64),
    Months(TermMonths),
    Purpose(Purpose),
    /// In the words of the pack.
    Words(String),
    /// The grammar does not list them, and nobody guesses.
    NotKnown,
}

impl Grammar {
    /// `products` are ids with what stands for each in a SKU; one that does not fit has plain codes.
    pub fn new<'c>(form: SkuGrammar, products: impl IntoIterator<Item = (i64, &'c str)>) -> Self {
        let fitting = products.into_iter().filter_map(|(id, code)| Some((id, form.padded(code)?)));
        let codes: HashMap<i64, String> = fitting.collect();
        let ids = codes.iter().map(|(id, code)| (code.clone(), *id)).collect();
        Self { form, ids, codes }
    }

    /// How many letters a SKU has.
    pub fn length(&self) -> usize {
        self.form.length()
    }

    /// Whether SKUs of a product go by the grammar.
    pub fn has(&self, product_id: i64) -> bool {
        self.codes.contains_key(&product_id)
    }

    /// The SKU of a product; nothing where it is none of the grammar's.
    pub fn encode(&self, product_id: i64, months: TermMonths, purpose: Purpose) -> Option<String> {
        Some(self.form.sku(self.codes.get(&product_id)?, months, purpose))
    }

    /// Takes any text apart, as far as it goes.
    pub fn decode(&self, text: &str) -> Decoded {
        let mut rest = text;
        let parts = self.form.placed().map(|(place, part)| {
            let (letters, behind) = rest.split_at(end_of(rest, part.length));
            rest = behind;
            let says = if letters.chars().count() == part.length {
                self.says(&part.meaning, letters)
            } else {
                Says::NotKnown
            };
            DecodedPart {
                name: part.name.clone(),
                position: place + 1,
                length: part.length,
                letters: letters.to_owned(),
                says,
            }
        });
        let parts = parts.collect();
        Decoded { parts, beyond: rest.to_owned() }
    }

    /// What a SKU that is sold stands for: one that is made of the same letters.
    pub fn read(&self, sku: &str) -> Option<Meaning> {
        let meaning = self.decode(sku).meaning()?;
        let made = self.encode(meaning.product_id, meaning.months, meaning.purpose)?;
        (made == sku).then_some(meaning)
    }

    fn says(&self, meaning: &PartMeaning, letters: &str) -> Says {
        let known = match meaning {
            PartMeaning::Product { .. } => self.ids.get(letters).map(|id| Says::Product(*id)),
            PartMeaning::Months => months_of(letters).map(Says::Months),
            PartMeaning::Purpose { new, .. } if letters == new => Some(Says::Purpose(Purpose::New)),
            PartMeaning::Purpose { renewal, .. } if letters == renewal => {
                Some(Says::Purpose(Purpose::Renewal))
            }
            PartMeaning::Purpose { .. } => None,
            PartMeaning::Letters { known, .. } => known.get(letters).cloned().map(Says::Words),
        };
        known.unwrap_or(Says::NotKnown)
    }
}

/// Where the first `count` letters of a text end.
fn end_of(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(end, _)| end)
}

impl Decoded {
    /// Whether all of the text is known, and nothing is missing or too much.
    pub fn is_known(&self) -> bool {
        self.beyond.is_empty() && self.parts.iter().all(|part| part.says != Says::NotKnown)
    }

    /// What the parts say together, whatever the plain letters are.
    pub fn meaning(&self) -> Option<Meaning> {
        let find = |wanted: fn(&Says) -> bool| {
            self.parts.iter().map(|part| &part.says).find(|says| wanted(says))
        };
        let product = find(|says| matches!(says, Says::Product(_)));
        let months = find(|says| matches!(says, Says::Months(_)));
        let purpose = find(|says| matches!(says, Says::Purpose(_)));
        match (product?, months?, purpose?) {
            (Says::Product(id), Says::Months(months), Says::Purpose(purpose)) => {
                Some(Meaning { product_id: *id, months: *months, purpose: *purpose })
            }
            _ => None,
        }
    }
}
