//! A mail server on a thread of its own that takes every mail, as fast as it can, and keeps none:
//! only how often it saw each Message-ID.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Sink {
    pub(crate) port: u16,
    pub(crate) seen: Arc<Mutex<HashMap<String, u32>>>,
}

pub(crate) fn open() -> Sink {
    let (tell, told) = std::sync::mpsc::channel();
    let seen = Arc::new(Mutex::new(HashMap::new()));
    let note = Arc::clone(&seen);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            tell.send(listener.local_addr().expect("an address").port()).expect("a receiver");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take_all(stream, Arc::clone(&note)));
            }
        });
    });
    Sink { port: told.recv().expect("a port"), seen }
}

async fn take_all(
    stream: TcpStream,
    seen: Arc<Mutex<HashMap<String, u32>>>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    stream.write_all(b"220 sink\r\n").await?;
    let (mut line, mut inside) = (Vec::new(), false);
    while stream.read_until(b'\n', &mut line).await? > 0 {
        if inside && line.starts_with(b"Message-ID:") {
            let id = String::from_utf8_lossy(&line[11..]).trim().to_owned();
            *seen.lock().expect("no panic").entry(id).or_insert(0) += 1;
        }
        let answer: &[u8] = match (inside, line.as_slice()) {
            (true, b".\r\n") => b"250 taken\r\n",
            (true, _) => b"",
            (false, b"DATA\r\n") => b"354 go on\r\n",
            (false, _) => b"250 ok\r\n",
        };
        inside = answer.starts_with(b"354") || answer.is_empty();
        stream.write_all(answer).await?;
        line.clear();
    }
    Ok(())
}
