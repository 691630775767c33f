//! One enrolment, found within a scope.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Choice, EnrolmentStatus};
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::db::schema::{contacts, enrolments, organisations, tiers};
use crate::error::Result;

/// An organisation's part in a program.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = enrolments)]
pub struct Enrolment {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub part: Part,
    pub currency: String,
    pub status: EnrolmentStatus,
    pub enrolled_on: NaiveDate,
    #[diesel(embed)]
    pub organisation: Organisation,
    #[diesel(embed)]
    pub tier: Option<Tier>,
    #[diesel(embed)]
    pub cam: Option<Cam>,
}

/// Who is enrolled.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct Organisation {
    pub id: i64,
    pub reference: String,
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// The level an enrolment has.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tiers)]
pub struct Tier {
    pub key: String,
    pub name: String,
}

/// The channel account manager: who looks after a partner.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Cam {
    pub id: i64,
    pub reference: String,
    pub name: String,
    pub email: String,
}

impl Enrolment {
    /// An enrolment by its reference: any of the vendor's program, or one's own.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let mut query = enrolments::table
            .inner_join(organisations::table)
            .left_join(tiers::table)
            .left_join(contacts::table)
            .filter(enrolments::program_id.eq(scope.program().id))
            .filter(enrolments::reference.eq(reference))
            .select(Self::as_select())
            .into_boxed();
        if !scope.is_vendor() {
            query = query.filter(enrolments::organisation_id.eq(scope.organisation_id()));
        }
        Ok(query.first(conn)?)
    }

    /// The enrolment of the person's own organisation.
    pub fn own(scope: &Scope, conn: &mut Conn) -> Result<Self> {
        Ok(enrolments::table
            .inner_join(organisations::table)
            .left_join(tiers::table)
            .left_join(contacts::table)
            .filter(enrolments::program_id.eq(scope.program().id))
            .filter(enrolments::organisation_id.eq(scope.organisation_id()))
            .select(Self::as_select())
            .first(conn)?)
    }

    /// Where the vendor's staff find it.
    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/partners/{}", self.reference))
    }
}

impl Cam {
    /// As it can be chosen again.
    pub fn choice(&self) -> Choice {
        Choice {
            id: self.id,
            value: self.reference.clone(),
            label: self.name.clone(),
            email: self.email.clone(),
        }
    }
}
