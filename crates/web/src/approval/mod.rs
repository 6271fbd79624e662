//! The policy that the organisation works by, for whoever answers for it: what is in force, what was, what waits.

pub mod changes;
pub mod simulating;
pub mod version;

use askama::Template;
use axum::response::Response;
use casework::approval::{self, Line};
use record::time::day_in_words;
use store::KeptPack;

use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

/// The address of this area.
const AT: &str = "/organisation/policy";
/// The list that names how a version came into force.
const HOW: &str = "policy-in-force-by";

#[derive(Template)]
#[template(path = "approval/overview.html")]
struct Overview {
    /// What is in force today.
    now: Option<Row>,
    /// What was approved for a later day.
    ahead: Vec<Row>,
    /// What was, and what holds on no day; the newest first.
    before: Vec<Row>,
    /// What was offered and never put in force: the newest, then the others.
    waiting: Vec<Waiting>,
    may_approve: bool,
    /// That the program reads the policy in force otherwise than the one under which it was approved.
    read_otherwise: bool,
}

/// A version and who put it in force.
struct Row {
    href: String,
    title: String,
    from: String,
    until: String,
    by: String,
    written: String,
    how: String,
    why: String,
    /// What changed by it, line by line.
    changed: Vec<String>,
}

/// A version that was offered.
struct Waiting {
    href: String,
    title: String,
    since: String,
}

/// `GET /organisation/policy`
pub async fn show(app: App, who: SignedIn) -> Response {
    let all = match approval::overview(&who.desk).await {
        Ok(all) => all,
        Err(error) => return WebError::from(error).response(&app, Some(&who)),
    };
    let today = app.db().now().day();
    let (mut now, mut ahead, mut before) = (None, Vec::new(), Vec::new());
    let mut read_otherwise = false;
    for line in &all.lines {
        let shown = row(&app, line);
        if line.in_force.holds_on(today) {
            read_otherwise = !line.in_force.is_read_as_kept();
            now = Some(shown);
        } else if line.in_force.from > today && line.in_force.until.is_none_or(|until| until > line.in_force.from) {
            ahead.push(shown);
        } else {
            before.push(shown);
        }
    }
    ahead.reverse();
    let waiting = all.waiting.iter().map(waiting).collect();
    let main = Overview { now, ahead, before, waiting, may_approve: all.may_approve, read_otherwise };
    Frame::new(&app, &who, "Policy").at(AT).page(&main)
}

fn row(app: &App, line: &Line) -> Row {
    let Line { in_force, by, written, how, why, changed } = line;
    let by = [&by.name, &by.designation];
    Row {
        href: format!("{AT}/{}", policy::in_hex(&in_force.hash)),
        title: named(in_force.pack.title(), i64::from(in_force.pack.version())),
        from: day_in_words(in_force.from),
        until: match in_force.until {
            // Another was said for the same day, so that it held on none.
            Some(until) if until <= in_force.from => "never: another took its place that day".to_owned(),
            Some(until) => day_in_words(until),
            None => String::new(),
        },
        by: by.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", "),
        written: words::moment(*written),
        how: app.db().pack().label(HOW, how).to_owned(),
        why: why.clone(),
        changed: changed.lines().map(str::to_owned).collect(),
    }
}

fn waiting(kept: &KeptPack) -> Waiting {
    Waiting {
        href: format!("{AT}/{}", policy::in_hex(&kept.hash)),
        title: named(&kept.title, kept.version),
        since: words::moment(kept.kept),
    }
}

/// A version as people speak of it.
fn named(title: &str, version: i64) -> String {
    format!("{title}, version {version}")
}
