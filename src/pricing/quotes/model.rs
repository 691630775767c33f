//! Quotes as they are stored, and the wall round them. What a person may not know is taken out here,
//! when a quote is read: the quoter has all of it; a reseller what was sent, without private notes;
//! the vendor, of a distributor's quote, what was sent without notes and net prices.

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;

use super::{QuoteStatus, RevisionStatus};
use crate::audit::Subject;
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::schema::{inquiries, orders, organisations, quote_revisions, quotes};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::money::Money;

/// What a quote's history calls it.
pub const KIND: &str = "quote";

diesel::alias!(pub const QUOTED_BY: Alias<QuotedBy> = organisations as quoted_by);

/// Whose eyes a quote is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Whoever made it.
    Quoter,
    Reseller,
    /// The vendor, of a quote that a distributor made.
    Vendor,
}

/// A quote, as far as the person who asked for it may know it.
#[derive(Clone, Debug)]
pub struct Quote {
    pub row: QuoteRow,
    pub viewer: Viewer,
    /// Those that the person may know, the latest first: a draft, the one that was sent last, and the
    /// one before it.
    revisions: Vec<Revision>,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = quotes)]
pub struct QuoteRow {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub inquiry_id: Option<i64>,
    pub quoter_id: i64,
    pub reseller_id: i64,
    pub customer_name: String,
    pub customer_key: String,
    pub customer_country: String,
    pub currency: String,
    pub status: QuoteStatus,
    pub created_at: Instant,
    pub created_by: String,
    pub sent_at: Option<Instant>,
    pub valid_until_on: Option<NaiveDate>,
    pub msrp_minor: Option<i64>,
    /// None too where it is hidden.
    pub net_minor: Option<i64>,
    /// Why it was declined or withdrawn; empty where it is hidden.
    pub why: String,
    /// Counts what was sent and settled: a decision on an older one is refused.
    pub revision: i64,
    #[diesel(select_expression = organisations::name)]
    pub reseller: String,
    #[diesel(select_expression = QUOTED_BY.field(organisations::name))]
    pub quoter: String,
    #[diesel(select_expression = inquiries::reference.nullable())]
    pub inquiry: Option<String>,
    /// The list that the inquiry's recommended prices are of.
    #[diesel(select_expression = inquiries::price_list_id.nullable())]
    pub inquiry_list_id: Option<i64>,
    /// The order that its acceptance placed.
    #[diesel(select_expression = orders::reference.nullable())]
    pub order: Option<String>,
}

/// One revision of a quote; its lines are read by [`super::QuoteLine::of`].
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = quote_revisions)]
pub struct Revision {
    pub id: i64,
    /// From 1.
    pub number: i32,
    pub status: RevisionStatus,
    pub valid_until_on: NaiveDate,
    /// For the reseller; empty where it is hidden.
    pub note: String,
    /// The quoter's own; empty where it is hidden.
    pub private_note: String,
    pub promotion_codes: String,
    pub price_list_id: Option<i64>,
    pub priced_at: Instant,
    pub msrp_minor: i64,
    net_minor: i64,
    pub sent_at: Option<Instant>,
    pub sent_by_id: Option<i64>,
    pub sent_by: String,
    /// Counts the changes of a draft.
    pub edition: i64,
}

/// Quotes with what [`QuoteRow`] is read from; a macro, because its type has no name.
macro_rules! with_parties {
    () => {
        quotes::table
            .inner_join(organisations::table.on(organisations::id.eq(quotes::reseller_id)))
            .inner_join(QUOTED_BY.on(QUOTED_BY.field(organisations::id).eq(quotes::quoter_id)))
            .left_join(inquiries::table.on(quotes::inquiry_id.eq(inquiries::id.nullable())))
            .left_join(
                orders::table.on(orders::quote_id
                    .eq(quotes::id.nullable())
                    .and(orders::corrects_id.is_null())),
            )
    };
}
pub(super) use with_parties;

/// Keeps a boxed query over quotes inside the wall.
macro_rules! within {
    ($query:expr, $scope:expr) => {{
        let scope: &Scope = $scope;
        let query = $query.filter(quotes::program_id.eq(scope.program().id));
        let own = scope.organisation_id();
        match scope.part() {
            Some(Part::Partner) => {
                query.filter(quotes::reseller_id.eq(own)).filter(quotes::sent_at.is_not_null())
            }
            Some(Part::Distributor) => query.filter(quotes::quoter_id.eq(own)),
            None => query.filter(quotes::sent_at.is_not_null().or(quotes::quoter_id.eq(own))),
        }
    }};
}
pub(super) use within;

/// Revisions that a page speaks of: a draft, the last one sent, and the one before it.
const LAST_REVISIONS: i64 = 3;

impl Quote {
    /// A quote that the person may see, by its reference. One query.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query = with_parties!()
            .inner_join(quote_revisions::table)
            .filter(quotes::reference.eq(reference))
            .order(quote_revisions::number.desc())
            .limit(LAST_REVISIONS)
            .select((QuoteRow::as_select(), Revision::as_select()))
            .into_boxed();
        let rows: Vec<(QuoteRow, Revision)> = within!(query, scope).kept().load(conn)?;
        let (found, revisions): (Vec<QuoteRow>, Vec<Revision>) = rows.into_iter().unzip();
        let row = found.into_iter().next().ok_or(Error::NotFound)?;
        Ok(Self::seen_by(Viewer::of(scope, row.quoter_id), row, revisions))
    }

    /// A quote by its id with everything that its quoter knows: for sweeps, and for what belongs to it.
    pub fn find_unscoped(id: i64, conn: &mut Conn) -> Result<Self> {
        let rows: Vec<(QuoteRow, Revision)> = with_parties!()
            .inner_join(quote_revisions::table)
            .filter(quotes::id.eq(id))
            .order(quote_revisions::number.desc())
            .limit(LAST_REVISIONS)
            .select((QuoteRow::as_select(), Revision::as_select()))
            .load(conn)?;
        let (found, revisions): (Vec<QuoteRow>, Vec<Revision>) = rows.into_iter().unzip();
        let row = found.into_iter().next().ok_or(Error::NotFound)?;
        Ok(Self::seen_by(Viewer::Quoter, row, revisions))
    }

    fn seen_by(viewer: Viewer, row: QuoteRow, mut revisions: Vec<Revision>) -> Self {
        if viewer != Viewer::Quoter {
            revisions.retain(|revision| revision.status != RevisionStatus::Draft);
        }
        for revision in &mut revisions {
            revision.hide_from(viewer);
        }
        Self { row: row.hidden_from(viewer), viewer, revisions }
    }

    /// The revision that is being made.
    pub fn draft(&self) -> Option<&Revision> {
        self.revisions.iter().find(|one| one.status == RevisionStatus::Draft)
    }

    /// The revision that was sent last.
    pub fn sent(&self) -> Option<&Revision> {
        self.revisions.iter().find(|one| one.status == RevisionStatus::Sent)
    }

    /// The revision that came before this one, where there was one.
    pub fn before(&self, revision: &Revision) -> Option<&Revision> {
        self.revisions.iter().find(|one| one.number + 1 == revision.number)
    }

    /// The quote, if the person is of whoever made it; forbidden otherwise.
    pub(super) fn of_quoter(self) -> Result<Self> {
        match self.viewer {
            Viewer::Quoter => Ok(self),
            _ => Err(Error::forbidden("A quote is worked on by those who made it.")),
        }
    }

    pub fn is_by_vendor(&self, vendor_id: i64) -> bool {
        self.row.quoter_id == vendor_id
    }
}

impl QuoteRow {
    /// The row without what somebody may not know.
    pub(super) fn hidden_from(mut self, viewer: Viewer) -> Self {
        if viewer == Viewer::Vendor {
            self.net_minor = None;
            self.why = String::new();
        }
        self
    }

    /// The quote as the record that something happened to. `organisation_id` is whose history that
    /// is part of: the reseller's once it may know, the quoter's before.
    pub(in crate::pricing) fn subject(&self, organisation_id: i64) -> Subject<'_> {
        Subject {
            kind: KIND,
            id: self.id,
            reference: &self.reference,
            name: &self.customer_name,
            program_id: Some(self.program_id),
            organisation_id: Some(organisation_id),
        }
    }

    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/quotes/{}", self.reference))
    }

    /// An amount in the quote's currency, as a person reads it.
    pub fn amount(&self, minor: i64, locale: Locale) -> String {
        amount(minor, &self.currency, locale)
    }
}

/// An amount of a stored currency, as a person reads it.
pub fn amount(minor: i64, currency: &str, locale: Locale) -> String {
    match Currency::from_code(currency) {
        Some(known) => Money::new(minor, known).show(locale),
        None => format!("{currency}\u{a0}{}", locale.number(minor)),
    }
}

/// The same as files carry it, without the currency.
pub fn plain_amount(minor: i64, currency: &str) -> String {
    let known = Currency::from_code(currency);
    known.map_or_else(|| minor.to_string(), |known| Money::new(minor, known).plain())
}

impl Revision {
    /// What the reseller pays for all of it; none where that is hidden.
    pub fn net_for(&self, viewer: Viewer) -> Option<i64> {
        (viewer != Viewer::Vendor).then_some(self.net_minor)
    }

    pub fn codes(&self) -> Vec<String> {
        self.promotion_codes.split_whitespace().map(str::to_owned).collect()
    }

    fn hide_from(&mut self, viewer: Viewer) {
        if viewer != Viewer::Quoter {
            self.private_note = String::new();
        }
        if viewer == Viewer::Vendor {
            self.note = String::new();
            self.net_minor = self.msrp_minor;
        }
    }
}

impl Viewer {
    /// Who a person is to quotes that an organisation makes.
    pub fn of(scope: &Scope, quoter_id: i64) -> Self {
        match scope.part() {
            _ if quoter_id == scope.organisation_id() => Self::Quoter,
            Some(Part::Partner) => Self::Reseller,
            _ => Self::Vendor,
        }
    }

    /// What this viewer calls what is left of a price.
    pub(super) fn net_label(self) -> &'static str {
        match self {
            Self::Reseller => "Your price",
            Self::Quoter => "Reseller's price",
            Self::Vendor => "After these levels",
        }
    }
}
