//! A PostgreSQL of a test's own, to be stopped in the middle of its work.

use std::path::Path;
use std::process::{Command, Stdio};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

/// Removed with its test.
pub struct Cluster {
    folder: String,
    pub address: String,
}

impl Cluster {
    /// Starts one as `scripts/with-postgres` does, but with commits that outlive the server.
    pub fn start() -> Self {
        let said = script("postgres_start >&2 && echo \"$postgres_dir $postgres_url\"");
        let (folder, address) = said.trim().split_once(' ').expect("PostgreSQL did not start");
        let mut conn = PgConnection::establish(address).unwrap();
        for statement in ["ALTER SYSTEM SET synchronous_commit = on", "SELECT pg_reload_conf()"] {
            sql_query(statement).execute(&mut conn).unwrap();
        }
        Self { folder: folder.to_owned(), address: address.to_owned() }
    }

    /// Stops the server as a power cut would and starts it again: gives what does it, and returns
    /// once it takes connections.
    pub fn restart(&self) -> impl FnOnce() + Send + 'static {
        let folder = self.folder.clone();
        move || {
            drop(script(&format!(
                "as_server \"$(postgres_bin)/pg_ctl\" restart --wait --silent --mode=immediate \
             --pgdata={folder}/data --log={folder}/log </dev/null >/dev/null 2>&1"
            )));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        script(&format!("postgres_dir={}; postgres_stop", self.folder));
    }
}

fn script(commands: &str) -> String {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/lib/postgres.sh");
    let output = Command::new("bash")
        .arg("-c")
        .arg(format!("set -eu; source {}; {commands}", library.display()))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{commands}");
    String::from_utf8(output.stdout).unwrap()
}
