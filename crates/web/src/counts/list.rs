//! The list behind a number: what this person may read of it.

use askama::Template;
use axum::response::Response;
use casework::{counting, records};
use policy::Capability;
use record::time::day_in_words;
use store::ListOfCount;

use super::{Query, children, extract, month_in_words, not_yet, team_name};
use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

#[derive(Template)]
#[template(path = "counts/list.html")]
struct List {
    title: String,
    what: String,
    fresh: String,
    lines: Vec<Line>,
    not_shown: String,
    back: &'static str,
}

struct Line {
    name: String,
    href: String,
    more: String,
}

/// What the address asks for.
fn asked(query: &Query) -> Option<(ListOfCount, &'static str)> {
    let get = |name: &str| query.get(name).map(String::as_str);
    Some(match get("of")? {
        "late" => {
            let list = ListOfCount::Late {
                team: get("team").and_then(|team| team.parse().ok()),
                form: get("form")?.to_owned(),
                from: get("from")?.parse().ok()?,
                to: get("to")?.parse().ok()?,
            };
            (list, "/counts")
        }
        "not-seen" => (ListOfCount::NotSeen(get("end")?.parse().ok()?), "/counts/visits"),
        "not-seen-alone" => (ListOfCount::NotSeenAlone(get("end")?.parse().ok()?), "/counts/visits"),
        "unallocated" => {
            let reason = get("reason").map(|code| if code == "none" { String::new() } else { code.to_owned() });
            (ListOfCount::Unallocated(get("end")?.parse().ok()?, reason), "/counts/unallocated")
        }
        _ => return None,
    })
}

/// `GET /counts/list`
pub async fn show(app: App, query: Query, who: SignedIn) -> Response {
    if let Err(error) = records::permit(&who.desk, Capability::SeeCounts).await {
        return WebError::from(error).response(&app, Some(&who));
    }
    let Some((of, back)) = asked(&query) else { return WebError::NotFound.response(&app, Some(&who)) };
    let counts = match counting::list(&who.desk, &extract(&app), &of).await {
        Ok(Some(counts)) => counts,
        Ok(None) => return not_yet(&app, &who),
        Err(error) => return WebError::from(error).response(&app, Some(&who)),
    };
    let pack = app.db().pack();
    let reason = |code: &str| pack.label("unallocated-reason", code).to_owned();
    let (title, what) = match &of {
        ListOfCount::Late { team, form, from, to } => {
            let form = pack.form(form).map_or_else(|| form.clone(), |form| form.title.clone());
            let team = team_name(&counts.colleagues, *team);
            let when = format!("Written {} to {}.", day_in_words(*from), day_in_words(*to));
            (format!("Written late: {form}, {team}"), when)
        }
        ListOfCount::NotSeen(end) => ("Children not seen".to_owned(), format!("In {}.", month_in_words(*end))),
        ListOfCount::NotSeenAlone(end) => {
            ("Children not seen alone".to_owned(), format!("In {}.", month_in_words(*end)))
        }
        ListOfCount::Unallocated(end, why) => {
            let why = match why.as_deref() {
                None => String::new(),
                Some("") => " No reason given.".to_owned(),
                Some(code) => format!(" {}.", reason(code)),
            };
            ("Children with nobody allocated".to_owned(), format!("On {}.{why}", day_in_words(*end)))
        }
    };
    let line = |line: &store::Counted| {
        let day = line.day.map(day_in_words);
        let late = line
            .days
            .map(|days| format!("written {} after", words::count(usize::try_from(days).unwrap_or(0), "day", "days")));
        let why =
            line.reason.as_deref().filter(|code| !code.is_empty() && matches!(of, ListOfCount::Unallocated(_, None)));
        let more: Vec<_> = [day, late, why.map(reason)].into_iter().flatten().collect();
        Line {
            name: counts.names.get(&line.record).cloned().unwrap_or_default(),
            href: match line.entry {
                Some(entry) => format!("/records/{}/entries/{entry}", line.record),
                None => format!("/records/{}", line.record),
            },
            more: more.join(" · "),
        }
    };
    let main = List {
        lines: counts.of.lines.iter().map(line).collect(),
        not_shown: match i64::try_from(counts.of.not_shown).unwrap_or(0) {
            0 => String::new(),
            number => children(number, counts.exactly),
        },
        fresh: format!("As of {}.", words::moment(counts.about.as_of)),
        title: title.clone(),
        what,
        back,
    };
    Frame::new(&app, &who, &title).page(&main)
}
