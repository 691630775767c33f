//! The one test binary: features by name, whole-program tests beside them, `support` below all.
#![cfg(test)]
#![expect(unreachable_pub, reason = "the support reads like a library: `pub` is what tests use")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the models count in whatever is at hand; a wrong cast fails a test"
)]

mod account;
mod answers;
mod backup;
mod calendar;
mod catalogue;
mod catalogue_secrets;
mod commands;
mod contact_import;
mod contact_roles;
mod contacts;
mod crawl;
mod customers;
mod database;
mod demo;
mod digest_histories;
mod digest_texts;
mod digests;
mod documents;
mod downloads;
mod faults;
mod generate;
mod harness;
mod health;
mod history;
mod inquiries;
mod inquiry_lines;
mod inquiry_races;
mod invitations;
mod ladder;
mod lead_assignment;
mod lead_import;
mod lead_secrets;
mod leads;
mod ledger;
mod letters;
mod licences;
mod lists;
mod mail_hours;
mod mail_injection;
mod mail_preferences;
mod mailbox;
mod maintenance;
mod monitoring;
mod onboarding;
mod order_import;
mod order_maintenance;
mod order_races;
mod order_rules;
mod order_steps;
mod outbox;
mod packs;
mod paper;
mod partners;
mod passwords;
mod plans;
mod price_lists;
mod price_news;
mod programs;
mod programs_prices;
mod promotions;
mod quote_answers;
mod quote_races;
mod quote_secrets;
mod quotes;
mod reading;
mod recipients;
mod renewal_histories;
mod renewal_notices;
mod renewals;
mod replacement;
mod rooms;
mod routes;
mod second_factor;
mod second_factor_due;
mod second_factor_keys;
mod set_up;
mod sign_in;
mod sku_grammar;
mod sku_packs;
mod sku_pages;
mod skus;
mod smtp;
mod smtp_security;
mod special_prices;
mod start;
mod support;
mod sweeps;
mod terms;
mod throttle;
mod unsubscribe;
mod users;
mod values;
mod waterfall;
mod worker;
mod worker_kills;
mod worker_stopped;
