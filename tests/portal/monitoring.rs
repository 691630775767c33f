//! What Prometheus is told, where, and that it does not grow with what people do.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use portal::figures::FIGURES;

use crate::support::binary::{Server, run};

/// An address that nobody listens at just now.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn scrape(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "GET /metrics HTTP/1.1\r\nhost: metrics\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// The figures in an answer, without the parts that a histogram has.
fn names(answer: &str) -> BTreeSet<String> {
    answer
        .lines()
        .filter(|line| line.starts_with("portal_"))
        .map(|line| {
            let name = line.split(['{', ' ']).next().unwrap();
            let known = FIGURES.iter().find(|figure| {
                let rest = name.strip_prefix(figure.name);
                rest.is_some_and(|rest| matches!(rest, "" | "_bucket" | "_sum" | "_count"))
            });
            known.unwrap_or_else(|| panic!("{name} is in no table")).name.to_owned()
        })
        .collect()
}

/// The value of a series; each that is asked for is whole.
fn value(answer: &str, series: &str) -> u64 {
    let line = answer.lines().find(|line| line.starts_with(series));
    let line = line.unwrap_or_else(|| panic!("{series} is missing:\n{answer}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn operators_see_what_the_portal_does() {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let server = Server::start(&["serve", "--metrics", &address.to_string()], folder.path());
    let first = scrape(address);
    assert!(first.contains("text/plain; version=0.0.4"), "{first}");
    for number in 0..60 {
        server.ask(&format!("GET /p/program{number}/contacts/C-{number} HTTP/1.1"));
        server.ask(&format!("GET /nowhere/{number} HTTP/1.1"));
        server.ask(&format!("METHOD{number} /sign-in HTTP/1.1"));
    }
    server.ask("GET /health/ready HTTP/1.1");
    let answer = scrape(address);

    assert_eq!(value(&answer, "portal_database_up"), 1);
    assert!(value(&answer, "portal_build_info{") == 1);
    assert!(value(&answer, "portal_process_resident_memory_bytes") > 1_000_000);
    assert!(value(&answer, "portal_process_open_files") > 3);
    assert_eq!(value(&answer, "portal_outbox_mails{status=\"queued\"}"), 0);
    assert!(value(&answer, "portal_database_commit_seconds_count") >= 1);
    let ready =
        "portal_http_request_seconds_count{method=\"GET\",route=\"health.ready\",status=\"2xx\"}";
    assert_eq!(value(&answer, ready), 1);

    // What people type is in none of it, and much of it is as long as a little.
    for typed in ["program1", "C-1", "nowhere/", "METHOD1", "/p/"] {
        assert!(!answer.contains(typed), "{typed} has become a label");
    }
    let series = |text: &str| text.lines().filter(|line| line.contains("route=")).count();
    let before = series(&answer);
    for number in 100..130 {
        server.ask(&format!("GET /p/program{number}/contacts/C-{number} HTTP/1.1"));
    }
    let after = scrape(address);
    assert_eq!(series(&after), before, "it grows with the addresses that are asked for");
    assert!(names(&after).len() >= 14, "{:?}", names(&after));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn nothing_is_published_unless_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["serve"], folder.path());
    assert!(server.ask("GET /metrics HTTP/1.1").starts_with("HTTP/1.1 404"));
    let data = folder.path().to_str().unwrap();
    let open = run(&["doctor", "--data", data, "--metrics", "0.0.0.0:9464"]);
    assert!(open.out.contains("WRONG  metrics"), "{}", open.out);
    let inside = run(&["doctor", "--data", data, "--metrics", "127.0.0.1:9464"]);
    assert!(inside.out.contains("ok     metrics"), "{}", inside.out);
}
