//! The mail: which licences of a partner began with their orders, and what is left of them.

use chrono::NaiveDate;

use crate::auth::Program;
use crate::calendar::add_days;
use crate::locale::Locale;
use crate::mail::Recipient;
use crate::mail_message;

/// Lines written out in one mail: mail readers cut long messages off.
pub(super) const WRITTEN_OUT: usize = 300;

/// A licence as the mail tells of it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub reference: String,
    pub customer: String,
    pub product: String,
    pub sku: String,
    pub quantity: i32,
    pub unit: String,
    pub processed_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub changed_on: NaiveDate,
    pub days_gone: i32,
    pub days_left: i32,
}

/// A partner is told of licences whose terms began with their orders when the policy changed.
pub(super) struct SetBackMail {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub customers: Vec<Customer>,
    /// `and 12 more licences`; empty where all are written out.
    pub more: String,
    pub report_path: String,
    pub lost_days_path: String,
}

mail_message!(
    SetBackMail,
    "licences.set_back",
    "mail/licences/set_back.subject.txt",
    "mail/licences/set_back.txt",
    "mail/licences/set_back.html",
);

pub(super) struct Customer {
    pub name: String,
    pub lines: Vec<Line>,
}

pub(super) struct Line {
    pub product: String,
    pub sku: String,
    pub quantity: String,
    /// `Began on 3 July 2023 and ends on 2 July 2024`
    pub term: String,
    /// `90 of 366 days gone, 276 left`
    pub cost: String,
    pub path: String,
}

impl SetBackMail {
    /// `lines` in the order of their customers.
    pub(super) fn new(program: &Program, to: &Recipient, lines: &[Told]) -> Self {
        let root = format!("/p/{}", program.slug);
        let (locale, count) = (to.locale, lines.len());
        let written = &lines[..count.min(WRITTEN_OUT)];
        Self {
            name: to.name.clone(),
            subject: subject(lines, locale),
            opening: opening(program, lines, locale),
            customers: written
                .chunk_by(|one, next| one.customer == next.customer)
                .map(|lines| Customer {
                    name: lines.first().map(|line| line.customer.clone()).unwrap_or_default(),
                    lines: lines.iter().map(|line| Line::of(line, locale, &root)).collect(),
                })
                .collect(),
            more: match count - written.len() {
                0 => String::new(),
                more => format!("and {}", licences(more, locale).replacen(' ', " more ", 1)),
            },
            report_path: format!("{root}/set-backs"),
            lost_days_path: format!("{root}/lost-days"),
        }
    }
}

fn subject(lines: &[Told], locale: Locale) -> String {
    match lines {
        [only] => format!(
            "{} of {} began on {}, with its order",
            only.product,
            only.customer,
            locale.day(only.processed_on)
        ),
        many => format!("{} began on the day of their orders", licences(many.len(), locale)),
    }
}

fn opening(program: &Program, lines: &[Told], locale: Locale) -> String {
    let Some(changed_on) = lines.iter().map(|line| line.changed_on).max() else {
        return String::new();
    };
    let (day, eve) = (locale.day(changed_on), locale.day(add_days(changed_on, -1)));
    let gone: i64 = lines.iter().map(|line| i64::from(line.days_gone)).sum();
    let (of_them, their, were) = match lines.len() {
        1 => ("One licence of yours", "its term began on the day its order was processed", "was"),
        _ => (
            &*format!("{} of yours", licences(lines.len(), locale)),
            "their terms began on the days their orders were processed",
            "were",
        ),
    };
    let days = if gone == 1 { "1 day".to_owned() } else { format!("{} days", locale.number(gone)) };
    let over = lines.iter().filter(|line| line.days_left == 0).count();
    let over = match over {
        0 => String::new(),
        _ => format!(" {} had no day left.", licences(over, locale)),
    };
    format!(
        "Since {day} a term in the program {} starts when the order is processed, activated or not. \
         {of_them} {were} not activated by {eve}, so that {their}. {days} of service had gone unused \
         by then.{over}",
        program.name
    )
}

fn licences(count: usize, locale: Locale) -> String {
    match count {
        1 => "1 licence".to_owned(),
        _ => format!("{} licences", locale.number(i64::try_from(count).unwrap_or(i64::MAX))),
    }
}

impl Line {
    fn of(line: &Told, locale: Locale, root: &str) -> Self {
        let (gone, left) = (i64::from(line.days_gone), i64::from(line.days_left));
        let began = locale.day(line.processed_on);
        let verb = if left == 0 { "ended" } else { "ends" };
        Self {
            product: line.product.clone(),
            sku: line.sku.clone(),
            quantity: format!("{} × {}", locale.number(line.quantity.into()), line.unit),
            term: match line.ends_on {
                Some(end) => format!("Began on {began} and {verb} on {}", locale.day(end)),
                None => format!("Began on {began}"),
            },
            cost: format!(
                "{} of {} days gone, {} left",
                locale.number(gone),
                locale.number(gone + left),
                locale.number(left)
            ),
            path: format!("{root}/licences/{}", line.reference),
        }
    }
}
