//! The HTTP server: one app per thread, limits against slow and greedy clients, and an end that
//! loses no request.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::http::KeepAlive;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::Portal;
use crate::config::ListenSettings;
use crate::error::{Error, Result};

/// The head of a request must have arrived by then. A crowded machine may need seconds to look at what has
/// arrived; who is cut off then gets a reset connection.
const REQUEST_HEAD: Duration = Duration::from_secs(20);
/// Longer than what proxies keep idle connections for, so that it is they who close them.
const IDLE_CONNECTION: Duration = Duration::from_secs(75);
/// What is under way when the server is told to stop has this long to end.
const DRAIN_SECONDS: u64 = 30;

/// A port that is held and not served yet: its address can be printed and linked to.
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    threads: Option<usize>,
}

impl Door {
    /// Takes the port; 0 takes a free one.
    pub fn open(settings: &ListenSettings) -> Result<Self> {
        let wanted = SocketAddr::new(settings.bind, settings.port);
        let refused = |fault: std::io::Error| {
            Error::Setting(format!(
                "Cannot listen on {wanted}: {fault}. Choose another --port, or 0 for a free one."
            ))
        };
        let listener = TcpListener::bind(wanted).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        Ok(Self { listener, address, threads: settings.threads })
    }

    /// Where a browser on this machine finds it.
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.address))
    }

    /// Serves until SIGTERM or SIGINT, then drains. `ready` is called once requests are answered: before,
    /// they wait at the door, and whoever is told to stop would leave them there.
    pub async fn serve(self, portal: Portal, ready: impl FnOnce() -> Result<()>) -> Result<()> {
        // Before anybody is told that it is ready, or a signal could be lost.
        let (stop, hurry) = (Signals::listen()?, Signals::listen()?);
        let mut server = HttpServer::new(move || portal.app())
            .tcp_nodelay(true)
            .keep_alive(KeepAlive::Timeout(IDLE_CONNECTION))
            .client_request_timeout(REQUEST_HEAD)
            .shutdown_timeout(DRAIN_SECONDS)
            .disable_signals()
            .shutdown_signal(stop.told_to_stop());
        if let Some(threads) = self.threads {
            server = server.workers(threads.max(1));
        }
        let running = server.listen(self.listener).map_err(Error::internal)?.run();
        let mut running = std::pin::pin!(running);
        tokio::select! {
            ended = &mut running => return ended.map_err(Error::internal),
            answered = first_answer(reachable(self.address)) => answered?,
        }
        ready()?;
        tokio::select! {
            ended = running => ended.map_err(Error::internal),
            () = hurry.told_to_hurry() => Ok(()),
        }
    }
}

/// Where what listens on an address is reached from this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(_) => IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(host, address.port())
}

/// Waits until a request that stands first at the door is answered. How long the workers take to start
/// is nobody's limit here: a server that does not come up is told to stop.
async fn first_answer(address: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(address).await.map_err(Error::internal)?;
    let asked =
        format!("GET /health/live HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).await.map_err(Error::internal)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.map_err(Error::internal)?;
    Ok(())
}

/// The signals that end a server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).map_err(Error::internal);
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn told_to_stop(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        tracing::info!("stopping: requests under way are finished first");
    }

    /// A person who presses Ctrl-C twice wants no drain.
    async fn told_to_hurry(mut self) {
        self.interrupt.recv().await;
        self.interrupt.recv().await;
    }
}
