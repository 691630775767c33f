//! How many mails a second leave over four connections, against a bare loop on the same sink.
//!
//! `cargo bench --bench smtp`. Both build every letter; the bare loop then writes it to a socket with
//! TCP_NODELAY and reads one line a command, nothing else: no pool, no limits, no outcomes. A second
//! bare loop writes ready-made bytes, to show what the building costs.

mod sink;

use std::time::{Duration, Instant};

use chrono::{TimeZone, Utc};
use portal::mail::letter::{Letter, Party, build};
use portal::mail::smtp::{Outcome, Smtp};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 4;
const MAILS: usize = 2_000;
const ROUNDS: usize = 31;
/// The least that is good: mails a second, and a share of what the bare loop does.
const FLOOR: (f64, f64) = (1_000.0, 0.6);

fn letter(number: usize) -> Letter {
    Letter {
        message_id: format!("<m-{number}@portal.example.org>"),
        from: Party::new("Shield Partners", "portal@example.org"),
        to: Party::new("Olga Owner", "olga@acme.example"),
        reply_to: None,
        subject: "3 licences to renew".to_owned(),
        text: "Dear Olga,\nthree licences end soon.\n".repeat(20),
        html: "<p>Dear Olga,<br>three licences end soon.</p>\n".repeat(40),
        date: Utc.timestamp_opt(1_700_000_000, 0).single().expect("a date"),
        headers: vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())],
        attachments: Vec::new(),
    }
}

/// What a mail looks like on the wire.
fn wire(number: usize) -> Vec<u8> {
    let mut content = build(&letter(number)).expect("a letter").formatted();
    content.extend_from_slice(b"\r\n.\r\n");
    content
}

async fn bare(port: u16, mails: usize, ready_made: bool) -> std::io::Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut content = wire(0);
    let mut answer = String::new();
    stream.read_line(&mut answer).await?;
    stream.write_all(b"EHLO bench\r\n").await?;
    stream.read_line(&mut answer).await?;
    for number in 0..mails {
        if !ready_made {
            content = wire(number);
        }
        for command in [
            &b"MAIL FROM:<portal@example.org>\r\n"[..],
            b"RCPT TO:<olga@acme.example>\r\n",
            b"DATA\r\n",
            &content,
        ] {
            stream.write_all(command).await?;
            answer.clear();
            stream.read_line(&mut answer).await?;
        }
    }
    Ok(())
}

async fn send(smtp: Smtp, mails: usize) -> std::io::Result<()> {
    for number in 0..mails {
        let message = build(&letter(number)).expect("a letter");
        match smtp.send(&message, Duration::from_secs(10)).await {
            Outcome::Accepted { .. } => {}
            other => return Err(std::io::Error::other(format!("{other:?}"))),
        }
    }
    Ok(())
}

/// Mails a second with as many loops at once as there are connections.
async fn measure<F>(one_loop: impl Fn() -> F) -> f64
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let start = Instant::now();
    let mut loops = JoinSet::new();
    for _ in 0..CONNECTIONS {
        loops.spawn(one_loop());
    }
    for done in loops.join_all().await {
        done.expect("every mail is taken");
    }
    MAILS as f64 / start.elapsed().as_secs_f64()
}

#[tokio::main]
async fn main() {
    let sink = sink::open();
    let port = sink.port;
    let address = format!("smtp://127.0.0.1:{port}?connections={CONNECTIONS}");
    let smtp = Smtp::from_url(&address, "bench.example.org").expect("good settings");
    let size = build(&letter(0)).expect("a letter").formatted().len();
    println!(
        "{MAILS} mails of {size} bytes over {CONNECTIONS} connections, mails a second, middle of {ROUNDS} rounds:"
    );
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let ready = measure(|| bare(port, MAILS / CONNECTIONS, true)).await;
        let floor = measure(|| bare(port, MAILS / CONNECTIONS, false)).await;
        let ours = measure(|| send(smtp.clone(), MAILS / CONNECTIONS)).await;
        rounds.push((ours / floor, ready, floor, ours));
    }
    let letters = sink.seen.lock().expect("no panic").len();
    assert_eq!(letters, MAILS / CONNECTIONS, "different letters arrived");
    // The middle round: a share taken from two runs side by side stands other load on the machine.
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (share, ready, floor, ours) = rounds[ROUNDS / 2];
    let percent = 100.0 * share;
    println!("ready-made {ready:.0}   bare {floor:.0}   sender {ours:.0} ({percent:.0} % of bare)");
    if ours < FLOOR.0 || share < FLOOR.1 {
        eprintln!("below the floor of {} a second and {} %", FLOOR.0, 100.0 * FLOOR.1);
        std::process::exit(1);
    }
}
