//! What a file's words stand for in a program: its products and the organisations enrolled in it.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::auth::{Part, Program};
use crate::db::Conn;
use crate::db::schema::{enrolments, organisations};
use crate::error::Result;
use crate::licences::RuleBook;
use crate::programs::pack::nearest;

/// An organisation of the program.
#[derive(Clone, Copy, Debug)]
struct Enrolled {
    id: i64,
    part: Part,
}

pub(super) struct Directory {
    pub(super) rulebook: RuleBook,
    pub(super) program_slug: String,
    pub(super) program_name: String,
    pub(super) currency: String,
    products: HashMap<String, i64>,
    organisations: HashMap<String, Vec<Enrolled>>,
}

/// Why a word stands for nothing: what is wrong, and what would be right.
pub(super) type Unknown = (String, String);

impl Directory {
    pub(super) fn of(program: &Program, conn: &mut Conn) -> Result<Self> {
        let rulebook = RuleBook::of_program(program.id, conn)?;
        let mut products = HashMap::new();
        for product in rulebook.products() {
            products.entry(product.name.clone()).or_insert(product.id);
        }
        // A code is nobody's name: it wins.
        products.extend(rulebook.products().map(|one| (one.code.clone(), one.id)));
        Ok(Self {
            organisations: organisations_of(program.id, conn)?,
            products,
            rulebook,
            program_slug: program.slug.clone(),
            program_name: program.name.clone(),
            currency: program.currency.clone(),
        })
    }

    /// A product by its code or its exact name.
    pub(super) fn product(&self, text: &str, suggest: bool) -> Result<i64, Unknown> {
        self.products.get(text).copied().ok_or_else(|| {
            let known = self.products.keys().map(String::as_str);
            (
                format!("{} has no such product.", self.program_name),
                right("Write a product's code or its exact name", text, known, suggest),
            )
        })
    }

    pub(super) fn code_of(&self, product_id: i64) -> String {
        self.rulebook.product(product_id).map(|product| product.code.clone()).unwrap_or_default()
    }

    /// An organisation by its reference or its exact name, in the part that the column is for.
    pub(super) fn organisation(
        &self,
        text: &str,
        part: Part,
        suggest: bool,
    ) -> Result<i64, Unknown> {
        let word = part.as_str();
        let Some(found) = self.organisations.get(text) else {
            let known = self.organisations.keys().map(String::as_str);
            return Err((
                format!(
                    "No {word} of this reference or name is enrolled in {}.",
                    self.program_name
                ),
                right(
                    &format!("Write the {word}'s exact name or its reference"),
                    text,
                    known,
                    suggest,
                ),
            ));
        };
        let fitting: Vec<&Enrolled> = found.iter().filter(|one| one.part == part).collect();
        match fitting.as_slice() {
            [one] => Ok(one.id),
            [] => Err((
                format!(
                    "This organisation is enrolled in {}, but not as a {word}.",
                    self.program_name
                ),
                format!("Write a {word} here."),
            )),
            _ => Err((
                format!("More than one {word} has this name."),
                "Write the reference, such as O-7K3QF-9M2XT.".to_owned(),
            )),
        }
    }
}

fn right<'a>(say: &str, text: &str, known: impl Iterator<Item = &'a str>, suggest: bool) -> String {
    match suggest.then(|| nearest(text, known)).flatten() {
        Some(close) => format!("{say}; did you mean \"{close}\"?"),
        None => format!("{say}."),
    }
}

/// Whoever takes part or took part in the program, under their reference and under their name.
fn organisations_of(program_id: i64, conn: &mut Conn) -> Result<HashMap<String, Vec<Enrolled>>> {
    let rows: Vec<(i64, String, String, Part)> = enrolments::table
        .inner_join(organisations::table)
        .filter(enrolments::program_id.eq(program_id))
        .filter(enrolments::status.ne("applied"))
        .select((
            organisations::id,
            organisations::reference,
            organisations::name,
            enrolments::part,
        ))
        .load(conn)?;
    let mut found = HashMap::<String, Vec<Enrolled>>::with_capacity(rows.len() * 2);
    for (id, reference, name, part) in rows {
        let enrolled = Enrolled { id, part };
        found.entry(reference).or_default().push(enrolled);
        found.entry(name).or_default().push(enrolled);
    }
    Ok(found)
}
