//! What the page of the translator shows.

use askama::Template;

use super::book::{Form, SkuBook};
use super::forms::{QuoteForm, Refused, SkuQuery};
use super::priced::PriceTags;
use super::quote::{MOST_LINES, QuoteLine};
use super::sku::{DecodedPart, Says};
use super::standing::Standing;
use super::translation::{Remark, TranslatedQuote, Translation};
use crate::auth::{Part, Scope};
use crate::locale::Locale;
use crate::programs::pack::Purpose;
use crate::web::{Frame, Visit};

/// Faults of a quote that a page names.
const FAULTS_SHOWN: usize = 50;

/// Where the lines of a quote become a pricing inquiry.
const INQUIRIES: &str = "/inquiries/new";

#[derive(Template)]
#[template(path = "catalogue/skus.html")]
pub(super) struct SkusPage {
    frame: Frame,
    path: String,
    csv_path: String,
    one: SkuQuery,
    typed: QuoteForm,
    today: String,
    /// A SKU to try; nothing where the program's codes are plain.
    example: Option<String>,
    example_href: String,
    pub refused: Refused,
    pub explained: Option<Explained>,
    pub table: Option<Table>,
}

impl SkusPage {
    pub(super) fn new(
        visit: &Visit,
        scope: &Scope,
        book: &SkuBook,
        one: SkuQuery,
        typed: QuoteForm,
    ) -> Self {
        let path = scope.path("/skus");
        let example = book.example();
        Self {
            frame: visit.frame(scope),
            csv_path: scope.path("/skus.csv"),
            example_href: example
                .as_ref()
                .map(|sku| format!("{path}?sku={sku}"))
                .unwrap_or_default(),
            today: scope.today().to_string(),
            path,
            one,
            typed,
            example,
            refused: Refused::default(),
            explained: None,
            table: None,
        }
    }

    fn most_lines(&self) -> usize {
        MOST_LINES
    }

    fn one_day(&self) -> &str {
        if self.one.on.is_empty() { &self.today } else { &self.one.on }
    }

    fn quote_day(&self) -> &str {
        if self.typed.day.is_empty() { &self.today } else { &self.typed.day }
    }

    fn faults(&self) -> &[crate::sheet::Fault] {
        let faults = &self.refused.faults;
        &faults[..faults.len().min(FAULTS_SHOWN)]
    }

    fn more_faults(&self) -> usize {
        self.refused.faults.len().saturating_sub(FAULTS_SHOWN)
    }
}

/// One SKU explained.
pub(super) struct Explained {
    pub sku: String,
    pub day: String,
    pub row: Row,
    pub form: &'static str,
    /// What is taken apart below: the SKU itself, or the newer one of an older SKU.
    pub taken_apart: String,
    pub letters: Vec<Letters>,
}

/// One part of a SKU as a line of the table.
pub(super) struct Letters {
    /// `7–8`.
    pub place: String,
    pub letters: String,
    pub name: String,
    pub says: String,
    pub is_known: bool,
}

impl Explained {
    /// Explains the one line of a quote.
    pub(super) fn of(
        quote: &TranslatedQuote<'_>,
        book: &SkuBook,
        prices: &PriceTags,
        scope: &Scope,
    ) -> Option<Self> {
        let (line, found) = quote.lines.first()?;
        let locale = scope.actor().locale;
        let form = match found.form {
            None => "Not in the catalogue",
            Some(Form::Plain) => "A product's code",
            Some(Form::Legacy) => "Legacy",
            Some(Form::New) => "New",
        };
        let taken_apart = match (found.form, &found.new_sku) {
            (Some(Form::Legacy), Some(new)) => new.clone(),
            (Some(Form::Plain), _) => String::new(),
            _ => line.sku.clone(),
        };
        Some(Self {
            sku: line.sku.clone(),
            day: locale.day(quote.day),
            row: Row::of(line, found, prices, locale),
            form,
            letters: if taken_apart.is_empty() { Vec::new() } else { letters(&taken_apart, book) },
            taken_apart,
        })
    }
}

fn letters(sku: &str, book: &SkuBook) -> Vec<Letters> {
    let Some(grammar) = book.grammar() else {
        return Vec::new();
    };
    let decoded = grammar.decode(sku);
    let mut lines: Vec<Letters> =
        decoded.parts.iter().map(|part| Letters::of(part, book)).collect();
    if !decoded.beyond.is_empty() {
        lines.push(Letters {
            place: format!("{}…", grammar.length() + 1),
            letters: decoded.beyond,
            name: "Behind the last letter".to_owned(),
            says: "Not known: a SKU ends before".to_owned(),
            is_known: false,
        });
    }
    lines
}

impl Letters {
    fn of(part: &DecodedPart, book: &SkuBook) -> Self {
        let last = part.position + part.length - 1;
        let says = match &part.says {
            Says::Product(id) => {
                book.product(*id).map(|one| format!("{} ({})", one.name, one.code))
            }
            Says::Months(months) => Some(term(months.get())),
            Says::Purpose(purpose) => Some(label(*purpose).to_owned()),
            Says::Words(words) => Some(words.clone()),
            Says::NotKnown => None,
        };
        let is_known = says.is_some();
        let missing = if part.letters.is_empty() { "Missing" } else { "Not known" };
        Self {
            place: if part.length == 1 {
                part.position.to_string()
            } else {
                format!("{}–{last}", part.position)
            },
            letters: part.letters.clone(),
            name: part.name.clone(),
            says: says.unwrap_or_else(|| missing.to_owned()),
            is_known,
        }
    }
}

/// A quote, translated.
pub(super) struct Table {
    pub day: String,
    pub rows: Vec<Row>,
    pub orderable: usize,
    pub not_orderable: usize,
    pub not_found: usize,
    /// Whether there is a price list to read prices from.
    pub has_prices: bool,
    pub inquiry: Option<Inquiry>,
}

/// The form that makes a pricing inquiry of a quote: its lines, as that page reads them.
pub(super) struct Inquiry {
    pub path: String,
    pub lines: Vec<String>,
    /// Lines that nobody can inquire about: it is not known what they mean.
    pub left_out: usize,
}

impl Table {
    pub(super) fn of(quote: &TranslatedQuote<'_>, prices: &PriceTags, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let count = |wanted: fn(&Translation<'_>) -> bool| {
            quote.lines.iter().filter(|(_, one)| wanted(one)).count()
        };
        Self {
            day: locale.day(quote.day),
            rows: quote
                .lines
                .iter()
                .map(|(line, one)| Row::of(line, one, prices, locale))
                .collect(),
            has_prices: prices.are_known(),
            orderable: count(|one| one.standing.is_some_and(Standing::is_orderable)),
            not_orderable: count(|one| one.product.is_some())
                - count(|one| one.standing.is_some_and(Standing::is_orderable)),
            not_found: count(|one| one.product.is_none()),
            inquiry: (scope.part() == Some(Part::Partner))
                .then(|| Inquiry::of(quote, scope.path(INQUIRIES))),
        }
    }
}

impl Inquiry {
    fn of(quote: &TranslatedQuote<'_>, path: String) -> Self {
        let lines: Vec<String> =
            quote.lines.iter().filter_map(|(line, one)| inquiry_line(line, one)).collect();
        Self { path, left_out: quote.lines.len() - lines.len(), lines }
    }
}

/// `CODE:QUANTITY:MONTHS:KIND`.
fn inquiry_line(line: &QuoteLine, found: &Translation<'_>) -> Option<String> {
    let product = found.product?;
    if matches!(found.remark, Remark::OtherTerm { .. } | Remark::OnlyTheProduct) {
        return None;
    }
    let months = found.months.map(|months| months.to_string()).unwrap_or_default();
    let kind = found.purpose.unwrap_or(Purpose::New);
    Some(format!("{}:{}:{months}:{kind}", product.code, line.quantity))
}

/// One line of the quote with what was found.
pub(super) struct Row {
    pub number: u64,
    pub sku: String,
    pub quantity: String,
    pub product: String,
    /// Term and purpose; may be empty.
    pub term: String,
    pub new_sku: String,
    pub legacy_sku: String,
    pub found: &'static str,
    pub tone: &'static str,
    pub status: &'static str,
    /// From or until when; may be empty.
    pub since: String,
    pub instead: String,
    /// All units together, and one of them; empty where there is no price.
    pub total: String,
    pub unit_price: String,
    pub remark: String,
}

impl Row {
    fn of(line: &QuoteLine, found: &Translation<'_>, prices: &PriceTags, locale: Locale) -> Self {
        let tag = prices.tag(line, found);
        let (tone, status) = match found.standing {
            Some(Standing::Orderable { .. }) => ("good", "Orderable"),
            Some(Standing::NotOrderable { .. }) => ("bad", "Not orderable"),
            None if found.product.is_none() => ("plain", "Not in the catalogue"),
            None => ("warn", "Unclear"),
        };
        let term = [
            found.months.map(|months| term(months.get())),
            found.purpose.map(|purpose| label(purpose).to_lowercase()),
        ];
        let mut remark = found.remark.sentence();
        if found.product.is_some() && found.months.is_some() && found.legacy_sku.is_none() {
            let no_legacy = "There is no legacy SKU for this term.";
            remark = if remark.is_empty() { no_legacy.to_owned() } else { remark };
        }
        Self {
            number: line.number,
            sku: line.sku.clone(),
            quantity: locale.number(line.quantity.into()),
            product: found.product.map(|one| one.name.clone()).unwrap_or_default(),
            term: term.into_iter().flatten().collect::<Vec<_>>().join(", "),
            new_sku: found.new_sku.clone().unwrap_or_default(),
            legacy_sku: found.legacy_sku.clone().unwrap_or_default(),
            found: found.how.label(),
            tone,
            status,
            since: found.standing.map(|standing| since(standing, locale)).unwrap_or_default(),
            instead: found.instead.as_ref().map(ToString::to_string).unwrap_or_default(),
            total: tag.map(|tag| tag.total.show(locale)).unwrap_or_default(),
            unit_price: tag.map(|tag| tag.unit.show(locale)).unwrap_or_default(),
            remark,
        }
    }
}

fn since(standing: Standing, locale: Locale) -> String {
    let day = |day| locale.short_day(day);
    match standing {
        Standing::Orderable { since: None, until: None } => String::new(),
        Standing::Orderable { since: Some(from), until: None } => format!("since {}", day(from)),
        Standing::Orderable { since: None, until: Some(last) } => format!("until {}", day(last)),
        Standing::Orderable { since: Some(from), until: Some(last) } => {
            format!("{} to {}", day(from), day(last))
        }
        Standing::NotOrderable { ended: None, begins: None } => String::new(),
        Standing::NotOrderable { ended: None, begins: Some(from) } => format!("from {}", day(from)),
        Standing::NotOrderable { ended: Some(last), begins: None } => {
            format!("it was until {}", day(last))
        }
        Standing::NotOrderable { ended: Some(last), begins: Some(from) } => {
            format!("it was until {}, and is again from {}", day(last), day(from))
        }
    }
}

fn term(months: u8) -> String {
    if months == 1 { "1 month".to_owned() } else { format!("{months} months") }
}

fn label(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::New => "New",
        Purpose::Renewal => "Renewal",
    }
}
