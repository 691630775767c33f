//! `portal import`: files of other systems, checked whole before anything is written.

use clap::{Args, Subcommand};

use crate::error::Result;

mod contacts;
mod leads;
mod orders;
mod partners;
mod prices;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Subcommand)]
enum Kind {
    /// Contacts of an organisation, with their roles (docs/import-contacts.md)
    Contacts(contacts::Arguments),
    /// Leads that the vendor hands to its partners (docs/import-leads.md)
    Leads(leads::Arguments),
    /// Orders that the vendor processed, with their licences (docs/import-orders.md)
    Orders(orders::Arguments),
    /// Organisations that join a program (docs/import-partners.md)
    Partners(partners::Arguments),
    /// A price list, whole, from a day to come on (docs/import-prices.md)
    Prices(prices::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.kind {
        Kind::Contacts(arguments) => contacts::run(arguments),
        Kind::Leads(arguments) => leads::run(arguments),
        Kind::Orders(arguments) => orders::run(arguments),
        Kind::Partners(arguments) => partners::run(arguments),
        Kind::Prices(arguments) => prices::run(arguments),
    }
}
