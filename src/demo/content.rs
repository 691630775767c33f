//! What the demo tells: the packs in `programs/`, and the organisations, people and orders in
//! `programs/demo/`. All of it is data, and lies in the binary.

use rust_embed::RustEmbed;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::deals::DealLine;
use super::inquiries::InquiryLine;
use super::leads::LeadLine;
use crate::auth::{Access, Part};
use crate::contacts::Role;
use crate::error::{Error, Result};
use crate::mail::hours::Rhythm;
use crate::programs::pack::{self, Pack};

#[derive(RustEmbed)]
#[folder = "programs/"]
struct Files;

/// An organisation in a program.
#[derive(Deserialize)]
pub(super) struct EnrolmentLine {
    pub program: String,
    pub organisation: String,
    pub country: String,
    pub part: Part,
    /// Keys of partner types, separated by semicolons.
    pub types: String,
    /// A tier's key.
    pub tier: Option<String>,
    /// Names of distributors of the same program, separated by semicolons.
    pub distributors: String,
    /// The address of the channel account manager.
    pub cam: Option<String>,
    pub enrolled_on: chrono::NaiveDate,
    pub status: String,
}

/// Somebody who works somewhere.
#[derive(Deserialize)]
pub(super) struct PersonLine {
    pub organisation: String,
    pub name: String,
    pub email: String,
    pub job_title: String,
    pub locale: String,
    pub access: Access,
    /// `yes`; `invited`, who has not chosen a password yet; `no`, who only gets mail.
    pub signs_in: String,
    /// Contact roles in every program of the organisation, separated by semicolons.
    pub roles: String,
}

/// What became of an order that came in still to be processed.
#[derive(Deserialize)]
pub(super) struct OrderStepLine {
    pub program: String,
    pub number: String,
    pub step: OrderStep,
    /// The address of who took it.
    pub by: String,
    pub why: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OrderStep {
    Process,
    Hold,
    Cancel,
}

/// Somebody who gets their organisation's schedules, in every program of it.
#[derive(Deserialize)]
pub(super) struct RecipientLine {
    pub email: String,
}

/// How somebody wants their mail.
#[derive(Deserialize)]
pub(super) struct PreferenceLine {
    pub email: String,
    /// None: each program's own.
    pub time_zone: Option<String>,
    pub digest_hour: u32,
    /// Both, or none.
    pub quiet_from: Option<u32>,
    pub quiet_until: Option<u32>,
    /// In every program of the person, `role=rhythm` separated by semicolons.
    pub rhythms: String,
}

impl PreferenceLine {
    pub(super) fn rhythms(&self) -> Result<Vec<(Role, Rhythm)>> {
        let read = |item: &str| {
            let (role, rhythm) = item.split_once('=')?;
            Some((role.parse().ok()?, Rhythm::parse(rhythm)?))
        };
        list(&self.rhythms)
            .map(|item| read(item).ok_or_else(|| Error::internal(format!("{item} is no rhythm"))))
            .collect()
    }
}

impl EnrolmentLine {
    pub(super) fn types(&self) -> impl Iterator<Item = &str> {
        list(&self.types)
    }

    pub(super) fn distributors(&self) -> impl Iterator<Item = &str> {
        list(&self.distributors)
    }
}

impl PersonLine {
    pub(super) fn roles(&self) -> Result<Vec<Role>> {
        list(&self.roles).map(|word| word.parse().map_err(Error::internal)).collect()
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').filter(|item| !item.is_empty())
}

/// The packs, checked like any other.
pub(super) fn packs() -> Result<Vec<Pack>> {
    let mut names: Vec<_> =
        Files::iter().filter(|name| name.ends_with(".toml") && !name.contains('/')).collect();
    names.sort_unstable();
    names
        .iter()
        .map(|name| {
            pack::parse(name, &text(name)?)
                .map_err(|problems| Error::internal(format!("{name}: {problems:?}")))
        })
        .collect()
}

pub(super) fn enrolments() -> Result<Vec<EnrolmentLine>> {
    lines("demo/enrolments.csv")
}

pub(super) fn people() -> Result<Vec<PersonLine>> {
    lines("demo/people.csv")
}

pub(super) fn preferences() -> Result<Vec<PreferenceLine>> {
    lines("demo/mail-preferences.csv")
}

pub(super) fn schedule_recipients() -> Result<Vec<RecipientLine>> {
    lines("demo/schedule-recipients.csv")
}

pub(super) fn order_steps() -> Result<Vec<OrderStepLine>> {
    lines("demo/order-steps.csv")
}

pub(super) fn leads() -> Result<Vec<LeadLine>> {
    lines("demo/leads.csv")
}

pub(super) fn deals() -> Result<Vec<DealLine>> {
    lines("demo/deals.csv")
}

pub(super) fn inquiries() -> Result<Vec<InquiryLine>> {
    lines("demo/inquiries.csv")
}

/// The order file of each program that has one, by the program's slug.
pub(super) fn orders() -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for name in Files::iter() {
        let slug = name.strip_prefix("demo/orders-").and_then(|rest| rest.strip_suffix(".csv"));
        if let Some(slug) = slug {
            files.push((slug.to_owned(), text(&name)?));
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn lines<T: DeserializeOwned>(name: &str) -> Result<Vec<T>> {
    csv::Reader::from_reader(text(name)?.as_bytes())
        .deserialize()
        .collect::<std::result::Result<_, _>>()
        .map_err(|fault| Error::internal(format!("{name}: {fault}")))
}

fn text(name: &str) -> Result<String> {
    let file = Files::get(name).ok_or_else(|| Error::internal(format!("{name} is missing")))?;
    String::from_utf8(file.data.into_owned()).map_err(Error::internal)
}
