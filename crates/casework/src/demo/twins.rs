//! Two children of Grace's team whom somebody made once more by a plausible slip: one pair is left for the visitor to
//! find on the list of likely duplicates, the other has been joined.

use record::{ActId, PersonId, RecordId, Typed, typed::Name};
use store::{Actor, Db, Read};

use super::{Invented, Story, cast::Cast, sheet::Sheet};
use crate::{
    desk::{CaseError, Desk},
    records, twice,
};

/// Opens the second records, and joins one pair.
pub(super) async fn make(db: &Db, invented: &Invented, now: record::Moment) -> Result<(), CaseError> {
    let Some((manager, team)) = grace(&invented.cast) else { return Ok(()) };
    let desk = Desk::new(db.clone(), Actor::Person(manager), now);
    let children = invented.stories.iter().skip(1).filter_map(|story| child_of(story, &team)).take(2);
    for (nth, (person, known)) in children.enumerate() {
        let get = |field: &str| known.get(&Name::of(field)).unwrap_or_default();
        let mut sheet = Sheet::on(now.day())
            .put("given-names", misheard(get("given-names")))
            .put("family-name", get("family-name"))
            .yes("born", true)
            .maybe("sex", known.get(&Name::of("sex")))
            .yes("confirmed", false)
            .put("reason", "A neighbour rang in the evening and was worried about the child.")
            .put("referral-source", "1A")
            .put("team", team.as_str())
            .yes("informed", false)
            .reason("informed", "Nobody could be reached yet.")
            // Whoever took the call was shown the child, and was sure that it was another one.
            .put(records::OTHERS, person.to_string());
        for part in ["day", "month", "year"] {
            let number = known.get(&Name::of("birth").part(part)).unwrap_or_default();
            sheet = sheet.put(&format!("birth.{part}"), number);
        }
        let typed = with_parts(&sheet.done());
        let act: ActId = desk.new_id();
        let record = match records::open(&desk, act, None, &typed).await {
            Ok(record) => record,
            // Somebody else is as like by chance: then this demonstration has one pair less.
            Err(CaseError::LikelyKnown(_)) => continue,
            Err(error) => return Err(error),
        };
        if nth == 1 {
            let alias = holder(&desk, record).await?;
            let said = Typed::default()
                .with("access", record::same::SHARED)
                .with("reason", "The school has one child of this name, and the mother confirmed it on the telephone.");
            twice::join(&desk, desk.new_id(), alias, person, &said).await?;
        }
    }
    Ok(())
}

/// The manager whose account the visitor has, and her team.
fn grace(cast: &Cast) -> Option<(PersonId, String)> {
    let grace = cast.staff.iter().find(|staff| staff.username == Some("grace"))?;
    Some((grace.person, cast.team(grace.team?)?.to_string()))
}

/// The first child of a family that this team works with today, and their details as they were typed first.
fn child_of<'s>(story: &'s Story, team: &str) -> Option<(PersonId, &'s Typed)> {
    let last = story.deeds.iter().rev().find(|deed| deed.form == "allocation" || deed.form == "closing")?;
    if last.form != "allocation" || last.typed.get(&Name::of("team")) != Some(team) {
        return None;
    }
    let child = story.children.first()?;
    let details = story.deeds.iter().find(|deed| {
        deed.form == "person" && deed.about == [child.record] && deed.typed.get(&Name::of("person")).is_none()
    })?;
    // Of a baby not yet born there is no birth to be typed.
    details.typed.get(&Name::of("birth").part("year"))?;
    Some((child.person, &details.typed))
}

/// A first name as it is heard on the telephone: another vowel.
fn misheard(name: &str) -> String {
    let mut changed = false;
    name.chars()
        .enumerate()
        .map(|(at, letter)| {
            let other = match letter {
                'a' => 'e',
                'e' => 'a',
                'i' => 'y',
                'y' => 'i',
                'o' => 'u',
                'u' => 'o',
                _ => letter,
            };
            if at == 0 || changed || other == letter {
                return letter;
            }
            changed = true;
            other
        })
        .collect()
}

/// Names with a part in them are read as such.
pub(super) fn with_parts(typed: &Typed) -> Typed {
    let pairs: Vec<_> = typed.pairs().map(|(name, value)| (name.to_string(), value.to_owned())).collect();
    Typed::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

async fn holder(desk: &Desk, record: RecordId) -> Result<PersonId, CaseError> {
    let tx = desk.begin().await?;
    let holder = tx.authorise(Read("read-front-page"), record, "").await?.holder().ok_or(CaseError::Closed)?;
    tx.commit().await?;
    Ok(holder)
}
