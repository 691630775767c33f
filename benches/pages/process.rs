//! The two programs, each in a process of its own.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::arguments::{Arguments, CONNECTIONS};
use crate::floor::Script;
use crate::learned::Learned;
use crate::load;

pub(crate) struct Served {
    child: Child,
    pub(crate) port: u16,
}

impl Served {
    /// The portal, and how long it took from its start to the first page.
    pub(crate) fn portal(arguments: &Arguments) -> (Self, Duration) {
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
        command
            .args(["serve", "--no-worker", "--port", &port.to_string()])
            .args(["--database-url", &arguments.database])
            .args(["--db-connections", &CONNECTIONS.to_string()])
            .arg("--data")
            .arg(arguments.folder.path())
            .env("PORTAL_LOG", "warn")
            // Sessions are made, not signed in to; and nobody reads as fast as a benchmark.
            .env("PORTAL_SECOND_FACTOR", "optional")
            .env("PORTAL_RECORDS_A_MINUTE", "1000000");
        Self::start(command, port)
    }

    pub(crate) fn floor(arguments: &Arguments, pages: Vec<Learned>) -> (Self, Vec<Learned>) {
        let port = free_port();
        let script =
            Script { database: arguments.database.clone(), connections: CONNECTIONS, port, pages };
        let file = arguments.folder.path().join("floor.json");
        std::fs::write(&file, serde_json::to_string(&script).unwrap()).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("floor").arg(&file);
        (Self::start(command, port).0, script.pages)
    }

    fn start(mut command: Command, port: u16) -> (Self, Duration) {
        let began = Instant::now();
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let served = Self { child, port };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "a server does not start");
            std::thread::sleep(Duration::from_millis(1));
        }
        (served, began.elapsed())
    }

    /// The floor is honest only as long as it says the same.
    pub(crate) fn must_answer_like(&self, page: &Learned) {
        let body = load::fetch(self.port, page);
        assert!(body == page.body.as_bytes(), "the floor's {} is another page", page.name);
    }

    /// Time on any core since the start.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(self.about("stat")).unwrap();
        // Behind the name, which may hold blanks: the 12th and 13th field, in hundredths of a second.
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }

    /// The most memory that it ever had at once.
    pub(crate) fn memory_mb(&self) -> f64 {
        let status = std::fs::read_to_string(self.about("status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        let kb: u32 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        f64::from(kb) / 1024.0
    }

    fn about(&self, what: &str) -> std::path::PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(what)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It is measured, not asked to leave politely.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
