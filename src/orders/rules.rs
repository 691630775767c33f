//! Whether a line can be ordered under its SKU (docs/domain.md, sections 2 and 4). Pure: nothing here
//! reads a clock or a database.
//!
//! The form of a SKU is judged on the day on which the order was released; the rule of odd terms is
//! judged again on the day on which it is processed.

use chrono::NaiveDate;

use crate::calendar::TermMonths;
use crate::catalogue::{OrderAs, Purpose, Remark, SkuBook, Standing, Translation};
use crate::licences::rules::LineKind;
use crate::programs::pack::PolicyTimeline;

/// A line, as far as its SKU is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordered<'a> {
    pub sku: &'a str,
    pub product_id: i64,
    pub months: Option<TermMonths>,
    pub kind: LineKind,
}

/// The days that count, in the program's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub released_on: NaiveDate,
    pub processed_on: NaiveDate,
}

/// Why a line is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// A sentence, or several.
    pub why: String,
    /// The SKU under which it can be ordered instead; empty where there is none.
    pub instead_sku: String,
}

/// Why a line cannot be ordered under its SKU; nothing where it can.
pub fn refusal_of_sku(
    line: Ordered<'_>,
    days: Days,
    book: &SkuBook,
    policies: &PolicyTimeline,
) -> Option<Refused> {
    let why = why_not(line, days, book, policies)?;
    let policy = policies.at(days.processed_on);
    let instead = book
        .sku_for(line.product_id, line.months, purpose_of(line.kind), policy)
        .filter(|sku| sku != line.sku);
    let why = match &instead {
        Some(sku) => format!("{why} Order {sku} instead."),
        None => why,
    };
    Some(Refused { why, instead_sku: instead.unwrap_or_default() })
}

/// Only a renewal is ordered under the SKU of one.
fn purpose_of(kind: LineKind) -> Purpose {
    match kind {
        LineKind::Renewal => Purpose::Renewal,
        _ => Purpose::New,
    }
}

fn why_not(
    line: Ordered<'_>,
    days: Days,
    book: &SkuBook,
    policies: &PolicyTimeline,
) -> Option<String> {
    let (times, sku) = OrderAs::read(line.sku);
    if times > 1 && line.months.is_none_or(|months| months.get() != times) {
        let says = line.months.map_or("no term".to_owned(), |months| format!("{months} months"));
        return Some(format!("{} is for {times} months, and the line says {says}.", line.sku));
    }
    let translation = book.translate(sku, line.months, days.released_on, policies);
    let Some(found) = translation.product else {
        return Some(format!("{sku} is no SKU of the catalogue."));
    };
    if let Some(other) = book.product(line.product_id).filter(|one| one.id != found.id) {
        return Some(format!("{sku} is of {}, and the line is of {}.", found.name, other.name));
    }
    if let Some(purpose) = translation.purpose.filter(|one| *one != purpose_of(line.kind)) {
        let says = match purpose {
            Purpose::New => "new",
            Purpose::Renewal => "a renewal",
        };
        let kind = line.kind.label().to_lowercase();
        return Some(format!("{sku} says {says}, and the line says {kind}."));
    }
    match translation.remark {
        Remark::OtherTerm { sku: of_sku, line } => {
            Some(format!("{sku} is for {of_sku} months, and the line says {line}."))
        }
        // What nobody pays for needs no SKU that says a price.
        Remark::OnlyTheProduct if matches!(line.kind, LineKind::Trial | LineKind::Nfr) => None,
        Remark::OnlyTheProduct if !is_orderable(&translation) => Some(format!(
            "{sku} is the code of {}: its SKUs also say the term and new or renewal.",
            found.name
        )),
        Remark::OddTerm(months) => {
            odd_term(Ordered { sku, ..line }, months, &translation, days, book, policies)
        }
        _ => standing(sku, &translation, "released", days.released_on),
    }
}

fn is_orderable(translation: &Translation<'_>) -> bool {
    translation.standing.is_none_or(Standing::is_orderable)
}

/// So many times the SKU of one month: judged when it was released, and again today.
fn odd_term(
    line: Ordered<'_>,
    months: TermMonths,
    at_release: &Translation<'_>,
    days: Days,
    book: &SkuBook,
    policies: &PolicyTimeline,
) -> Option<String> {
    let ordered = OrderAs { sku: line.sku.to_owned(), times: months.get() }.to_string();
    let at_processing = book.translate(line.sku, line.months, days.processed_on, policies);
    standing(&ordered, at_release, "released", days.released_on)
        .or_else(|| standing(&ordered, &at_processing, "processed", days.processed_on))
}

/// Why something cannot be ordered on a day; nothing where it can.
fn standing(
    ordered: &str,
    translation: &Translation<'_>,
    what_happened: &str,
    day: NaiveDate,
) -> Option<String> {
    let Some(Standing::NotOrderable { ended, begins }) = translation.standing else {
        return None;
    };
    let until = ended.map(|day| format!("until {day}"));
    let from = begins.map(|day| format!("from {day} on"));
    let when: Vec<String> = until.into_iter().chain(from).collect();
    Some(match when.is_empty() {
        true => format!("{ordered} cannot be ordered."),
        false => format!(
            "{ordered} can be ordered {} only; the order was {what_happened} on {day}.",
            when.join(", and ")
        ),
    })
}
