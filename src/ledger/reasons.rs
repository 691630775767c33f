//! Why mails came to a bad end, for counting: what servers say is cut down to its code, since the
//! rest names people and is worded differently each time.

use crate::mail::MailStatus;
use crate::names::capitalised;

/// What many answers have in common.
pub(super) fn reason(status: MailStatus, answer: &str) -> String {
    if status == MailStatus::Suppressed {
        return capitalised(answer);
    }
    if answer.starts_with("not sent: ") {
        return "The mail could not be made".to_owned();
    }
    if let Some(rest) = answer.strip_prefix("given up after ") {
        let said = rest.split_once(": ").map_or("", |(_, said)| said);
        return match code(said) {
            Some(code) => format!("Given up after two days: {code}"),
            None => "Given up after two days: the server could not be reached".to_owned(),
        };
    }
    match code(answer) {
        Some(code) => format!("Refused by the mail server: {code}"),
        None => "Refused by the mail server".to_owned(),
    }
}

/// `550 5.1.1`: the code of SMTP, the one of RFC 3463 where the server gives it, and what the
/// latter means.
fn code(said: &str) -> Option<String> {
    let mut words = said.split([' ', '-']);
    let basic = words.next().filter(|word| is_number(word) && word.len() == 3)?;
    let enhanced = words.next().filter(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| is_number(part) && part.len() <= 3)
    });
    let Some(enhanced) = enhanced else {
        return Some(basic.to_owned());
    };
    let means = match enhanced.split('.').nth(1) {
        Some("1") => ", the address",
        Some("2") => ", the mailbox",
        Some("3") => ", the receiving system",
        Some("4") => ", the way there",
        Some("5") => ", the protocol",
        Some("6") => ", the content",
        Some("7") => ", a rule of the receiver",
        _ => "",
    };
    Some(format!("{basic} {enhanced}{means}"))
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
