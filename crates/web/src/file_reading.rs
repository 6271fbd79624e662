//! The files of a team, by when a manager last read them.

use askama::Template;
use axum::response::Response;
use casework::file_reading::{self, Files};
use jiff::civil::Date;
use policy::Capability;
use record::{RecordId, time::day_in_words};

use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

struct File {
    record: RecordId,
    number: i64,
    name: String,
    worker: String,
    read: String,
    note: String,
}

#[derive(Template)]
#[template(path = "file_reading.html")]
struct FilesPage {
    files: Vec<File>,
    summary: String,
    may_record: bool,
}

/// `GET /team/files`
pub async fn show(app: App, who: SignedIn) -> Response {
    match file_reading::of_team(&who.desk).await {
        Ok(files) => {
            let main = page(&files, app.db().now().day(), who.may.contains(&Capability::RecordDecision));
            Frame::new(&app, &who, "Files read by a manager").at("/team").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(files: &Files, today: Date, may_record: bool) -> FilesPage {
    let too_long = |read: Date| {
        let days = u32::try_from(read.until(today).ok()?.get_days()).ok()?;
        (days > files.too_long_after?).then(|| format!("not read for {days} days"))
    };
    let rows: Vec<_> = files
        .files
        .iter()
        .map(|(child, read)| File {
            record: child.record,
            number: child.number,
            name: casework::recording::called(&child.who),
            worker: child
                .worker
                .and_then(|worker| files.colleagues.staff.get(&worker))
                .map_or_else(|| "nobody".to_owned(), |worker| worker.name.clone()),
            read: read.map_or_else(|| "never recorded".to_owned(), day_in_words),
            note: read.and_then(too_long).unwrap_or_default(),
        })
        .collect();
    let never = files.files.iter().filter(|(_, read)| read.is_none()).count();
    let long = rows.iter().filter(|file| !file.note.is_empty()).count();
    let limit = files.too_long_after.map(|days| format!("; {long} not read for more than {days} days"));
    let summary = format!(
        "{}; {never} never read by a manager{}",
        words::count(rows.len(), "file", "files"),
        limit.unwrap_or_default()
    );
    FilesPage { files: rows, summary, may_record }
}
