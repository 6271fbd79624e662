//! What every answer carries and every post must show, by the OWASP sheets.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{App, error::WebError};

/// Only our own files; no script or style in the markup; nothing may frame a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
];

/// Sets the headers. Pages are never kept by a browser or a proxy: on a shared computer «back» shows nothing.
pub async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A file that is downloaded says a stricter policy of its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if app.config().https {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    response
}

/// Refuses a post that another site made the browser send. Every form carries its session's token beside this.
pub async fn same_site(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD && !from_here(request.headers()) {
        return WebError::ForeignPost.response(&app, None);
    }
    next.run(request).await
}

fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text("host")
        }
        // A browser sends one of the two with every post; a program that sends neither has no cookie to misuse.
        (None, None) => true,
    }
}

/// Lets every request run to its end, even if the browser has gone: what was begun is finished or not begun. A search
/// begins nothing, and ends with whoever waits for it.
pub async fn to_the_end(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path == "/search/words" || path.starts_with("/records/") && path.ends_with("/search") {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(failed) => {
            tracing::error!(panicked = failed.is_panic(), "a request did not come to its end");
            let text = "Something went wrong here. Nothing was changed. Go back and try again.";
            (axum::http::StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::StatusCode, middleware::from_fn, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    /// ASVS 13.4.2, 16.5.1, 16.5.4
    #[tokio::test]
    async fn a_fault_ends_one_request_and_says_nothing_of_the_inside() {
        async fn faulty() -> &'static str {
            panic!("select secret from nowhere")
        }
        let router = Router::new()
            .route("/faulty", get(faulty))
            .route("/sound", get(async || "sound"))
            .layer(from_fn(to_the_end));
        let ask = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let answer = router.clone().oneshot(request).await.expect("an answer");
            let (parts, body) = answer.into_parts();
            let body = axum::body::to_bytes(body, 10_000).await.expect("a body");
            (parts, String::from_utf8_lossy(&body).into_owned())
        };
        for _ in 0..3 {
            let (parts, body) = ask("/faulty").await;
            assert_eq!(parts.status, StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(parts.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
            assert!(body.starts_with("Something went wrong here") && !body.contains("secret"), "{body}");
            assert_eq!(ask("/sound").await.1, "sound");
        }
    }
}
