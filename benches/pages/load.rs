//! Clients that ask one after the other over connections that stay open.

use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::learned::Learned;
use crate::process::Served;

/// What several rounds measured.
#[derive(Default)]
pub(crate) struct Measured {
    waits: Vec<Duration>,
    time: Duration,
    cpu: Duration,
}

impl Measured {
    pub(crate) fn add(&mut self, round: Self) {
        self.waits.extend(round.waits);
        self.time += round.time;
        self.cpu += round.cpu;
    }

    /// Pages a second.
    pub(crate) fn rate(&self) -> f64 {
        self.count() / self.time.as_secs_f64()
    }

    /// CPU of the serving process a page.
    pub(crate) fn cpu_ms(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e3 / self.count()
    }

    /// How long the answer took that this share of all were faster than.
    pub(crate) fn wait_ms(&self, percent: usize) -> f64 {
        let mut waits = self.waits.clone();
        waits.sort_unstable();
        waits[(waits.len() - 1) * percent / 100].as_secs_f64() * 1e3
    }

    fn count(&self) -> f64 {
        f64::from(u32::try_from(self.waits.len()).unwrap())
    }
}

/// Asks for the page with so many clients for so many seconds.
pub(crate) fn run(served: &Served, page: &Learned, clients: usize, seconds: f64) -> Measured {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (cpu, began) = (served.cpu(), Instant::now());
    let end = began + Duration::from_secs_f64(seconds);
    let request =
        format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {}\r\n\r\n", page.path, page.cookie);
    let waits = runtime.block_on(async {
        let mut running = JoinSet::new();
        for _ in 0..clients {
            running.spawn(client(served.port, request.clone(), page.body.len(), end));
        }
        running.join_all().await.concat()
    });
    Measured { waits, time: began.elapsed(), cpu: served.cpu() - cpu }
}

async fn client(port: u16, request: String, length: usize, end: Instant) -> Vec<Duration> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::with_capacity(128 * 1024, stream);
    let (mut waits, mut body) = (Vec::new(), Vec::new());
    while Instant::now() < end {
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut stream, &mut body).await;
        waits.push(asked.elapsed());
        // A page names no time of its own: what is much shorter is another page.
        assert!(body.len().abs_diff(length) < 200, "an answer of {} bytes", body.len());
    }
    waits
}

/// One answer of known length; anything but 200 ends the benchmark.
async fn read_answer(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>) {
    let (mut line, mut length, mut first) = (String::new(), 0, true);
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        if std::mem::take(&mut first) {
            assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        }
        let head = line.trim_end().to_ascii_lowercase();
        if let Some(value) = head.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if head.is_empty() {
            break;
        }
    }
    body.resize(length, 0);
    stream.read_exact(body).await.unwrap();
}

/// The page as it is served.
pub(crate) fn fetch(port: u16, page: &Learned) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {}\r\n\r\n",
            page.path, page.cookie
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut body = Vec::new();
        read_answer(&mut stream, &mut body).await;
        body
    })
}
