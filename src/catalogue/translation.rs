//! One SKU in its other form, and what the rules of a day say of ordering it.

use chrono::NaiveDate;

use super::book::{Form, Found, Listed, OrderAs, SkuBook, Term};
use super::quote::QuoteLine;
use super::standing::{Standing, accepts_legacy, accepts_multiples, accepts_new};
use crate::calendar::TermMonths;
use crate::programs::pack::{Policy, PolicyTimeline, Purpose};

/// How a translation was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The catalogue lists the SKU.
    Exact,
    /// The grammar or the rule of odd terms says it.
    ByRule,
    /// The catalogue has no such SKU.
    NotFound,
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::ByRule => "by_rule",
            Self::NotFound => "none",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Exact => "Exact",
            Self::ByRule => "By rule",
            Self::NotFound => "Not found",
        }
    }
}

/// What is to be said of a line beside its translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    None,
    /// Months of which each is a SKU of one month.
    OddTerm(TermMonths),
    /// SKU and line name different terms, and nobody knows which is meant.
    OtherTerm {
        sku: TermMonths,
        line: TermMonths,
    },
    /// A product's code where a SKU would say term and purpose.
    OnlyTheProduct,
}

/// A SKU in both forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation<'b> {
    pub product: Option<&'b Listed>,
    pub form: Option<Form>,
    /// The term that is meant: the line's, where that is an odd one.
    pub months: Option<TermMonths>,
    pub purpose: Option<Purpose>,
    pub new_sku: Option<String>,
    pub legacy_sku: Option<String>,
    pub how: How,
    pub remark: Remark,
    /// What the policies say of ordering it as it is; nothing where it is not known what is meant.
    pub standing: Option<Standing>,
    /// What to order on that day instead.
    pub instead: Option<OrderAs>,
}

impl Remark {
    /// In words; empty where nothing is to be said.
    pub fn sentence(self) -> String {
        match self {
            Self::None => String::new(),
            Self::OddTerm(months) => {
                format!("{months} months, ordered as {months} times the SKU of one month.")
            }
            Self::OtherTerm { sku, line } => {
                format!("The SKU is for a term of {sku}, the line says {line} months; mend one.")
            }
            Self::OnlyTheProduct => {
                "This is a product's code; its SKUs also say the term and new or renewal."
                    .to_owned()
            }
        }
    }
}

impl Translation<'_> {
    fn of_nothing() -> Self {
        Self {
            product: None,
            form: None,
            months: None,
            purpose: None,
            new_sku: None,
            legacy_sku: None,
            how: How::NotFound,
            remark: Remark::None,
            standing: None,
            instead: None,
        }
    }
}

impl SkuBook {
    /// Translates a SKU, in capitals, and judges it on a day. `line_months` are those that a line
    /// states beside its SKU: only they make a SKU of one month an odd term, never a quantity.
    pub fn translate(
        &self,
        sku: &str,
        line_months: Option<TermMonths>,
        day: NaiveDate,
        policies: &PolicyTimeline,
    ) -> Translation<'_> {
        let Some(found) = self.find(sku) else {
            return Translation::of_nothing();
        };
        match (found.months, found.purpose) {
            (Some(months), Some(purpose)) => {
                let term = Term { product_id: found.product.id, months, purpose };
                let line = Line { found, term, day, policies };
                match line_months.filter(|line| *line != months) {
                    None => self.as_it_is(&line),
                    Some(odd) if months == TermMonths::SHORTEST => self.odd_term(&line, odd),
                    Some(other) => Translation {
                        remark: Remark::OtherTerm { sku: months, line: other },
                        standing: None,
                        instead: None,
                        ..self.as_it_is(&line)
                    },
                }
            }
            _ => self.plain(found, line_months, day, policies),
        }
    }

    /// A product's code. One that is none of the grammar's is the same in every form.
    fn plain<'b>(
        &'b self,
        found: Found<'b>,
        months: Option<TermMonths>,
        day: NaiveDate,
        policies: &PolicyTimeline,
    ) -> Translation<'b> {
        let has_grammar = self.has_grammar_for(found.product.id);
        let code = (!has_grammar).then(|| found.product.code.clone());
        let accepts = |policy: &Policy| !has_grammar || policy.sku_forms.is_empty();
        Translation {
            product: Some(found.product),
            form: Some(Form::Plain),
            months,
            purpose: None,
            new_sku: code.clone(),
            legacy_sku: code,
            how: How::Exact,
            remark: if has_grammar { Remark::OnlyTheProduct } else { Remark::None },
            standing: Some(Standing::on(day, policies, accepts)),
            instead: None,
        }
    }

    fn as_it_is<'b>(&'b self, line: &Line<'b, '_>) -> Translation<'b> {
        let months = line.term.months;
        let standing = Standing::on(line.day, line.policies, |policy| match line.found.form {
            Form::Plain => true,
            Form::Legacy => accepts_legacy(policy, months),
            Form::New => accepts_new(policy, months),
        });
        let how = if line.found.form == Form::New { How::ByRule } else { How::Exact };
        Translation { how, ..self.termed(line, line.term, standing) }
    }

    /// So many months, each ordered as one SKU of one month.
    fn odd_term<'b>(&'b self, line: &Line<'b, '_>, months: TermMonths) -> Translation<'b> {
        let term = Term { months, ..line.term };
        let standing = Standing::on(line.day, line.policies, |policy| {
            line.found.form == Form::Legacy && accepts_multiples(policy, months)
        });
        Translation {
            how: How::ByRule,
            remark: Remark::OddTerm(months),
            ..self.termed(line, term, standing)
        }
    }

    fn termed<'b>(
        &'b self,
        line: &Line<'b, '_>,
        term: Term,
        standing: Standing,
    ) -> Translation<'b> {
        let policy = line.policies.at(line.day);
        let instead = if standing.is_orderable() {
            None
        } else {
            self.order_as(term.product_id, Some(term.months), term.purpose, policy)
        };
        Translation {
            product: Some(line.found.product),
            form: Some(line.found.form),
            months: Some(term.months),
            purpose: Some(term.purpose),
            new_sku: self.new_sku(term),
            legacy_sku: self.legacy_sku(term).map(str::to_owned),
            how: How::ByRule,
            remark: Remark::None,
            standing: Some(standing),
            instead,
        }
    }
}

/// A SKU that says its term, to be judged on a day.
struct Line<'b, 'p> {
    found: Found<'b>,
    term: Term,
    day: NaiveDate,
    policies: &'p PolicyTimeline,
}

/// A whole quote, line by line, judged on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslatedQuote<'b> {
    pub day: NaiveDate,
    pub lines: Vec<(QuoteLine, Translation<'b>)>,
}

impl<'b> TranslatedQuote<'b> {
    pub fn of(
        lines: Vec<QuoteLine>,
        day: NaiveDate,
        book: &'b SkuBook,
        policies: &PolicyTimeline,
    ) -> Self {
        let translated = lines.into_iter().map(|line| {
            let translation = book.translate(&line.sku, line.months, day, policies);
            (line, translation)
        });
        Self { day, lines: translated.collect() }
    }
}
