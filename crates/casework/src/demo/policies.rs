//! The policy's own past: the version with which the authority began, the one that its head of service approved since,
//! and one that waits for her.

use jiff::{Span, civil::Date};
use policy::Pack;
use record::Moment;
use store::{Actor, Db};

use super::{Invented, cast::Cast};
use crate::{
    approval,
    desk::{CaseError, Desk},
    organisation::job,
};

/// The version before this one: it had the words of the pack that it extends.
pub(super) fn before(pack: &Pack) -> Pack {
    derived(pack, pack.version().saturating_sub(1), &[("words.toml", &|_: &str| String::new())])
        .unwrap_or_else(|| pack.clone())
}

/// The version that waits: a sentence of help more, a code more, a little more time for one form.
fn after(pack: &Pack) -> Option<Pack> {
    let help = |text: &str| {
        text.replacen("  \"A baby has one.\",", "", 1).replacen(
            "  \"A few good sentences are worth more than many.\",",
            "  \"A few good sentences are worth more than many.\",\n  \"Read it aloud once before you complete it.\",",
            1,
        )
    };
    let code = |text: &str| {
        text.replacen(
            "  { code = \"other\", label = \"Other\" },",
            "  { code = \"funding-panel\", label = \"A funding panel\" },\n  { code = \"other\", label = \"Other\" },",
            1,
        )
    };
    let time = |text: &str| text.replacen("\"2 working days\"", "\"3 working days\"", 1);
    derived(pack, pack.version() + 1, &[("guidance.toml", &help), ("lists.toml", &code), ("clocks.toml", &time)])
}

/// One of a pack's own files, and how it is written otherwise.
type Edit<'a> = (&'a str, &'a dyn Fn(&str) -> String);

/// Another version of a pack, with some of its own files written otherwise.
fn derived(pack: &Pack, version: u32, files: &[Edit<'_>]) -> Option<Pack> {
    let id = pack.id();
    let own = pack.made_of().text(id, "pack.toml")?;
    let numbered = own.replacen(&format!("version = {}", pack.version()), &format!("version = {version}"), 1);
    let mut made_of = pack.made_of().clone().with(id, "pack.toml", &numbered);
    for (path, change) in files {
        if let Some(text) = pack.made_of().text(id, path) {
            made_of = made_of.with(id, path, &change(text));
        }
    }
    policy::load(&made_of, id).ok()
}

/// From when the authority worked by its first version: before anything that was written in it.
pub(super) fn beginning(cast: &Cast, today: Date) -> Date {
    cast.staff.iter().map(|staff| staff.from).min().unwrap_or(today)
}

/// The head of service approved the version that is in force, half a year ago, and another one waits for her.
pub(super) async fn approve(db: &Db, invented: &Invented, now: Moment) -> Result<(), CaseError> {
    let Some(head) = invented.cast.staff.iter().find(|staff| staff.role == "head-of-service") else { return Ok(()) };
    let first = now.day().saturating_sub(Span::new().months(5)).first_of_month();
    let days = i64::from((now.day() - first).get_days()) + 9;
    let desk = Desk::new(db.clone(), Actor::Person(head.person), now.plus_seconds(-days * 24 * 3_600));
    let why = "Agreed by the children’s services leadership on Tuesday. The record says from now on whose story it is, and what a manager is called here.";
    approval::approve_offered(&desk, db.pack(), first, why).await?;
    if let Some(next) = after(db.pack()) {
        let yesterday = now.plus_seconds(-26 * 3_600);
        approval::offer(&job(db.at_this_moment().await?, "demonstration", yesterday), &next).await?;
    }
    Ok(())
}
