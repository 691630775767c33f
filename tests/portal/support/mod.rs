//! What the tests stand on: a portal with the same people in every test, visitors that audit each
//! page they open, databases of their own, and independent models.

mod audit;
pub mod binary;
pub mod channel;
pub mod cluster;
pub mod database;
pub mod deals;
pub mod furniture;
pub mod leads;
pub mod licences;
pub mod maintenance;
pub mod notices;
pub mod orders;
mod page;
pub mod paper_calendar;
pub mod paper_digests;
pub mod paper_notices;
pub mod paper_rates;
pub mod paper_recipients;
pub mod paper_terms;
pub mod pdf;
pub mod people;
pub mod plans;
pub mod portal;
pub mod post;
pub mod prices;
pub mod pricing;
pub mod proxy;
pub mod quotes;
pub mod schedules;
pub mod second_factor;
pub mod smtp;
mod tallies;
pub mod term_cases;
mod visitor;
pub mod ways_in;
pub mod worker_process;

pub use page::Page;
pub use portal::Portal;
pub use visitor::Visitor;
