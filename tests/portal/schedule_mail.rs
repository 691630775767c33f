//! Schedules by mail: to the partner's schedule recipients, once, with the paper attached.

use diesel::prelude::*;
use mail_parser::{MessageParser, MimeHeaders};
use portal::contacts::Role;
use portal::db::schema::{contacts, enrolments, mail_enclosures, mail_preferences, mails};
use portal::mail::{Because, MailStatus, Way};

use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::orders::{Cells, file};
use crate::support::pdf::Pdf;
use crate::support::post::{brisk, smtp};
use crate::support::schedules::number_of;
use crate::support::smtp::{At, Reply, Script, SmtpServer};

/// Processed yesterday.
const FRESH: Cells<'static> =
    &[("released_at", ""), ("processed_at", "2026-03-01T03:00:00Z"), ("activated_on", "")];

/// Puts people of Acme on its list.
async fn list(portal: &Portal, keys: &[&str]) {
    let tick: Vec<String> = keys.iter().map(|key| portal.contact(key)).collect();
    let fields: Vec<(&str, &str)> = tick.iter().map(|one| ("tick", one.as_str())).collect();
    portal.owner().post("/p/shield/schedules/recipients", &fields).await.is(303);
}

/// An order of yesterday, with what is its own; gives its schedule's address.
fn order(portal: &Portal, number: &'static str) -> String {
    let line = [FRESH, &[("external_number", number)]].concat();
    portal.imports(&[&line]);
    portal.schedule(number)
}

async fn deliver(portal: &Portal) {
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
}

#[actix_web::test]
async fn the_recipients_get_the_paper_and_the_administrators_while_there_are_none() {
    let portal = Portal::start().await;
    // Who holds which role has nothing to do with it.
    give_role(portal.contact_id("reader"), Role::Renewals, &portal);
    let first = order(&portal, "SO-1");
    list(&portal, &["colleague"]).await;
    let second = order(&portal, "SO-2");
    let subject = |path: &str| format!("Licence schedule {} for Hooli", number_of(path));
    let found: Vec<(String, String, Option<Because>)> =
        portal.mails().into_iter().map(|mail| (mail.to_name, mail.subject, mail.because)).collect();
    let name = |name: &str| name.to_owned();
    assert_eq!(
        found,
        [
            (name("Olive Owner"), subject(&first), Some(Because::StandIn)),
            (name("Colin Colleague"), subject(&second), Some(Because::Holder)),
        ]
    );
    let server = SmtpServer::start(Script::new()).await;
    portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
    for (taken, (path, reason)) in server.taken().iter().zip([
        (&first, "you are an administrator of Acme and nobody there is a schedule recipient."),
        (&second, "you are a schedule recipient of Acme, put on the list by Olive Owner"),
    ]) {
        let mail = MessageParser::default().parse(&taken.raw).unwrap();
        let text = mail.body_text(0).unwrap().into_owned();
        assert!(text.contains(reason), "{text}");
        assert!(text.contains(path.as_str()) && text.contains("Site watch"), "{text}");
        assert!(text.contains("was processed on 1 March 2026"), "{text}");
        assert!(mail.header("List-Unsubscribe").is_none() && !text.contains("/unsubscribe/"));
        let attached = mail.attachment(0).unwrap();
        assert_eq!(
            attached.attachment_name().unwrap(),
            format!("schedule-{}.pdf", number_of(path))
        );
        let paper = Pdf::read(attached.contents(), number_of(path)).text();
        assert!(paper.contains("Hooli") && paper.contains("Site watch"), "{paper}");
    }
    let text = String::from_utf8_lossy(&server.taken()[0].raw).into_owned();
    assert!(text.contains("/p/shield/schedules/recipients"), "the gap can be filled from the mail");
}

/// The paper of the mail is the one that its reader downloads, in the ledger, too; nobody else gets
/// it.
#[actix_web::test]
async fn the_ledger_gives_the_attachment_to_whoever_may_read_the_mail() {
    let portal = Portal::start().await;
    list(&portal, &["owner", "colleague"]).await;
    let path = order(&portal, "SO-1");
    deliver(&portal).await;
    let of = |name: &str| {
        let mail = portal.mails().into_iter().find(|mail| mail.to_name == name).unwrap();
        format!("/p/shield/mail/{}", mail.reference)
    };
    let (owners, colleagues) = (of("Olive Owner"), of("Colin Colleague"));
    let page = portal.owner().get(&colleagues).await.is(200);
    let file = page.attributes("main a[href*=attachments]", "href").remove(0);
    let attached = portal.owner().get(&file).await.is(200);
    assert_eq!(attached.header("content-type"), "application/pdf");
    let paper = portal.colleague().get(&format!("{path}/schedule.pdf")).await.is(200);
    assert!(attached.answer.body == paper.answer.body, "the papers differ");
    portal.colleague().get(&file).await.is(200);
    portal.colleague().get(&format!("{owners}/attachments/1")).await.is(404);
    for key in ["stranger", "distributor", "manager", "rival"] {
        portal.visitor(key).get(&file).await.is(404);
    }
    for wrong in ["0", "2", "x", "99999999999"] {
        portal.owner().get(&format!("{colleagues}/attachments/{wrong}")).await.is(404);
    }
    portal
        .owner()
        .get(&format!("/p/shield/mail?q={}", number_of(&path)))
        .await
        .shows("td", "On the list of recipients");
}

#[actix_web::test]
async fn the_mailbox_of_a_demo_shows_what_is_attached() {
    let portal = Portal::start_demo().await;
    let path = order(&portal, "SO-1");
    deliver(&portal).await;
    let mut guest = portal.guest();
    let mail = guest.get("/demo/mail").await.attributes(".mailbox a", "href").remove(0);
    let page = guest.get(&mail).await.is(200).shows("dd a", number_of(&path)).shows("dd", "kB");
    let file = guest.get(&page.attributes("dd a", "href").remove(0)).await.is(200);
    let paper = portal.owner().get(&format!("{path}/schedule.pdf")).await;
    assert!(file.answer.body == paper.answer.body, "the papers differ");
    for wrong in ["0", "2", "x"] {
        guest.get(&format!("{mail}/attachments/{wrong}")).await.is(404);
    }
}

/// A fault between event and send, and an import again: one mail, the same bytes at each attempt.
#[actix_web::test]
async fn a_mail_goes_once_and_is_the_same_at_each_attempt() {
    let portal = Portal::start().await;
    let path = order(&portal, "SO-1");
    order(&portal, "SO-1");
    assert_eq!(portal.mails().len(), 1);
    let script = Script::new()
        .then(Reply::Refuse(At::Content, "451 4.3.0 Later"))
        .then(Reply::AcceptThenDrop);
    let server = SmtpServer::start(script).await;
    for _ in 1..=3 {
        portal.let_pauses_end();
        portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
    }
    let mail = &portal.mails()[0];
    assert_eq!((mail.status, mail.attempts), (MailStatus::Sent, 3));
    let taken = server.taken();
    let attached: Vec<Vec<u8>> = taken
        .iter()
        .map(|taken| {
            assert_eq!(taken.message_id, mail.message_id);
            let parsed = MessageParser::default().parse(&taken.raw).unwrap();
            parsed.attachment(0).unwrap().contents().to_vec()
        })
        .collect();
    assert!(attached.len() == 2 && attached[0] == attached[1], "{} copies", attached.len());
    Pdf::read(&attached[0], number_of(&path));
    order(&portal, "SO-1");
    assert_eq!(portal.mails().len(), 1);
}

#[actix_web::test]
async fn history_is_not_told() {
    let portal = Portal::start().await;
    // Today is 2 March: seven days before is still told, eight are not.
    for (number, processed_at, mails) in
        [("WEEK", "2026-02-22T15:00:00Z", 1), ("OLD", "2026-02-22T14:59:00Z", 1)]
    {
        let own = [("external_number", number), ("processed_at", processed_at)];
        portal.imports(&[&[&own, FRESH].concat()]);
        assert_eq!(portal.mails().len(), mails, "{number}");
    }
    assert_eq!(portal.schedules(), 2);
}

/// Neither a digest nor quiet hours put it off.
#[actix_web::test]
async fn a_schedule_goes_at_once() {
    let portal = Portal::start().await;
    list(&portal, &["colleague"]).await;
    let colleague = portal.contact_id("colleague");
    portal.write(move |conn| {
        let row = (
            mail_preferences::contact_id.eq(colleague),
            mail_preferences::digest_hour.eq(7),
            mail_preferences::quiet_from.eq(0),
            mail_preferences::quiet_until.eq(23),
            mail_preferences::revision.eq(1),
            mail_preferences::changed_at.eq(portal::clock::Clock::default().now()),
        );
        diesel::insert_into(mail_preferences::table).values(row).execute(conn)?;
        Ok(())
    });
    order(&portal, "SO-1");
    assert_eq!(portal.mails()[0].status, MailStatus::Queued);
}

#[actix_web::test]
async fn who_left_between_event_and_send_gets_no_schedule() {
    let portal = Portal::start().await;
    let status = |place: usize| {
        let mail = &portal.mails()[place];
        (mail.status, mail.answer.clone())
    };
    // Stands in for nobody: somebody on the list by now does not get this one, so it goes out.
    order(&portal, "GAP");
    list(&portal, &["colleague"]).await;
    deliver(&portal).await;
    assert_eq!(status(0).0, MailStatus::Sent);
    order(&portal, "OFF");
    let was = portal.contact("colleague");
    portal.owner().post("/p/shield/schedules/recipients", &[("was", &was)]).await.is(303);
    deliver(&portal).await;
    let off = "the contact is no longer on the list of recipients of schedules";
    assert_eq!(status(1), (MailStatus::Suppressed, off.to_owned()));
    list(&portal, &["colleague"]).await;
    order(&portal, "LEFT");
    portal.deactivate("colleague");
    deliver(&portal).await;
    assert_eq!(status(2), (MailStatus::Suppressed, "the contact was deactivated".to_owned()));
    // The list has nobody active on it: the administrator again, who is none by then.
    order(&portal, "DEMOTED");
    let owner = portal.contact_id("owner");
    let access = |access: &'static str| {
        portal.write(move |conn| {
            let contact = diesel::update(contacts::table.find(owner));
            contact.set(contacts::access.eq(access)).execute(conn)?;
            Ok(())
        });
    };
    access("member");
    deliver(&portal).await;
    let demoted = "the contact is no longer an administrator";
    assert_eq!(status(3), (MailStatus::Suppressed, demoted.to_owned()));
    access("administrator");
    order(&portal, "SUSPENDED");
    portal.write(|conn| {
        let acme = enrolments::table.filter(enrolments::name_key.eq("acme"));
        diesel::update(acme).set(enrolments::status.eq("suspended")).execute(conn)?;
        Ok(())
    });
    deliver(&portal).await;
    assert_eq!(status(4).0, MailStatus::Suppressed);
    assert!(status(4).1.ends_with("is suspended"), "{}", status(4).1);
}

/// What cannot be made is no mail without its file, but one that failed, and says so.
#[actix_web::test]
async fn a_mail_whose_attachment_cannot_be_made_fails() {
    let portal = Portal::start().await;
    order(&portal, "SO-1");
    portal.write(|conn| {
        let lost = mail_enclosures::record.eq("LS-00000-00000");
        diesel::update(mail_enclosures::table).set(lost).execute(conn)?;
        Ok(())
    });
    let server = SmtpServer::start(Script::new()).await;
    portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
    let mail = &portal.mails()[0];
    assert_eq!(mail.status, MailStatus::Failed);
    assert_eq!(mail.answer, "not sent: its attachment cannot be made");
    assert!(server.taken().is_empty());
}

/// The mail is written with the order, or neither is.
#[actix_web::test]
async fn no_order_without_its_mail() {
    let portal = Portal::start().await;
    portal.write(|conn| {
        diesel::sql_query("DROP TABLE mail_enclosures").execute(conn)?;
        Ok(())
    });
    assert!(portal.try_import_orders(&file(&[FRESH])).is_err());
    let mails: i64 = portal.read(|conn| Ok(mails::table.count().get_result(conn)?));
    assert_eq!((mails, portal.schedules()), (0, 0));
}

#[actix_web::test]
async fn a_schedule_that_is_too_long_for_a_paper_goes_as_csv() {
    let portal = Portal::start().await;
    portal.imports(&vec![FRESH; 10_001]);
    let path = portal.schedule("SO-1");
    let server = SmtpServer::start(Script::new()).await;
    portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
    let taken = server.taken();
    let mail = MessageParser::default().parse(&taken[0].raw).unwrap();
    let text = mail.body_text(0).unwrap();
    assert!(text.contains("too long for a PDF") && text.contains("9,991 more lines"), "{text}");
    let attached = mail.attachment(0).unwrap();
    assert_eq!(attached.attachment_name().unwrap(), format!("schedule-{}.csv", number_of(&path)));
    let file = portal.owner().get(&format!("{path}/lines.csv")).await.is(200);
    assert!(attached.contents() == file.answer.body, "the files differ");
    assert_eq!(String::from_utf8_lossy(attached.contents()).lines().count(), 10_002);
    portal.owner().get(&path).await.is(200).hides("schedule.pdf").says("too many for a PDF");
    portal.owner().get(&format!("{path}/schedule.pdf")).await.is(409).says("Take the CSV instead");
}
