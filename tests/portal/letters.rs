//! Letters become messages that any server can carry and no name can corrupt.

use chrono::{DateTime, TimeZone, Utc};
use mail_parser::{MessageParser, MimeHeaders};
use portal::mail::letter::{Attachment, Letter, LetterFault, Party, build};

pub fn letter() -> Letter {
    Letter {
        message_id: "<m-7k3qf9m2xt@portal.example.org>".to_owned(),
        from: Party::new("Shield Partners", "portal@example.org"),
        to: Party::new("Olga Owner", "olga@acme.example"),
        reply_to: None,
        subject: "3 licences to renew".to_owned(),
        text: "Dear Olga,\nthree licences end soon.\n".to_owned(),
        html: "<p>Dear Olga,<br>three licences end soon.</p>".to_owned(),
        date: Utc.with_ymd_and_hms(2023, 9, 17, 6, 30, 0).unwrap(),
        headers: Vec::new(),
        attachments: Vec::new(),
    }
}

fn raw(letter: &Letter) -> Vec<u8> {
    build(letter).expect("a letter that can be sent").formatted()
}

/// The names of the message's own headers, in lower case, folded lines left out.
fn header_names(raw: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(raw).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    lines.map(|line| line.split_once(':').unwrap().0.to_lowercase()).collect()
}

#[test]
fn a_letter_has_both_parts_and_the_callers_message_id_and_date() {
    let raw = raw(&letter());
    let parsed = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(parsed.message_id(), Some("m-7k3qf9m2xt@portal.example.org"));
    assert_eq!(parsed.subject(), Some("3 licences to renew"));
    assert_eq!(parsed.body_text(0).unwrap(), "Dear Olga,\r\nthree licences end soon.\r\n");
    assert_eq!(parsed.body_html(0).unwrap(), letter().html);
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2023-09-17T06:30:00Z");
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("Olga Owner"), Some("olga@acme.example")));
    let expected = ["message-id", "date", "from", "to", "subject", "mime-version", "content-type"];
    assert_eq!(header_names(&raw), expected);
}

#[test]
fn line_breaks_in_any_field_add_no_header_and_no_recipient() {
    let attack = "x\r\nBcc: victim@evil.example\r\n\r\nhello\n\nthere\rBcc: v@evil.example\0\u{85}";
    let mut letter = letter();
    letter.from.name = attack.to_owned();
    letter.to.name = attack.to_owned();
    letter.reply_to = Some(Party::new(attack, "desk@example.org"));
    letter.subject = attack.to_owned();
    letter.headers = vec![("X-Program".to_owned(), attack.to_owned())];
    letter.attachments =
        vec![Attachment { name: attack.to_owned(), mime: "text/csv".to_owned(), bytes: vec![] }];
    let message = build(&letter).unwrap();
    let raw = message.formatted();
    let names = header_names(&raw);
    assert_eq!(names.len(), 9, "{names:?}");
    assert!(!names.contains(&"bcc".to_owned()));
    assert_eq!(message.envelope().to().len(), 1);
    let parsed = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(parsed.body_text(0).unwrap(), "Dear Olga,\r\nthree licences end soon.\r\n");
    assert_eq!(parsed.attachment_count(), 1);
}

#[test]
fn addresses_with_line_breaks_or_extra_recipients_are_refused() {
    for address in [
        "olga@acme.example\r\nBcc: v@evil.example",
        "olga@acme.example>\r\nRCPT TO:<v@evil.example",
        "olga@acme.example, v@evil.example",
        "olga@acme.example> SIZE=1 <x@y.example",
        "\"a\r\nb\"@acme.example",
        "olga",
        "",
        "@acme.example",
        "olga@",
        "olga@@acme.example",
        "ölga@acme.example",
        "olga@ac me.example",
        "olga@bü\u{0}cher.example",
    ] {
        let mut refused = letter();
        refused.to.address = address.to_owned();
        let fault = build(&refused).expect_err(address);
        assert!(matches!(fault, LetterFault::Address { field: "To", .. }), "{address}: {fault}");
    }
}

#[test]
fn a_domain_in_another_script_is_written_in_ascii() {
    let mut letter = letter();
    letter.to.address = "jürgen@bücher.example".replace("jürgen", "juergen");
    let message = build(&letter).unwrap();
    assert_eq!(message.envelope().to()[0].to_string(), "juergen@xn--bcher-kva.example");
    assert!(message.formatted().is_ascii());
}

#[test]
fn names_of_any_kind_arrive_as_they_were_written() {
    for name in [
        "Zoë Ångström-Çelik",
        "山田 太郎",
        "O'Brien, \"Bob\" <bob@evil.example>",
        "back\\slash (comment)",
        "a@b.example",
        "=?utf-8?b?QmNj?=",
        "👩‍👩‍👧‍👦 Family",
        &"Very long name ".repeat(40),
        &"ü".repeat(300),
        "; : , < > @ [ ] \\ \"",
    ] {
        let mut letter = letter();
        letter.to.name = name.to_owned();
        letter.from.name = name.to_owned();
        let raw = raw(&letter);
        assert!(raw.is_ascii(), "{name}");
        let parsed = MessageParser::default().parse(&raw).unwrap();
        let to = parsed.to().unwrap().clone().into_list();
        assert_eq!(to.len(), 1, "{name}");
        assert_eq!(to[0].address(), Some("olga@acme.example"), "{name}");
        if !name.starts_with("=?") {
            assert_eq!(to[0].name().map(str::trim), Some(name.trim()), "{name}");
        }
    }
}

#[test]
fn control_and_turning_characters_are_taken_out_of_names() {
    for code in (0..0x20).chain(0x7f..0xa0).chain([0x202e, 0x2066, 0x2028]) {
        let mut letter = letter();
        let odd = char::from_u32(code).unwrap();
        letter.to.name = format!("Ol{odd}ga");
        letter.subject = format!("{odd}");
        let raw = raw(&letter);
        let parsed = MessageParser::default().parse(&raw).unwrap();
        let name = parsed.to().unwrap().first().unwrap().name().unwrap().to_owned();
        assert!(matches!(name.as_str(), "Ol ga" | "Olga"), "{code:x}: {name:?}");
    }
}

#[test]
fn a_subject_of_two_thousand_characters_arrives_whole_in_short_lines() {
    for subject in ["word ".repeat(400), "é".repeat(2000), "x".repeat(2000)] {
        let mut letter = letter();
        letter.to.name = subject.clone();
        letter.subject = subject.clone();
        let raw = raw(&letter);
        let longest = raw.split(|b| *b == b'\n').map(<[u8]>::len).max().unwrap();
        assert!(longest <= 998, "{longest}");
        let parsed = MessageParser::default().parse(&raw).unwrap();
        let squeezed = |text: &str| text.replace(' ', "");
        assert_eq!(squeezed(parsed.subject().unwrap()), squeezed(&subject));
    }
}

#[test]
fn bodies_of_any_kind_are_carried_in_ascii_with_proper_line_ends() {
    for text in [
        "bare\nfeeds\n.\nand dots\n..\n",
        "bare\rreturns\r.\r",
        "mixed\r\n.\n\r\n",
        "Grüße 👋",
        &"x".repeat(5000),
        "bell\u{7} and null\0",
        "",
    ] {
        let mut letter = letter();
        letter.text = text.to_owned();
        let raw = raw(&letter);
        assert!(raw.is_ascii());
        let whole = std::str::from_utf8(&raw).unwrap().replace("\r\n", "");
        assert!(!whole.contains(['\r', '\n', '\0', '\u{7}']), "{text:?}");
        assert!(raw.split(|b| *b == b'\n').all(|line| line.len() <= 998));
        let parsed = MessageParser::default().parse(&raw).unwrap();
        let kept: String = text.chars().filter(|c| !matches!(c, '\0' | '\u{7}')).collect();
        let kept = kept.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), kept);
    }
}

#[test]
fn an_unsubscribe_address_stands_on_one_line_as_it_is() {
    let address = format!("<https://portal.example.org/unsubscribe/{}>", "k".repeat(400));
    let mut letter = letter();
    letter.headers = vec![
        ("List-Unsubscribe".to_owned(), address.clone()),
        ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
        ("Auto-Submitted".to_owned(), "auto-generated".to_owned()),
    ];
    let raw = String::from_utf8(raw(&letter)).unwrap();
    assert!(raw.contains(&format!("\r\nList-Unsubscribe: {address}\r\n")));
    assert!(raw.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(raw.contains("\r\nAuto-Submitted: auto-generated\r\n"));
}

#[test]
fn headers_that_the_letter_decides_or_that_are_malformed_are_refused() {
    for name in [
        "Bcc",
        "to",
        "Message-Id",
        "Content-Type",
        "",
        "X Y",
        "X:Y",
        "X\r\nBcc",
        "Ünder",
        &"x".repeat(80),
    ] {
        let mut letter = letter();
        letter.headers = vec![(name.to_owned(), "value".to_owned())];
        assert!(matches!(build(&letter), Err(LetterFault::Header(_))), "{name:?}");
    }
    let mut letter = letter();
    letter.headers = vec![("X-Program".to_owned(), "x".repeat(2000))];
    assert!(matches!(build(&letter), Err(LetterFault::Header(_))));
}

#[test]
fn message_ids_that_are_not_one_plain_token_are_refused() {
    for id in [
        "",
        "x@y",
        "<x>",
        "<x@>",
        "<@y>",
        "<x@y>\r\nBcc: v@evil.example",
        "<x y@z>",
        "<x@y@z>",
        "<ü@z>",
    ] {
        let mut letter = letter();
        letter.message_id = id.to_owned();
        assert_eq!(build(&letter).unwrap_err(), LetterFault::MessageId, "{id:?}");
    }
}

#[test]
fn dates_that_no_header_can_carry_are_refused() {
    for date in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let mut letter = letter();
        letter.date = date;
        assert_eq!(build(&letter).unwrap_err(), LetterFault::Date);
    }
}

#[test]
fn attachments_arrive_byte_for_byte_under_a_harmless_name() {
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let mut letter = letter();
    letter.attachments = vec![Attachment {
        name: "../../etc/Angebot für Ü.csv".to_owned(),
        mime: "application/octet-stream".to_owned(),
        bytes: bytes.clone(),
    }];
    let raw = raw(&letter);
    let parsed = MessageParser::default().parse(&raw).unwrap();
    let attachment = parsed.attachment(0).unwrap();
    assert!(attachment.contents() == bytes);
    assert_eq!(attachment.attachment_name(), Some("Angebot für Ü.csv"));
    assert_eq!(parsed.body_text(0).unwrap(), "Dear Olga,\r\nthree licences end soon.\r\n");

    letter.attachments[0].mime = "text/csv\r\nBcc: v@evil.example".to_owned();
    assert!(matches!(build(&letter), Err(LetterFault::MediaType(_))));
}
