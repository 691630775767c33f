//! A schedule as a paper; and the files that a mail carries, the paper or, where it would be too
//! long, the lines as CSV. A schedule never changes, so each is the same file whenever it is made.

use diesel::prelude::*;

use super::export;
use super::lines::{Line, support_plans};
use super::model::Schedule;
use crate::auth::Program;
use crate::db::Conn;
use crate::db::schema::programs;
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::letter::Attachment;
use crate::mail::{Enclosed, Enclosure, Maker};
use crate::paper::{Column, MOST_ROWS, Paper, Party, Table};

/// The paper that goes with a mail.
pub const PDF: Maker = Maker { name: "schedule_pdf", make: enclosed_paper };
/// The lines that go with a mail about a schedule that is too long for a paper.
pub const CSV: Maker = Maker { name: "schedule_csv", make: enclosed_lines };

/// What goes with the mail about a schedule.
pub(super) fn enclosure(schedule: &Schedule, lines: &[Line]) -> Enclosure {
    let fits = rows_of(lines) <= MOST_ROWS;
    let (maker, ending) = if fits { (&PDF, "pdf") } else { (&CSV, "csv") };
    let file_name = format!("schedule-{}.{ending}", schedule.reference);
    Enclosure { maker, record: schedule.reference.clone(), file_name }
}

/// The rows that its paper would have.
fn rows_of(lines: &[Line]) -> usize {
    let beneath = lines.iter().filter(|line| !line.device(line.issued(), Locale::EnGb).is_empty());
    lines.len() + beneath.count()
}

fn enclosed_paper(enclosed: &Enclosed, conn: &mut Conn) -> Result<Attachment> {
    let (schedule, lines) = read(enclosed, conn)?;
    let slug: String =
        programs::table.find(schedule.program_id).select(programs::slug).first(conn)?;
    let program = Program::find_unscoped(&slug, conn)?;
    Ok(Attachment {
        name: enclosed.file_name.clone(),
        mime: "application/pdf".to_owned(),
        bytes: paper(&schedule, &lines, &program, enclosed.locale()).pdf()?,
    })
}

fn enclosed_lines(enclosed: &Enclosed, conn: &mut Conn) -> Result<Attachment> {
    let (schedule, lines) = read(enclosed, conn)?;
    Ok(Attachment {
        name: enclosed.file_name.clone(),
        mime: "text/csv; charset=utf-8".to_owned(),
        bytes: export::whole_file(&schedule, &lines)?,
    })
}

fn read(enclosed: &Enclosed, conn: &mut Conn) -> Result<(Schedule, Vec<Line>)> {
    let schedule = Schedule::find_unscoped(&enclosed.record, conn)?;
    let lines = Line::all(schedule.id, conn)?;
    Ok((schedule, lines))
}

/// The paper. Its dates are those of the day on which it was issued.
pub(super) fn paper(
    schedule: &Schedule,
    lines: &[Line],
    program: &Program,
    locale: Locale,
) -> Paper {
    let mut paper = Paper::new("Licence schedule", &schedule.reference, locale, schedule.issued_at)
        .subtitle(schedule.customer.clone())
        .author(program.name.clone())
        .colour(&program.colour);
    if let Some(distributor) = &schedule.distributor {
        paper = paper.party(Party::new("Distributor", distributor));
    }
    if !schedule.delivered_to.is_empty() {
        paper = paper.party(Party::new("Delivered to", &schedule.delivered_to));
    }
    paper = paper
        .party(Party::new("Reseller", &schedule.reseller))
        .party(Party::new("Customer", &schedule.customer).line(&schedule.country))
        .fact("Issued", locale.day(schedule.issued_on))
        .fact("Order", schedule.order_number.clone())
        .fact("Lines", locale.number(schedule.lines.into()));
    let plans = support_plans(lines);
    if !plans.is_empty() {
        paper = paper.fact("Support plan", plans.join(", "));
    }
    paper.table(table(lines, locale)).footer(format!(
        "Dates as of {}; later ones stand in the portal.",
        locale.day(schedule.issued_on)
    ))
}

fn table(lines: &[Line], locale: Locale) -> Table {
    let mut table = Table::new([
        Column::text("Description"),
        Column::short("SKU"),
        Column::short("Kind"),
        Column::short("Start"),
        Column::short("End"),
        Column::number("Quantity"),
    ]);
    let mut units = 0;
    for line in lines {
        let dates = line.issued();
        let (start, end) = line.term(dates, locale);
        units += i64::from(line.quantity);
        let row = table.row([
            line.product.clone(),
            line.sku.clone(),
            line.kind.label().to_owned(),
            start,
            end,
            format!("{} × {}", locale.number(line.quantity.into()), line.unit),
        ]);
        let device = line.device(dates, locale);
        if !device.is_empty() {
            let none = String::new;
            row.beneath([device, none(), none(), none(), none(), none()]);
        }
    }
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let label = match count {
        1 => "Units on 1 line".to_owned(),
        count => format!("Units on {} lines", locale.number(count)),
    };
    table.grand_total(label, [locale.number(units)]);
    table
}
