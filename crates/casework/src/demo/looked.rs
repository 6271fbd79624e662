//! A few readings that deserve a question, and a use of a record that was written down: what information governance and a
//! manager find when the visitor looks there. Somebody came back to a colleague's child, once at night; somebody tried a
//! record of another team; a head of service opened one and wrote nothing down.

use jiff::{ToSpan as _, civil::Time};
use record::{Moment, PersonId, RecordId, typed::Name};
use store::{Actor, Db};

use super::{Invented, Story, cast::Cast, sheet::Sheet};
use crate::{
    desk::{CaseError, Desk},
    looked, reading, recording,
};

/// How many entries are written for this.
pub(super) const ENTRIES: usize = 1;

pub(super) async fn make(db: &Db, invented: &Invented, now: Moment) -> Result<(), CaseError> {
    let cast = &invented.cast;
    let (Some((sam, north)), Some((tom, south)), Some((helen, _)), Some((ines, _))) =
        (person(cast, "sam"), person(cast, "tom"), person(cast, "helen"), person(cast, "ig"))
    else {
        return Ok(());
    };
    let at = |days: i64, hour: i8, minute: i8| {
        Moment::of_london(now.day().saturating_sub(days.days()), Time::constant(hour, minute, 0, 0))
    };
    let desk = |person: PersonId, moment: Moment| Desk::new(db.clone(), Actor::Person(person), moment);
    let of_team =
        |team: &str| invented.stories.iter().skip(1).rev().find_map(|story| colleagues_child(story, team, sam));
    if let Some(child) = of_team(&north) {
        for (days, hour) in [(24, 9), (19, 16), (15, 12), (11, 1), (8, 17), (3, 10)] {
            look(&desk(sam, at(days, hour, 40)), child).await?;
        }
    }
    if let Some(child) = of_team(&south) {
        for minute in [4, 5, 9, 12] {
            look(&desk(helen, at(6, 18, minute)), child).await?;
        }
    }
    let ali = invented.stories.first().and_then(|story| story.children.first());
    let Some(ali) = ali.map(|child| child.record) else { return Ok(()) };
    for (days, minute) in [(20, 3), (13, 15), (13, 16), (5, 31)] {
        look(&desk(tom, at(days, 14, minute)), ali).await?;
    }
    let used = Sheet::on(now.day().saturating_sub(4.days()))
        .put("purpose", "subject-access")
        .yes("by-staff", true)
        .put("worker", ines.to_string())
        .put("part", "All of it")
        .put("why", "The mother asked to see what is written about her children.")
        .put("authority", "right-of-access")
        .put("authority-details", "Data Protection Act 2018 and UK GDPR, article 15");
    let ines = desk(ines, now);
    recording::record_now(&ines, ines.new_id(), ali, looked::USE_FORM, &super::twins::with_parts(&used.done())).await?;
    Ok(())
}

/// Opens something of the record; whoever may not is refused, and that is kept.
async fn look(desk: &Desk, record: RecordId) -> Result<(), CaseError> {
    match reading::words(desk, record).await {
        Ok(_) | Err(CaseError::Closed) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whoever has this account, and their team.
fn person(cast: &Cast, username: &str) -> Option<(PersonId, String)> {
    let one = cast.staff.iter().find(|staff| staff.username == Some(username))?;
    let team = one.team.and_then(|team| cast.team(team)).map_or_else(String::new, |team| team.to_string());
    Some((one.person, team))
}

/// A child whom this team works with, and somebody else in it than this person.
fn colleagues_child(story: &Story, team: &str, not: PersonId) -> Option<RecordId> {
    let last = story.deeds.iter().rev().find(|deed| deed.form == "allocation" || deed.form == "closing")?;
    let typed = |field: &str| last.typed.get(&Name::of(field));
    let theirs = last.form == "allocation" && typed("team") == Some(team);
    let worker = typed("worker").filter(|worker| *worker != not.to_string());
    worker.filter(|_| theirs)?;
    Some(story.children.first()?.record)
}
