//! The mail that brings a schedule.

use super::lines::Line;
use super::model::Schedule;
use super::print;
use crate::auth::Program;
use crate::locale::Locale;
use crate::mail::{Enclosure, Recipient};
use crate::mail_message;

/// Lines that the mail itself tells; all of them are in the file.
const MOST_LINES: usize = 10;

/// A schedule was issued.
pub(super) struct ScheduleIssued {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub lines: Vec<LineTold>,
    /// How many more there are, in words; empty where all are told.
    pub more: String,
    pub attached: &'static str,
    pub path: String,
    enclosure: Enclosure,
}

pub(super) struct LineTold {
    pub product: String,
    pub kind: &'static str,
    pub quantity: String,
    pub term: String,
    /// Serial number and warranty; may be empty.
    pub device: String,
}

mail_message!(
    ScheduleIssued,
    "schedules.issued",
    "mail/schedules/issued.subject.txt",
    "mail/schedules/issued.txt",
    "mail/schedules/issued.html",
    encloses enclosures,
);

impl ScheduleIssued {
    pub(super) fn new(
        program: &Program,
        schedule: &Schedule,
        lines: &[Line],
        to: &Recipient,
    ) -> Self {
        let locale = to.locale;
        let customer = &schedule.customer;
        let enclosure = print::enclosure(schedule, lines);
        let more = i64::try_from(lines.len().saturating_sub(MOST_LINES)).unwrap_or(i64::MAX);
        Self {
            name: to.name.clone(),
            subject: format!("Licence schedule {} for {customer}", schedule.reference),
            opening: format!(
                "The order {} for {customer} was processed on {}.",
                schedule.order_number,
                locale.day(schedule.issued_on),
            ),
            lines: lines.iter().take(MOST_LINES).map(|line| LineTold::of(line, locale)).collect(),
            more: match more {
                0 => String::new(),
                1 => "1 more line".to_owned(),
                more => format!("{} more lines", locale.number(more)),
            },
            attached: if enclosure.maker == &print::PDF {
                "The licence schedule is attached as a PDF."
            } else {
                "The licence schedule is too long for a PDF; its lines are attached as a CSV file."
            },
            path: format!("/p/{}/schedules/{}", program.slug, schedule.reference),
            enclosure,
        }
    }

    fn enclosures(&self) -> Vec<Enclosure> {
        vec![self.enclosure.clone()]
    }
}

impl LineTold {
    fn of(line: &Line, locale: Locale) -> Self {
        let dates = line.issued();
        Self {
            product: line.product.clone(),
            kind: line.kind.label(),
            quantity: format!("{} × {}", locale.number(line.quantity.into()), line.unit),
            term: line.period(dates, locale),
            device: line.device(dates, locale),
        }
    }
}
