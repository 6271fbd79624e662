//! Moving: an entry that is on the wrong child goes to the right one, in one act. A marker stays where it was; its words
//! are read there no more, and its facts are withdrawn. In the right record it stands whole, with its author and times.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Capability, Form};
use record::{
    ActId, EntryId, RecordId,
    answer::{Answer, Answered},
    content::Content,
    entry::{About, Change, FIRST, changes, coded, standing},
    read::{FieldProblem, LONGEST},
    right::{APPROVAL_FORM, AUTHORISATION_FORM, AWAY_FORM, Away, Fate, Moved, Right, moved},
    typed::Name,
};
use store::{Action, Brief, Grant, Person, Read, ReadUnder, StoredEntry, Tx, Write};

use crate::{
    desk::{CaseError, Desk, author, retried},
    reading::{EntryPage, Header, plain_header},
    recording::{Child, called, people_of},
    right::{
        amending::form_to_amend,
        asking::{self, Outcome},
    },
};

/// The boxes of the page.
pub mod boxes {
    /// Which record it belongs to: one of those offered, or [`OTHER`].
    pub const TO: &str = "to";
    /// The choice to give a number.
    pub const OTHER: &str = "other";
    /// The number of another record.
    pub const NUMBER: &str = "number";
    /// Why it is moved.
    pub const WHY: &str = "why";
}

/// An entry that may be moved, and where to.
#[derive(Clone, Debug)]
pub struct ToMove {
    /// In whose record it stands.
    pub header: Header,
    /// What names it.
    pub brief: Brief,
    /// Children of the family to whose records this person may move it.
    pub children: Vec<Child>,
    /// How many entries go with it: what it amended, and answers to that.
    pub with_it: usize,
    /// The record that was chosen, with what is known of its child.
    pub chosen: Option<(RecordId, i64, Person)>,
}

/// What somebody chose on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// One of the records offered, or `other`.
    pub to: String,
    /// The number of another one.
    pub number: String,
    /// Why.
    pub why: String,
}

const MOVE: Write = Write(Capability::MoveEntry);

fn problem(field: &str, message: impl Into<String>) -> CaseError {
    CaseError::Problems(vec![FieldProblem { at: Name::of(field), message: message.into() }])
}

fn cannot(why: impl Into<String>) -> CaseError {
    CaseError::CannotBePutRight(why.into())
}

/// The entry with everything that goes with it, the one that stands last.
async fn chain(desk: &Desk, tx: &Tx, grant: &Grant<'_, Write>, entry: EntryId) -> Result<Vec<StoredEntry>, CaseError> {
    if let Some((Fate::Moved, marker)) = tx.fates(&[entry]).await?.remove(&entry) {
        let marker = tx.entry(grant, marker).await?.ok_or(CaseError::Closed)?;
        let day = record::time::day_in_words(marker.content.written.day());
        return Err(cannot(format!("{} moved this entry already, on {day}.", marker.content.author.name)));
    }
    let stored = tx.entry(grant, entry).await?.ok_or(CaseError::Closed)?;
    // In another record nothing would keep it back.
    if grant.keeps(entry) {
        return Err(cannot(
            "This entry is kept in the confidential section. It can be moved once a manager has let it go from there.",
        ));
    }
    if form_to_amend(&desk.in_version(Some(&stored.form_hash)), &stored.content).is_none() {
        return Err(cannot("Entries of this kind are put right in a way of their own, and never moved."));
    }
    // What waits to be authorised, or was returned, goes as it is.
    let alone = matches!(
        tx.fates(&[entry]).await?.get(&entry),
        Some((Fate::Unauthorised | Fate::Returned, _)) if stored.content.right.amends.is_none()
    );
    let stands = if alone { Some(entry) } else { tx.standing_now(entry).await? };
    let Some(head) = stands else {
        return Err(cannot(
            "This amendment does not stand, so there is nothing to move. Move the entry that it is about.",
        ));
    };
    let mut ids = tx.amended_before(head).await?;
    for entry in &ids {
        if tx.waiting_for(*entry).await?.is_some() {
            return Err(cannot(
                "What was written in the place of this entry waits for an answer. It can be moved after that.",
            ));
        }
    }
    // What was not agreed to, and the answers, hold the same words: they go as well.
    for (refused, _) in tx.refused_in(grant).await? {
        let of = tx.entry(grant, refused).await?.and_then(|stored| stored.content.right.amends);
        if of.is_some_and(|amends| ids.contains(&amends.entry)) {
            ids.insert(0, refused);
        }
    }
    for link in tx.linked_from(grant, &ids).await? {
        if [APPROVAL_FORM, AUTHORISATION_FORM].contains(&link.from.form.as_str()) && !ids.contains(&link.from.entry) {
            ids.insert(0, link.from.entry);
        }
    }
    let mut chain = Vec::new();
    for entry in ids {
        chain.push(tx.entry(grant, entry).await?.ok_or(CaseError::Closed)?);
    }
    Ok(chain)
}

/// The page that asks where an entry belongs, with what was chosen on it, if that is a record.
///
/// # Errors
/// [`CaseError::Closed`] for what this person may not move; [`CaseError::CannotBePutRight`] for what was moved already
/// or cannot be; [`CaseError::Problems`] for a choice that leads nowhere.
pub async fn look(desk: &Desk, record: RecordId, entry: EntryId, choice: Option<&Choice>) -> Result<ToMove, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(MOVE, record, "move").await?;
    let chain = chain(desk, &tx, &grant, entry).await?;
    let stored = chain.last().ok_or(CaseError::Closed)?;
    let header = plain_header(desk, &tx, &grant).await?;
    let facts = tx.current_facts(&grant).await?;
    let named = people_of(&facts);
    let who = tx.who(&grant, &named).await?;
    let mut records = tx.records_of(&named).await?;
    records.retain(|(other, ..)| *other != record);
    let open = tx.may_in(MOVE.0, &records.iter().map(|(other, ..)| *other).collect::<Vec<_>>()).await?;
    let children = records
        .iter()
        .filter(|(other, ..)| open.contains(other))
        .map(|(other, person, _)| Child { record: *other, name: who.get(person).map_or_else(String::new, called) })
        .collect();
    let mut chosen = None;
    if let Some(choice) = choice {
        let to = target(&tx, record, choice).await?;
        let other = other_record(&tx, to).await?;
        fits(&tx, &chain, &other).await?;
        let who = match other.holder() {
            Some(person) => tx.who(&other, &[person]).await?.remove(&person).unwrap_or_default(),
            None => Person::default(),
        };
        chosen = Some((to, other.number(), who));
        reason(choice)?;
    }
    let brief = Brief::of(record, stored);
    let with_it = chain.len() - 1;
    drop(grant);
    tx.commit().await?;
    Ok(ToMove { header, brief, children, with_it, chosen })
}

fn reason(choice: &Choice) -> Result<String, CaseError> {
    let why = choice.why.trim();
    if why.is_empty() {
        return Err(problem(boxes::WHY, "Say why it is moved"));
    }
    if why.chars().count() > LONGEST {
        return Err(problem(
            boxes::WHY,
            format!("This reason is too long; the most that fits is {LONGEST} characters"),
        ));
    }
    Ok(why.to_owned())
}

/// The record that was chosen.
async fn target(tx: &Tx, from: RecordId, choice: &Choice) -> Result<RecordId, CaseError> {
    if choice.to.is_empty() {
        return Err(problem(boxes::TO, "Choose whose record it belongs to"));
    }
    let to = if choice.to == boxes::OTHER {
        let digits: String = choice.number.chars().filter(char::is_ascii_digit).collect();
        let number =
            digits.parse().map_err(|_| problem(boxes::NUMBER, "Enter the number of the record, like R-10482"))?;
        let found = tx.record_numbered(number).await?;
        found.ok_or_else(|| problem(boxes::NUMBER, "No record that is open to you has this number"))?
    } else {
        choice.to.parse().map_err(|_| problem(boxes::TO, "Choose one of the records offered"))?
    };
    if to == from {
        return Err(problem(boxes::TO, "It stands in this record already"));
    }
    Ok(to)
}

async fn other_record(tx: &Tx, to: RecordId) -> Result<Grant<'_, Write>, CaseError> {
    match tx.authorise(MOVE, to, "move").await {
        Ok(grant) => Ok(grant),
        Err(store::Refused::Closed) => {
            Err(problem(boxes::TO, "You cannot move an entry to that record. Ask the manager of that child’s team"))
        }
        Err(refused) => Err(refused.into()),
    }
}

/// One act has one entry in each record: what that child has of the same act already is not written twice.
async fn fits(tx: &Tx, chain: &[StoredEntry], to: &Grant<'_, Write>) -> Result<(), CaseError> {
    for stored in chain {
        for (record, entry) in tx.done(stored.act).await? {
            if record == to.record() && tx.standing_now(entry).await?.is_some() {
                let message = "That child’s record has an entry of its own of the same act. Put that one right, if it lacks something";
                return Err(problem(boxes::TO, message));
            }
        }
    }
    Ok(())
}

/// What came of moving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The marker, in the record where the entry was.
    pub marker: EntryId,
    /// The record where it stands now.
    pub to: RecordId,
    /// The entry there.
    pub entry: EntryId,
}

/// Moves an entry, with all that it amended, to the record that was chosen. Pressing twice moves once.
///
/// # Errors
/// As [`look`].
pub async fn move_entry(
    desk: &Desk,
    act: ActId,
    record: RecordId,
    entry: EntryId,
    choice: &Choice,
) -> Result<Option<Done>, CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(None);
        }
        let from = tx.authorise(MOVE, record, "move").await?;
        let chain = chain(desk, &tx, &from, entry).await?;
        let why = reason(choice)?;
        let to = other_record(&tx, target(&tx, record, choice).await?).await?;
        fits(&tx, &chain, &to).await?;
        let ids: Vec<EntryId> = chain.iter().map(|stored| stored.entry).collect();
        let requests = asking::about(&tx, &from, &ids).await?;
        tx.begin_act(act);
        let done = go(desk, &tx, act, (&from, &to), &chain, &why).await?;
        asking::answered(desk, &tx, act, &from, (&requests, Outcome::Moved(done.marker), AWAY_FORM)).await?;
        drop((from, to));
        tx.commit().await?;
        Ok(Some(done))
    })
}

async fn go(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    (from, to): (&Grant<'_, Write>, &Grant<'_, Write>),
    chain: &[StoredEntry],
    why: &str,
) -> Result<Done, CaseError> {
    let pack = desk.pack();
    let colleagues = tx.colleagues().await?;
    let by = author(desk.actor, &colleagues)?;
    let there: BTreeMap<EntryId, EntryId> = chain.iter().map(|stored| (stored.entry, desk.new_id())).collect();
    let head = chain.last().ok_or(CaseError::Closed)?;
    let mut all = Vec::new();
    for stored in chain {
        let made_with = desk.in_version(Some(&stored.form_hash));
        let of = made_with.pack().form(&stored.content.form);
        let origin =
            Moved { from: from.record(), entry: stored.entry, by: by.clone(), at: desk.now, why: why.to_owned() };
        let places = ((from.record(), from.holder()), (to.record(), to.holder()));
        let content = moved(of, &stored.content, places, &there, origin)
            .map_err(|cannot_move| cannot(format!("It cannot be moved: {cannot_move}.")))?;
        tx.take_up_files(from, &stored.content).await?;
        all.extend(there_as(&made_with, of, stored, content, to, there[&stored.entry]));
    }
    let marker = marker(desk, (from, to), head, &there, (by, why))?;
    let entry = match &marker {
        Change::EntryCompleted(completed) => completed.entry,
        Change::FactAsserted(_) => return Err(CaseError::Closed),
    };
    let form = desk.form(AWAY_FORM)?;
    tx.keep_form(&form.hash, &form.id, form.version, || pack.canonical_form(form)).await?;
    tx.keep_marker(from, act, marker).await?;
    tx.keep_moved(to, act, all).await?;
    Ok(Done { marker: entry, to: to.record(), entry: there[&head.entry] })
}

/// The changes of one entry in the record where it belongs: the form is the one it was made with, whatever the pack has.
fn there_as(
    desk: &Desk,
    form: Option<&Form>,
    stored: &StoredEntry,
    content: Content,
    to: &Grant<'_, Write>,
    entry: EntryId,
) -> Vec<Change> {
    let about = About { record: to.record(), holder: to.holder(), entry };
    let same = form.filter(|form| form.hash == stored.form_hash);
    if let Some(form) = same {
        // Those of them that do not stand are left out when they are kept.
        return standing(desk.pack(), form, content, about);
    }
    let coded = form.map(|form| coded(form, &content)).unwrap_or_default();
    let completed = record::entry::EntryCompleted {
        record: to.record(),
        entry,
        version: FIRST,
        form_hash: stored.form_hash,
        content,
        coded,
    };
    vec![Change::EntryCompleted(Box::new(completed))]
}

/// What stays where the entry was: its kind and day, who moved it, when and why.
fn marker(
    desk: &Desk,
    (from, to): (&Grant<'_, Write>, &Grant<'_, Write>),
    head: &StoredEntry,
    there: &BTreeMap<EntryId, EntryId>,
    (by, why): (record::content::Author, &str),
) -> Result<Change, CaseError> {
    let form = desk.form(AWAY_FORM)?;
    let kind =
        desk.pack().form(&head.content.form).map_or_else(|| head.content.form.clone(), |form| form.title.clone());
    let text = |text: String| Answered::plain(Answer::Text(text));
    let away = Away {
        to: to.record(),
        took: there.iter().map(|(here, there)| (*here, *there)).collect(),
        form: head.content.form.clone(),
        why: why.to_owned(),
    };
    let content = Content {
        form: form.id.clone(),
        form_version: form.version,
        author: by,
        happened_on: head.content.happened_on,
        happened_at: head.content.happened_at,
        written: desk.now,
        informant: None,
        headline: None,
        late: None,
        second_because: None,
        on_behalf_of: None,
        right: Right { away: Some(away), ..Right::default() },
        needs: None,
        answers: [("kind".to_owned(), text(kind)), ("why".to_owned(), text(why.to_owned()))].into(),
    };
    let about = About { record: from.record(), holder: from.holder(), entry: desk.new_id() };
    changes(desk.pack(), form, content, about).into_iter().next().ok_or(CaseError::Closed)
}

/// What an entry said in the record that it has left, for those who may read the trace.
///
/// # Errors
/// [`CaseError::Closed`] for anybody else, and for an entry that was not moved.
pub async fn trace(desk: &Desk, record: RecordId, entry: EntryId) -> Result<EntryPage, CaseError> {
    let action = ReadUnder(Capability::ReadMoved, "read-moved-trace");
    let page = crate::reading::entry_for(desk, action, record, entry, "").await?;
    if page.right.mark.as_ref().is_none_or(|mark| mark.how != Fate::Moved) {
        return Err(CaseError::Closed);
    }
    Ok(page)
}

/// The other side of a move, for whoever may read that record too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSide {
    /// The record.
    pub record: RecordId,
    /// The entry there: where it stands now, or the marker where it was.
    pub entry: EntryId,
    /// What the child is called.
    pub name: String,
}

/// Where an entry came from, or where it went: only when this reader may read that record too.
pub(crate) async fn other_side<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    stored: &StoredEntry,
) -> Result<Option<OtherSide>, CaseError> {
    let right = &stored.content.right;
    let (record, entry) = match (&right.moved, &right.away) {
        (Some(moved), _) => (moved.from, moved.entry),
        // The one that stands went last.
        (None, Some(away)) => match away.took.last() {
            Some(_) => (away.to, standing_of(tx, away).await?),
            None => return Ok(None),
        },
        (None, None) => return Ok(None),
    };
    // Whoever may not read it has not tried to.
    let open = !tx.may_in(Capability::ReadRecord, &[record]).await?.is_empty();
    if !open || grant.records().contains(&record) {
        return Ok(None);
    }
    match tx.authorise(Read("read-tie"), record, "").await {
        Ok(other) => {
            let name = crate::reading::header(desk, tx, &other, &[]).await?.called().to_owned();
            Ok(Some(OtherSide { record, entry, name }))
        }
        Err(_) => Ok(None),
    }
}

/// Of what went, the entry that stands there.
async fn standing_of(tx: &Tx, away: &Away) -> Result<EntryId, CaseError> {
    let there: Vec<EntryId> = away.took.iter().map(|(_, there)| *there).collect();
    let gone: BTreeSet<EntryId> = tx.fates(&there).await?.into_keys().collect();
    let stands = there.iter().find(|entry| !gone.contains(entry));
    stands.or(there.last()).copied().ok_or(CaseError::Closed)
}
