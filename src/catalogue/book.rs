//! The SKUs of a program: under which one a product is ordered, and which product a SKU is of.

use std::collections::HashMap;
use std::fmt;

use super::rows;
use super::sku::Grammar;
use super::standing::{accepts_legacy, accepts_multiples, accepts_new};
use crate::calendar::TermMonths;
use crate::db::Conn;
use crate::error::Result;
use crate::programs::pack::{Policy, ProductKind, Purpose};
use crate::programs::sku_grammar_from;

/// Every SKU that the catalogue has. It names no other.
#[derive(Clone, Debug)]
pub struct SkuBook {
    grammar: Option<Grammar>,
    products: HashMap<i64, Listed>,
    by_code: HashMap<String, i64>,
    legacy: HashMap<String, Term>,
    legacy_of: HashMap<Term, String>,
}

/// A product of the catalogue, as far as SKUs are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub kind: ProductKind,
    /// What a quantity counts, in the singular.
    pub unit: String,
}

/// A product for a term and a purpose: what one SKU stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Term {
    pub product_id: i64,
    pub months: TermMonths,
    pub purpose: Purpose,
}

/// What kind of SKU it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A product's code, which says neither term nor purpose.
    Plain,
    Legacy,
    New,
}

/// A SKU of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'b> {
    pub product: &'b Listed,
    pub form: Form,
    /// Nothing where the SKU does not say it.
    pub months: Option<TermMonths>,
    pub purpose: Option<Purpose>,
}

/// How something is ordered: so many times a SKU for each unit of the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderAs {
    pub sku: String,
    /// 1, but for an odd term as a multiple of one month.
    pub times: u8,
}

impl SkuBook {
    /// Reads the book of a program, by one query.
    pub fn read(program_id: i64, conn: &mut Conn) -> Result<Self> {
        let mut rows = rows::of(program_id, conn)?;
        let form = sku_grammar_from(rows.take_grammar()?)?;
        let mut in_skus: HashMap<i64, String> = HashMap::new();
        let mut book = Self {
            grammar: None,
            products: HashMap::new(),
            by_code: HashMap::new(),
            legacy: HashMap::new(),
            legacy_of: HashMap::new(),
        };
        for (product, sku_code, legacy) in rows.products()? {
            let id = product.id;
            if product.kind.has_term() {
                in_skus.insert(id, sku_code.unwrap_or_else(|| product.code.clone()));
            }
            if let Some((sku, months, purpose)) = legacy {
                let term = Term { product_id: id, months, purpose };
                book.legacy.insert(sku.clone(), term);
                book.legacy_of.insert(term, sku);
            }
            book.by_code.insert(product.code.clone(), id);
            book.products.insert(id, product);
        }
        let in_skus = in_skus.iter().map(|(id, code)| (*id, code.as_str()));
        book.grammar = form.map(|form| Grammar::new(form, in_skus));
        Ok(book)
    }

    /// How SKUs are built; nothing where the program's codes are plain.
    pub fn grammar(&self) -> Option<&Grammar> {
        self.grammar.as_ref()
    }

    pub fn product(&self, product_id: i64) -> Option<&Listed> {
        self.products.get(&product_id)
    }

    /// The SKU under which a product can be ordered under a policy; nothing where it cannot, and
    /// where only a multiple of the SKU of one month will do ([`SkuBook::order_as`]).
    pub fn sku_for(
        &self,
        product_id: i64,
        months: Option<TermMonths>,
        purpose: Purpose,
        policy: &Policy,
    ) -> Option<String> {
        let order = self.order_as(product_id, months, purpose, policy)?;
        (order.times == 1).then_some(order.sku)
    }

    /// How a product is ordered under a policy: by its newer SKU where there may be one, else by
    /// the older one of the term, else by multiples of the older one of one month. A product that
    /// is none of the grammar's has its plain code, and so has every product while no form is in use.
    pub fn order_as(
        &self,
        product_id: i64,
        months: Option<TermMonths>,
        purpose: Purpose,
        policy: &Policy,
    ) -> Option<OrderAs> {
        let product = self.products.get(&product_id)?;
        let once = |sku| Some(OrderAs { sku, times: 1 });
        if !self.has_grammar_for(product_id) || policy.sku_forms.is_empty() {
            return once(product.code.clone());
        }
        let term = Term { product_id, months: months?, purpose };
        if accepts_new(policy, term.months)
            && let Some(sku) = self.new_sku(term)
        {
            return once(sku);
        }
        if accepts_legacy(policy, term.months)
            && let Some(sku) = self.legacy_sku(term)
        {
            return once(sku.to_owned());
        }
        if accepts_multiples(policy, term.months) {
            let sku = self.legacy_sku(Term { months: TermMonths::SHORTEST, ..term })?;
            return Some(OrderAs { sku: sku.to_owned(), times: term.months.get() });
        }
        None
    }

    /// The product that a SKU of the catalogue is of; letters as they are sold, in capitals.
    pub fn find(&self, sku: &str) -> Option<Found<'_>> {
        let of = |term: Term, form| {
            let product = self.products.get(&term.product_id)?;
            Some(Found { product, form, months: Some(term.months), purpose: Some(term.purpose) })
        };
        if let Some(term) = self.legacy.get(sku) {
            return of(*term, Form::Legacy);
        }
        if let Some(product) = self.by_code.get(sku).and_then(|id| self.products.get(id)) {
            return Some(Found { product, form: Form::Plain, months: None, purpose: None });
        }
        let read = self.grammar.as_ref()?.read(sku)?;
        let (product_id, months, purpose) = (read.product_id, read.months, read.purpose);
        of(Term { product_id, months, purpose }, Form::New)
    }

    /// Whether a product's SKUs go by the grammar.
    pub fn has_grammar_for(&self, product_id: i64) -> bool {
        self.grammar.as_ref().is_some_and(|grammar| grammar.has(product_id))
    }

    pub(super) fn new_sku(&self, term: Term) -> Option<String> {
        self.grammar.as_ref()?.encode(term.product_id, term.months, term.purpose)
    }

    pub(super) fn legacy_sku(&self, term: Term) -> Option<&str> {
        self.legacy_of.get(&term).map(String::as_str)
    }

    /// A SKU to show how one is read: the newer one of a year of the first product by code.
    pub fn example(&self) -> Option<String> {
        let grammar = self.grammar.as_ref()?;
        let sold = self.products.values().filter(|product| grammar.has(product.id));
        let first = sold.min_by(|a, b| a.code.cmp(&b.code))?;
        grammar.encode(first.id, TermMonths::new(12).ok()?, Purpose::New)
    }
}

impl OrderAs {
    /// What its text says: how many times which SKU.
    pub fn read(text: &str) -> (u8, &str) {
        let times =
            text.split_once(" × ").and_then(|(times, sku)| Some((times.parse().ok()?, sku)));
        times.unwrap_or((1, text))
    }
}

/// `18 × FW136-1N`, or the SKU alone.
impl fmt::Display for OrderAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.times != 1 {
            write!(f, "{} × ", self.times)?;
        }
        f.write_str(&self.sku)
    }
}
