//! The partner portal, room by room. Use runs downwards only: a room calls those above it here.
//!
//! **The kernel.** `config` (settings), `logs`, `clock` (now), `calendar` (program days and terms),
//! `money`, `percent`, `locale` (how a person writes them), `names` (folding for comparison),
//! `reference` (random names of records), `sheet` (files of tables that are imported), `paper` (PDF
//! documents as a slice says them), `error` (what can go wrong), `db` (reads and writes on two
//! engines), `web` (visits, frames, forms, pages), `auth` (who is signed in, and the scope of every
//! query), `mail` (outbox and sending), `audit` (history), `figures` (what operators measure),
//! `sweep` (recurring work as a slice declares it), `stoppages` (what of a program stops when).
//!
//! **The features**, vertical slices on it, the lowest first: `programs` (packs and dated rules),
//! `customers`, `contacts` (people, roles, who gets what), `partners` (who takes part, on which
//! terms), `maintenance` (windows in which something stops), `catalogue` (products, SKUs, price
//! lists), `deals` (registered, protected), `leads`, `licences`, `schedules` (what a processed order made, on paper), `pricing`
//! (promotions, inquiries and quotes), `orders`, `renewals`, `reports` (over several slices),
//! `onboarding` (who joins), `set_up` (the first run), `history` (the vendor's log), `ledger` (what
//! became of each mail), `start` (what needs me today), `demo`, `generate` (synthetic data of any
//! size), `backup` (the whole database as a file, and back).
//!
//! **On top of all**: `app` (everything put together), `sweeps` (recurring work), `work` (what runs
//! beside the pages), `server`, `doctor` (is this installation sound), `monitoring` (figures for
//! Prometheus), `commands`.
#![forbid(unsafe_code)]

pub mod calendar;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod figures;
pub mod locale;
pub mod logs;
pub mod money;
pub mod names;
pub mod paper;
pub mod percent;
pub mod reference;
pub mod sheet;
pub mod stoppages;

pub mod audit;
pub mod auth;
pub mod mail;
pub mod sweep;
pub mod web;

pub mod programs;

pub mod customers;

pub mod contacts;

pub mod partners;

pub mod maintenance;

pub mod catalogue;
pub mod deals;
pub mod leads;
pub mod licences;
pub mod pricing;
pub mod schedules;

pub mod orders;
pub mod renewals;

pub mod reports;

pub mod history;
pub mod ledger;
pub mod onboarding;
pub mod set_up;
pub mod start;

pub mod demo;
pub mod generate;

pub mod app;
pub mod backup;
pub mod commands;
pub mod doctor;
pub mod monitoring;
pub mod server;
pub mod sweeps;
pub mod work;
