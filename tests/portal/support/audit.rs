//! What holds for every page that a test opens: one `h1`, a title that starts with it, unique
//! ids, a label on every field, forms that stay on the portal, and the protecting headers.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

use super::Page;

#[track_caller]
pub(super) fn page(page: &Page, path: &str) {
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
    assert!(!page.header("content-security-policy").is_empty(), "{path} has no policy");
    assert!(!page.header("cache-control").is_empty(), "{path} says nothing of caches");
    if !page.is_html() || page.header("x-audit").contains("frame") || page.text.is_empty() {
        return;
    }
    let document = Html::parse_document(&page.text);
    heading(&document, path);
    ids(&document, path);
    labels(&document, path);
    forms(&document, path);
    inline(&document, path);
}

fn all<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).unwrap();
    document.select(&selector).collect()
}

fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn heading(document: &Html, path: &str) {
    let headings = all(document, "h1");
    assert_eq!(headings.len(), 1, "{path} has {} h1", headings.len());
    let heading = words(headings[0]);
    let title = all(document, "title").first().map(|title| words(*title)).unwrap_or_default();
    assert!(!heading.is_empty(), "{path} has an empty h1");
    assert!(title.starts_with(&heading), "{path}: title {title:?} does not start with {heading:?}");
}

#[track_caller]
fn ids(document: &Html, path: &str) {
    let mut seen = BTreeSet::new();
    for element in all(document, "[id]") {
        let id = element.attr("id").unwrap();
        assert!(seen.insert(id.to_owned()), "{path} has the id {id:?} twice");
    }
    for element in all(document, "[aria-describedby]") {
        for id in element.attr("aria-describedby").unwrap().split_whitespace() {
            assert!(seen.contains(id), "{path} describes a field by {id:?}, which is not there");
        }
    }
}

#[track_caller]
fn labels(document: &Html, path: &str) {
    let labelled: BTreeSet<&str> =
        all(document, "label[for]").iter().filter_map(|label| label.attr("for")).collect();
    for field in all(document, "input, select, textarea") {
        if matches!(field.attr("type"), Some("hidden" | "submit")) {
            continue;
        }
        let inside = field
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|parent| parent.value().name() == "label");
        let named = inside
            || field.attr("aria-label").is_some()
            || field.attr("aria-labelledby").is_some()
            || field.attr("id").is_some_and(|id| labelled.contains(id));
        assert!(named, "{path} has a field without a label: {}", field.html());
    }
}

#[track_caller]
fn forms(document: &Html, path: &str) {
    for form in all(document, "form") {
        let action = form.attr("action").unwrap_or_default();
        assert!(
            action.is_empty() || action.starts_with('/') || action.starts_with('?'),
            "{path} has a form that leaves the portal: {action}"
        );
    }
}

/// The policy forbids them, so they would silently do nothing.
#[track_caller]
fn inline(document: &Html, path: &str) {
    assert!(all(document, "[style], style").is_empty(), "{path} has inline style");
    assert!(all(document, "script:not([src])").is_empty(), "{path} has an inline script");
    for element in all(document, "*") {
        let handler = element.value().attrs().find(|(name, _)| name.starts_with("on"));
        assert!(handler.is_none(), "{path} has an inline handler: {}", element.html());
    }
}
