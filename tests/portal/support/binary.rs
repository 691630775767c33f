//! The built program, run as an operator would: commands that end, and servers that are told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command with no settings but those that the test gives.
pub fn portal(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    command.env_clear().args(words);
    command
}

/// What an ended command said, and how it ended.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

pub fn run(words: &[&str]) -> Said {
    said(&portal(words).output().unwrap())
}

pub fn said(output: &Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Said {
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self
    }

    /// It ended with a code other than 0 and one line that holds these words.
    #[track_caller]
    pub fn refuses(self, words: &str) -> Self {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        let lines: Vec<&str> =
            self.err.lines().filter(|line| line.starts_with("portal: ")).collect();
        assert_eq!(lines.len(), 1, "{}", self.err);
        assert!(lines[0].contains(words), "{} does not say {words:?}", lines[0]);
        self
    }
}

/// A server that is running; it is killed with its test.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Starts a command that serves and waits until it says where.
    pub fn start(words: &[&str], data: &Path) -> Self {
        let data = data.to_str().unwrap();
        let mut child = portal(words)
            .args(["--data", data, "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let ready = lines
                .by_ref()
                .map_while(Result::ok)
                .find_map(|line| Some(line.split_once("ready at http://")?.1.to_owned()));
            tell.send(ready).unwrap();
            // Nobody reads on, but the pipe must not fill up.
            lines.for_each(drop);
        });
        let address = told.recv_timeout(PATIENCE).unwrap();
        Self { child, address: address.expect("the server ended before it was ready") }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// One request with a connection of its own: status line, headers and body as they came.
    pub fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let head = head.replace('\n', "\r\n");
        let (host, length) = (&self.address, body.len());
        let request = format!(
            "{head}\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Tells it to stop, as a supervisor would, and gives its exit code.
    pub fn stop(mut self) -> Option<i32> {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where the test has stopped it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
