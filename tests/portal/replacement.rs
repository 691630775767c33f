//! Two processes on one PostgreSQL are replaced one by one, and nobody who asks notices.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::binary::Server;
use crate::support::database::{Database, is_postgres};

const ASKED: [&str; 3] = [
    "GET /health/ready HTTP/1.1\r\n",
    "GET /sign-in HTTP/1.1\r\n",
    "POST /sign-in HTTP/1.1\r\nsec-fetch-site: same-origin\r\n\
     content-type: application/x-www-form-urlencoded\r\n",
];

/// Hands connections to the processes in turn, as a balancer does, and to none that is leaving.
#[derive(Default)]
struct Balancer {
    addresses: RwLock<Vec<String>>,
    turn: AtomicUsize,
}

impl Balancer {
    fn add(&self, server: &Server) {
        self.addresses.write().unwrap().push(server.address.clone());
    }

    fn remove(&self, server: &Server) {
        self.addresses.write().unwrap().retain(|one| *one != server.address);
    }

    fn connect(&self) -> TcpStream {
        let addresses = self.addresses.read().unwrap();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        TcpStream::connect(&addresses[turn % addresses.len()]).unwrap()
    }
}

/// Asks until it is over; gives how often it was answered. Anything but an answer is a fault.
fn ask(balancer: &Balancer, over: &AtomicBool) -> usize {
    let mut answered = 0;
    while !over.load(Ordering::SeqCst) {
        let asked = ASKED[answered % ASKED.len()];
        let began = Instant::now();
        let mut stream = balancer.connect();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let body = "email=nobody%40example.com&password=not+the+one";
        let body = if asked.starts_with("POST") { body } else { "" };
        let length = body.len();
        let request = format!(
            "{asked}host: portal\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        if let Err(fault) = stream.read_to_string(&mut answer) {
            panic!("{asked:?}: {fault} after {:?} and {answer:?}", began.elapsed());
        }
        let status = answer.split(' ').nth(1).unwrap_or("nothing");
        assert!(matches!(status, "200" | "422" | "429"), "{asked}: {status}");
        answered += 1;
    }
    answered
}

#[test]
fn two_processes_are_replaced_without_a_failed_request() {
    if !is_postgres() {
        return;
    }
    let (database, folder) = (Database::fresh(), TempDir::new().unwrap());
    let words = ["serve", "--database-url", database.address(), "--db-connections", "4"];
    let start = || Server::start(&words, folder.path());
    let balancer = Balancer::default();
    let mut servers = vec![start(), start()];
    servers.iter().for_each(|server| balancer.add(server));
    let over = AtomicBool::new(false);
    let answered: Vec<usize> = std::thread::scope(|threads| {
        let clients: Vec<_> = (0..4).map(|_| threads.spawn(|| ask(&balancer, &over))).collect();
        for _ in 0..4 {
            std::thread::sleep(Duration::from_millis(200));
            let old = servers.remove(0);
            balancer.remove(&old);
            // Whom it was handed to has been let in by then, on a busy machine too; a balancer waits
            // longer still. Sign-ins are under way.
            std::thread::sleep(Duration::from_secs(2));
            assert_eq!(old.stop(), Some(0));
            let new = start();
            balancer.add(&new);
            servers.push(new);
        }
        over.store(true, Ordering::SeqCst);
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert!(answered.iter().all(|count| *count > 10), "{answered:?}");
}
