//! An answer, and what a test says of it.

use actix_web::http::header;
use scraper::{ElementRef, Html, Node, Selector};

use super::portal::Answer;

pub struct Page {
    pub answer: Answer,
    pub text: String,
}

impl Page {
    pub(super) fn new(answer: Answer) -> Self {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        Self { answer, text }
    }

    pub fn status(&self) -> u16 {
        self.answer.status.as_u16()
    }

    pub fn header(&self, name: &str) -> &str {
        self.answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn is_html(&self) -> bool {
        self.header(header::CONTENT_TYPE.as_str()).starts_with("text/html")
    }

    /// The status is this one.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "the page says: {}", self.words());
        self
    }

    /// The answer is a redirect to this address.
    #[track_caller]
    pub fn goes_to(self, path: &str) -> Self {
        let page = self.is(303);
        assert_eq!(page.header("location"), path);
        page
    }

    /// The answer is a redirect to what was made; gives its address.
    #[track_caller]
    pub fn created(self) -> String {
        self.is(303).header("location").to_owned()
    }

    /// Some element that the selector finds contains the words.
    #[track_caller]
    pub fn shows(self, selector: &str, words: &str) -> Self {
        let found = self.all(selector);
        assert!(
            found.iter().any(|text| text.contains(words)),
            "{selector} shows {found:?}, not {words:?}; the page says: {}",
            self.words()
        );
        self
    }

    /// Somewhere in the answer these words stand.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.text.contains(words), "nowhere stands {words:?}: {}", self.words());
        self
    }

    /// Nowhere in the answer do these words stand.
    #[track_caller]
    pub fn hides(self, words: &str) -> Self {
        assert!(!self.text.contains(words), "the page shows {words:?}");
        self
    }

    /// The texts of all elements that the selector finds, white space folded.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        Html::parse_document(&self.text).select(&selector).map(folded).collect()
    }

    /// An attribute of all elements that the selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        Html::parse_document(&self.text)
            .select(&selector)
            .filter_map(|element| element.attr(name).map(str::to_owned))
            .collect()
    }

    /// What a person reads on the page, for messages of failed tests.
    pub fn words(&self) -> String {
        if self.is_html() {
            self.all("main").join(" ").chars().take(600).collect()
        } else {
            self.text.chars().take(600).collect()
        }
    }
}

/// The words of an element with white space folded; a line break parts words too.
fn folded(element: ElementRef<'_>) -> String {
    let words: String = element
        .descendants()
        .map(|node| match node.value() {
            Node::Text(text) => &**text,
            Node::Element(inner) if inner.name() == "br" => " ",
            _ => "",
        })
        .collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
