//! Records: opened for a child who has none, each child their own (R-BAS-01).

use std::{collections::BTreeMap, sync::Arc};

use policy::form::RecordKind;
use record::{
    ActId, PersonId, RecordId, Typed,
    likeness::{self, Called, LookedFor, NameKind, Number},
    read::standing,
    typed::Name,
};
use store::{Found, SearchFor};

use crate::{
    desk::{Around, CaseError, Desk, Written, nothing_in_the_way, retried, write},
    recording::{self, OpenDraft, Start},
};

/// The forms that open a record: who the child is, and why.
pub const OPENING_FORMS: [&str; 2] = ["person", "opening"];

/// The most people that a search shows.
pub const MOST_FOUND: u32 = 50;

/// People who may be the one that is looked for, the likest first: before a new person is made.
pub async fn search(desk: &Desk, looked_for: &LookedFor) -> Result<Vec<Found>, CaseError> {
    let tx = desk.begin().await?;
    let found = tx.find_people(looked_for, SearchFor::Record, MOST_FOUND).await?;
    tx.commit().await?;
    Ok(found)
}

/// The same before somebody new is named in a record, so that nobody is made twice.
pub async fn search_to_name(desk: &Desk, looked_for: &LookedFor) -> Result<Vec<Found>, CaseError> {
    let tx = desk.begin().await?;
    let found = tx.find_people(looked_for, SearchFor::Naming, MOST_FOUND).await?;
    tx.commit().await?;
    Ok(found)
}

/// The box in which somebody says of people who are likely the same that each of them is another one.
pub const OTHERS: &str = "another-person";

/// What the form on which a record is opened says of the child, to look for them.
pub(crate) fn looked_for(desk: &Desk, typed: &Typed) -> LookedFor {
    let get = |field: &str| typed.get(&Name::of(field)).unwrap_or_default();
    let day = |field: &str| {
        let part = |part: &str| typed.get(&Name::of(field).part(part)).unwrap_or_default();
        record::read::day_from_text(&["day", "month", "year"].map(part).join("/"), desk.now.day())
    };
    let mut looked_for = LookedFor::new(&format!("{} {}", get("given-names"), get("family-name")), day("birth"))
        .with_number(Number::Nhs, get("nhs-number"))
        .with_number(Number::Upn, get("upn"));
    for (field, kind) in [("preferred-name", NameKind::Preferred), ("former-name", NameKind::Former)] {
        let words = likeness::name::words(get(field));
        if !words.is_empty() {
            looked_for.who.names.push(Called { kind, words });
        }
    }
    looked_for.who.expected.extend(day("expected-birth"));
    looked_for.who = looked_for.who.with_names_put_together();
    looked_for
}

/// Opens a record for a child: a new person, or one who is known and has no record yet.
///
/// # Errors
/// [`CaseError::Problems`] with each box of either form that must be put right; [`CaseError::LikelyKnown`] with those
/// who are likely this child, unless [`OTHERS`] says of each of them that it is somebody else.
pub async fn open(desk: &Desk, act: ActId, known: Option<PersonId>, typed: &Typed) -> Result<RecordId, CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if let Some((record, _)) = tx.done(act).await?.first() {
            return Ok(*record);
        }
        let (record, person) = (desk.new_id(), known.unwrap_or_else(|| desk.new_id()));
        if let Some(known) = known {
            if tx.known_people(&[known]).await?.is_empty() || tx.has_record(known).await? {
                return Err(CaseError::Closed);
            }
        } else {
            let others: Vec<PersonId> = typed.all(&Name::of(OTHERS)).filter_map(|one| one.parse().ok()).collect();
            let likely = tx.likely_known(&looked_for(desk, typed), &others).await?;
            if !likely.is_empty() {
                // Whom it showed is in the ledger, though nothing is opened.
                tx.commit().await?;
                return Err(CaseError::LikelyKnown(likely));
            }
            tx.make_person(person);
        }
        let grant = tx.open_record(record, RecordKind::Child, Some(person)).await?;
        tx.begin_act(act);
        let grants: BTreeMap<_, _> = [(record, grant)].into();
        let (mut problems, mut late) = (Vec::new(), Vec::new());
        for form in OPENING_FORMS {
            let form = desk.form(form)?;
            let around = Around::of(&tx, form, typed).await?;
            match write(desk, &tx, act, form, typed, &around, &grants).await {
                Ok(_) => {}
                Err(CaseError::Problems(more)) => {
                    problems.extend(more.into_iter().filter(|new| !problems.contains(new)).collect::<Vec<_>>());
                }
                Err(CaseError::SayWhyLate(more)) => late.extend(more),
                Err(error) => return Err(error),
            }
        }
        nothing_in_the_way(problems, late)?;
        drop(grants);
        tx.commit().await?;
        Ok(record)
    })
}

/// The form for somebody in the child's life who is not known yet, with the name that was looked for. The person is made
/// with the first save.
pub async fn new_person(desk: &Desk, record: RecordId, name: &str) -> Result<(Start, OpenDraft), CaseError> {
    let start = Start {
        record,
        form: "relative".to_owned(),
        person: None,
        made: Some(desk.new_id()),
        entry: None,
        amends: None,
        version: None,
    };
    // Before the form is laid out, which leaves that it was shown; a closed record is closed to whoever lacks the right, too.
    recording::record_to_write_in(desk, &start).await?;
    permit(desk, policy::Capability::SearchPeople).await?;
    let mut open = recording::blank(desk, &start).await?;
    let start = Start { record: open.draft.front, ..start };
    let (given, family) = name.trim().rsplit_once(' ').unwrap_or(("", name.trim()));
    for text in &mut open.texts {
        for (field, value) in [("given-names", given), ("family-name", family)] {
            if !value.is_empty() {
                text.typed.put(Name::of(field), value);
            }
        }
    }
    Ok((start, open))
}

/// Where an observation goes that a provider service sends into a child's main record (R-BAS-13). The sender need not be
/// able to read the record, and learns nothing of it.
pub async fn observation(desk: &Desk, person: PersonId) -> Result<RecordId, CaseError> {
    let tx = desk.begin().await?;
    tx.permit(policy::Capability::SendObservation).await?;
    let record = tx.record_for_observation(person).await?.ok_or(CaseError::Closed)?;
    tx.commit().await?;
    Ok(record)
}

/// Allocates many children at once: one entry in each child's record (R-PPL-11).
///
/// # Errors
/// [`CaseError::Closed`] when one of them is not this person's to allocate: then none is.
pub async fn allocate(desk: &Desk, act: ActId, records: &[RecordId], typed: &Typed) -> Result<Vec<Written>, CaseError> {
    retried!({
        let form = desk.form("allocation")?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut grants = BTreeMap::new();
        for record in records {
            grants.insert(*record, tx.authorise(store::Write(form.may_complete), *record, "allocate").await?);
        }
        if grants.is_empty() {
            let message = "Tick the children to allocate".to_owned();
            return Err(CaseError::Problems(vec![record::read::FieldProblem {
                at: Name::of(standing::ABOUT),
                message,
            }]));
        }
        tx.begin_act(act);
        let around = Around::of(&tx, form, typed).await?;
        let written = write(desk, &tx, act, form, typed, &around, &grants).await?;
        drop(grants);
        tx.commit().await?;
        Ok(written)
    })
}

/// A record's number as somebody types it: `10482`, `R-10482`.
pub fn number_typed(text: &str) -> Option<i64> {
    let digits = text.trim().trim_start_matches(['R', 'r']).trim_start_matches('-').trim();
    digits.parse().ok()
}

/// The record behind a number that a person typed, if they may read it.
pub async fn by_number(desk: &Desk, number: i64) -> Result<Option<RecordId>, CaseError> {
    let tx = desk.begin().await?;
    let record = tx.record_numbered(number).await?;
    tx.commit().await?;
    Ok(record)
}

/// Asks the door for a right that concerns no record, for a page that shows nothing yet.
pub async fn permit(desk: &Desk, capability: policy::Capability) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    tx.permit(capability).await?;
    Ok(tx.commit().await?)
}

/// Whether this person may do these things on any record at all: what a page offers.
pub async fn may<const N: usize>(desk: &Desk, capabilities: [policy::Capability; N]) -> Result<[bool; N], CaseError> {
    let tx = desk.begin().await?;
    let mut may = [false; N];
    for (may, capability) in may.iter_mut().zip(capabilities) {
        *may = !tx.reach(capability).await?.is_empty();
    }
    Ok(may)
}

/// Staff and teams.
pub async fn colleagues(desk: &Desk) -> Result<Arc<store::Colleagues>, CaseError> {
    let tx = desk.begin().await?;
    Ok(tx.colleagues().await?)
}
