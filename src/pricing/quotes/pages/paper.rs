//! A revision as it is read: the same for the reseller's page and for the preview of it.

use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::pricing::quotes::changes::{self, ChangedLine};
use crate::pricing::quotes::lines::QuoteLine;
use crate::pricing::quotes::model::{Quote, Revision, Viewer};
use crate::pricing::quotes::pages::waterfall::{ShownLine, Wording};

pub(in crate::pricing::quotes) struct Paper {
    pub customer: String,
    pub country: String,
    pub reseller: String,
    pub quoter: String,
    /// The inquiry that it answers, with its address.
    pub inquiry: Option<(String, String)>,
    pub number: i32,
    pub valid_until: String,
    /// Why that is later than was given; empty where it is not.
    pub why_longer: String,
    pub note: String,
    pub lines: Vec<ShownLine>,
    /// What is left of a line, as its reader calls it.
    pub net_label: &'static str,
    pub msrp: String,
    /// None where it is hidden.
    pub net: Option<String>,
    pub saved: Option<String>,
    /// Whether recommended prices are of a later list than those of the inquiry.
    pub newer_list: bool,
    /// The revision before, where there is one.
    pub before: Option<i32>,
    pub changed: Vec<Changed>,
}

/// A line that is not as it was in the revision before.
pub(in crate::pricing::quotes) struct Changed {
    pub position: i32,
    pub product: String,
    /// What changed, from what, to what.
    pub facts: Vec<(String, String, String)>,
}

impl Paper {
    /// One query.
    pub(in crate::pricing::quotes) fn read(
        scope: &Scope,
        quote: &Quote,
        revision: &Revision,
        viewer: Viewer,
        conn: &mut Conn,
    ) -> Result<Self> {
        let before = quote.before(revision);
        let ids: Vec<i64> = std::iter::once(revision).chain(before).map(|one| one.id).collect();
        let mut lines = QuoteLine::of(&ids, viewer, conn)?;
        let now = lines.remove(&revision.id).unwrap_or_default();
        let earlier = before.and_then(|before| lines.remove(&before.id)).unwrap_or_default();
        let row = &quote.row;
        let locale = scope.actor().locale;
        let by_vendor = quote.is_by_vendor(scope.program().vendor_id);
        let words = Wording { currency: &row.currency, locale, by_vendor };
        let net = revision.net_for(viewer);
        let lists = (row.inquiry_list_id, revision.price_list_id);
        Ok(Self {
            customer: row.customer_name.clone(),
            country: row.customer_country.clone(),
            reseller: row.reseller.clone(),
            quoter: row.quoter.clone(),
            inquiry: row
                .inquiry
                .clone()
                .map(|inquiry| (scope.path(&format!("/inquiries/{inquiry}")), inquiry)),
            number: revision.number,
            valid_until: locale.day(revision.last_day(scope.program())),
            why_longer: revision.why_longer(scope.program()),
            note: revision.note.clone(),
            net_label: viewer.net_label(),
            msrp: words.amount(revision.msrp_minor),
            net: net.map(|net| words.amount(net)),
            saved: net.map(|net| words.amount(revision.msrp_minor - net)),
            newer_list: matches!(lists, (Some(asked), Some(now)) if asked != now),
            before: before.map(|before| before.number),
            changed: changes::between(&earlier, &now)
                .iter()
                .map(|one| words.changed(one))
                .collect(),
            lines: words.lines(&now),
        })
    }
}

impl Wording<'_> {
    fn changed(&self, line: &ChangedLine) -> Changed {
        let mut facts = Vec::new();
        let mut fact = |what: &str, (from, to): (i64, i64)| {
            if from != to {
                facts.push((what.to_owned(), self.amount(from), self.amount(to)));
            }
        };
        fact("Recommended price", line.msrp_minor);
        fact("Price", line.net_minor);
        for level in &line.levels {
            let share = |step: &Option<crate::pricing::waterfall::Step>| {
                step.as_ref()
                    .map_or_else(|| "none".to_owned(), |step| step.level.percent.show(self.locale))
            };
            let (from, to) = (share(&level.before), share(&level.now));
            // The same share of another amount shows in the price.
            if from != to {
                facts.push((format!("{} ({})", self.level(level.kind), level.rule), from, to));
            }
        }
        Changed { position: line.position, product: line.product.clone(), facts }
    }
}
