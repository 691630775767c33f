//! `portal generate`

use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::open;
use super::say::say;
use crate::config::{DataSettings, SiteSettings};
use crate::error::{Error, Result};
use crate::generate::{self, Size};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,

    /// Slug of the program to fill [default: the only one there is]
    #[arg(long, value_name = "SLUG")]
    program: Option<String>,

    /// Partners to add, each with five contacts
    #[arg(long, value_name = "N", default_value_t = 20)]
    partners: usize,

    /// End customers to add
    #[arg(long, value_name = "N", default_value_t = 200)]
    customers: usize,

    /// Licences to add
    #[arg(long, value_name = "N", default_value_t = 1000)]
    licences: usize,

    /// Pricing inquiries to add
    #[arg(long, value_name = "N", default_value_t = 100)]
    inquiries: usize,

    /// Leads to add
    #[arg(long, value_name = "N", default_value_t = 100)]
    leads: usize,

    /// Registered deals to add
    #[arg(long, value_name = "N", default_value_t = 100)]
    deals: usize,

    /// The same number gives the same data
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let portal = open::portal(&arguments.data, arguments.site.site()?)?;
    let slug = match &arguments.program {
        Some(slug) => slug.clone(),
        None => open::only_program(&portal.db)?,
    };
    let size = Size {
        partners: arguments.partners,
        customers: arguments.customers,
        licences: arguments.licences,
        inquiries: arguments.inquiries,
        leads: arguments.leads,
        deals: arguments.deals,
    };
    let begun = Instant::now();
    let bar = ProgressBar::new(size.licences as u64).with_style(style()?);
    let now = portal.clock.now();
    generate::fill(&slug, size, arguments.seed, now, &portal.db, |made| {
        bar.set_position(made as u64);
    })?;
    bar.finish_and_clear();
    say!(
        "Added {} partners, {} customers, {} licences, {} inquiries, {} leads and {} deals to {slug} \
         in {:.1} s.",
        size.partners,
        size.customers,
        size.licences,
        size.inquiries,
        size.leads,
        size.deals,
        begun.elapsed().as_secs_f64()
    )?;
    Ok(())
}

fn style() -> Result<ProgressStyle> {
    ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} licences, {eta} left")
        .map_err(Error::internal)
}
