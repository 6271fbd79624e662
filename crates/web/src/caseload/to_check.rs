//! Children who were brought in from another system with something to check.

use askama::Template;
use axum::{http::Uri, response::Response};
use casework::import;
use record::RecordId;

use super::asked;
use crate::{App, error::WebError, layout::Frame, session::SignedIn};

struct Child {
    record: RecordId,
    number: i64,
    name: String,
    entry: String,
    doubts: Vec<String>,
}

#[derive(Template)]
#[template(path = "caseload/to_check.html")]
struct Page {
    all: usize,
    children: Vec<Child>,
    next: Option<i64>,
}

/// `GET /team/to-check`
pub async fn to_check(app: App, uri: Uri, who: SignedIn) -> Response {
    let after = asked(&uri).get("after").and_then(|after| after.parse().ok());
    match import::to_check(&who.desk, after).await {
        Ok(found) => {
            let next = found.children.last().filter(|_| found.more).map(|child| child.number);
            let children = found.children.into_iter().map(|child| Child {
                record: child.record,
                number: child.number,
                name: child.name,
                entry: child.entry.to_string(),
                doubts: child.doubts,
            });
            let page = Page { all: found.all, children: children.collect(), next };
            Frame::new(&app, &who, "Brought in, to check").at("/team").page(&page)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
