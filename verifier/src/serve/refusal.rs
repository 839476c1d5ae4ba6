//! What a browser or another program is told when its request is refused.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// For a request without the cookie.
pub(super) const NOT_OPENED: &str = "Open the address that `verify serve` printed; it works once, for one browser.";

/// For the one-time address, when it was used before.
pub(super) const USED: &str = "This address has been opened before, and works once, for one browser.\n\n\
    In the browser that opened it, the book is at the same address without the part after the port. For another browser, \
    stop `verify serve` with Ctrl-C, start it again, and open the address that it prints then. Do the same if it was not \
    you who opened it.\n";

/// The response to a refused request: a page for a reader whose browser shows it in a tab, or else plain text.
pub(super) fn answer(headers: &HeaderMap, (status, text): (StatusCode, &'static str)) -> Response {
    if headers.get("sec-fetch-dest").is_none_or(|shown| shown != "document") {
        return (status, text).into_response();
    }
    let paragraphs: String = text.trim().split("\n\n").map(|text| format!("<p>{}</p>", marked(text))).collect();
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>verify serve</title>\
         <h1>This page cannot be shown here</h1>{paragraphs}</html>"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// One of our sentences as HTML: what is between backticks is code. They contain no HTML.
fn marked(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_a_page_and_a_program_gets_text() {
        let mut headers = HeaderMap::new();
        let kind = |headers: &HeaderMap| {
            let answer = answer(headers, (StatusCode::FORBIDDEN, USED));
            assert_eq!(answer.status(), StatusCode::FORBIDDEN);
            answer.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned()
        };
        assert_eq!(kind(&headers), "text/plain; charset=utf-8");
        headers.insert("sec-fetch-dest", "image".parse().unwrap());
        assert_eq!(kind(&headers), "text/plain; charset=utf-8");
        headers.insert("sec-fetch-dest", "document".parse().unwrap());
        assert_eq!(kind(&headers), "text/html; charset=utf-8");
    }

    #[test]
    fn commands_are_code() {
        assert_eq!(marked("Stop `verify serve` now."), "Stop <code>verify serve</code> now.");
    }
}
