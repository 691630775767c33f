//! A stretch of network between the portal and its database server, to be cut and mended.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Forwards whatever connects to it, until it is cut.
pub struct Proxy {
    address: SocketAddr,
    line: Arc<Line>,
}

struct Line {
    server: String,
    cut: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// Stands before a server: `host:port`.
    pub fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let line = Arc::new(Line {
            server: server.to_owned(),
            cut: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let own = Arc::clone(&line);
        std::thread::spawn(move || {
            for caller in listener.incoming() {
                own.connect(caller.unwrap());
            }
        });
        Self { address, line }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends every connection in the middle of whatever it does, and refuses new ones.
    pub fn cut(&self) {
        self.line.cut.store(true, Ordering::SeqCst);
        self.end_all();
    }

    /// Ends every connection once; new ones are let through, as after a restart of the server.
    pub fn end_all(&self) {
        for stream in self.line.open.lock().unwrap().drain(..) {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.line.cut.store(false, Ordering::SeqCst);
    }
}

impl Line {
    fn connect(&self, caller: TcpStream) {
        let mut open = self.open.lock().unwrap();
        if self.cut.load(Ordering::SeqCst) {
            return;
        }
        let Ok(server) = TcpStream::connect(&self.server) else {
            return;
        };
        for (from, to) in [(&caller, &server), (&server, &caller)] {
            from.set_nodelay(true).unwrap();
            let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            std::thread::spawn(move || carry(from, to));
        }
        open.extend([caller, server]);
    }
}

/// Carries bytes one way until either side ends, then ends the other.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
