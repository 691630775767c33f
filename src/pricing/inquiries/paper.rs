//! An inquiry as a paper: recommended prices only.

use super::model::{Inquiry, InquiryLine};
use super::submission::currency_of;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::error::Result;
use crate::money::Money;
use crate::paper::{Column, Paper, Party, Table};

/// The paper of an inquiry that was sent, in its reader's way of writing.
pub(super) fn paper_of(
    scope: &Scope,
    inquiry: &Inquiry,
    lines: &[InquiryLine],
    now: Instant,
) -> Result<Paper> {
    let (locale, program) = (scope.actor().locale, scope.program());
    let currency = currency_of(inquiry)?;
    let show = |minor: Option<i64>| {
        minor.map(|minor| Money::new(minor, currency).show(locale)).unwrap_or_default()
    };
    let mut table = Table::new([
        Column::text("Product").weight(3),
        Column::short("Quantity"),
        Column::short("Term"),
        Column::number("MSRP of one"),
        Column::number("MSRP"),
    ]);
    for line in lines {
        let term = line.months.map(|months| format!("{months} months")).unwrap_or_default();
        let row = table.row([
            line.product.name.clone(),
            format!("{} × {}", locale.number(line.quantity.into()), line.product.unit),
            term,
            show(line.unit_minor),
            show(line.msrp_minor),
        ]);
        let about = match &line.base.reference {
            Some(base) => format!("{} · {} of {base}", line.sku, line.kind.label()),
            None => line.sku.clone(),
        };
        row.beneath([about, String::new(), String::new(), String::new(), String::new()]);
    }
    table.grand_total("Together", [show(inquiry.msrp_minor)]);
    let submitted = inquiry.submitted_at.unwrap_or(inquiry.created_at);
    let asked = inquiry.quoter.clone().unwrap_or_default();
    let customer = Party::new("For", &inquiry.customer_name).line(inquiry.customer_country.clone());
    let mut paper = Paper::new("Pricing inquiry", &inquiry.reference, locale, now)
        .subtitle(inquiry.customer_name.clone())
        .author(program.name.clone())
        .colour(&program.colour)
        .party(Party::new("From", &inquiry.reseller))
        .party(Party::new("To", asked))
        .party(customer)
        .fact("Sent", locale.day(program.day_of(submitted)))
        .fact("Status", inquiry.status.label());
    if let Some(day) = inquiry.wanted_on {
        paper = paper.fact("Wanted by", locale.day(day));
    }
    if !inquiry.promotion_codes.is_empty() {
        paper = paper.fact("Promotion codes", inquiry.promotion_codes.clone());
    }
    paper = paper.table(table);
    if !inquiry.note.is_empty() {
        paper = paper.heading("Note").paragraph(inquiry.note.clone());
    }
    Ok(paper.footer(
        "Prices are the vendor's recommended prices (MSRP). They are no offer; the quote is.",
    ))
}
