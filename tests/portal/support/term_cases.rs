//! The order lines of `cases/terms.csv`, each worked out by hand, and the policies they name.

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use super::paper_calendar::{Day, day};
use super::paper_terms as paper;

/// The eve of everything: earlier than any order in the cases, so that the first policy covers it.
const LONG_AGO: Day = Day { year: 2022, month: 4, day: 1 };
const THE_CHANGE: Day = Day { year: 2023, month: 10, day: 1 };

/// The policies a case can name: under the old one terms wait for activation, and a firewall's
/// renewal for its key; under the new one nothing waits.
pub fn policies(name: &str, is_firewall: bool) -> Vec<paper::Policy> {
    let by_activation = |from| paper::Policy {
        from,
        term_by_activation: true,
        warranty_by_activation: true,
        grace: 90,
        by_key: is_firewall,
        lapse: 365,
    };
    let by_processing = |from| paper::Policy {
        from,
        term_by_activation: false,
        warranty_by_activation: false,
        grace: 0,
        by_key: false,
        lapse: 365,
    };
    match name {
        "activation" => vec![by_activation(LONG_AGO)],
        "processing" => vec![by_processing(LONG_AGO)],
        "change" => vec![by_activation(LONG_AGO), by_processing(THE_CHANGE)],
        "there-and-back" => {
            vec![by_activation(LONG_AGO), by_processing(THE_CHANGE), by_activation(day(2024, 1, 1))]
        }
        other => panic!("no policies are called {other}"),
    }
}

/// One line of `cases/terms.csv`.
pub struct Case {
    pub cells: csv::StringRecord,
    heads: csv::StringRecord,
}

impl Case {
    pub fn cell(&self, head: &str) -> &str {
        let column =
            self.heads.iter().position(|name| name == head).expect("a column of that name");
        &self.cells[column]
    }

    pub fn day(&self, head: &str) -> Option<Day> {
        Some(self.cell(head)).filter(|text| !text.is_empty()).map(Day::from)
    }

    pub fn processed_at(&self) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(self.cell("processed_at"), "%Y-%m-%dT%H:%M")
            .expect("an instant")
    }

    pub fn zone(&self) -> Tz {
        self.cell("zone").parse().expect("a time zone")
    }

    /// The order line, processed on the day of the program that [`Case::processed_at`] falls on.
    pub fn line(&self, processed: Day) -> paper::Line {
        paper::Line {
            kind: match self.cell("kind") {
                "new" => paper::Kind::New,
                "renewal" => paper::Kind::Renewal,
                "change" => paper::Kind::Change,
                "trial" => paper::Kind::Trial,
                "nfr" => paper::Kind::Nfr,
                other => panic!("no kind is called {other}"),
            },
            goods: match self.cell("goods") {
                "subscription" | "firewall" => paper::Goods::Subscription,
                "perpetual" => paper::Goods::Perpetual,
                "service" => paper::Goods::Service,
                hardware => paper::Goods::Hardware {
                    warranty_months: hardware.strip_prefix("hardware:").unwrap().parse().unwrap(),
                },
            },
            months: Some(self.cell("months"))
                .filter(|text| !text.is_empty())
                .map(|text| text.parse().unwrap()),
            processed,
            activated: self.day("activated_on"),
            base: match self.cell("old_end") {
                "" => paper::Base::None,
                "unknown" => paper::Base::Waiting,
                end => paper::Base::Ends(end.into()),
            },
        }
    }

    pub fn policies(&self) -> Vec<paper::Policy> {
        policies(self.cell("policies"), self.cell("goods") == "firewall")
    }

    pub fn expected(&self) -> paper::Dates {
        (
            (self.day("starts_on"), self.day("ends_on")),
            (self.day("warranty_from"), self.day("warranty_to")),
        )
    }
}

pub fn cases() -> Vec<Case> {
    let mut file = csv::Reader::from_reader(include_str!("../cases/terms.csv").as_bytes());
    let heads = file.headers().unwrap().clone();
    file.records().map(|cells| Case { cells: cells.unwrap(), heads: heads.clone() }).collect()
}
