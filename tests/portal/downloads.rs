//! Long lists as files: they begin at once, take no memory, are whole, or are seen not to be.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_query;
use portal::db::{DatabaseAddress, DatabaseSettings, Db};

use crate::support::Portal;
use crate::support::binary::{Server, run};

const LINES: usize = 100_000;

/// What a process holds, in bytes.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Makes the history of a demo as long as one of many years.
fn write_history(file: &std::path::Path) {
    let address = DatabaseAddress::parse(file.to_str().unwrap()).unwrap();
    let db = Db::open(&DatabaseSettings::new(address)).unwrap();
    db.write_blocking(|conn| {
        sql_query(format!(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {LINES})
             INSERT INTO audit_events (at, program_id, subject_kind, subject_id, \
             subject_reference, subject_name, action, actor_name, from_value, to_value, why)
             SELECT '2026-01-01 00:00:00', (SELECT MIN(id) FROM programs), 'contact', n, \
             'C-' || n, 'Somebody', 'contact.edited', 'Somebody else', '', '', 'line ' || n FROM n"
        ))
        .execute(conn)?;
        Ok(())
    })
    .unwrap();
}

/// Signs in over HTTP as somebody of the demo and gives the cookie.
fn sign_in(server: &Server, email: &str, password: &str) -> String {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", email)
        .append_pair("password", password)
        .finish();
    let answer = server.ask(&format!(
        "POST /sign-in HTTP/1.1\nsec-fetch-site: same-origin\n\
         content-type: application/x-www-form-urlencoded\n\n{body}"
    ));
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = answer.lines().find(|line| line.contains("session=")).unwrap();
    cookie.split_once(": ").unwrap().1.split(';').next().unwrap().to_owned()
}

#[test]
fn a_hundred_thousand_lines_take_no_memory_and_begin_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(&["demo"], folder.path());
    let people = run(&["demo", "people", "--json", "--data", data]).succeeds().out;
    let people: Vec<serde_json::Value> = serde_json::from_str(&people).unwrap();
    write_history(&folder.path().join("portal.db"));
    let slug = {
        let address = folder.path().join("portal.db");
        let address = DatabaseAddress::parse(address.to_str().unwrap()).unwrap();
        let db = Db::open(&DatabaseSettings::new(address)).unwrap();
        let first = |conn: &mut portal::db::Conn| {
            use portal::db::schema::programs;
            Ok(programs::table.order(programs::id).select(programs::slug).first::<String>(conn)?)
        };
        db.read_blocking(first).unwrap()
    };
    let manager = people
        .iter()
        .find(|one| {
            one["access"] == "program manager"
                && one["programs"].as_array().unwrap().iter().any(|program| *program == *slug)
        })
        .unwrap();
    let word = |name: &str| manager[name].as_str().unwrap().to_owned();
    let cookie = sign_in(&server, &word("email"), &word("password"));

    let before = memory(server.id());
    let asked = Instant::now();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let (host, path) = (&server.address, format!("/p/{slug}/history.csv"));
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let (mut text, mut bytes, mut most) = (Vec::new(), vec![0; 256 * 1024], before);
    let mut begun: Option<Duration> = None;
    loop {
        let count = stream.read(&mut bytes).unwrap();
        if count == 0 {
            break;
        }
        begun.get_or_insert_with(|| asked.elapsed());
        text.extend_from_slice(&bytes[..count]);
        most = most.max(memory(server.id()));
    }
    let (begun, whole) = (begun.unwrap(), asked.elapsed());
    let text = String::from_utf8(text).unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{}", &text[..500]);
    for number in 1..=LINES {
        if number % 997 == 0 {
            let line = format!(",line {number}\r\n");
            assert_eq!(text.matches(&line).count(), 1, "line {number}");
        }
    }
    assert!(text.matches(",line ").count() == LINES && text.trim_end().ends_with('0'));
    assert!(begun * 10 < whole, "it began after {begun:?} of {whole:?}");
    let grown = most.saturating_sub(before) / 1024 / 1024;
    assert!(grown < 24, "it took {grown} MB");
    assert_eq!(server.stop(), Some(0));
}

/// Half a file must not look like a whole one.
#[actix_web::test]
async fn what_fails_on_the_way_breaks_the_file_off() {
    use actix_web::body::MessageBody;
    use actix_web::test::TestRequest;
    use portal::db::schema::audit_events;

    let portal = Portal::start().await;
    let program = portal.read(|conn| {
        use portal::db::schema::programs;
        Ok(programs::table
            .filter(programs::slug.eq("shield"))
            .select(programs::id)
            .first::<i64>(conn)?)
    });
    portal.write(move |conn| {
        for number in 0..2_500_i64 {
            diesel::insert_into(audit_events::table)
                .values((
                    audit_events::at.eq(portal::clock::Clock::default().now()),
                    audit_events::program_id.eq(Some(program)),
                    audit_events::subject_kind.eq("contact"),
                    audit_events::subject_id.eq(number),
                    audit_events::subject_reference.eq("C-1"),
                    audit_events::subject_name.eq("Somebody"),
                    audit_events::action.eq("contact.edited"),
                    audit_events::actor_name.eq("Somebody"),
                    audit_events::from_value.eq(""),
                    audit_events::to_value.eq(""),
                    audit_events::why.eq(format!("line {number}")),
                ))
                .execute(conn)?;
        }
        Ok(())
    });
    let mut manager = portal.manager();
    let whole = manager.get("/p/shield/history.csv").await.is(200);
    assert_eq!(whole.text.matches(",line ").count(), 2_500);

    // The access ends between the first part and the second.
    let name = portal.app.site.cookie_name("session");
    let service = actix_web::test::init_service(portal.app.app()).await;
    let request = TestRequest::get()
        .uri("/p/shield/history.csv")
        .insert_header(("cookie", format!("{name}={}", manager.cookie(&name))))
        .to_request();
    let answer = actix_web::test::call_service(&service, request).await;
    assert_eq!(answer.status(), 200);
    portal.write(|conn| {
        Ok(sql_query("UPDATE programs SET slug = 'gone' WHERE slug = 'shield'").execute(conn)?)
    });
    let mut body = Box::pin(answer.into_body());
    let (mut parts, mut broken) = (0, false);
    while let Some(part) = std::future::poll_fn(|context| body.as_mut().poll_next(context)).await {
        match part {
            Ok(_) => parts += 1,
            Err(_) => {
                broken = true;
                break;
            }
        }
    }
    assert!(parts >= 1 && broken, "{parts} parts, and then an end as if that were all");
}
