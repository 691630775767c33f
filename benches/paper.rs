//! The longest paper that is made: 10,000 rows of six columns under 100 headings, names of 60
//! characters. Prints how long it takes, how large it is, and the most memory the process held.
//!
//! `cargo bench --bench paper [-- FILE]`; with a file, the last one is written there.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to print")]

use std::time::Instant as Stopwatch;

use chrono::NaiveDate;
use portal::clock::Instant;
use portal::locale::Locale;
use portal::paper::{Column, MOST_ROWS, Paper, Table};

const TIMES: usize = 5;

fn main() {
    let file = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    println!("before: {} MB resident", kilobytes("VmRSS:") / 1024);
    let mut last = Vec::new();
    for time in 1..=TIMES {
        let began = Stopwatch::now();
        let paper = schedule();
        let built = began.elapsed();
        last = paper.pdf().unwrap();
        println!(
            "{time}: {MOST_ROWS} rows in {:.2?}, {built:.2?} of it to fill the table; {} kB",
            began.elapsed(),
            last.len() / 1024
        );
    }
    println!("at most: {} MB resident", kilobytes("VmHWM:") / 1024);
    if let Some(file) = file {
        std::fs::write(file, last).unwrap();
    }
}

fn schedule() -> Paper {
    let columns = [
        Column::text("Customer").weight(3),
        Column::text("Product").weight(2),
        Column::short("Licence"),
        Column::short("Ends on"),
        Column::number("Seats"),
        Column::number("Amount"),
    ];
    let locale = Locale::EnGb;
    let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    let mut table = Table::new(columns);
    for row in 0..MOST_ROWS {
        if row % 100 == 0 {
            table.group(format!("Group {}", row / 100 + 1));
        }
        let number = i64::try_from(row).unwrap();
        table.row([
            format!(
                "Société d\u{2019}Électricité et d\u{2019}Éclairage de Liège-Guillemins, {row:05}"
            ),
            "Endpoint protection with detection and response".to_owned(),
            format!("L-7K3QF-{row:05}"),
            locale.short_day(day),
            locale.number(number * 37 % 2_000),
            format!("{}.00", locale.number(number * 7_919 % 100_000)),
        ]);
    }
    table.grand_total("All licences", ["1,234,567", "98,765,432.00"]);
    Paper::new("Licence schedule", "R-7K3QF-9M2XT", locale, Instant::noon(day))
        .author("A partner program")
        .table(table)
}

/// A line of the process's own account.
fn kilobytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
