//! Order files for tests: each line says only what it has of its own.

use portal::auth::Program;
use portal::error::Error;
use portal::orders::import::{self, Column, Imported, OrderFile};
use portal::sheet::Fault;

use super::Portal;

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

impl Portal {
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
            Ok(plan) => import::write(self.db(), plan, None, now, |_| ()).map(Ok),
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
