//! What is given from a record to somebody outside: made from entries of the record, one for each person who gets
//! something, and given only once somebody else has looked at the very bytes and agreed.
//!
//! The check is the same when it is made and when it is agreed to: a decision to share that holds, nothing for somebody who
//! must never learn of the child, nothing that is kept in the confidential section, and no address that must be kept from
//! them, old ones and people's own words included.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use policy::{Capability, Field, FieldKind, FileKind, Form, Pack};
use record::{
    ActId, EntryId, PersonId, RecordId, Typed,
    answer::Answer,
    content::{Author, Content},
    disclosure::{FORM, GUARDING, Out, Part, addresses, column, field, given, not_there, parts, texts},
    known,
    read::{FieldProblem, standing},
    referring,
    right::{ANSWER_FORM, APPROVAL_FORM, AUTHORISATION_FORM, AWAY_FORM, REQUEST_FORM},
    typed::Name,
};
use store::{Action, Brief, Colleagues, Grant, InSection, Person, Read, SentFile, StoredEntry, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, Written, author, retried, write},
    reading::{Header, entries_in, people_in, plain_header},
    recording::{Choice, as_named, called, people_of, resting},
};

/// The form that says who gets what.
pub use record::disclosure::FORM as DISCLOSURE;

/// The most entries that are offered at once, the newest first.
pub const MOST_OFFERED: u32 = 200;
/// The most that are given at once.
pub const MOST_GIVEN: usize = 100;

/// The box of the page with the entries that were chosen.
pub const CHOSEN: &str = "_entry";

/// What the page offers on which somebody says who gets what.
#[derive(Clone, Debug)]
pub struct Offered {
    /// Whose record.
    pub header: Header,
    /// Everybody on the record.
    pub people: Vec<(PersonId, Person)>,
    /// Decisions to share that hold.
    pub decisions: Vec<Choice>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// Entries that can be given, the newest first; with their headlines.
    pub entries: Vec<Choice>,
    /// Whether there are older ones than [`MOST_OFFERED`].
    pub older: bool,
    /// With which forms the entries of this record were made.
    pub kinds: Vec<String>,
}

const LOOK: Read = Read("read-for-disclosure");

/// What can be given from a record, and to whom; of entries made with one form alone where `kind` names it, and those that
/// were chosen already.
///
/// # Errors
/// [`CaseError::Closed`] for a record that is closed to this person, or in which they may not write.
pub async fn offered(desk: &Desk, record: RecordId, kind: &str, chosen: &[EntryId]) -> Result<Offered, CaseError> {
    let tx = desk.begin().await?;
    let form = desk.form(FORM)?;
    let grant = tx.authorise(LOOK, record, "").await?;
    if !tx.may(form.may_complete, &grant).await? {
        return Err(CaseError::Closed);
    }
    let facts = tx.current_facts(&grant).await?;
    let header = crate::reading::header(desk, &tx, &grant, &facts).await?;
    let colleagues = tx.colleagues().await?;
    // Whoever works here reads the record and is given nothing from it.
    let mut named = people_of(&facts);
    named.retain(|person| !colleagues.knows(*person));
    let mut who = tx.who(&grant, &named).await?;
    let people = named.into_iter().filter_map(|person| Some((person, who.remove(&person)?))).collect();
    let choice = |stored: &StoredEntry| Choice {
        brief: Brief::of(stored.record, stored),
        headline: stored.content.headline.clone(),
        unfit: Vec::new(),
    };
    // Of a decision it is shown who is to have what: it carries no other.
    let decision = |stored: &StoredEntry| {
        let said = |field: &str| stored.content.answer(field).map(Answer::stated).filter(|text| !text.is_empty());
        let words: Vec<String> = [said("with"), said("what")].into_iter().flatten().collect();
        Choice { headline: Some(words.join(": ")).filter(|words| !words.is_empty()), ..choice(stored) }
    };
    let agreed = facts.iter().filter(|fact| fact.said.line.kind == known::MAY_BE_GIVEN && !fact.said.value.is_empty());
    let decided: Vec<EntryId> = agreed.map(|fact| fact.said.entry).collect();
    let decisions = tx.entries_named(&grant, &decided).await?.iter().rev().map(decision).collect();
    let forms: Vec<String> = if kind.is_empty() { Vec::new() } else { vec![kind.to_owned()] };
    let mut entries = tx.entries_of_forms(&grant, &forms, MOST_OFFERED + 1).await?;
    let older = entries.len() > MOST_OFFERED as usize;
    entries.truncate(MOST_OFFERED as usize);
    let mut before = tx.entries_named(&grant, chosen).await?;
    before.retain(|stored| !entries.iter().any(|offered| offered.entry == stored.entry));
    entries.extend(before.into_iter().rev());
    let kinds = tx.forms_that_stand(&grant).await?.into_iter().map(|(form, _, _)| form).collect();
    let entries = entries.iter().filter(|stored| can_be_given(desk, header.record, stored)).map(choice).collect();
    drop(grant);
    tx.commit().await?;
    Ok(Offered { header, people, decisions, colleagues, entries, older, kinds })
}

/// What is given stands in this record and not in the confidential section, and does not say who may know what: that would
/// tell somebody what is kept from them.
fn can_be_given(desk: &Desk, record: RecordId, stored: &StoredEntry) -> bool {
    let pack = desk.in_version(Some(&stored.form_hash));
    let form = pack.pack().form(&stored.content.form);
    let guards = form.is_none_or(|form| form.sets.iter().any(|sets| GUARDING.contains(&sets.fact.as_str())));
    let answers = [FORM, APPROVAL_FORM, AUTHORISATION_FORM, AWAY_FORM, REQUEST_FORM, ANSWER_FORM];
    stored.record == record
        && stored.in_section == InSection::No
        && !guards
        && !answers.contains(&stored.content.form.as_str())
}

/// Entries as they would be given.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Whose record.
    pub header: Header,
    /// The entries, in the order in which they happened.
    pub entries: Vec<StoredEntry>,
    /// Everybody whom they name by identifier.
    pub people: BTreeMap<PersonId, Person>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// The entries to which they refer.
    pub refers_to: BTreeMap<EntryId, Brief>,
    /// Who gets it, where somebody was chosen.
    pub recipient: Option<Person>,
    /// Who gives it, as they are now.
    pub by: Author,
}

/// The entries that were chosen, to say what is left out of each.
///
/// # Errors
/// As [`offered`]; a problem at the box of entries where none was chosen, too many, or one that cannot be given.
pub async fn prepared(
    desk: &Desk,
    record: RecordId,
    chosen: &[EntryId],
    recipient: Option<PersonId>,
) -> Result<Prepared, CaseError> {
    let tx = desk.begin().await?;
    let form = desk.form(FORM)?;
    let grant = tx.authorise(LOOK, record, "").await?;
    if !tx.may(form.may_complete, &grant).await? {
        return Err(CaseError::Closed);
    }
    let header = plain_header(desk, &tx, &grant).await?;
    let entries = to_give(desk, &tx, &grant, chosen).await?;
    let mut named: BTreeSet<PersonId> = entries.iter().flat_map(people_in).collect();
    named.extend(recipient);
    let people = tx.who(&grant, &named.into_iter().collect::<Vec<_>>()).await?;
    let refers_to = tx.briefs(&grant, &entries.iter().flat_map(entries_in).collect::<Vec<_>>()).await?;
    let colleagues = tx.colleagues().await?;
    let by = author(desk.actor, &colleagues)?;
    drop(grant);
    tx.commit().await?;
    let recipient = recipient.and_then(|person| people.get(&person).cloned());
    Ok(Prepared { header, entries, people, colleagues, refers_to, recipient, by })
}

async fn to_give<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    chosen: &[EntryId],
) -> Result<Vec<StoredEntry>, CaseError> {
    if chosen.is_empty() {
        return Err(problem(CHOSEN, "Choose what they get"));
    }
    if chosen.len() > MOST_GIVEN {
        return Err(problem(CHOSEN, format!("{MOST_GIVEN} entries are the most for one paper: make another one")));
    }
    let entries = tx.entries_named(grant, chosen).await?;
    let asked: BTreeSet<_> = chosen.iter().collect();
    if entries.len() != asked.len() || !entries.iter().all(|stored| can_be_given(desk, grant.record(), stored)) {
        let message = "One of the entries cannot be given any more: it was put right, moved, or put into the confidential section. Choose again";
        return Err(problem(CHOSEN, message));
    }
    Ok(entries)
}

fn problem(at: &str, message: impl Into<String>) -> CaseError {
    CaseError::Problems(vec![FieldProblem { at: Name::of(at), message: message.into() }])
}

/// Why something may not be given, at the box that it is about.
async fn wrong<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    (decision, recipient, capacity): (Option<EntryId>, Option<PersonId>, &str),
    entries: &[(&StoredEntry, Content)],
) -> Result<Vec<FieldProblem>, CaseError> {
    let mut problems = Vec::new();
    let mut add = |at: &str, message: String| problems.push(FieldProblem { at: Name::of(at), message });
    if let Some(decision) = decision
        && let Some(why) = decision_wrong(desk, tx, grant, decision, recipient).await?
    {
        add(field::DECISION, why);
    }
    let Some(recipient) = recipient else { return Ok(problems) };
    if tx.colleagues().await?.knows(recipient) {
        add(
            field::RECIPIENT,
            "They work here. Whoever needs the record for their work reads it in the system".to_owned(),
        );
    }
    let kept = tx.kept_back_from(grant, recipient).await?;
    if kept.everything {
        add(field::RECIPIENT, "They must never learn anything of this child, so they are given nothing".to_owned());
        return Ok(problems);
    }
    if kept.places.told_in(capacity) {
        add(
            field::CAPACITY,
            "This tells where the child lives or goes to school, which must be kept from somebody".to_owned(),
        );
    }
    for (stored, content) in entries {
        let mut telling: Vec<Out> =
            texts(content).into_iter().filter(|(_, text)| kept.places.told_in(text)).map(|(out, _)| out).collect();
        // An address may have been shown when the paper was made, and be hidden from this reading.
        telling.extend(addresses(content).filter(|_| kept.protected));
        telling.dedup();
        if !telling.is_empty() {
            let day = record::time::day_in_words(stored.content.happened_on);
            let many = if telling.len() == 1 { "One answer" } else { "Several answers" };
            let message = format!(
                "{many} of the entry of {day} tell where the child lives, has lived or goes to school, which must be kept from somebody. Leave that out"
            );
            problems.push(FieldProblem { at: Name::of(OUT).part(&stored.entry.to_string()), message });
        }
    }
    Ok(problems)
}

/// The boxes of the page with what is left out, by entry.
pub const OUT: &str = "_out";

/// Why a decision to share allows nothing: it says no, or the consent on which it rests was taken back.
async fn decision_wrong<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    decision: EntryId,
    recipient: Option<PersonId>,
) -> Result<Option<String>, CaseError> {
    let facts = tx.current_of(grant, &[known::MAY_BE_GIVEN, known::GIVEN_TO_HOLDER_ALONE]).await?;
    let says = |kind: &str| {
        let mut of_it = facts.iter().filter(|fact| fact.said.line.kind == kind && fact.said.entry == decision);
        of_it.any(|fact| !fact.said.value.is_empty())
    };
    if !says(known::MAY_BE_GIVEN) {
        return Ok(Some("This decision does not say that anything is given".to_owned()));
    }
    if let Some(recipient) = recipient.filter(|_| says(known::GIVEN_TO_HOLDER_ALONE)) {
        let holder = grant.holder();
        if Some(recipient) != holder && !tx.known_as(recipient).await?.iter().any(|one| Some(*one) == holder) {
            let message = "By this decision the child alone sees it. For somebody else, decide again";
            return Ok(Some(message.to_owned()));
        }
    }
    let stored = tx.entries_named(grant, &[decision]).await?;
    let Some(stored) = stored.first().filter(|stored| stored.in_section == InSection::No) else {
        return Ok(Some("This decision is kept in the confidential section, so nothing can be given on it".to_owned()));
    };
    let made_with = desk.in_version(Some(&stored.form_hash));
    let Some(form) = made_with.pack().form(&stored.content.form) else {
        return Ok(Some("What this decision asked cannot be read any more. Decide again".to_owned()));
    };
    let mut kinds = referring::held(form);
    kinds.push(known::CONSENT);
    let about = referring::about(form, |field| stored.content.answer(field));
    let resting = resting(tx, grant.holder(), stored.content.happened_on, about).await?;
    for field in form.fields().filter(|field| rests_on_consent(made_with.pack(), field)) {
        let Some(Answer::Entry(consent)) = stored.content.answer(&field.id) else { continue };
        // What was put right since stands in its place.
        let said = tx.entries_named(grant, tx.standing_now(*consent).await?.as_slice()).await?;
        let held = tx.lasting(grant, &kinds, &said).await?;
        let today = desk.now.day();
        let holds = held.iter().any(|held| held.kind == known::CONSENT && held.holds_on(today));
        let Some(said) = said.first().filter(|_| holds) else {
            return Ok(Some("The consent on which this decision rests was taken back. Decide again".to_owned()));
        };
        let named = as_named(said, &held);
        if referring::why_unfit((made_with.pack(), form), field, &named, Some(&resting)).is_some() {
            let message = "The consent on which this decision rests was put right or kept apart since, and is not enough any more. Decide again";
            return Ok(Some(message.to_owned()));
        }
    }
    Ok(None)
}

/// Whether a question of a decision names a consent.
fn rests_on_consent(pack: &Pack, field: &Field) -> bool {
    let consents = |form: &Form| form.sets.iter().any(|sets| sets.fact == known::CONSENT);
    matches!(&field.kind, FieldKind::Entry { of, .. } if of.iter().filter_map(|form| pack.form(form)).any(consents))
}

/// What was made to be given: the document itself, and what it was made from.
pub struct Made {
    /// What is left out of each entry.
    pub parts: Vec<Part>,
    /// Each entry in words, and what is left out of it and why.
    pub said: Vec<(String, String)>,
    /// What stands in the place of what is left out, by entry.
    pub words: BTreeMap<EntryId, String>,
    /// The document.
    pub pdf: Vec<u8>,
    /// Its name.
    pub name: String,
}

/// Whether this may be given, before the document is made of it: every problem at its box.
///
/// # Errors
/// [`CaseError::Problems`]; as [`offered`].
pub async fn check(
    desk: &Desk,
    record: RecordId,
    typed: &Typed,
    parts: &[Part],
    words: &BTreeMap<EntryId, String>,
) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(LOOK, record, "").await?;
    let problems = check_in(desk, &tx, &grant, typed, parts, words).await?;
    drop(grant);
    tx.commit().await?;
    if problems.is_empty() { Ok(()) } else { Err(CaseError::Problems(problems)) }
}

async fn check_in<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    typed: &Typed,
    parts: &[Part],
    words: &BTreeMap<EntryId, String>,
) -> Result<Vec<FieldProblem>, CaseError> {
    let entries = to_give(desk, tx, grant, &parts.iter().map(|part| part.entry).collect::<Vec<_>>()).await?;
    if let Some(entry) = names_nothing(&entries, parts) {
        let message = "Something that was to be left out is not there any more. Choose again what is left out";
        return Ok(vec![FieldProblem { at: Name::of(OUT).part(&entry.to_string()), message: message.to_owned() }]);
    }
    let as_given: Vec<_> = entries.iter().map(|stored| (stored, as_given(stored, parts, words))).collect();
    let named = |field: &str| typed.get(&Name::of(field)).unwrap_or_default().to_owned();
    let capacity = named(field::CAPACITY);
    let about = (named(field::DECISION).parse().ok(), named(field::RECIPIENT).parse().ok(), capacity.as_str());
    wrong(desk, tx, grant, about, &as_given).await
}

/// An entry of which something is said to be left out that it does not have: it would be told and not be so.
fn names_nothing(entries: &[StoredEntry], parts: &[Part]) -> Option<EntryId> {
    let of = |entry: EntryId| entries.iter().find(|stored| stored.entry == entry);
    let wrong = |part: &&Part| of(part.entry).is_none_or(|stored| !not_there(&stored.content, &part.out).is_empty());
    parts.iter().find(wrong).map(|part| part.entry)
}

/// An entry as it is given.
pub fn as_given(stored: &StoredEntry, parts: &[Part], words: &BTreeMap<EntryId, String>) -> Content {
    let out = parts.iter().find(|part| part.entry == stored.entry).map_or(&[][..], |part| &part.out);
    given(&stored.content, out, words.get(&stored.entry).map_or("", String::as_str))
}

/// Keeps what was made, for somebody else to look at and agree to.
///
/// # Errors
/// [`CaseError::Problems`] as [`check`], and for what the form asks besides; [`CaseError::Closed`] as [`offered`].
pub async fn keep(
    desk: &Desk,
    act: ActId,
    record: RecordId,
    typed: &Typed,
    made: Made,
) -> Result<Option<Written>, CaseError> {
    let Made { parts, said, words, pdf, name } = made;
    let mut typed = desk.happening_now(typed);
    for (row, (part, (what, left_out))) in parts.iter().zip(&said).enumerate() {
        let out = part.out.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let cells = [
            (column::WHAT, what.clone()),
            (column::LEFT_OUT, left_out.clone()),
            (column::ENTRY, part.entry.to_string()),
            (column::OUT, out),
        ];
        for (column, cell) in cells.into_iter().filter(|(_, cell)| !cell.is_empty()) {
            typed.set(Name::of(field::PARTS).row(row).part(column), cell);
        }
    }
    let mut upload = desk.db.receive(desk.new_id());
    upload.take(Bytes::from(pdf)).await?;
    let received = upload.end().await?;
    let kept = tokio::task::spawn_blocking(move || received.keep()).await.map_err(|_| CaseError::Closed)??;
    let sent = kept.sent(name, (FileKind::Pdf, "application/pdf"), None, false);
    let file = Name::of(field::GIVEN).row(0);
    typed.set(file.clone().part(standing::FILE), sent.file.to_string());
    typed.set(file.part(standing::SAYS), "What they get, made from the entries above");
    let done: Result<Option<Written>, CaseError> = async {
        retried!({
            let form = desk.form(FORM)?;
            let tx = desk.begin().await?;
            if !tx.done(act).await?.is_empty() {
                return Ok(None);
            }
            let reading = tx.authorise(LOOK, record, "").await?;
            let mut problems = check_in(desk, &tx, &reading, &typed, &parts, &words).await?;
            drop(reading);
            let grant = tx.authorise(Write(form.may_complete), record, "disclose").await?;
            let mut around = Around::of(&tx, form, &typed).await?;
            around.front = Some(record);
            around.files.insert(sent.file, SentFile { record, sent: sent.clone() });
            tx.begin_act(act);
            tx.keep_made(&kept);
            let written = write(desk, &tx, act, form, &typed, &around, &[(record, grant)].into()).await;
            if let Err(CaseError::Problems(more)) = &written {
                problems.extend(more.iter().cloned());
            }
            if !problems.is_empty() {
                return Err(CaseError::Problems(problems));
            }
            let written = written?;
            tx.commit().await?;
            Ok(written.into_iter().next())
        })
    }
    .await;
    // Only what surely was not committed is taken away; what else may lie there unnamed the sweeping finds.
    if matches!(
        done,
        Ok(None) | Err(CaseError::Problems(_) | CaseError::SayWhyLate(_) | CaseError::Closed | CaseError::NoRight)
    ) {
        desk.db.discard(&kept).await;
    }
    done
}

/// Whether what somebody agrees to may still be given: consent is taken back, children move, and entries are put right
/// between the making and the answer.
pub(crate) async fn still_right(desk: &Desk, tx: &Tx, record: RecordId, stored: &StoredEntry) -> Result<(), CaseError> {
    let refuse =
        |why: &str| CaseError::CannotBePutRight(format!("It cannot be given. {why}. Return it with this reason."));
    let grant = tx.authorise(LOOK, record, "").await?;
    let content = &stored.content;
    let parts = parts(content).ok_or_else(|| refuse("What it was made from cannot be read"))?;
    let entries = match to_give(desk, tx, &grant, &parts.iter().map(|part| part.entry).collect::<Vec<_>>()).await {
        Ok(entries) => entries,
        Err(CaseError::Problems(_)) => {
            return Err(refuse("One of the entries was put right, moved, or put into the confidential section"));
        }
        Err(error) => return Err(error),
    };
    let none = BTreeMap::new();
    let as_given: Vec<_> = entries.iter().map(|stored| (stored, as_given(stored, &parts, &none))).collect();
    let capacity = content.answer(field::CAPACITY).map(Answer::stated).unwrap_or_default();
    let about = (
        content.answer(field::DECISION).and_then(|answer| match answer {
            Answer::Entry(entry) => Some(*entry),
            _ => None,
        }),
        content.answer(field::RECIPIENT).and_then(|answer| match answer {
            Answer::Person(person) => Some(*person),
            _ => None,
        }),
        capacity.as_str(),
    );
    if names_nothing(&entries, &parts).is_some() {
        return Err(refuse("Something that was left out is not there"));
    }
    match wrong(desk, tx, &grant, about, &as_given).await?.into_iter().next() {
        Some(problem) => Err(refuse(problem.message.trim_end_matches('.'))),
        None => Ok(()),
    }
}

/// Whether the files of an entry may be had: of any other, yes. The paper that somebody is given, once somebody has agreed to
/// it, and before that by whoever may; never while something that it was made from is kept in the confidential section.
pub(crate) async fn may_have_files_of<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    stored: &StoredEntry,
) -> Result<bool, CaseError> {
    if stored.content.form != FORM {
        return Ok(true);
    }
    if parts(&stored.content).is_none_or(|parts| parts.iter().any(|part| grant.keeps(part.entry))) {
        return Ok(false);
    }
    if tx.fates(&[stored.entry]).await?.is_empty() {
        return Ok(true);
    }
    let made_with = desk.in_version(Some(&stored.form_hash));
    let Some(form) = made_with.pack().form(FORM) else { return Ok(false) };
    let others = desk.actor.person() != Some(stored.content.author.person);
    Ok(others && tx.may_by(&form.authorised_by, Capability::AuthoriseEntry, stored.record).await?)
}

/// What somebody is called, for the page and the paper.
pub fn name_of(person: Option<&Person>) -> String {
    person.map_or_else(|| "somebody".to_owned(), called)
}
