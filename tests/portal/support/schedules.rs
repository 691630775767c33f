//! Schedules in tests: found by their orders, and read as files.

use diesel::prelude::*;
use portal::audit::By;
use portal::db::schema::{orders, schedules};
use portal::schedules::{Issuing, issue_all};

use super::pdf::Pdf;
use super::{Portal, Visitor};

impl Portal {
    /// The address of the schedule of an order, by the order's external number.
    pub fn schedule(&self, number: &str) -> String {
        let reference: String = self.read(|conn| {
            Ok(schedules::table
                .inner_join(orders::table)
                .filter(orders::external_number.eq(number))
                .select(schedules::reference)
                .first(conn)?)
        });
        format!("/p/shield/schedules/{reference}")
    }

    /// Issues the schedules of all orders that were put into the tables without one.
    pub fn issue_schedules(&self) {
        let (program, site) = (self.program("shield"), self.app.site.clone());
        let now = self.app.clock.now();
        self.write(move |conn| {
            let ids: Vec<i64> = orders::table
                .left_join(schedules::table.on(schedules::order_id.eq(orders::id)))
                .filter(orders::processed_at.is_not_null())
                .filter(schedules::id.nullable().is_null())
                .order(orders::id)
                .select(orders::id)
                .load(conn)?;
            let by = By::Portal("the tests");
            issue_all(&ids, &Issuing { program: &program, by, site: &site, now }, conn)
        });
    }

    pub fn schedules(&self) -> i64 {
        self.read(|conn| Ok(schedules::table.count().get_result(conn)?))
    }
}

/// The reference in an address.
pub fn number_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// What the paper of a schedule says.
pub async fn paper_of(visitor: &mut Visitor, path: &str) -> String {
    let paper = visitor.get(&format!("{path}/schedule.pdf")).await.is(200);
    assert_eq!(paper.header("content-type"), "application/pdf");
    Pdf::read(&paper.answer.body, number_of(path)).text()
}
