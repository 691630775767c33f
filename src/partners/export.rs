//! The lists of partners and of resellers as files.

use super::Choices;
use super::list::{self, PartnerFilter, PartnerQuery};
use super::resellers;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// The enrolments of a program, in the columns that an import of partners reads.
pub(super) struct PartnersFile {
    filter: PartnerFilter,
}

impl PartnersFile {
    pub(super) fn of(scope: &Scope, query: &PartnerQuery, conn: &mut Conn) -> Result<Self> {
        let choices = Choices::of(scope.program(), conn)?;
        Ok(Self { filter: query.filter(scope, &choices) })
    }
}

impl CsvList for PartnersFile {
    fn file_name(&self, _: &Scope) -> String {
        "partners.csv".to_owned()
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        list::FILE_HEADS.to_vec()
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let partners = list::part_for(scope, &self.filter, after, ROWS_AT_ONCE, conn)?;
        let ids: Vec<i64> = partners.iter().map(|row| row.id).collect();
        let types = list::type_keys_of(scope, &ids, conn)?;
        let distributors = list::distributors_of(scope, &ids, conn)?;
        for partner in &partners {
            rows.row(partner.cells(&types, &distributors))?;
        }
        Ok(next_part(&partners, |row| (row.name_key.clone(), row.reference.clone())))
    }
}

/// The names of a distributor's resellers.
pub(super) struct ResellersFile {
    pub(super) name: String,
}

impl CsvList for ResellersFile {
    fn file_name(&self, _: &Scope) -> String {
        "resellers.csv".to_owned()
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec!["organisation"]
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let names = resellers::part_for(scope, &self.name, after, ROWS_AT_ONCE, conn)?;
        for reseller in &names {
            rows.row([&reseller.name])?;
        }
        Ok(next_part(&names, |row| (row.name_key.clone(), row.reference.clone())))
    }
}
