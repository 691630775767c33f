//! Files of deals: who adds, reads and removes them, what is taken, and what a receipt says of them.

use actix_web::http::Method;
use futures_util::future::join_all;
use portal::deals::{MOST_FILES, NewFile, hash};
use proptest::prelude::*;

use crate::support::leads::reference_of;
use crate::support::{Portal, Visitor};

const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF";

/// An archive that holds empty files of these names.
fn archive(names: &[&str]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        bytes.extend(b"PK\x03\x04");
        bytes.extend([0; 22]);
        bytes.extend(length);
        bytes.extend([0; 2]);
        bytes.extend(name.bytes());
        directory.extend(b"PK\x01\x02");
        directory.extend([0; 24]);
        directory.extend(length);
        directory.extend([0; 12]);
        directory.extend(at);
        directory.extend(name.bytes());
    }
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let (start, size) = (bytes.len(), directory.len());
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(start).unwrap().to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

fn office(part: &str) -> Vec<u8> {
    archive(&["_rels/.rels", "docProps/app.xml", "docProps/core.xml", part, "[Content_Types].xml"])
}

fn read(name: &str, content: &[u8]) -> Result<(String, &'static str), String> {
    match NewFile::read(name, content.to_vec()) {
        Ok(file) => Ok((file.name, file.kind.as_str())),
        Err(errors) => Err(errors.on("file").unwrap_or_default().to_owned()),
    }
}

#[test]
fn a_file_is_what_its_content_is() {
    let taken: &[(&str, Vec<u8>, &str)] = &[
        ("offer.pdf", PDF.to_vec(), "pdf"),
        ("OFFER.PDF", PDF.to_vec(), "pdf"),
        ("site.png", PNG.to_vec(), "png"),
        ("site.jpg", JPEG.to_vec(), "jpeg"),
        ("site.jpeg", JPEG.to_vec(), "jpeg"),
        ("letter.docx", office("word/document.xml"), "docx"),
        ("sums.xlsx", office("xl/workbook.xml"), "xlsx"),
        ("slides.pptx", office("ppt/presentation.xml"), "pptx"),
        ("notes.txt", "Zoë said yes\n".into(), "txt"),
        ("list.csv", "a;b\n1;2\n".into(), "csv"),
        // Letters that begin other kinds of files, too.
        ("bmw.csv", b"BMW;2\n".to_vec(), "csv"),
    ];
    for (name, content, kind) in taken {
        assert_eq!(read(name, content).map(|(_, kind)| kind), Ok(*kind), "{name}");
    }
    let macros = archive(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
    let mut cut = office("word/document.xml");
    cut.truncate(cut.len() - 30);
    let mut lying = office("word/document.xml");
    let end = lying.len() - 6;
    lying[end..end + 4].copy_from_slice(&[0xff; 4]);
    for (name, content, fault) in [
        ("page.html", &b"<script>alert(1)</script>"[..], "Let its name end in .txt"),
        ("run.exe", b"MZ\x90\0\x03", "cannot be added"),
        ("run.pdf", b"MZ\x90\0\x03", "cannot be added"),
        ("offer.exe", PDF, "Let its name end in .pdf"),
        ("offer", PDF, "Let its name end in .pdf"),
        ("site.png", JPEG, "Let its name end in .jpg"),
        ("site.gif", b"GIF89a\x01\0", "cannot be added"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "cannot be added"),
        ("things.zip", &archive(&["a.txt"]), "cannot be added"),
        ("letter.docm", &macros, "cannot be added"),
        ("letter.docx", &macros, "cannot be added"),
        ("letter.docx", &cut, "cannot be added"),
        ("letter.docx", &lying, "cannot be added"),
        ("letter.docx", b"PK\x03\x04", "cannot be added"),
        ("latin.txt", b"Zo\xeb", "cannot be added"),
        ("nul.txt", b"a\0b", "cannot be added"),
        ("empty.txt", b"", "empty"),
        ("large.txt", &[b'a'; 5_000_001], "larger than 5 MB"),
    ] {
        let told = read(name, content).unwrap_err();
        assert!(told.contains(fault), "{name}: {told}");
    }
    assert!(read("most.txt", &[b'a'; 5_000_000]).is_ok());
}

#[test]
fn a_name_keeps_its_last_part_and_nothing_that_misleads() {
    let long = "é".repeat(300);
    for (given, name) in [
        ("C:\\Users\\me\\offer.txt", "offer.txt"),
        ("../../etc/offer.txt", "offer.txt"),
        (" two\t words\r\n.txt", "two words.txt"),
        ("..hidden.txt", "hidden.txt"),
        ("offer\u{202e}fdp.txt", "offerfdp.txt"),
        ("a\u{0}b\u{200b}c.TXT", "abc.txt"),
        ("Cafe\u{301}.txt", "Café.txt"),
    ] {
        assert_eq!(read(given, b"a").unwrap().0, name, "{given:?}");
    }
    let name = read(&format!("{long}.txt"), b"a").unwrap().0;
    assert_eq!(name.chars().count(), 100);
    assert!(name.ends_with(".txt"));
}

proptest! {
    /// Whatever is sent gives an answer, and a name that is taken holds no path and no control letter.
    #[test]
    fn no_name_and_no_content_stops_the_reading(name in "\\PC{0,40}(\\.txt)?", content in proptest::collection::vec(any::<u8>(), 0..200), zip in any::<bool>()) {
        let content = if zip { [b"PK\x03\x04".as_slice(), &content, b"PK\x05\x06", &content].concat() } else { content };
        if let Ok(file) = NewFile::read(&name, content) {
            prop_assert!(!file.name.contains(['/', '\\']) && !file.name.chars().any(char::is_control));
            prop_assert!((5..=100).contains(&file.name.chars().count()), "{}", file.name);
        }
    }
}

#[actix_web::test]
async fn a_partner_adds_files_and_both_sides_take_them_away() {
    let portal = Portal::start().await;
    let (mut owner, mut cam) = (portal.owner(), portal.visitor("cam"));
    let path = portal.draft_deal("owner", &[]).await;
    owner.get(&path).await.shows(".card", "No file was added");
    portal.attached("owner", &path, "Größe & Maße.pdf", PDF).await;
    portal.attached("colleague", &path, "list.csv", b"a;b\n").await;
    let files = portal.files_of_deal(&path);
    assert_eq!(files[0].content, PDF);
    let page = owner.get(&path).await.shows(".files", "Größe").shows(".files", "CSV, 4 bytes");
    assert_eq!(page.attributes(".files a", "href").len(), 2);
    // Nobody else sees a draft's.
    let of = |place: usize| format!("{path}/attachments/{}", files[place].reference);
    cam.get(&of(0)).await.is(404);
    portal.at_deal("owner", &path, "submission", &[]).await.goes_to(&path);
    for visitor in [&mut owner, &mut cam, &mut portal.visitor("back_office")] {
        let answer = visitor.get(&of(0)).await.is(200);
        assert_eq!(answer.header("content-type"), "application/pdf");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(
            answer.header("content-disposition"),
            "attachment; filename=\"Grosse-Masse.pdf\"; \
             filename*=UTF-8''Gr%C3%B6%C3%9Fe%20&%20Ma%C3%9Fe.pdf"
        );
    }
    assert_eq!(cam.get(&of(1)).await.header("content-type"), "text/csv; charset=utf-8");
    cam.get(&path).await.shows(".files", "list.csv").hides("Remove");
    assert_eq!(
        portal.history_of_deal(&path)[2..],
        ["deal.attached", "deal.attached", "deal.submitted"]
    );
    owner.get(&path).await.shows(".timeline", "Added a file").shows(".timeline", "list.csv");
}

#[actix_web::test]
async fn what_is_foreign_is_missing_byte_for_byte() {
    let portal = Portal::start().await;
    let mine = portal.submitted_deal("owner", &[]).await;
    let theirs = portal.submitted_deal("stranger", &[("customer_name", "Raviga")]).await;
    portal.attached("owner", &mine, "offer.pdf", PDF).await;
    portal.attached("stranger", &theirs, "secret.pdf", PDF).await;
    let file = portal.files_of_deal(&theirs).remove(0).reference;
    let mut owner = portal.owner();
    let nothing = owner.get("/p/shield/nowhere").await.is(404).text;
    for path in [
        format!("{theirs}/attachments/{file}"),
        // Another deal's file under one's own deal.
        format!("{mine}/attachments/{file}"),
        format!("{mine}/attachments/AT-00000-00000"),
        format!("{mine}/attachments/x'--"),
    ] {
        assert_eq!(owner.get(&path).await.is(404).text, nothing, "{path}");
        assert_eq!(owner.post(&format!("{path}/removal"), &[]).await.is(404).text, nothing);
    }
    assert_eq!(portal.attaches("owner", &theirs, "a.txt", b"a").await.is(404).text, nothing);
    portal.guest().raw(Method::GET, &format!("{theirs}/attachments/{file}"), &[]).await.is(303);
    portal.visitor("distributor").get(&format!("{mine}/attachments/{file}")).await.is(403);
    assert_eq!(portal.files_of_deal(&theirs).len(), 1);
}

#[actix_web::test]
async fn a_file_can_be_added_while_it_waits_and_removed_while_it_is_written() {
    // State, whether a file can be added, whether one can be removed.
    for (state, adds, removes) in [
        ("draft", true, true),
        ("submitted", true, false),
        ("in_review", true, false),
        ("returned", true, true),
        ("approved", false, false),
        ("rejected", false, false),
        ("withdrawn", false, false),
    ] {
        let portal = Portal::start().await;
        let path = portal.draft_deal("owner", &[]).await;
        portal.attached("owner", &path, "first.pdf", PDF).await;
        let file = portal.files_of_deal(&path).remove(0).reference;
        let steps: &[(&str, &str)] = match state {
            "draft" => &[],
            "submitted" => &[("owner", "submission")],
            "withdrawn" => &[("owner", "submission"), ("owner", "withdrawal")],
            "in_review" => &[("owner", "submission"), ("cam", "review")],
            _ => &[("owner", "submission"), ("cam", "review"), ("cam", state)],
        };
        for (by, step) in steps {
            let action = match *step {
                "returned" => "return",
                "approved" => "approval",
                "rejected" => "rejection",
                other => other,
            };
            portal.at_deal(by, &path, action, &[("why", "So")]).await.goes_to(&path);
        }
        let before = portal.deal(&path);
        for person in ["cam", "manager", "back_office", "distributor"] {
            portal.attaches(person, &path, "theirs.pdf", PDF).await.is(403);
            let removal = format!("{path}/attachments/{file}/removal");
            portal.visitor(person).post(&removal, &[]).await.is(403);
        }
        assert_eq!(portal.deal(&path), before, "{state}");
        let mut owner = portal.owner();
        let page = owner.get(&path).await.is(200);
        let fields = page.attributes("input[type=file]", "name").len();
        assert_eq!(fields == 1, adds, "{state}");
        portal.attaches("colleague", &path, "second.pdf", PDF).await.is(if adds {
            303
        } else {
            409
        });
        let removal = format!("{path}/attachments/{file}/removal");
        owner.post(&removal, &[]).await.is(if removes { 303 } else { 409 });
        let left: Vec<String> = portal.files_of_deal(&path).into_iter().map(|f| f.name).collect();
        let expected: &[&str] = match (adds, removes) {
            (true, true) => &["second.pdf"],
            (true, false) => &["first.pdf", "second.pdf"],
            _ => &["first.pdf"],
        };
        assert_eq!(left, expected, "{state}");
        let history = portal.history_of_deal(&path);
        assert_eq!(history.iter().any(|one| one == "deal.detached"), removes, "{state}");
    }
}

/// Whoever decides looks at what was added since.
#[actix_web::test]
async fn a_decision_on_a_deal_without_the_new_file_is_refused() {
    let portal = Portal::start().await;
    let path = portal.reviewed_deal("owner", &[]).await;
    let seen = portal.deal(&path).revision.to_string();
    portal.attached("owner", &path, "news.pdf", PDF).await;
    let mut cam = portal.visitor("cam");
    cam.post(&format!("{path}/approval"), &[("seen", &seen)]).await.is(409);
    portal.at_deal("cam", &path, "approval", &[]).await.goes_to(&path);
}

#[actix_web::test]
async fn what_is_too_much_is_told_beside_the_field() {
    let portal = Portal::start().await;
    let path = portal.draft_deal("owner", &[]).await;
    let refused = |page: crate::support::Page, text: &str| {
        let page = page.is(422).shows(".error-summary", text);
        assert_eq!(page.attributes(".error-summary a", "href"), ["#file"]);
    };
    refused(portal.attaches("owner", &path, "", b"").await, "Choose a file");
    refused(portal.attaches("owner", &path, "a.html", b"<p>").await, "Let its name end in .txt");
    let large = vec![b'a'; 4_900_000];
    refused(portal.attaches("owner", &path, "a.txt", &[b'a'; 5_000_001]).await, "5 MB");
    portal.attaches("owner", &path, "a.txt", &[b'a'; 17_000_000]).await.is(413);
    portal.attached("owner", &path, "1.txt", &large).await;
    refused(portal.attaches("owner", &path, "1.TXT", b"a").await, "already");
    portal.attached("owner", &path, "2.txt", &large).await;
    refused(portal.attaches("owner", &path, "3.txt", &large).await, "10 MB together");
    for number in 3..=MOST_FILES {
        portal.attached("owner", &path, &format!("{number}.txt"), b"a").await;
    }
    refused(portal.attaches("owner", &path, "more.txt", b"a").await, "10 files at most");
    portal.owner().get(&path).await.shows(".card", "10 files at most");
    // While it waits, too: then the page is another one.
    portal.at_deal("owner", &path, "submission", &[]).await.goes_to(&path);
    refused(portal.attaches("owner", &path, "more.txt", b"a").await, "10 files at most");
}

#[actix_web::test]
async fn of_many_who_add_the_last_file_at_once_one_does() {
    let portal = Portal::start().await;
    let other = portal.beside().await;
    let path = portal.draft_deal("owner", &[]).await;
    for number in 1..MOST_FILES {
        portal.attached("owner", &path, &format!("{number}.txt"), b"a").await;
    }
    let to = format!("{path}/attachments");
    let mut people: Vec<(Visitor, String)> = (0..6)
        .map(|place| {
            let process = if place % 2 == 0 { &portal } else { &other };
            (
                process.visitor(if place < 3 { "owner" } else { "colleague" }),
                format!("x{place}.txt"),
            )
        })
        .collect();
    let answers = join_all(people.iter_mut().map(|(visitor, name)| {
        let to = &to;
        async move { visitor.upload(to, ("file", name.as_str(), b"a"), &[]).await.status() }
    }))
    .await;
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [303, 409, 422].contains(status)), "{answers:?}");
    assert_eq!(portal.files_of_deal(&path).len(), MOST_FILES);
}

#[actix_web::test]
async fn a_receipt_names_the_files_as_they_were_submitted() {
    let portal = Portal::start().await;
    let path = portal.draft_deal("owner", &[("note", "File: forged.pdf")]).await;
    portal.attached("owner", &path, "offer.pdf", PDF).await;
    portal.attached("owner", &path, "list.csv", b"a;b\n").await;
    portal.at_deal("owner", &path, "submission", &[]).await.goes_to(&path);
    let receipt = |number: String| format!("/p/shield/deals/receipts/{number}/receipt.txt");
    let first = portal.owner().get(&receipt(portal.deal(&path).receipt)).await.is(200).text;
    let lines: Vec<&str> = first.lines().filter(|line| line.starts_with("File:")).collect();
    let of_list = format!("File: list.csv, 4 bytes, SHA-256 {}", hash("a;b\n"));
    assert_eq!(lines.len(), 2, "{first}");
    assert_eq!(lines[0], of_list);
    assert!(lines[1].starts_with(&format!("File: offer.pdf, {} bytes, SHA-256 ", PDF.len())));
    // What comes later is on the next one.
    portal.attached("owner", &path, "more.txt", b"a").await;
    portal.at_deal("cam", &path, "review", &[]).await.goes_to(&path);
    portal.at_deal("cam", &path, "return", &[("why", "Which?")]).await.goes_to(&path);
    let offer = portal.files_of_deal(&path).into_iter().find(|file| file.name == "offer.pdf");
    let removal = format!("{path}/attachments/{}/removal", offer.unwrap().reference);
    portal.owner().post(&removal, &[]).await.goes_to(&path);
    portal.at_deal("owner", &path, "submission", &[]).await.goes_to(&path);
    let second = portal.owner().get(&receipt(portal.deal(&path).receipt)).await.is(200).text;
    let names: Vec<&str> =
        second.lines().filter_map(|line| line.strip_prefix("File: ")?.split(',').next()).collect();
    assert_eq!(names, ["list.csv", "more.txt"]);
}

#[actix_web::test]
async fn a_discarded_draft_takes_its_files_along() {
    let portal = Portal::start().await;
    let path = portal.draft_deal("owner", &[]).await;
    portal.attached("owner", &path, "offer.pdf", PDF).await;
    let file = portal.files_of_deal(&path).remove(0).reference;
    portal.at_deal("owner", &path, "discarding", &[]).await.is(303);
    assert!(portal.files_of_deal(&path).is_empty());
    portal.owner().get(&format!("{path}/attachments/{file}")).await.is(404);
    assert!(reference_of(&path).starts_with("D-"));
}
