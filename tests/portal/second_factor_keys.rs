//! Secrets at rest: sealed, bound to their owner, opened by keys that are not in the database.

use std::os::unix::fs::PermissionsExt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use diesel::sql_types::Text;
use portal::auth::keyring::Sealed;
use portal::auth::second_factor::{key_ids, totp};
use portal::auth::{Keyring, Safeguards};
use tempfile::tempdir;

use crate::support::Portal;
use crate::support::binary::run;
use crate::support::database::is_postgres;
use crate::support::portal::easy_going;
use crate::support::second_factor::{PAGE, give_code, give_recovery_code, halfway, set_up};

const SECRET: &[u8] = b"twenty bytes of it !";

fn key(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

fn keyring(text: &str) -> Keyring {
    Keyring::from_setting(text).unwrap()
}

fn with_keys(text: &str) -> Safeguards {
    Safeguards { keyring: keyring(text), ..easy_going() }
}

#[test]
fn what_is_sealed_opens_for_its_owner_with_its_key_and_unchanged() {
    let (ring, other) = (keyring(&key(1)), keyring(&key(2)));
    let sealed = ring.seal(SECRET, "contact 7").unwrap();
    assert_eq!(ring.open(&sealed, "contact 7").unwrap(), SECRET);
    assert_ne!(
        ring.seal(SECRET, "contact 7").unwrap(),
        sealed,
        "each time with a nonce of its own"
    );
    assert!(ring.open(&sealed, "contact 8").is_err());
    assert!(other.open(&sealed, "contact 7").is_err());
    // The right name on the wrong key, and every byte changed.
    let claimed = Sealed { key_id: other.ids().remove(0), ..sealed.clone() };
    assert!(other.open(&claimed, "contact 7").is_err());
    let bytes = STANDARD.decode(&sealed.text).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let changed = Sealed { text: STANDARD.encode(changed), ..sealed.clone() };
        assert!(ring.open(&changed, "contact 7").is_err(), "byte {place}");
    }
    let short = Sealed { text: STANDARD.encode(&bytes[..20]), ..sealed };
    assert!(ring.open(&short, "contact 7").is_err());
}

#[test]
fn a_key_can_be_changed_for_another_while_the_former_one_still_opens() {
    let former = keyring(&key(1));
    let sealed = former.seal(SECRET, "contact 7").unwrap();
    let both = keyring(&format!("{}, {}", key(2), key(1)));
    assert_eq!(both.open(&sealed, "contact 7").unwrap(), SECRET);
    assert!(!both.is_current(&sealed.key_id));
    let anew = both.seal(SECRET, "contact 7").unwrap();
    assert!(both.is_current(&anew.key_id));
    assert!(former.open(&anew, "contact 7").is_err());
    assert!(!anew.key_id.contains(&key(2)[..6]), "the name does not tell the key");
}

#[test]
fn a_setting_that_is_no_key_is_refused_with_what_to_do() {
    let wrong = [
        ("", "is empty"),
        ("hunter2!", "is not base64"),
        ("c2hvcnQ=", "has 5 bytes where 32 are needed"),
    ];
    for (text, says) in wrong {
        let fault = Keyring::from_setting(text).err().expect("no key").to_string();
        assert!(fault.contains(says) && fault.contains("openssl rand -base64 32"), "{fault}");
        assert!(text.is_empty() || !fault.contains(text), "{fault} tells the secret");
    }
}

#[test]
fn the_key_file_is_made_once_for_its_owner_alone_when_it_is_needed() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("portal.key");
    let (one, two) =
        (Keyring::from_file(file.clone()).unwrap(), Keyring::from_file(file.clone()).unwrap());
    assert!(!file.exists(), "not before it is needed");
    std::thread::scope(|scope| {
        for ring in [&one, &two, &one, &two] {
            scope.spawn(|| ring.prepare(&[]).unwrap());
        }
    });
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    assert_eq!(one.ids(), two.ids());
    let sealed = one.seal(SECRET, "contact 7").unwrap();
    assert_eq!(two.open(&sealed, "contact 7").unwrap(), SECRET);
    let later = Keyring::from_file(file).unwrap();
    assert_eq!(later.open(&sealed, "contact 7").unwrap(), SECRET);
}

/// A machine without the key makes none of its own: half of the people could not sign in there.
#[test]
fn no_second_key_is_made_where_secrets_are_sealed_with_another() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("portal.key");
    let ring = Keyring::from_file(file.clone()).unwrap();
    let used = keyring(&key(1)).ids();
    let fault = ring.prepare(&used).unwrap_err().to_string();
    assert!(fault.contains("restore the key file") && fault.contains(&used[0]), "{fault}");
    assert!(!file.exists());
    let none = Keyring::none().prepare(&[]).unwrap_err().to_string();
    assert!(none.contains("PORTAL_SECRET_KEY"), "{none}");
}

#[test]
fn a_key_file_that_is_none_is_refused_at_the_start() {
    let folder = tempdir().unwrap();
    std::fs::write(folder.path().join("portal.key"), "not a key\n").unwrap();
    let data = folder.path().to_str().unwrap();
    run(&["migrate", "--data", data]).succeeds();
    run(&["serve", "--port", "0", "--data", data]).refuses("is not base64");
}

#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = Text)]
    cell: String,
}

/// Everything that the tables about people's sign-in say, as text.
fn all_that_is_stored(portal: &Portal) -> String {
    let tables = [
        "second_factors",
        "recovery_codes",
        "half_sign_ins",
        "sessions",
        "logins",
        "throttles",
        "audit_events",
        "mails",
        "mail_bodies",
        "settings",
    ];
    portal.read(|conn| {
        let mut all = String::new();
        for table in tables {
            let columns = match table {
                "second_factors" => "sealed_secret || ' ' || key_id",
                "recovery_codes" => "code_hash",
                "half_sign_ins" | "sessions" => "key_hash",
                "logins" => "COALESCE(password_hash, '')",
                "throttles" => "key_hash",
                "audit_events" => "to_value || from_value || why",
                "mails" => "subject",
                "mail_bodies" => "text_body || html_body",
                _ => "value",
            };
            let question = format!("SELECT {columns} AS cell FROM {table}");
            let cells: Vec<Cell> = diesel::sql_query(question).load(conn)?;
            all.extend(cells.into_iter().map(|one| one.cell + "\n"));
        }
        Ok(all)
    })
}

#[actix_web::test]
async fn whoever_reads_the_database_has_neither_secrets_nor_codes() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let app = set_up(&portal, &mut portal.owner()).await;
    let half = halfway(&portal, "owner").await.cookie("half_sign_in");
    let stored = all_that_is_stored(&portal);
    let letters = totp::groups(&app.secret).join("");
    let hex: String = app.secret.iter().map(|byte| format!("{byte:02x}")).collect();
    for secret in [&letters, &hex, &STANDARD.encode(&app.secret), &half] {
        assert!(!stored.contains(secret.as_str()), "{secret} can be read");
    }
    for code in &app.recovery_codes {
        assert!(!stored.contains(code) && !stored.contains(&code.replace('-', "")));
    }
    assert_eq!(portal.read(key_ids).len(), 1);
    if !is_postgres() {
        let file = std::fs::read(portal.database_address()).unwrap();
        let wal = std::fs::read(format!("{}-wal", portal.database_address())).unwrap_or_default();
        for bytes in [file, wal] {
            assert!(!bytes.windows(app.secret.len()).any(|window| window == app.secret));
        }
    }
}

#[actix_web::test]
async fn without_its_key_a_code_cannot_be_checked_and_a_recovery_code_still_lets_in() {
    let portal = Portal::start().await;
    portal.give_password("owner");
    let app = set_up(&portal, &mut portal.owner()).await;
    let elsewhere = portal.beside_with(with_keys(&key(9))).await;
    let mut owner = halfway(&elsewhere, "owner").await;
    let page = give_code(&mut owner, &app.code(&portal)).await.is(422);
    page.shows(".error-summary a", "Use a recovery code").hides("sealed");
    give_recovery_code(&mut owner, &app.recovery_codes[0]).await.goes_to("/");
    // Nobody sets up another one there, with a key that the other process has not.
    elsewhere.colleague().post(PAGE, &[]).await.is(500).shows("code", "E-");
    give_code(&mut halfway(&portal, "owner").await, &app.code(&portal)).await.goes_to("/");
}

#[actix_web::test]
async fn a_secret_is_sealed_with_the_new_key_when_it_is_next_used() {
    let first = key(3);
    let portal = Portal::guarded(with_keys(&first)).await;
    portal.give_password("owner");
    let app = set_up(&portal, &mut portal.owner()).await;
    let before = portal.read(key_ids);
    let both = format!("{},{first}", key(4));
    let rotated = portal.beside_with(with_keys(&both)).await;
    give_code(&mut halfway(&rotated, "owner").await, &app.code(&portal)).await.goes_to("/");
    let after = rotated.read(key_ids);
    assert_eq!((before[0].1, after[0].1), (1, 1));
    assert_eq!(after[0].0, keyring(&key(4)).ids()[0]);
    assert_ne!(after[0].0, before[0].0);
    crate::support::second_factor::next_code(&portal);
    let alone = portal.beside_with(with_keys(&key(4))).await;
    give_code(&mut halfway(&alone, "owner").await, &app.code(&alone)).await.goes_to("/");
}

/// Somebody who can write into the database cannot give another person's secret to themselves.
#[actix_web::test]
async fn a_secret_moved_to_another_person_does_not_open() {
    use portal::db::schema::second_factors;
    let portal = Portal::start().await;
    portal.give_password("colleague");
    let app = set_up(&portal, &mut portal.owner()).await;
    set_up(&portal, &mut portal.colleague()).await;
    let (owner, colleague) = (portal.contact_id("owner"), portal.contact_id("colleague"));
    portal.write(move |conn| {
        let of = |contact| second_factors::table.filter(second_factors::contact_id.eq(contact));
        let secret: String = of(owner).select(second_factors::sealed_secret).first(conn)?;
        diesel::update(of(colleague))
            .set((second_factors::sealed_secret.eq(secret), second_factors::last_step.eq(0)))
            .execute(conn)?;
        Ok(())
    });
    let mut thief = halfway(&portal, "colleague").await;
    give_code(&mut thief, &app.code(&portal)).await.is(422).shows("a", "cannot check codes");
}
