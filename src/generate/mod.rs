//! Synthetic data of any size: partners with their people, customers, orders and licences, inquiries
//! and the quotes that answer them, leads and registered deals, all of which belong together, for trying
//! the portal at the size that it will have.
//!
//! Rows go in partner by partner, so that what one partner's pages read lies together, and in
//! batches, so that a portal that serves meanwhile never waits long.

mod deals;
mod inquiries;
mod leads;
mod licences;
mod market;
mod partners;
mod quotes;
mod words;

use std::ops::Range;

use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

use crate::audit::{self, Action, By, Change, Subject};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::reference;

use market::Market;
use partners::Seller;

const GENERATED: Action =
    Action::new("program.generated", "filled the program with synthetic data");

/// What can happen to a program here.
pub(crate) const ACTIONS: &[&Action] = &[&GENERATED];

/// How much of each.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub partners: usize,
    pub customers: usize,
    pub licences: usize,
    pub inquiries: usize,
    pub leads: usize,
    pub deals: usize,
}

/// Fills a program. `progress` is told how many licences are in, after each batch.
pub fn fill(
    slug: &str,
    size: Size,
    seed: u64,
    now: Instant,
    db: &Db,
    mut progress: impl FnMut(usize),
) -> Result<()> {
    check(size)?;
    let mut market = db.read_blocking(|conn| Market::of(slug, now, conn))?;
    // Another run with the same seed must not draw the references of the first.
    reference::seed(Some(seed.wrapping_add(market.rows_before)));
    let outcome = fill_market(&mut market, size, seed, db, &mut progress);
    reference::seed(None);
    outcome?;
    let program = market.program.clone();
    db.write_blocking(move |conn| {
        let why = format!(
            "{} partners, {} customers, {} licences, {} inquiries, {} leads, {} deals",
            size.partners, size.customers, size.licences, size.inquiries, size.leads, size.deals
        );
        let change = Change { why: &why, ..Change::default() };
        audit::record(
            By::Portal("portal generate"),
            &GENERATED,
            subject(&program),
            change,
            now,
            conn,
        )
    })
}

/// Licences belong to customers, and customers to partners.
fn check(size: Size) -> Result<()> {
    let orphans = (size.customers > 0 && size.partners == 0)
        || (size.licences > 0 && size.customers < size.partners.max(1));
    if orphans {
        return Err(Error::Setting(
            "Licences need at least one customer for each partner, and customers need partners."
                .to_owned(),
        ));
    }
    Ok(())
}

fn fill_market(
    market: &mut Market,
    size: Size,
    seed: u64,
    db: &Db,
    progress: &mut impl FnMut(usize),
) -> Result<()> {
    let mut dice = ChaCha12Rng::seed_from_u64(seed);
    let mut made = 0;
    if market.distributors.is_empty() && size.partners > 0 {
        market.distributors = partners::enrol_distributors(market, size.partners, &mut dice, db)?;
    }
    for first in (0..size.partners).step_by(partners::AT_ONCE) {
        let last = (first + partners::AT_ONCE).min(size.partners);
        let sellers = partners::enrol(market, first..last, &mut dice, db)?;
        let shares = |all: usize| -> Vec<(Seller, Range<usize>)> {
            (first..last)
                .zip(sellers.iter().copied())
                .map(|(place, seller)| (seller, part(all, place, size.partners)))
                .collect()
        };
        inquiries::ask(market, &shares(size.inquiries), &mut dice, db)?;
        leads::bring(market, &shares(size.leads), &mut dice, db)?;
        deals::register(market, &shares(size.deals), &mut dice, db)?;
        let shares: Vec<licences::Share> = (first..last)
            .zip(sellers)
            .map(|(place, seller)| licences::Share {
                seller,
                customers: part(size.customers, place, size.partners),
                licences: part(size.licences, place, size.partners),
            })
            .collect();
        licences::sell(market, &shares, &mut dice, db, &mut |rows| {
            made += rows;
            progress(made);
        })?;
    }
    Ok(())
}

/// Which of `all` falls to one of so many, as evenly as whole numbers go.
fn part(all: usize, place: usize, of: usize) -> Range<usize> {
    all * place / of..all * (place + 1) / of
}

fn subject(program: &Program) -> Subject<'_> {
    Subject {
        kind: "program",
        id: program.id,
        reference: &program.slug,
        name: &program.name,
        program_id: Some(program.id),
        organisation_id: Some(program.vendor_id),
    }
}
