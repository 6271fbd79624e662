//! Who looked at a child's record: read, searched, printed or was refused, why and when; and whom somebody asks about it.

use std::{collections::BTreeMap, sync::Arc};

use policy::Capability;
use record::{
    ActId, Moment, PersonId, RecordId, TeamId, Typed,
    looked::{Why, questions::Question},
};
use store::{Answered, Colleagues, Grant, Looked, LooksWanted, ReadOn, ReadUnder, StoredEntry, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, retried, write},
    reading::{Header, plain_header},
};

/// Who has looked at a record.
#[derive(Clone, Debug)]
pub struct Readings {
    /// Whose.
    pub header: Header,
    /// What the ledger says, newest first.
    pub looks: Vec<Looked>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// Everybody who ever looked, by name.
    pub readers: BTreeMap<PersonId, String>,
    /// Uses of the record beside the work with the child, newest first (R-ACC-08, R-CRT-07).
    pub uses: Vec<StoredEntry>,
    /// Who was asked about what they did here, and what came of it.
    pub answered: Vec<Answered>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// The form with which a use of the record is written down.
pub const USE_FORM: &str = "record-use";
/// The most of those that the page shows.
const MOST_USES: u32 = 100;

/// How many looks a page has.
const ON_PAGE: usize = 300;

/// Who has looked at a record, who was refused, and when, as far as it is asked for.
///
/// # Errors
/// [`CaseError::Closed`] for somebody who may not know.
pub async fn of_record(desk: &Desk, record: RecordId, wanted: &LooksWanted) -> Result<Readings, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(ReadUnder(Capability::SeeReadings, "read-readings"), record, "").await?;
    let mut header = plain_header(desk, &tx, &grant).await?;
    let mut looks = seen_by(&tx, &grant, tx.looked_at(&grant, wanted, ON_PAGE + 1).await?).await?;
    let more = looks.len() > ON_PAGE;
    looks.truncate(ON_PAGE);
    let next = looks.last().filter(|_| more).map(|last| last.id.clone());
    let colleagues = tx.colleagues().await?;
    let name = |person: PersonId| {
        Some((
            person,
            colleagues.staff.get(&person).map(|one| one.name.clone()).or_else(|| colleagues.of_support(person))?,
        ))
    };
    let readers = tx.readers(&grant).await?.into_iter().filter_map(name).collect();
    // What it was used for stands in the record: for those who may read that.
    // It is a reading of its own: of records of the same child, one may be open to whoever asks and another not.
    let reads = tx.may(Capability::ReadRecord, &grant).await?;
    if !reads {
        header = header.of_a_closed_record();
    }
    let uses = if reads {
        let reads = tx.authorise(ReadOn("read-uses"), record, "").await?;
        tx.entries_of_form(&reads, USE_FORM, MOST_USES).await?
    } else {
        Vec::new()
    };
    let answered = tx.asked_of(&grant).await?;
    drop(grant);
    tx.commit().await?;
    Ok(Readings { header, looks, next, readers, uses, answered, colleagues })
}

/// The act of a reading that goes from one record of an adoption to the other.
pub const FOLLOW: &str = "follow-adoption";

/// The looks as they are shown: to whoever answers for a record without reading it, not that it has to do with an adoption.
async fn seen_by(tx: &Tx, grant: &Grant<'_, ReadUnder>, mut looks: Vec<Looked>) -> Result<Vec<Looked>, CaseError> {
    if !tx.may(Capability::ReadRecord, grant).await? {
        for Looked { leaf, .. } in &mut looks {
            if leaf.act == FOLLOW {
                "opened".clone_into(&mut leaf.act);
                leaf.purpose = Why { said: String::new(), ..Why::of(&leaf.purpose) }.to_string();
            } else if leaf.thing.as_deref() == Some(FOLLOW) {
                leaf.thing = Some("opened".to_owned());
            }
        }
    }
    Ok(looks)
}

/// A reading to ask about, with whom and what it is about in names.
#[derive(Clone, Debug)]
pub struct Line {
    /// The question.
    pub question: Question,
    /// The number of the record; none for what somebody did with many.
    pub number: Option<i64>,
    /// The child, where the record is open to whoever asks.
    pub child: Option<String>,
    /// The team that works with the child now.
    pub team: Option<TeamId>,
}

/// What waits to be asked about.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The latest first.
    pub lines: Vec<Line>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// The readings that deserve a question, for whoever answers for them.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who sees the readings of no record.
pub async fn to_ask(desk: &Desk) -> Result<Waiting, CaseError> {
    let tx = desk.begin().await?;
    let waiting = waiting(&tx, None).await?;
    tx.commit().await?;
    Ok(waiting)
}

async fn waiting(tx: &Tx, one: Option<(PersonId, Option<RecordId>)>) -> Result<Waiting, CaseError> {
    let mut found = tx.readings_to_ask_about(one).await?;
    let records: Vec<RecordId> = found.questions.iter().filter_map(|one| one.record).collect();
    let names = tx.names_of_records(&records).await?;
    let colleagues = tx.colleagues().await?;
    // Why somebody is near to a family tells of it: not of a record that is closed to whoever asks.
    let told = |question: Question| match question.record {
        Some(record) if !names.contains_key(&record) => question.of_a_closed_record(),
        _ => question,
    };
    let line = |question: Question| Line {
        number: question.record.and_then(|record| found.numbers.get(&record).copied()),
        child: question.record.and_then(|record| names.get(&record).cloned()),
        team: question.record.and_then(|record| found.teams.get(&record).copied()),
        question,
    };
    let lines = std::mem::take(&mut found.questions).into_iter().map(told).map(line).collect();
    Ok(Waiting { lines, colleagues })
}

/// One question, with what the person did.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The question.
    pub line: Line,
    /// What they did with the record lately, newest first; nothing where it is about many.
    pub looks: Vec<Looked>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// The form with which it is written down what came of a question.
pub const ASKED_FORM: &str = "reading-asked";
/// Its questions that nobody is asked: they stand on the page.
pub const NOT_ASKED: [&str; 4] = ["reader", "asked-about", "record-number", "reasons"];

/// The page of one question: about one record, or about many.
///
/// # Errors
/// [`CaseError::Closed`] for a record whose readings this person does not see, and [`CaseError::CannotBePutRight`] where
/// there is nothing to ask (any more).
pub async fn question(desk: &Desk, reader: PersonId, record: Option<RecordId>) -> Result<Asked, CaseError> {
    let tx = desk.begin().await?;
    let mut looks = Vec::new();
    if let Some(record) = record {
        let grant = tx.authorise(ReadUnder(Capability::SeeReadings, "read-question"), record, "").await?;
        let days = i64::from(desk.pack().access().questions.days);
        let from = Some(desk.now.plus_seconds(-86_400 * days));
        let wanted = LooksWanted { reader: Some(reader), from, ..LooksWanted::default() };
        looks = seen_by(&tx, &grant, tx.looked_at(&grant, &wanted, ON_PAGE).await?).await?;
    }
    let (line, colleagues) = one(&tx, reader, record).await?;
    tx.commit().await?;
    Ok(Asked { line, looks, colleagues })
}

async fn one(tx: &Tx, reader: PersonId, record: Option<RecordId>) -> Result<(Line, Arc<Colleagues>), CaseError> {
    let Waiting { lines, colleagues } = waiting(tx, Some((reader, record))).await?;
    let found = lines.into_iter().next();
    let gone = || {
        CaseError::CannotBePutRight(
            "There is nothing to ask about here: it was answered, or it is long ago.".to_owned(),
        )
    };
    Ok((found.ok_or_else(gone)?, colleagues))
}

/// Writes down what came of a question: from then on nobody is asked about what it speaks of. What was done after `last`,
/// which the page showed, was asked about by nobody, so it has a page of its own first.
///
/// # Errors
/// As [`question`]; [`CaseError::Problems`] for an answer that says too little.
pub async fn answer(
    desk: &Desk,
    act: ActId,
    reader: PersonId,
    record: Option<RecordId>,
    (last, typed): (Moment, &Typed),
) -> Result<(), CaseError> {
    let typed = desk.happening_now(typed);
    retried!({
        let form = desk.form(ASKED_FORM)?;
        let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let grant = tx.authorise_answer(Write(form.may_complete), record).await?;
        let (line, _) = one(&tx, reader, record).await?;
        if line.question.last != last {
            return Err(CaseError::CannotBePutRight(
                "They looked again since you opened this page. Open it again, and ask about that too.".to_owned(),
            ));
        }
        let reasons: Vec<String> = line.question.reasons.iter().map(ToString::to_string).collect();
        let number =
            line.number.map_or_else(|| format!("{} records", line.question.records.len()), |n| format!("R-{n}"));
        let typed = typed
            .clone()
            .with("reader", reader.to_string())
            .with("asked-about", store::about_in_words(&line.question))
            .with("record-number", number)
            .with("reasons", reasons.join("\n\n"));
        tx.begin_act(act);
        let around = Around::of(&tx, form, &typed).await?;
        write(desk, &tx, act, form, &typed, &around, &[(organisation, grant)].into()).await?;
        tx.commit().await?;
        Ok(())
    })
}
