//! Signed-in pages of the portal beside their floor: a bare actix-web, diesel and askama program
//! that asks the database the same questions and answers with the same bytes, nothing else.
//!
//! `cargo bench --bench pages -- --data DIR --program SLUG [--clients 8] [--seconds 2] [--rounds 5]`
//!
//! `DIR` is a folder that `portal generate` has filled (`scripts/bench` does all of it), or
//! `--database-url` names the database. What the floor does is learned, not written: one look at
//! each page through the portal's own statement observer gives the statements with their values,
//! and the page itself, cut where those values stand in it. So the floor never lags behind a page.
//! Both are processes of their own, of the same profile, with as many connections, and take turns.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on says why")]

mod arguments;
mod floor;
mod learned;
mod load;
mod process;
mod standing;
mod statement;
mod visitors;

use std::process::ExitCode;

use arguments::Arguments;
use learned::Learned;
use load::Measured;
use process::Served;

/// The least share of the floor's requests a second that is good, the longest wait of the slowest
/// hundredth, and the most CPU that a page may cost.
const LEAST_SHARE: f64 = 0.6;
const LONGEST_P99_MS: f64 = 10.0;
const MOST_CPU_MS: f64 = 1.0;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let Some(place) = words.iter().position(|word| word == "floor") {
        floor::serve(&words[place + 1]);
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::read(&words);
    let answers_soon = standing::measure(&arguments);
    let pages = learned::learn(&arguments);
    let (portal, began) = Served::portal(&arguments);
    let (floor, pages) = Served::floor(&arguments, pages);
    println!("start to first page: {:.0} ms", began.as_secs_f64() * 1e3);
    println!(
        "{} clients, {} rounds of {} s each, uncompressed",
        arguments.clients, arguments.rounds, arguments.seconds
    );
    println!(
        "{:<22} {:>4} {:>7}  {:>8} {:>8} {:>6}  {:>7} {:>7}  {:>7} {:>7}  {:>7}",
        "page",
        "rows",
        "bytes",
        "portal/s",
        "floor/s",
        "share",
        "p50 ms",
        "p99 ms",
        "cpu ms",
        "floor",
        "p99 flr"
    );
    let good = pages.iter().filter(|page| measure(page, &portal, &floor, &arguments)).count();
    println!("memory of the portal while serving: {:.0} MB at most", portal.memory_mb());
    if good < pages.len() {
        println!(
            "{} of {} pages miss a bar: {LEAST_SHARE} of the floor, p99 {LONGEST_P99_MS} ms, \
             {MOST_CPU_MS} ms CPU",
            pages.len() - good,
            pages.len()
        );
        return ExitCode::FAILURE;
    }
    if answers_soon { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Lets both serve the page in turns and prints what came of it; whether it is good enough.
fn measure(page: &Learned, portal: &Served, floor: &Served, arguments: &Arguments) -> bool {
    floor.must_answer_like(page);
    for served in [portal, floor] {
        load::run(served, page, arguments.clients, 0.5);
    }
    let (mut ours, mut theirs) = (Measured::default(), Measured::default());
    let mut shares = Vec::new();
    for round in 0..arguments.rounds {
        let turn = |served: &Served| load::run(served, page, arguments.clients, arguments.seconds);
        // Who goes first changes, so that nobody always has the colder machine.
        let (own, bare) = if round % 2 == 0 {
            let own = turn(portal);
            (own, turn(floor))
        } else {
            let bare = turn(floor);
            (turn(portal), bare)
        };
        shares.push(own.rate() / bare.rate());
        ours.add(own);
        theirs.add(bare);
    }
    shares.sort_by(f64::total_cmp);
    let share = shares[shares.len() / 2];
    println!(
        "{:<22} {:>4} {:>7}  {:>8.0} {:>8.0} {:>6.2}  {:>7.2} {:>7.2}  {:>7.3} {:>7.3}  {:>7.2}",
        page.name,
        page.rows(),
        page.body.len(),
        ours.rate(),
        theirs.rate(),
        share,
        ours.wait_ms(50),
        ours.wait_ms(99),
        ours.cpu_ms(),
        theirs.cpu_ms(),
        theirs.wait_ms(99)
    );
    share >= LEAST_SHARE && ours.wait_ms(99) < LONGEST_P99_MS && ours.cpu_ms() <= MOST_CPU_MS
}
