//! The settings: from the command line, the environment or a file of `NAME=value` lines, each
//! with a default that is safe. Only this room reads the environment (through clap).

mod file;
mod mail;
mod safeguards;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use url::Url;

use crate::db::{DatabaseAddress, DatabaseSettings};
use crate::error::{Error, Result};
use crate::web::Site;

pub use file::{settings_file, with_defaults_of};
pub use mail::MailSettings;
pub use safeguards::{ReadingSettings, SafeguardSettings, demo_safeguards};

/// What every command that touches the data needs.
#[derive(Args, Clone, Debug)]
pub struct DataSettings {
    /// Folder for everything the portal writes: the SQLite file and, in a demo, the mailbox
    #[arg(long = "data", env = "PORTAL_DATA", value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// Database: postgres://user:password@host/name, or an SQLite file [default: DIR/portal.db]
    #[arg(long, env = "DATABASE_URL", value_name = "ADDRESS", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Connections for reading (PostgreSQL: as many again for writing)
    #[arg(long, env = "PORTAL_DB_CONNECTIONS", value_name = "N", default_value_t = 8)]
    pub db_connections: u32,
}

impl DataSettings {
    /// Where the database is. The data folder is made if it is to hold the file.
    pub fn database(&self) -> Result<DatabaseSettings> {
        let address = match &self.database_url {
            Some(address) => DatabaseAddress::parse(address)?,
            None => {
                std::fs::create_dir_all(&self.data_dir).map_err(|fault| {
                    let folder = self.data_dir.display();
                    Error::Setting(format!("Cannot make the data folder {folder}: {fault}."))
                })?;
                DatabaseAddress::SqliteFile(self.data_dir.join("portal.db"))
            }
        };
        let mut settings = DatabaseSettings::new(address);
        settings.connections = self.db_connections.max(1);
        Ok(settings)
    }
}

/// Where the portal is reached; mails need it too, for their links.
#[derive(Args, Clone, Debug)]
pub struct SiteSettings {
    /// Address at which people reach the portal; links in mails begin with it
    /// [default: http://127.0.0.1:8080, or where `serve` listens]
    #[arg(long, env = "PORTAL_BASE_URL", value_name = "URL")]
    pub base_url: Option<Url>,

    /// How many reverse proxies of your own stand in front (each adds to X-Forwarded-For)
    #[arg(long, env = "PORTAL_TRUSTED_PROXIES", value_name = "N", default_value_t = 0)]
    pub trusted_proxies: usize,
}

impl SiteSettings {
    pub fn site(&self) -> Result<Site> {
        self.site_at("http://127.0.0.1:8080")
    }

    /// The site, at this address where the settings name none.
    pub fn site_at(&self, otherwise: &str) -> Result<Site> {
        let base = match &self.base_url {
            Some(base) => base.clone(),
            None => Url::parse(otherwise).map_err(Error::internal)?,
        };
        let sound =
            matches!(base.scheme(), "http" | "https") && base.has_host() && base.path() == "/";
        if !sound {
            return Err(Error::Setting(
                "The base address must look like https://portal.example.com, without a path."
                    .to_owned(),
            ));
        }
        Ok(Site { base, demo: false, trusted_proxies: self.trusted_proxies })
    }
}

/// Where the server listens.
#[derive(Args, Clone, Debug)]
pub struct ListenSettings {
    /// Address to listen on
    #[arg(long, env = "PORTAL_BIND", value_name = "IP", default_value = "127.0.0.1")]
    pub bind: IpAddr,

    /// Port to listen on; 0 takes a free one
    #[arg(long, env = "PORTAL_PORT", value_name = "PORT", default_value_t = 8080)]
    pub port: u16,

    /// Threads that serve requests [default: one per core]
    #[arg(long, env = "PORTAL_THREADS", value_name = "N")]
    pub threads: Option<usize>,
}

/// Where figures are published.
#[derive(Args, Clone, Debug)]
pub struct MetricsSettings {
    /// Address for Prometheus, such as 127.0.0.1:9464; without one, nothing is collected. Whoever
    /// reaches it sees how much the portal does, so keep it inside
    #[arg(long = "metrics", env = "PORTAL_METRICS", value_name = "IP:PORT")]
    pub address: Option<SocketAddr>,
}

/// What is logged, and how.
#[derive(Args, Clone, Debug)]
pub struct LogSettings {
    /// What is logged: error, warn, info, debug, or by part: portal=debug,info
    #[arg(
        long = "log",
        env = "PORTAL_LOG",
        value_name = "FILTER",
        default_value = "info,actix_server=warn"
    )]
    pub level: String,

    /// Log lines for people or for machines
    #[arg(
        long = "log-format",
        env = "PORTAL_LOG_FORMAT",
        value_name = "FORMAT",
        value_enum,
        default_value_t = LogFormat::Text
    )]
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}
