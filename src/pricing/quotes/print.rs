//! A quote as a paper and as a file.

use iso_currency::Currency;

use super::lines::QuoteLine;
use super::model::{Quote, Revision, Viewer};
use super::pages::standing;
use super::pages::waterfall::{ShownLine, Wording};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::money::Money;
use crate::paper::{Column, Paper, Party, Table};
use crate::web::downloads::Csv;

/// A revision that was sent, with its lines, as far as somebody may know them.
pub(super) struct Sent {
    pub quote: Quote,
    pub revision: Revision,
    pub lines: Vec<QuoteLine>,
}

const LINE_HEADS: [&str; 15] = [
    "line",
    "sku",
    "product",
    "name",
    "kind",
    "licence",
    "quantity",
    "unit",
    "months",
    "unit_msrp",
    "msrp",
    "level",
    "percent",
    "amount",
    "currency",
];

impl Sent {
    /// Two queries. A draft has no paper: its prices are nobody's yet.
    pub(super) fn read(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let quote = Quote::find_for(scope, reference, conn)?;
        let why = "Send the quote first: its prices are fixed then.";
        let revision = quote.sent().cloned().ok_or_else(|| Error::conflict(why))?;
        let mut lines = QuoteLine::of(&[revision.id], quote.viewer, conn)?;
        let lines = lines.remove(&revision.id).unwrap_or_default();
        Ok(Self { quote, revision, lines })
    }

    /// The quote itself: what each line costs, and why. Made as of its sending, so that a paper that
    /// says the same is the same file whenever it is made.
    pub(super) fn paper(&self, scope: &Scope) -> Paper {
        let (row, locale) = (&self.quote.row, scope.actor().locale);
        let words = Wording {
            currency: &row.currency,
            locale,
            by_vendor: self.quote.is_by_vendor(scope.program().vendor_id),
        };
        let net_label = self.quote.viewer.net_label();
        let mut table = Table::new([Column::text("Line").weight(3), Column::number("Price")]);
        for line in words.lines(&self.lines) {
            write_line(&mut table, &line, net_label);
        }
        let msrp = self.revision.msrp_minor;
        table.total("Recommended price", [words.amount(msrp)]);
        if let Some(net) = self.revision.net_for(self.quote.viewer) {
            table.total("Taken off", [format!("\u{2212}{}", words.amount(msrp - net))]);
            table.grand_total(net_label, [words.amount(net)]);
        }
        let customer = Party::new("Customer", &row.customer_name).line(&row.customer_country);
        let made = self.revision.sent_at.unwrap_or(self.revision.priced_at);
        let mut paper = Paper::new("Quote", &row.reference, locale, made)
            .subtitle(row.customer_name.clone())
            .author(row.quoter.clone())
            .colour(&scope.program().colour)
            .party(Party::new("From", &row.quoter))
            .party(Party::new("To", &row.reseller))
            .party(customer)
            .fact("Revision", self.revision.number.to_string())
            .fact("Status", standing(row, scope).label())
            .fact("Can be accepted until", locale.day(self.revision.last_day(scope.program())));
        if let Some(sent) = self.revision.sent_at {
            paper = paper.fact("Sent", locale.day(scope.program().day_of(sent)));
        }
        if let Some(inquiry) = &row.inquiry {
            paper = paper.fact("Inquiry", inquiry.clone());
        }
        paper = paper.table(table);
        if !self.revision.note.is_empty() {
            paper = paper.heading("Note").paragraph(self.revision.note.clone());
        }
        paper.footer(match self.quote.viewer {
            Viewer::Vendor => {
                "Recommended prices and approved levels; the reseller's price is not."
            }
            _ => "Accepted in the portal, it is ordered at exactly these prices.",
        })
    }

    /// A row for each step of a line's price: what is recommended, what each level takes off, and
    /// what is left. Amounts are never below zero, so that no spreadsheet takes one for a formula.
    pub(super) fn file(&self) -> Result<Csv> {
        let code = &self.quote.row.currency;
        let currency = Currency::from_code(code)
            .ok_or_else(|| Error::internal(format!("{code} is no currency")))?;
        let plain = |minor: i64| Money::new(minor, currency).plain();
        let mut csv = Csv::with_heads(&LINE_HEADS)?;
        for line in &self.lines {
            let mut row = |level: &str, percent: String, minor: i64| {
                csv.row([
                    line.position.to_string(),
                    line.sku.clone(),
                    line.product_code.clone(),
                    line.product.clone(),
                    line.kind.to_string(),
                    line.base.clone().unwrap_or_default(),
                    line.quantity.to_string(),
                    line.unit.clone(),
                    line.months.map(|months| months.to_string()).unwrap_or_default(),
                    plain(line.unit_minor),
                    plain(line.msrp_minor),
                    level.to_owned(),
                    percent,
                    plain(minor),
                    code.clone(),
                ])
            };
            row("msrp", String::new(), line.msrp_minor)?;
            for step in &line.steps {
                let level = step.level.kind.to_string();
                row(&level, step.level.percent.plain(), step.amount_minor)?;
            }
            row("net", String::new(), line.net_minor)?;
        }
        Ok(csv)
    }
}

fn write_line(table: &mut Table, line: &ShownLine, net_label: &str) {
    let base = if line.base.is_empty() { String::new() } else { format!(" of {}", line.base) };
    let row = table.row([format!("{}. {}", line.position, line.product), line.msrp.clone()]);
    row.beneath([format!("{} · {} · {}{base}", line.sku, line.what, line.kind), String::new()]);
    for step in &line.steps {
        let about = format!("{} {} · {}", step.label, step.percent, step.rule);
        row.beneath([about, step.amount.clone()]);
    }
    if !line.steps.is_empty() {
        row.beneath([net_label.to_owned(), line.net.clone()]);
    }
}
