//! Order files for tests: each line says only what it has of its own.

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::auth::Program;
use portal::clock::Instant;
use portal::db::schema::{licences, order_lines, orders, policies, programs};
use portal::error::Error;
use portal::orders::import::{self, Column, Imported, OrderFile};
use portal::sheet::Fault;

use super::Portal;
use super::leads::reference_of;

/// SKU, units, months, start, end.
pub type LicenceRow = (String, i32, Option<i32>, Option<NaiveDate>, Option<NaiveDate>);

/// One line, as what differs from the ordinary: Acme orders twelve months of a subscription for
/// Hooli, activated on 3 February 2026.
pub type Cells<'a> = &'a [(&'a str, &'a str)];

const ORDINARY: &[(&str, &str)] = &[
    ("external_number", "SO-1"),
    ("program", "shield"),
    ("distributor", "Nordic Supply"),
    ("reseller", "Acme"),
    ("customer", "Hooli"),
    ("customer_country", "JP"),
    ("product", "WATCH-SITE"),
    ("quantity", "5"),
    ("months", "12"),
    ("kind", "new"),
    ("released_at", "2026-02-02T00:30:00Z"),
    ("processed_at", "2026-02-02T10:00:00+09:00"),
    ("activated_on", "2026-02-03"),
    ("unit_price", "4900"),
];

/// A file with all columns and these lines.
pub fn file(lines: &[Cells<'_>]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(Column::ALL.iter().map(|column| column.name())).unwrap();
    for line in lines {
        for (name, _) in *line {
            assert!(Column::ALL.iter().any(|column| column.name() == *name), "no column {name}");
        }
        let cell = |column: &Column| {
            let mut said = line.iter().chain(ORDINARY).filter(|(name, _)| *name == column.name());
            said.next().map_or("", |(_, cell)| *cell)
        };
        csv.write_record(Column::ALL.iter().map(cell)).unwrap();
    }
    csv.into_inner().unwrap()
}

/// An order, as stored: status, what holds it, why.
pub type Stands = (String, String, String);

impl Portal {
    /// Acme has accepted a quote of Nordic Supply's for so many units of each product, for a year;
    /// gives the order's address.
    pub async fn placed_order(&self, lines: &[(&str, i32)]) -> String {
        let inquiry = self.inquiry_of("owner", "Nordic Supply", lines).await;
        let mut distributor = self.visitor("distributor");
        let quote = distributor.post(&format!("{inquiry}/quote"), &[]).await.created();
        distributor.send_quote(&quote).await.is(303);
        self.owner().accept_quote(&quote).await
    }

    /// … which Nordic Supply has released.
    pub async fn released_order(&self, lines: &[(&str, i32)]) -> String {
        let order = self.placed_order(lines).await;
        let mut distributor = self.visitor("distributor");
        distributor.post(&format!("{order}/release"), &[]).await.goes_to(&order);
        order
    }

    pub fn order_id(&self, path: &str) -> i64 {
        let reference = reference_of(path).to_owned();
        self.read(|conn| {
            let of = orders::table.filter(orders::reference.eq(reference));
            Ok(of.select(orders::id).first(conn)?)
        })
    }

    /// Order processing of "shield" is under maintenance between two instants.
    pub fn stop_orders(&self, starts_at: Instant, ends_at: Instant) {
        let micros = |at: Instant| at.to_datetime().timestamp_micros();
        let kept = format!(
            "MW-00000-00000 {} {} order_processing New systems",
            micros(starts_at),
            micros(ends_at)
        );
        self.write(move |conn| {
            let shield = programs::table.filter(programs::slug.eq("shield"));
            diesel::update(shield).set(programs::maintenance.eq(&kept)).execute(conn)?;
            Ok(())
        });
    }

    /// From now on released orders of "shield" are processed by the portal itself.
    pub fn processes_by_itself(&self) {
        self.write(|conn| {
            diesel::update(policies::table)
                .set(policies::order_processing.eq("automatic"))
                .execute(conn)?;
            Ok(())
        });
    }

    pub fn order_stands(&self, path: &str) -> Stands {
        let reference = reference_of(path).to_owned();
        self.read(|conn| {
            let of = orders::table.filter(orders::reference.eq(reference));
            Ok(of.select((orders::status, orders::hold, orders::why)).first(conn)?)
        })
    }

    /// The licences of an order: SKU, units, months, start and end.
    pub fn licences_of(&self, path: &str) -> Vec<LicenceRow> {
        let reference = reference_of(path).to_owned();
        self.read(|conn| {
            Ok(licences::table
                .inner_join(orders::table)
                .filter(orders::reference.eq(&reference))
                .order(licences::position)
                .select((
                    licences::sku,
                    licences::quantity,
                    licences::months,
                    licences::starts_on,
                    licences::ends_on,
                ))
                .load(conn)?)
        })
    }

    /// Changes what an order's line says, as if it had been placed so.
    pub fn change_line(&self, path: &str, position: i32, sku: &str, months: Option<i32>) {
        let (reference, sku) = (reference_of(path).to_owned(), sku.to_owned());
        self.write(move |conn| {
            let id: i64 = orders::table
                .filter(orders::reference.eq(&reference))
                .select(orders::id)
                .first(conn)?;
            let line = order_lines::table
                .filter(order_lines::order_id.eq(id))
                .filter(order_lines::position.eq(position));
            diesel::update(line)
                .set((order_lines::sku.eq(&sku), order_lines::months.eq(months)))
                .execute(conn)?;
            Ok(())
        });
    }

    /// Makes a line of an order the renewal of a licence.
    pub fn renews(&self, path: &str, position: i32, sku: &str, base: i64) {
        self.change_line(path, position, sku, Some(12));
        let reference = reference_of(path).to_owned();
        self.write(move |conn| {
            let of = orders::table.filter(orders::reference.eq(&reference)).select(orders::id);
            let line = order_lines::table
                .filter(order_lines::order_id.eq_any(of))
                .filter(order_lines::position.eq(position));
            diesel::update(line)
                .set((order_lines::kind.eq("renewal"), order_lines::base_id.eq(Some(base))))
                .execute(conn)?;
            Ok(())
        });
    }

    pub fn program(&self, slug: &str) -> Program {
        self.read(|conn| Program::find_unscoped(slug, conn))
    }

    /// Imports a file as the command line does.
    pub fn import_orders(&self, bytes: &[u8]) -> Result<Imported, Vec<Fault>> {
        self.try_import_orders(bytes).unwrap()
    }

    /// [`Portal::import_orders`], with what went wrong while it was written.
    pub fn try_import_orders(&self, bytes: &[u8]) -> Result<Result<Imported, Vec<Fault>>, Error> {
        let now = self.app.clock.now();
        let program = self.program("shield");
        let file = OrderFile::read(bytes);
        match self.db().read_blocking(|conn| file.check(&program, now, conn))? {
            Ok(plan) => import::write(self.db(), plan, None, &self.app.site, now, |_| ()).map(Ok),
            Err(faults) => Ok(Err(faults)),
        }
    }

    /// Imports a file that is right, and says what was done.
    #[track_caller]
    pub fn imports(&self, lines: &[Cells<'_>]) -> Imported {
        self.import_orders(&file(lines)).unwrap_or_else(|faults| panic!("{}", faults[0]))
    }

    /// What is said of a file that is wrong, fault by fault.
    #[track_caller]
    pub fn refuses(&self, bytes: &[u8]) -> Vec<String> {
        let faults = self.import_orders(bytes).expect_err("the file is wrong");
        faults.iter().map(ToString::to_string).collect()
    }
}
