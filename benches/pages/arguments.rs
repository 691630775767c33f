//! What the benchmark is told.

use portal::db::{DatabaseAddress, DatabaseSettings};

pub(crate) struct Arguments {
    pub(crate) database: String,
    pub(crate) program: String,
    pub(crate) clients: usize,
    pub(crate) seconds: f64,
    pub(crate) rounds: usize,
    pub(crate) only: Option<String>,
    /// For what is written besides.
    pub(crate) folder: tempfile::TempDir,
}

/// Connections of either program.
pub(crate) const CONNECTIONS: u32 = 8;

impl Arguments {
    pub(crate) fn read(words: &[String]) -> Self {
        let option = |name: &str| {
            let place = words.iter().position(|word| word == name)?;
            words.get(place + 1).cloned()
        };
        let file = option("--data").map(|folder| format!("{folder}/portal.db"));
        let database = option("--database-url").or(file);
        let number = |name: &str, usual: f64| {
            option(name).map_or(usual, |text| text.parse().expect("a number"))
        };
        Self {
            database: database.expect("--data DIR or --database-url ADDRESS"),
            program: option("--program").expect("--program SLUG"),
            clients: option("--clients").map_or(8, |text| text.parse().expect("a number")),
            seconds: number("--seconds", 2.0),
            rounds: option("--rounds").map_or(5, |text| text.parse().expect("a number")),
            only: option("--only"),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn settings(&self) -> DatabaseSettings {
        let address = DatabaseAddress::parse(&self.database).unwrap();
        let mut settings = DatabaseSettings::new(address);
        settings.connections = CONNECTIONS;
        settings
    }
}
