//! `portal import prices`

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use iso_currency::Currency;

use super::super::say::say;
use crate::audit::By;
use crate::auth::Program;
use crate::catalogue::price_lists::import::{self, Plan, PriceFile};
use crate::catalogue::price_lists::{Decision, Done, Publication, Seen, Step, publish};
use crate::commands::open;
use crate::config::{DataSettings, SiteSettings};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::money::Money;
use crate::sheet::Fault;

/// More changes are counted, not listed.
const MOST_CHANGES: usize = 100;

#[derive(Args)]
pub(super) struct Arguments {
    /// The CSV file; its columns are described in docs/import-prices.md
    file: PathBuf,

    /// The program whose prices they are, by its name in addresses: /p/SLUG/
    #[arg(long, value_name = "SLUG")]
    program: String,

    /// The currency of the prices: three letters of ISO 4217
    #[arg(long, value_name = "CODE", value_parser = currency)]
    currency: Currency,

    /// The day from which they hold, after today: 2027-01-01
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,

    /// Where the prices are from
    #[arg(long, value_name = "TEXT", default_value = "")]
    source: String,

    /// Take the place of the list of that day, if one was published in the portal
    #[arg(long)]
    replace: bool,

    /// Check the file and say what would change, but write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,
}

fn currency(text: &str) -> std::result::Result<Currency, String> {
    Currency::from_code(&text.to_uppercase())
        .filter(|currency| currency.exponent().is_some())
        .ok_or_else(|| "write three letters of ISO 4217 such as EUR".to_owned())
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let name = arguments.file.display();
    let bytes = std::fs::read(&arguments.file)
        .map_err(|fault| Error::Setting(format!("Cannot read {name}: {fault}.")))?;
    // In the folder of a demo it is the demo's day, and mails lead to where it is served.
    let portal = open::portal(&arguments.data, arguments.site.site()?)?;
    let slug = &arguments.program;
    let found = portal.db.read_blocking(|conn| Program::find_unscoped(slug, conn));
    let program = found.map_err(|fault| match fault {
        Error::NotFound => Error::Setting(format!("There is no program {slug}.")),
        other => other,
    })?;
    let file = PriceFile::read(&bytes);
    let publication = Publication {
        currency: arguments.currency,
        effective_on: arguments.from,
        source: arguments.source.clone(),
    };
    let (site, now) = (portal.site.clone(), portal.clock.now());
    if arguments.dry_run {
        publication.must_be_to_come(program.day_of(now)).map_err(in_words)?;
        let checked = portal
            .db
            .read_blocking(|conn| import::check(&file, &publication, &program, conn))
            .map_err(in_words)?;
        return checked.map_or_else(|faults| refuse(&faults), |plan| tell(&plan));
    }
    let seen = if arguments.replace { Seen::Whatever } else { Seen::None };
    let done = portal.db.write_blocking(move |conn| {
        let by = By::Portal("the price import");
        let decision = Decision { program: &program, by, site: Some(&site), now };
        publish(&file, &publication, &seen, decision, conn)
    });
    match done.map_err(in_words)? {
        Done::Published(list) => {
            let verb = if list.replaced { "replaced" } else { "published" };
            let are = if list.prices == 1 { "price is" } else { "prices are" };
            say!("{} {are} {verb}: {}.", list.prices, list.reference)
        }
        Done::Refused(faults) => refuse(&faults),
        Done::Overtaken(_) => Err(Error::Setting(
            "There is a list of that day already: nothing was published. Add --replace to take its \
             place."
                .to_owned(),
        )),
    }
}

/// Faults of a form's fields, as somebody without a form reads them.
fn in_words(fault: Error) -> Error {
    match fault {
        Error::Invalid(errors) => {
            let texts: Vec<&str> = errors.list().iter().map(|error| error.text.as_str()).collect();
            Error::Setting(texts.join(" "))
        }
        other => other,
    }
}

fn tell(plan: &Plan) -> Result<()> {
    let currency = plan.publication.currency;
    let amount = |minor| Money::new(minor, currency).plain();
    for change in plan.difference.changes.iter().take(MOST_CHANGES) {
        let key = &change.key;
        let what = match change.step {
            Step::Added { to } => format!("new, {}", amount(to)),
            Step::Removed { from } => format!("no longer listed, was {}", amount(from)),
            Step::Changed { from, to } => {
                let percent = change.step.percent(Locale::EnGb).unwrap_or_default();
                format!("{} to {} ({percent})", amount(from), amount(to))
            }
        };
        let months =
            if key.months == 0 { String::new() } else { format!(", {} months", key.months) };
        say!("{}{months}, from {}: {what}", key.product, key.from_quantity)?;
    }
    if plan.difference.changes.len() > MOST_CHANGES {
        say!("and {} smaller ones", plan.difference.changes.len() - MOST_CHANGES)?;
    }
    say!(
        "{} {}: {} dearer, {} cheaper, {} new, {} no longer listed, {} as before.",
        plan.prices.len(),
        if plan.prices.len() == 1 { "price" } else { "prices" },
        plan.difference.dearer(),
        plan.difference.cheaper(),
        plan.difference.added(),
        plan.difference.removed(),
        plan.difference.same
    )?;
    if let Some(list) = &plan.replaces {
        say!(
            "They would take the place of {}, published by {}.",
            list.reference,
            list.published_by
        )?;
    }
    say!("This was a dry run: nothing is published.")
}

/// Every fault on a line of its own, and one sentence at the end.
fn refuse(faults: &[Fault]) -> Result<()> {
    for fault in faults {
        eprintln!("{fault}");
    }
    let count = match faults.len() {
        1 => "1 fault".to_owned(),
        many => format!("{many} faults"),
    };
    Err(Error::Setting(format!(
        "The file has {count}: nothing was published. Mend the lines above and run it again."
    )))
}
