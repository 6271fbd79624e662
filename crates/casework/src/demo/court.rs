//! A chronology for the family court about the first child: rows chosen from her record, each with why it matters and
//! what it did to her (R-CHR-02).

use record::{
    Moment, Typed,
    chronology::{CHRONOLOGY, ROW},
};
use store::{Actor, Db};

use super::{Invented, sheet::Sheet};
use crate::{
    chronologies,
    desk::{CaseError, Desk},
    recording::record_now,
};

/// By the beginning of a headline: why the event matters, what it did to her at the time, and together with the others.
const MEANING: [(&str, &str, &str, &str); 5] = [
    (
        "Amira looks after Bilal and Noor",
        "She carries what is an adult's to carry, before a school day.",
        "She is tired in lessons and does not talk about home.",
        "",
    ),
    (
        "Kitchen almost empty",
        "The first time that money, and not care, explains what is missing.",
        "She ate at school and brought bread home for Noor.",
        "She begins to keep count of what there is.",
    ),
    (
        "Kitchen with almost no food",
        "It happens again after help had been given.",
        "She says that she is not hungry when the little ones eat.",
        "Going without has become something that she expects.",
    ),
    (
        "Kitchen had no food",
        "The second visit running: this is a pattern and no accident.",
        "Her grandmother feeds the children in the evening.",
        "Three times in one year she has done without so that Bilal and Noor could eat.",
    ),
    (
        "Child protection plan",
        "The conference named what it is: neglect.",
        "She was told by her worker on the same day, and asked whether Gran may stay.",
        "There is now a plan that does not rest on her.",
    ),
];

/// Makes it by the hand of her social worker. Gives how many entries were written.
pub(super) async fn make(db: &Db, invented: &Invented, now: Moment) -> Result<usize, CaseError> {
    let worker = invented.cast.staff.iter().find(|staff| staff.username == Some("sam"));
    let child = invented.stories.first().and_then(|story| story.children.first());
    let (Some(worker), Some(child)) = (worker, child) else { return Ok(0) };
    let desk = Desk::new(db.clone(), Actor::Person(worker.person), now);
    let about = Sheet::on(now.day())
        .put("name", "Chronology for the family court")
        .put("purpose", "court")
        .put("question", "Is it likely that the children will go without again, and what has been tried?")
        .done();
    let made = record_now(&desk, desk.new_id(), child.record, CHRONOLOGY, &about).await?;
    let Some(made) = made.first() else { return Ok(0) };
    let mut written = 1;
    let page = chronologies::one(&desk, child.record, made.entry, true).await?;
    for event in &page.to_choose {
        let Some((_, matters, now, together)) = MEANING.iter().find(|(begins, ..)| event.headline.starts_with(begins))
        else {
            continue;
        };
        let row: Typed = Sheet::on(event.day)
            .put("chronology", made.entry.to_string())
            .put("source", event.entry.to_string())
            .put("event", event.headline.as_str())
            .put("significance", *matters)
            .put("effect-now", *now)
            .maybe("effect-together", Some(*together).filter(|text| !text.is_empty()))
            .done();
        record_now(&desk, desk.new_id(), child.record, ROW, &row).await?;
        written += 1;
    }
    Ok(written)
}
