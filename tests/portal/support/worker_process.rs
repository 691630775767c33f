//! Workers in processes of their own, which can be killed, stopped and let go on.

use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::Portal;
use super::portal::BASE;
use super::post::until;
use super::smtp::SmtpServer;

/// A real worker, ended with its test whatever happens.
pub struct WorkerProcess(Child);

impl WorkerProcess {
    pub fn start(portal: &Portal, server: &SmtpServer, arguments: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_portal"))
            .arg("worker")
            .args(arguments)
            .env("DATABASE_URL", portal.database_address())
            .env("PORTAL_BASE_URL", BASE)
            .env("PORTAL_SMTP_URL", format!("smtp://127.0.0.1:{}?connections=1", server.port()))
            .env("PORTAL_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Sends a signal to this process and no other.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// SIGKILL, by its own process id.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    pub async fn ends_well(mut self) {
        let mut status = None;
        until("the worker has ended", || {
            status = self.0.try_wait().unwrap();
            status.is_some()
        })
        .await;
        assert!(status.unwrap().success());
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
