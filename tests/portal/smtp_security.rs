//! Mail travels encrypted where it must, and passwords show nowhere.

use std::io::Write;
use std::sync::{Arc, Mutex};

use portal::mail::smtp::{Outcome, Security, SettingFault, Settings, Smtp};
use tracing_subscriber::fmt::MakeWriter;

use crate::smtp::{LIMIT, SHORT, code, is_accepted, mail, sender};
use crate::support::smtp::{At, Reply, Script, SmtpServer, plain_token};

fn secured(server: &SmtpServer, address: &str) -> Smtp {
    let address = address.replace("PORT", &server.port().to_string());
    let settings = Settings::from_url(&address, "portal.example.org").unwrap();
    Smtp::new(settings.trusting_only(server.certificate())).unwrap()
}

#[tokio::test]
async fn mail_goes_encrypted_with_starttls_and_with_tls_from_the_start() {
    for (script, address) in [
        (Script::new().with_starttls(), "smtp://localhost:PORT?tls=required"),
        (Script::new().with_starttls(), "smtp://127.0.0.1:PORT?tls=opportunistic"),
        (Script::new().with_tls_from_the_start(), "smtps://localhost:PORT"),
    ] {
        let server = SmtpServer::start(script.for_user("portal", "s3cret/ü")).await;
        let address = address.replace("://", "://portal:s3cret%2F%C3%BC@");
        let smtp = secured(&server, &address);
        for number in 1..=2 {
            let outcome = smtp.send(&mail(number), LIMIT).await;
            assert!(is_accepted(&outcome), "{address}: {outcome:?}");
        }
        assert!(server.taken().iter().all(|mail| mail.encrypted && mail.signed_in));
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn without_the_encryption_that_is_required_nothing_is_sent() {
    let stripped = SmtpServer::start(Script::new().for_user("portal", "s3cret")).await;
    let smtp = secured(&stripped, "smtp://portal:s3cret@localhost:PORT?tls=required");
    let outcome = smtp.send(&mail(1), LIMIT).await;
    assert!(
        matches!(&outcome, Outcome::Temporary { code: None, answer } if answer.contains("STARTTLS")),
        "{outcome:?}"
    );
    assert!(
        !stripped
            .commands()
            .iter()
            .any(|said| said.starts_with("AUTH") || said.starts_with("MAIL"))
    );

    let other = SmtpServer::start(Script::new()).await;
    for (script, scheme) in [
        (Script::new().with_starttls(), "smtp://localhost:PORT?tls=required"),
        (Script::new().with_starttls(), "smtp://localhost:PORT?tls=opportunistic"),
        (Script::new().with_tls_from_the_start(), "smtps://localhost:PORT"),
    ] {
        let server = SmtpServer::start(script).await;
        let address = scheme.replace("PORT", &server.port().to_string());
        let settings = Settings::from_url(&address, "portal.example.org").unwrap();
        let smtp = Smtp::new(settings.trusting_only(other.certificate())).unwrap();
        let outcome = smtp.send(&mail(1), LIMIT).await;
        assert!(
            matches!(&outcome, Outcome::Temporary { code: None, answer } if answer.contains("certificate")),
            "{outcome:?}"
        );
        assert!(server.taken().is_empty());
    }
}

#[tokio::test]
async fn a_tls_handshake_that_hangs_or_is_refused_is_temporary() {
    for (reply, expected) in [
        (Reply::Hang(At::StartTls), None),
        (Reply::Refuse(At::StartTls, "454 4.7.0 TLS not available"), Some(454)),
        (Reply::Refuse(At::StartTls, "554 5.7.0 No"), Some(554)),
    ] {
        let server = SmtpServer::start(Script::new().with_starttls().then(reply.clone())).await;
        let smtp = secured(&server, "smtp://localhost:PORT?tls=required");
        let outcome = smtp.send(&mail(1), SHORT).await;
        assert!(
            matches!(&outcome, Outcome::Temporary { code, .. } if *code == expected),
            "{reply:?}: {outcome:?}"
        );
        assert!(is_accepted(&smtp.send(&mail(1), LIMIT).await));
    }
}

#[tokio::test]
async fn a_refused_sign_in_is_temporary_and_says_what_to_do() {
    let server = SmtpServer::start(Script::new().for_user("portal", "right")).await;
    let smtp = secured(&server, "smtp://portal:wrong@127.0.0.1:PORT");
    let outcome = smtp.send(&mail(1), LIMIT).await;
    let answer =
        "the server refused the sign-in: check the user and the password in the mail settings"
            .to_owned();
    assert_eq!(outcome, Outcome::Temporary { code: Some(535), answer });
    assert!(smtp.check(LIMIT).await.unwrap_err().contains("refused the sign-in"));

    let unsigned = sender(&server);
    let outcome = unsigned.send(&mail(1), LIMIT).await;
    assert!(matches!(outcome, Outcome::Temporary { code: Some(530), .. }), "{outcome:?}");

    let open = SmtpServer::start(Script::new()).await;
    let smtp = secured(&open, "smtp://portal:right@127.0.0.1:PORT");
    let outcome = smtp.send(&mail(1), LIMIT).await;
    assert!(
        matches!(&outcome, Outcome::Temporary { code: None, answer } if answer.contains("PLAIN")),
        "{outcome:?}"
    );

    server.then(Reply::Refuse(At::SignIn, "454 4.7.0 Not now"));
    let smtp = secured(&server, "smtp://portal:right@127.0.0.1:PORT");
    assert_eq!(code(&smtp.send(&mail(1), LIMIT).await), Some(454));
    assert_eq!(smtp.check(LIMIT).await, Ok(()));
    assert!(is_accepted(&smtp.send(&mail(1), LIMIT).await));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn neither_password_nor_content_shows_in_logs_or_debug_output() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(writer)
        .finish();
    let _here = tracing::subscriber::set_default(subscriber);

    let server =
        SmtpServer::start(Script::new().with_starttls().for_user("portal", "hunter2hunter2")).await;
    let right = secured(&server, "smtp://portal:hunter2hunter2@localhost:PORT?tls=required");
    let wrong = secured(&server, "smtp://portal:hunter3hunter3@localhost:PORT");
    let shown = format!(
        "{right:?} {:?} {:?}",
        right.send(&mail(1), LIMIT).await,
        wrong.send(&mail(1), LIMIT).await
    );
    right.check(LIMIT).await.unwrap();
    assert_eq!(server.taken().len(), 1);

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("mail handed in"), "{logged}");
    for text in [shown, logged] {
        let right_token = plain_token("portal", "hunter2hunter2");
        let wrong_token = plain_token("portal", "hunter3hunter3");
        for secret in ["hunter2", "hunter3", &right_token, &wrong_token, "a line with a dot"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn settings_are_safe_unless_told_otherwise() {
    for (address, expected) in [
        ("smtp://mail.example.org", Security::Required),
        ("smtp://user:pass@mail.example.org:2525", Security::Required),
        ("smtp://mail.example.org?tls=opportunistic", Security::Opportunistic),
        ("smtp://mail.example.org?tls=none", Security::None),
        ("smtp://192.0.2.7", Security::Required),
        ("smtp://localhost.example.org", Security::Required),
        ("smtps://mail.example.org", Security::Implicit),
        ("smtp://localhost:2525", Security::None),
        ("smtp://127.0.0.1", Security::None),
        ("smtp://[::1]:25", Security::None),
        ("smtp://user:pass@localhost?tls=opportunistic", Security::Opportunistic),
    ] {
        let settings = Settings::from_url(address, "portal.example.org").expect(address);
        assert_eq!(settings.security(), expected, "{address}");
    }
}

#[test]
fn wrong_settings_are_named_without_repeating_the_password() {
    for address in [
        "mail.example.org",
        "http://user:hunter2@mail.example.org",
        "smtp://",
        "smtp://user:hunter2@mail.example.org/path",
        "smtp://user:hunter2@mail.example.org?tls=perhaps",
        "smtp://user:hunter2@mail.example.org?connections=0",
        "smtp://user:hunter2@mail.example.org?connections=hunter2&password=hunter2",
        "smtp://user:hunter2@mail.example.org?hunter2=1",
        "smtp://user:hunter2@mail.example.org:99999",
        "smtp://user@mail.example.org",
        "smtp://:hunter2@mail.example.org",
        "smtp://user:hunter2%zz@mail.example.org",
        "smtps://user:hunter2@mail.example.org?tls=none",
    ] {
        let fault = Settings::from_url(address, "portal.example.org").expect_err(address);
        assert!(!format!("{fault} {fault:?}").contains("hunter2"), "{address}: {fault}");
    }
    for address in [
        "smtp://user:hunter2@mail.example.org?tls=none",
        "smtp://user:hunter2@mail.example.org?tls=opportunistic",
        "smtp://user:hunter2@192.0.2.7?tls=none",
    ] {
        let fault = Settings::from_url(address, "portal.example.org").expect_err(address);
        assert_eq!(fault, SettingFault::SecretInTheClear, "{address}");
    }
    for name in ["", "two words", "line\r\nbreak"] {
        let fault = Settings::from_url("smtp://localhost", name).expect_err(name);
        assert_eq!(fault, SettingFault::HelloName);
    }
}
