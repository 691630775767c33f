//! Everyone follows every link: no page is broken, none asks the database too often, and every
//! question is answered from an index.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use portal::db::Conn;

use crate::support::plans::{Seen, plan, shape};
use crate::support::{Portal, Visitor, furniture};

/// What one page may ask beside the session.
const MOST_QUERIES: usize = 4;

/// Tables of a few rows (and what queries call them), however many partners there are: reading
/// them whole is right.
const SMALL: &[&str] = &[
    "programs",
    "partner_types",
    "tiers",
    "notice_rungs",
    "policies",
    "categories",
    "products",
    "sku_parts",
    "sku_letters",
    "legacy_skus",
    "sought_products",
];

/// The most pages that one person opens; a crawl that needs more has found an endless list.
const MOST_PAGES: usize = 400;

#[actix_web::test]
async fn everyone_follows_every_link() {
    let seen = Seen::default();
    let portal = Portal::observed(seen.observer()).await;
    furniture::move_in(&portal).await;
    furniture::quote_more(&portal).await;
    let mut questions = BTreeMap::<String, String>::new();
    let mut opened = BTreeMap::new();
    for key in ["owner", "colleague", "distributor", "manager", "cam", "back_office"] {
        let mut visitor = portal.visitor(key);
        let pages = crawl(&mut visitor, &seen, &mut questions, key).await;
        opened.insert(key, pages);
    }
    for (key, pages) in &opened {
        assert!(*pages >= 8, "{key} found {pages} pages only");
    }
    let mut slow = Vec::new();
    for (statement, page) in &questions {
        let faults = portal.read(|conn| Ok(plan_faults(statement, conn)));
        slow.extend(faults.into_iter().map(|fault| format!("{page}: {fault}\n    {statement}")));
    }
    assert!(questions.len() > 20, "the crawl saw {} questions only", questions.len());
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

/// Opens every page that can be reached and gives how many; keeps each statement with its page.
async fn crawl(
    visitor: &mut Visitor,
    seen: &Seen,
    questions: &mut BTreeMap<String, String>,
    key: &str,
) -> usize {
    let mut waiting = VecDeque::from(["/p/shield".to_owned()]);
    let mut known = BTreeSet::from(["/p/shield".to_owned()]);
    let mut opened = 0;
    while let Some(path) = waiting.pop_front() {
        opened += 1;
        assert!(opened < MOST_PAGES, "{key} finds no end: {path}");
        seen.take();
        let page = visitor.get(&path).await;
        let statements = seen.take_questions();
        assert_eq!(page.status(), 200, "{key} follows a link to {path}");
        let asked: Vec<&String> = statements.iter().collect();
        if page.is_html() {
            assert!(
                asked.len() <= MOST_QUERIES,
                "{key} at {path} asks {} times:\n{}",
                asked.len(),
                asked.iter().map(|sql| sql.as_str()).collect::<Vec<_>>().join("\n")
            );
        }
        for statement in asked {
            questions.entry(shape(statement)).or_insert_with(|| format!("{key} at {path}"));
        }
        if page.is_html() {
            for link in page.attributes("a[href]", "href") {
                let link = link.split('#').next().unwrap().to_owned();
                let stays = link.starts_with('/') && !link.starts_with("/static/");
                if stays && !is_elsewhere(&link) && known.insert(link.clone()) {
                    waiting.push_back(link);
                }
            }
        }
    }
    opened
}

/// Links that leave the program's pages: covered by tests of their own.
fn is_elsewhere(link: &str) -> bool {
    link == "/"
}

fn plan_faults(statement: &str, conn: &mut Conn) -> Vec<String> {
    let plan = plan(statement, conn);
    // The rows of a subquery are few by its own limit; how it finds them is told apart.
    let made: Vec<String> = plan
        .iter()
        .filter_map(|line| line.strip_prefix("CO-ROUTINE "))
        .map(|name| format!("SCAN {name}"))
        .collect();
    plan.into_iter().filter(|line| is_fault(line) && !made.contains(line)).collect()
}

/// A table read whole.
fn is_fault(line: &str) -> bool {
    let table = if let Some(rest) = line.strip_prefix("SCAN ") {
        if rest.contains(" USING ") || rest.contains("CONSTANT ROW") || rest.contains("SUBQUERY") {
            return false;
        }
        rest
    } else if let Some((_, rest)) = line.split_once("Seq Scan on ") {
        rest
    } else {
        return false;
    };
    let table: String = table.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    !SMALL.contains(&table.as_str())
}
