//! What was wrong in the first family's records and was put right, the way that people do it: a note that the manager
//! amended, one that stood on the wrong sibling and was moved, and a request that waits for her.

use jiff::civil::{Date, time};
use record::{ActId, EntryId, Moment, RecordId, Typed, read::standing, typed::Name};
use store::{Actor, Db};

use super::{Invented, sheet::Sheet};
use crate::{
    desk::{CaseError, Desk},
    recording,
    right::{amending, moving},
};

/// How many entries they make: three notes, an amendment, a moved note with its marker, a request.
pub(super) const ENTRIES: usize = 7;

/// Writes, amends, moves and asks, as those whose accounts the visitor has.
pub(super) async fn make(db: &Db, invented: &Invented, now: Moment) -> Result<(), CaseError> {
    let of = |username: &str| {
        let staff = invented.cast.staff.iter().find(|staff| staff.username == Some(username));
        staff.map(|staff| Desk::new(db.clone(), Actor::Person(staff.person), now))
    };
    let Some([first, second, ..]) = invented.stories.first().map(|story| story.children.as_slice()) else {
        return Ok(());
    };
    let (Some(sam), Some(priya), Some(grace)) = (of("sam"), of("priya"), of("grace")) else { return Ok(()) };
    let day = now.day().yesterday().unwrap_or(now.day());

    let wrong = Call {
        who: ("Mrs Patel", "class teacher"),
        purpose: "School rang about the trip on Friday",
        account: "Mrs Patel said that the aunt will collect her on Friday after the trip.",
        outcome: "I thanked her and told the family.",
    };
    let entry = wrong.write(&sam, first.record, (day, 11)).await?;
    amend(&grace, first.record, entry).await?;

    let astray = Call {
        who: ("Mr Boyle", "swimming teacher"),
        purpose: "Swimming club rang",
        account: "Mr Boyle rang: he swam his first whole length on Saturday and was very proud of it.",
        outcome: "I will say well done on the next visit.",
    };
    let entry = astray.write(&sam, first.record, (day, 14)).await?;
    let choice = moving::Choice {
        to: second.record.to_string(),
        number: String::new(),
        why: "It was written on a sister by mistake; the club rang about a brother.".to_owned(),
    };
    moving::move_entry(&grace, grace.new_id(), first.record, entry, &choice).await?;

    let doubted = Call {
        who: ("Mrs Hart", "dentist"),
        purpose: "The dentist's receptionist rang",
        account: "The next check is on the 14th at ten o'clock.",
        outcome: "I put it on the calendar for the family.",
    };
    let entry = doubted.write(&sam, first.record, (day, 15)).await?;
    let request = Sheet::on(now.day())
        .put("entry", entry.to_string())
        .put("matter", "wrong")
        .put("wrong", "The day: the letter from the dentist says the 15th.")
        .put("right", "The 15th at ten o'clock. I have the letter here.");
    recording::record_now(&priya, priya.new_id::<ActId>(), first.record, "correction-request", &request.done()).await?;
    Ok(())
}

/// A telephone call with somebody.
struct Call {
    who: (&'static str, &'static str),
    purpose: &'static str,
    account: &'static str,
    outcome: &'static str,
}

impl Call {
    async fn write(&self, desk: &Desk, record: RecordId, (day, hour): (Date, i8)) -> Result<EntryId, CaseError> {
        let typed = Sheet::at((day, time(hour, 10, 0, 0)))
            .put(standing::ABOUT, record.to_string())
            .put("type", "telephone")
            .put("where", "The office")
            .put("purpose", self.purpose)
            .yes("interpreter", false)
            .put("outcome", self.outcome)
            .done()
            .with("people.0.name", self.who.0)
            .with("people.0.role", self.who.1)
            .with("account.0.text", self.account)
            .with("account.0.nature", "told")
            .with("account.0.who", self.who.0);
        let written = recording::record_now(desk, desk.new_id::<ActId>(), record, "case-note", &typed).await?;
        written.first().map(|one| one.entry).ok_or(CaseError::Closed)
    }
}

/// Says that it was the grandmother and not the aunt.
async fn amend(desk: &Desk, record: RecordId, entry: EntryId) -> Result<(), CaseError> {
    let start = amending::start(desk, record, entry).await?;
    let open = recording::blank(desk, &start).await?;
    let Some(text) = open.texts.last() else { return Err(CaseError::DraftEnded) };
    let account = Name::of("account").row(0).part("text");
    let mut typed = Typed::default();
    for (name, value) in text.typed.pairs() {
        let value = if *name == account { value.replace("the aunt", "Gran") } else { value.to_owned() };
        typed.put(name.clone(), value);
    }
    typed.put(
        Name::of(standing::PUT_RIGHT_BECAUSE),
        "It is Gran who collects her. I rang Mrs Patel and she agreed that she had mixed the two up.",
    );
    let saved = recording::save_first(desk, open.draft.id, &start, (0, &typed, true)).await?;
    recording::complete(desk, open.draft.id, saved.n, &typed).await.map(|_| ())
}
