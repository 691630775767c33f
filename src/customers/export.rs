//! The customers as a file: all that the filters leave.

use super::list::{ListQuery, list_for, sort_key, tallies};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

pub(super) struct CustomersFile {
    pub(super) query: ListQuery,
}

impl CsvList for CustomersFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("customers-{}-{}.csv", scope.program().slug, scope.today())
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec!["reference", "customer", "customer_country", "current_licences", "next_end"]
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let customers = list_for(scope, &self.query, after, ROWS_AT_ONCE, conn)?;
        let ids: Vec<i64> = customers.iter().map(|customer| customer.id).collect();
        let tallies = tallies(scope, &ids, conn)?;
        for customer in &customers {
            let tally = tallies.get(&customer.id).copied().unwrap_or_default();
            rows.row([
                customer.reference.clone(),
                customer.name.clone(),
                customer.country.clone(),
                tally.licences.to_string(),
                tally.next_end.map(|day| day.to_string()).unwrap_or_default(),
            ])?;
        }
        Ok(next_part(&customers, sort_key))
    }
}
