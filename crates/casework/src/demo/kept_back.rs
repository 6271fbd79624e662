//! In the youngest Ali child's record: a warning that a head of service agreed to, a note that must not be shared with the
//! child, the mother's consent and the decision that rests on it; her consent in writing to ask the health
//! visitor, and the asking. What somebody is given is left for the visitor to make.

use jiff::civil::Date;
use record::{EntryId, Moment, RecordId, confidential, right::AUTHORISED};
use store::{Actor, Db};

use super::{Invented, sheet::Sheet, twins::with_parts};
use crate::{
    authorising,
    desk::{CaseError, Desk},
    disclosing, recording,
};

/// How many entries they make: the alert and the answer to it, the note, two consents, the decision, the asking.
pub(super) const ENTRIES: usize = 7;

pub(super) async fn make(db: &Db, invented: &Invented, now: Moment) -> Result<(), CaseError> {
    let of = |username: &str| {
        let staff = invented.cast.staff.iter().find(|staff| staff.username == Some(username));
        staff.map(|staff| Desk::new(db.clone(), Actor::Person(staff.person), now))
    };
    let youngest = invented.stories.first().and_then(|story| story.children.last());
    let (Some(child), Some(sam), Some(helen)) = (youngest, of("sam"), of("helen")) else { return Ok(()) };
    let (record, today) = (child.record, now.day());
    let day = today.yesterday().unwrap_or(today);

    let alert = Sheet::on(day)
        .put("kind", "animal")
        .day("since", day)
        .put("risk", "The neighbours’ dog runs loose in the yard and has bitten the postman. Ring first; Gran fetches you at the gate.")
        .put("based-on", "What Gran told me on the telephone yesterday.")
        .put("about", record.to_string());
    let alert = write(&sam, record, "risk-alert", alert).await?;
    let yes = Sheet::default().put(AUTHORISED, "yes").done();
    authorising::answer(&helen, helen.new_id(), record, alert, (&yes, &[])).await?;

    let note = Sheet::on(day)
        .passage("note", ("", None), "A neighbour rang: she hears the father at the flat on Sundays, though he says that he is away. She is afraid of him and asked that nobody says who rang.", None)
        .put(confidential::REASON, "harm")
        .put(confidential::BECAUSE, "The father would know who told us.")
        .put(confidential::ORIGINATOR, "The neighbour; she rings, and asked not to be rung.");
    write(&sam, record, confidential::NOTE_FORM, note).await?;

    let mother = disclosing::offered(&sam, record, "", &[]).await?.people.into_iter();
    let mut mother = mother.filter(|(_, who)| who.name.as_deref().is_some_and(|name| name.starts_with("Sana ")));
    let Some((mother, _)) = mother.next() else { return Ok(()) };
    let to_share = consent(day, record)
        .put("purpose", "share")
        .put("what", "With the school: that there is a plan, and what helps in the morning.")
        .put("how", "said");
    let to_share = write(&sam, record, "consent", to_share.person("person", mother)).await?;
    let sharing = sharing(day).put("consent", to_share.to_string()).put("decided-by", person(&sam)?);
    write(&sam, record, "sharing", sharing).await?;
    let to_ask = consent(day, record)
        .put("purpose", "seek")
        .put("what", "From the health visitor: how the last two checks went.")
        .put("how", "written");
    let to_ask = write(&sam, record, "consent", to_ask.person("person", mother)).await?;
    let asking = asking(day).put("consent", to_ask.to_string()).person("of", child.person);
    write(&sam, record, "information-sought", asking).await?;
    Ok(())
}

fn consent(day: Date, record: RecordId) -> Sheet {
    Sheet::on(day).put("as", "parent").put("answer", "given").put("about", record.to_string())
}

fn asking(day: Date) -> Sheet {
    Sheet::on(day)
        .put("from", "Ms Osei, the health visitor")
        .put("what", "How the last two checks went, and whether the speech therapist has been asked. For the plan.")
        .yes("has-consent", true)
}

fn sharing(day: Date) -> Sheet {
    Sheet::on(day)
        .put("asked-by", "agency")
        .put("with", "Mr Hale, the class teacher")
        .put("what", "What helps in the morning, and whom to ring.")
        .put("purpose", "So that school and home do the same.")
        .yes("has-consent", true)
        .yes("names-others", false)
        .yes("in-doubt", false)
        .put("decision", "share")
        .put("reasoning", "It helps the child, and the mother wants it.")
}

fn person(desk: &Desk) -> Result<String, CaseError> {
    desk.actor.person().map(|person| person.to_string()).ok_or(CaseError::NoRight)
}

async fn write(desk: &Desk, record: RecordId, form: &str, sheet: Sheet) -> Result<EntryId, CaseError> {
    let typed = with_parts(&sheet.done());
    let written = recording::record_now(desk, desk.new_id(), record, form, &typed).await?;
    written.first().map(|one| one.entry).ok_or(CaseError::Closed)
}
