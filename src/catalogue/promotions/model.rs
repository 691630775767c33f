//! Promotions as they are stored: for the vendor whole, for everyone else without what they take off.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::audit::Subject;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{categories, promotion_categories, promotion_pairs, promotions};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::web::Cursor;

/// What a promotion's history calls it.
pub const KIND: &str = "promotion";

/// What everybody in the program may know of a promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::catalogue) struct PublicOffer {
    pub code: String,
    pub name: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// A line of fewer units gets nothing.
    pub least_units: i32,
    /// Whether it goes together with the program's discount, and with that of a registered deal.
    pub with_program: bool,
    pub with_deal: bool,
    /// Ids and names of the categories that it is for.
    categories: Vec<(i64, String)>,
    /// Codes of the promotions that it goes together with.
    pub combines: Vec<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = promotions)]
struct PublicRow {
    id: i64,
    code: String,
    name: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    least_units: i32,
    with_program: bool,
    with_deal: bool,
}

/// What only the vendor knows besides.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = promotions)]
struct VendorRow {
    reference: String,
    basis_points: i32,
    from_pack: bool,
    approved_by: String,
    source: String,
    created_at: Instant,
}

/// A promotion, for its vendor.
#[derive(Clone, Debug)]
pub struct Promotion {
    pub id: i64,
    pub reference: String,
    pub percent: BasisPoints,
    /// From the program's pack; else made or ended in the portal.
    pub from_pack: bool,
    pub approved_by: String,
    pub source: String,
    pub created_at: Instant,
    program_id: i64,
    pub(in crate::catalogue) offer: PublicOffer,
}

/// Where a promotion stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalogue) enum Standing {
    Announced,
    Running,
    Over,
}

impl Standing {
    pub(super) const ALL: [Self; 3] = [Self::Running, Self::Announced, Self::Over];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Running => "running",
            Self::Over => "over",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Announced => "Announced",
            Self::Running => "Running",
            Self::Over => "Over",
        }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Announced => "info",
            Self::Running => "good",
            Self::Over => "plain",
        }
    }
}

/// Promotions with their categories and what they combine with; a macro, because its type has no
/// name.
macro_rules! with_all {
    ($($columns:expr),+) => {{
        let others = diesel::alias!(promotions as others);
        promotions::table
            .inner_join(promotion_categories::table.inner_join(categories::table))
            .left_join(promotion_pairs::table.on(promotion_pairs::promotion_id.eq(promotions::id)))
            .left_join(others.on(
                others.field(promotions::id).nullable().eq(promotion_pairs::other_id.nullable()),
            ))
            .order((promotions::starts_on.desc(), promotions::code, categories::position))
            .select((
                $($columns,)+
                (categories::id, categories::name),
                (others.field(promotions::code), others.field(promotions::ends_on)).nullable(),
            ))
    }};
}

type OtherCode = Option<(String, NaiveDate)>;

impl PublicOffer {
    /// Those that run or are announced, the ones that began last first. One query.
    pub(in crate::catalogue) fn current(scope: &Scope, conn: &mut Conn) -> Result<Vec<Self>> {
        let rows: Vec<(PublicRow, (i64, String), OtherCode)> = with_all!(PublicRow::as_select())
            .filter(promotions::program_id.eq(scope.program().id))
            .filter(promotions::ends_on.ge(scope.today()))
            .load(conn)?;
        let rows = rows.into_iter().map(|(row, category, other)| (row, (), category, other));
        let found = folded(scope.today(), rows);
        Ok(found.into_iter().map(|(_, (), offer)| offer).collect())
    }

    fn of(row: PublicRow) -> Self {
        Self {
            code: row.code,
            name: row.name,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            least_units: row.least_units,
            with_program: row.with_program,
            with_deal: row.with_deal,
            categories: Vec::new(),
            combines: Vec::new(),
        }
    }

    pub(in crate::catalogue) fn is_for(&self, category_id: i64) -> bool {
        self.categories.iter().any(|(id, _)| *id == category_id)
    }

    pub(super) fn categories(&self) -> impl Iterator<Item = &str> {
        self.categories.iter().map(|(_, name)| name.as_str())
    }

    pub(super) fn standing(&self, today: NaiveDate) -> Standing {
        if today < self.starts_on {
            Standing::Announced
        } else if today <= self.ends_on {
            Standing::Running
        } else {
            Standing::Over
        }
    }
}

/// Puts the rows of each promotion together, in their order. What was over before it began, or is over
/// while it is not, is left out of what it combines with: nobody can.
fn folded<T>(
    today: NaiveDate,
    rows: impl Iterator<Item = (PublicRow, T, (i64, String), OtherCode)>,
) -> Vec<(i64, T, PublicOffer)> {
    let mut found: Vec<(i64, T, PublicOffer)> = Vec::new();
    let mut places = BTreeMap::<i64, usize>::new();
    for (row, more, category, other) in rows {
        let place = *places.entry(row.id).or_insert_with(|| {
            found.push((row.id, more, PublicOffer::of(row)));
            found.len() - 1
        });
        let offer = &mut found[place].2;
        if !offer.categories.contains(&category) {
            offer.categories.push(category);
        }
        let since =
            if offer.ends_on < today { offer.starts_on } else { today.max(offer.starts_on) };
        if let Some((code, _)) = other.filter(|(_, ends_on)| *ends_on >= since)
            && !offer.combines.contains(&code)
        {
            offer.combines.push(code);
        }
    }
    for (_, _, offer) in &mut found {
        offer.combines.sort();
    }
    found
}

impl Promotion {
    /// For the vendor's own people; nobody else sees a promotion whole.
    pub(super) fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        if !scope.is_vendor() {
            return Err(Error::NotFound);
        }
        let found = Self::all_of(scope.program().id, &[reference.to_owned()], scope.today(), conn)?;
        found.into_iter().next().ok_or(Error::NotFound)
    }

    /// Promotions by their references, the ones that begin last first. One query.
    pub(super) fn all_of(
        program_id: i64,
        references: &[String],
        today: NaiveDate,
        conn: &mut Conn,
    ) -> Result<Vec<Self>> {
        type Rows = Vec<(PublicRow, VendorRow, (i64, String), OtherCode)>;
        let rows: Rows = with_all!(PublicRow::as_select(), VendorRow::as_select())
            .filter(promotions::program_id.eq(program_id))
            .filter(promotions::reference.eq_any(references))
            .load(conn)?;
        folded(today, rows.into_iter())
            .into_iter()
            .map(|(id, more, offer)| {
                Ok(Self {
                    id,
                    percent: BasisPoints::new(more.basis_points)
                        .ok_or_else(|| Error::internal("a promotion takes off more than all"))?,
                    reference: more.reference,
                    from_pack: more.from_pack,
                    approved_by: more.approved_by,
                    source: more.source,
                    created_at: more.created_at,
                    program_id,
                    offer,
                })
            })
            .collect()
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            kind: KIND,
            id: self.id,
            reference: &self.reference,
            name: &self.offer.code,
            program_id: Some(self.program_id),
            organisation_id: None,
        }
    }

    pub(super) fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/promotions/{}", self.reference))
    }
}

/// What the vendor's list carries in its address.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::catalogue) struct PromotionsQuery {
    /// A code from its beginning.
    pub q: String,
    pub status: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl PromotionsQuery {
    pub(super) fn is_filtered(&self) -> bool {
        !self.q.trim().is_empty() || !self.status.is_empty()
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }
}

/// References of the program's promotions, the ones that begin last first; each with its first day.
pub(super) fn list_for(
    scope: &Scope,
    list: &PromotionsQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<(NaiveDate, String)>> {
    let today = scope.today();
    let mut query = promotions::table
        .filter(promotions::program_id.eq(scope.program().id))
        .select((promotions::starts_on, promotions::reference))
        .limit(most)
        .into_boxed();
    let code = list.q.trim().to_uppercase();
    if !code.is_empty() {
        let after = format!("{code}\u{10ffff}");
        query = query.filter(promotions::code.ge(code)).filter(promotions::code.lt(after));
    }
    query = match list.status.as_str() {
        "announced" => query.filter(promotions::starts_on.gt(today)),
        "running" => {
            query.filter(promotions::starts_on.le(today)).filter(promotions::ends_on.ge(today))
        }
        "over" => query.filter(promotions::ends_on.lt(today)),
        _ => query,
    };
    let backwards = cursor.is_some_and(|cursor| cursor.backwards);
    let place = cursor.and_then(|one| Some((one.key.parse::<NaiveDate>().ok()?, &one.reference)));
    if let Some((day, reference)) = place {
        let same_day = promotions::starts_on.eq(day);
        query = if backwards {
            let later = same_day.and(promotions::reference.gt(reference));
            query.filter(promotions::starts_on.gt(day).or(later))
        } else {
            let earlier = same_day.and(promotions::reference.lt(reference));
            query.filter(promotions::starts_on.lt(day).or(earlier))
        };
    }
    query = if backwards {
        query.order((promotions::starts_on.asc(), promotions::reference.asc()))
    } else {
        query.order((promotions::starts_on.desc(), promotions::reference.desc()))
    };
    Ok(query.load(conn)?)
}
