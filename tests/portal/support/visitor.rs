//! A person with a browser: keeps cookies, sends what a browser sends, audits what it gets.

use std::collections::BTreeMap;
use std::rc::Rc;

use actix_http::Request;
use actix_web::cookie::{Cookie, CookieJar};
use actix_web::http::{Method, header};
use actix_web::test::TestRequest;

use super::portal::Answer;
use super::{Page, audit};

type Ask = Rc<dyn Fn(Request) -> std::pin::Pin<Box<dyn std::future::Future<Output = Answer>>>>;

/// Somebody who opens pages and sends forms.
pub struct Visitor {
    ask: Ask,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub(super) fn new(ask: Ask, portal: &portal::app::Portal, session: Option<String>) -> Self {
        let mut cookies = BTreeMap::new();
        if let Some(key) = session {
            let name = portal.site.cookie_name("session");
            let mut jar = CookieJar::new();
            jar.signed_mut(&portal.cookie_key).add(Cookie::new(name.clone(), key));
            cookies.insert(name.clone(), jar.get(&name).unwrap().value().to_owned());
        }
        Self { ask, cookies }
    }

    /// Opens an address; a page is audited.
    pub async fn get(&mut self, path: &str) -> Page {
        let page = self.send(TestRequest::get().uri(path)).await;
        audit::page(&page, path);
        page
    }

    /// Sends a form as the page it stands on would.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = serde_html_form::to_string(fields).unwrap();
        let request = TestRequest::post()
            .uri(path)
            .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .insert_header(("sec-fetch-site", "same-origin"))
            .set_payload(body);
        let page = self.send(request).await;
        audit::page(&page, path);
        page
    }

    /// Sends a form with a file.
    pub async fn upload(
        &mut self,
        path: &str,
        file: (&str, &str, &[u8]),
        fields: &[(&str, &str)],
    ) -> Page {
        const BOUNDARY: &str = "portal-test-boundary";
        let (field, name, bytes) = file;
        let mut body = Vec::new();
        for (key, value) in fields {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = TestRequest::post()
            .uri(path)
            .insert_header((header::CONTENT_TYPE, kind))
            .insert_header(("sec-fetch-site", "same-origin"))
            .set_payload(body);
        let page = self.send(request).await;
        audit::page(&page, path);
        page
    }

    /// The value of a cookie as the browser keeps it.
    pub fn cookie(&self, name: &str) -> String {
        self.cookies.get(name).cloned().unwrap_or_default()
    }

    /// Plants a cookie, as somebody at the same browser could.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Any request with any method, without a browser's headers and unaudited.
    pub async fn raw(&mut self, method: Method, path: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = TestRequest::default().method(method).uri(path);
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        self.send(request).await
    }

    async fn send(&mut self, mut request: TestRequest) -> Page {
        for (name, value) in &self.cookies {
            let pair = Cookie::new(name.clone(), value.clone());
            request = request.cookie(pair);
        }
        let answer = (self.ask)(request.to_request()).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = Cookie::parse_encoded(cookie.to_str().unwrap().to_owned()).unwrap();
            let is_over = cookie.max_age().is_some_and(|age| age.is_zero() || age.is_negative());
            if is_over {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        Page::new(answer)
    }
}
