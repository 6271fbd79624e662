//! Amending: the same form again, filled with what the entry says, and why it is put right. Completing it writes an
//! entry that stands in the place of the first; that one stays readable for ever (R-INT-01, R-INT-05).

use std::collections::BTreeMap;

use policy::{Capability, Form, amendment::AmendmentStands};
use record::{
    ActId, EntryId, FileId, PersonId, RecordId, Typed,
    answer::Answer,
    content::Content,
    entry::{About, Change, amend, self_authorised},
    fact::assertions,
    read::{Act, FieldProblem, LONGEST, read, standing},
    retyped::retyped,
    right::{APPROVAL_FORM, AUTHORISED, Amends, Fate},
    typed::Name,
};
use store::{Draft, Grant, InSection, SentFile, StoredEntry, Tx, Write};

use crate::{
    authorising,
    desk::{Around, CaseError, Desk, Written, author, retried, write},
    disclosing::DISCLOSURE,
    protecting,
    recording::{Child, OpenDraft, Reader, Start, Text, rests_on_the_wrong},
    right::asking::{self, Outcome},
};

/// What a draft is to amend, as it stands.
#[derive(Clone, Debug)]
pub struct Amended {
    /// What stands in each record in which this person may amend it: the one in front first. Of one act only.
    pub copies: Vec<(Child, StoredEntry)>,
    /// What stands in its place by now, where somebody else was faster.
    pub overtaken: Option<EntryId>,
    /// Colleagues who have a draft open to amend the same entry.
    pub others: Vec<PersonId>,
    /// Whether what is completed waits for the author's approval.
    pub waits: bool,
    /// Why it was returned to whoever wrote it, where it was and is written again.
    pub returned: Option<String>,
    /// Requests of colleagues to put it right, which completing answers.
    pub requests: Vec<StoredEntry>,
}

/// The capability that an amendment needs, whatever its form.
const AMEND: Write = Write(Capability::AmendEntry);

/// What somebody needs to write this in the place of an entry: what the pack asks for amending. What was returned to whoever
/// wrote it is written again by whoever may write it at all.
pub(crate) async fn needed(tx: &Tx, form: &Form, entry: EntryId) -> Result<Write, CaseError> {
    Ok(if is_returned(tx, entry).await? { Write(form.may_complete) } else { AMEND })
}

/// The same, of an entry whose form is not at hand.
async fn needed_for(desk: &Desk, tx: &Tx, entry: EntryId) -> Result<Write, CaseError> {
    let made_with = tx.known_entries(&[entry]).await?.remove(&entry);
    match made_with.and_then(|(_, form)| desk.db.pack().form(&form)) {
        Some(form) => needed(tx, form, entry).await,
        None => Ok(AMEND),
    }
}

/// With which reason it was returned, if it was and nobody has written it again.
async fn why_returned(tx: &Tx, front: &Grant<'_, Write>, entry: EntryId) -> Result<Option<String>, CaseError> {
    let Some(answer) = tx.is_to_be_authorised(entry).await?.and_then(|one| one.returned_by) else { return Ok(None) };
    let answer = tx.entry(front, answer).await?;
    let said = answer.as_ref().and_then(|stored| stored.content.answers.get(AUTHORISED));
    Ok(Some(said.and_then(|said| said.reason.clone()).unwrap_or_default()))
}

async fn is_returned(tx: &Tx, entry: EntryId) -> Result<bool, CaseError> {
    Ok(tx.is_to_be_authorised(entry).await?.is_some_and(|one| one.returned_by.is_some()))
}

/// What is said to somebody who wants to put right what cannot be.
fn cannot(why: impl Into<String>) -> CaseError {
    CaseError::CannotBePutRight(why.into())
}

/// The form with which an entry may be amended at all: in the version of this desk, if the pack in force lets it.
pub(crate) fn form_to_amend<'a>(desk: &'a Desk, content: &Content) -> Option<&'a Form> {
    let reaches = |form: &&Form| desk.db.pack().amendment().reaches(&form.id);
    let form = desk.pack().form(&content.form).filter(reaches).filter(|form| form.id != DISCLOSURE)?;
    (form.record == policy::form::RecordKind::Child).then_some(form)
}

/// The entry that is to be amended, if it may be: it stands, and nothing waits to stand in its place.
async fn target(desk: &Desk, tx: &Tx, grant: &Grant<'_, Write>, entry: EntryId) -> Result<StoredEntry, CaseError> {
    let Some(stored) = tx.entry(grant, entry).await? else {
        // What was moved away is read here no more, and what was typed about it is not lost.
        let moved = matches!(tx.fates(&[entry]).await?.get(&entry), Some((Fate::Moved, _)));
        return Err(if moved { cannot("This entry was moved to another record.") } else { CaseError::Closed });
    };
    if stored.content.form == DISCLOSURE {
        return Err(cannot(
            "What somebody is given is never changed. Make it again, from the front page of the record.",
        ));
    }
    let returned = is_returned(tx, entry).await?;
    if !returned && form_to_amend(&desk.in_version(Some(&stored.form_hash)), &stored.content).is_none() {
        return Err(cannot("Entries of this kind are put right in a way of their own. Your manager can say how."));
    }
    if let Some(mark) = overtaken(tx, grant, (entry, returned)).await? {
        return Err(cannot(mark));
    }
    let who = stored.content.author.person;
    if waits_for(desk, &stored).is_some() && !tx.works_here(who).await? {
        let gone = format!(
            "{} wrote it and does not work here any more, and here nothing is amended without its author. {}",
            stored.content.author.name,
            desk.db.pack().amendment().advice.join(" ")
        );
        return Err(cannot(gone));
    }
    Ok(stored)
}

/// What somebody who was slower is told, where the entry does not stand any more or an amendment waits already.
async fn overtaken(
    tx: &Tx,
    grant: &Grant<'_, Write>,
    (entry, returned): (EntryId, bool),
) -> Result<Option<String>, CaseError> {
    let day = |moment: record::Moment| record::time::day_in_words(moment.day());
    if let Some(put_right) = tx.put_right(grant, &[entry]).await?.remove(&entry).filter(|_| !returned) {
        let content = &put_right.by.content;
        let who = &content.author.name;
        return Ok(Some(match put_right.how {
            Fate::Amended => format!(
                "{who} put this entry right on {} already. Read what stands there now; if that is wrong too, put that right.",
                day(content.written)
            ),
            Fate::Moved => format!("{who} moved this entry to another record on {}.", day(content.written)),
            Fate::Waiting => "This amendment waits for an answer, and does not stand yet.".to_owned(),
            Fate::Refused => format!("{who} did not agree to this amendment, so it does not stand."),
            Fate::Unauthorised => {
                "This entry waits to be authorised. Ask for it to be returned, and write it again.".to_owned()
            }
            Fate::Returned => format!("{who} returned this entry, and it was written again."),
            Fate::Apart => return Err(CaseError::Closed),
        }));
    }
    let Some(waiting) = tx.waiting_for(entry).await? else { return Ok(None) };
    let by = tx.entry(grant, waiting).await?.map(|stored| stored.content.author.name).unwrap_or_default();
    Ok(Some(format!("What {by} wrote in its place waits for an answer already. Only one can be made at a time.")))
}

/// Whose approval an amendment of this entry needs before it stands: by the pack, and never one's own. What must be
/// authorised waits for that instead.
fn waits_for(desk: &Desk, stored: &StoredEntry) -> Option<PersonId> {
    let made_with = desk.in_version(Some(&stored.form_hash));
    if made_with.pack().form(&stored.content.form).is_some_and(|form| form.needs().is_some()) {
        return None;
    }
    let author = stored.content.author.person;
    match desk.db.pack().amendment().stands {
        AmendmentStands::AtOnce => None,
        AmendmentStands::AuthorApproves => (desk.actor.person() != Some(author)).then_some(author),
    }
}

/// The entry of the record in front and what stands in other children's records of the same act, made with the same
/// form, where this person may amend it.
async fn copies(
    desk: &Desk,
    tx: &Tx,
    front: &Grant<'_, Write>,
    stored: &StoredEntry,
) -> Result<Vec<(RecordId, StoredEntry)>, CaseError> {
    let mut found = vec![(front.record(), stored.clone())];
    let first = tx.amended_before(stored.entry).await?.first().copied().unwrap_or(stored.entry);
    let made_with = desk.in_version(Some(&stored.form_hash));
    let about_many =
        made_with.pack().form(&stored.content.form).is_some_and(|form| form.about == policy::form::About::Children);
    let (Some(act), true) = (tx.act_of(front, first).await?, about_many) else { return Ok(found) };
    let (mut others, returned) = (Vec::new(), is_returned(tx, stored.entry).await?);
    for (record, entry) in tx.done(act).await? {
        let now = if returned { Some(entry) } else { tx.standing_now(entry).await? };
        if record != front.record()
            && let Some(now) = now
            && is_returned(tx, now).await? == returned
            && tx.waiting_for(now).await?.is_none()
        {
            others.push((record, now));
        }
    }
    let write = front.action();
    let open = tx.may_in(write.0, &others.iter().map(|(record, _)| *record).collect::<Vec<_>>()).await?;
    for (record, entry) in others.into_iter().filter(|(record, _)| open.contains(record)) {
        let grant = tx.authorise(write, record, "amend").await?;
        if let Some(copy) = tx.entry(&grant, entry).await?
            && copy.content.form == stored.content.form
        {
            found.push((record, copy));
        }
    }
    Ok(found)
}

/// What a draft is to amend, for its page.
pub(crate) async fn amended(
    desk: &Desk,
    tx: &Tx,
    front: &Grant<'_, Write>,
    entry: EntryId,
    called: &str,
) -> Result<Amended, CaseError> {
    let fate = tx.fates(&[entry]).await?.remove(&entry);
    let stored = tx.entry(front, entry).await?;
    let found = match &stored {
        Some(stored) => copies(desk, tx, front, stored).await?,
        None => Vec::new(),
    };
    let requests = match &stored {
        Some(stored) => asking::about(tx, front, &tx.amended_before(stored.entry).await?).await?,
        None => Vec::new(),
    };
    let mut named = Vec::new();
    for (record, copy) in found {
        let name = if record == front.record() {
            called.to_owned()
        } else {
            tx.names_of_records(&[record]).await?.remove(&record).unwrap_or_default()
        };
        named.push((Child { record, name }, copy));
    }
    Ok(Amended {
        copies: named,
        overtaken: fate.filter(|(how, _)| *how != Fate::Returned).map(|(_, by)| by),
        others: tx.others_amending(entry).await?,
        waits: stored.as_ref().is_some_and(|stored| waits_for(desk, stored).is_some()),
        returned: why_returned(tx, front, entry).await?,
        requests,
    })
}

/// The form again, filled with what the entry says. Nothing of it is kept before something is typed.
///
/// # Errors
/// [`CaseError::CannotBePutRight`] for what was put right already, waits, or has a way of its own.
pub(crate) async fn blank(desk: &Desk, start: &Start, entry: EntryId, reader: Reader) -> Result<OpenDraft, CaseError> {
    let tx = desk.begin().await?;
    let front = tx.authorise(needed_for(desk, &tx, entry).await?, start.record, "amend").await?;
    tx.shows_form(&front);
    let stored = target(desk, &tx, &front, entry).await?;
    if stored.in_section != InSection::No {
        return Err(cannot(
            "This entry is kept in the confidential section. Whoever may put entries right can write it again.",
        ));
    }
    if !protecting::may_retype(desk, &tx, &front, &stored.content).await? {
        return Err(cannot(
            "An address in this entry must be kept from somebody. Have the addresses of the record shown to you first, from its front page, saying why.",
        ));
    }
    // An amendment is the same form again: as it was when the entry was made.
    let desk = &desk.in_version(Some(&stored.form_hash));
    let form = form_to_amend(desk, &stored.content).ok_or(CaseError::Closed)?;
    let found = copies(desk, &tx, &front, &stored).await?;
    let contents: Vec<_> = found.iter().map(|(record, stored)| (*record, &stored.content)).collect();
    let typed = retyped(form, &contents);
    let draft = crate::recording::new_draft(desk, desk.new_id(), form, start.record, Some(entry))?;
    let facts = crate::recording::facts_for(&tx, &front).await?;
    let mut earlier = tx.own_drafts().await?;
    earlier.retain(|one| one.amends == Some(entry));
    let text = Text { n: 0, at: desk.now, typed };
    let mut open = crate::recording::laid_out(desk, &tx, form, &front, &facts, draft, vec![text]).await?;
    open.earlier = earlier.into_iter().next();
    drop(front);
    reader.end(tx).await?;
    Ok(open)
}

/// Where an amendment begins: the form's name, for an entry that may be amended by this person.
///
/// # Errors
/// [`CaseError::CannotBePutRight`] for what was put right already, waits, or has a way of its own.
pub async fn start(desk: &Desk, record: RecordId, entry: EntryId) -> Result<Start, CaseError> {
    let tx = desk.begin().await?;
    let front = tx.authorise(needed_for(desk, &tx, entry).await?, record, "amend").await?;
    let stored = target(desk, &tx, &front, entry).await?;
    drop(front);
    tx.commit().await?;
    Ok(Start {
        record,
        form: stored.content.form,
        person: None,
        made: None,
        entry: None,
        amends: Some(entry),
        version: None,
    })
}

/// Before the first save: that the entry may be amended still, and the version of the form that it was made with.
pub(crate) async fn may_begin(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, Write>,
    entry: EntryId,
) -> Result<[u8; 32], CaseError> {
    target(desk, tx, grant, entry).await.map(|stored| stored.form_hash)
}

/// The files that the amended entries have, as if they had been sent for the draft.
pub(crate) fn files_of(form: &Form, front: RecordId, copies: &[(RecordId, StoredEntry)]) -> BTreeMap<FileId, SentFile> {
    let mut files = BTreeMap::new();
    for (record, stored) in copies {
        for section in &form.sections {
            let of = if section.for_each_child { *record } else { front };
            for field in &section.fields {
                let Some(Answer::Documents(documents)) = stored.content.answer(&field.id) else { continue };
                for document in documents {
                    let sent = SentFile { record: of, sent: document.sent.clone() };
                    files.entry(document.sent.file).or_insert(sent);
                }
            }
        }
    }
    files
}

/// An amendment read and checked: what would be written into each record, before it is.
pub(crate) struct Prepared {
    act: Act,
    /// What it stands in the place of, by record.
    pub targets: BTreeMap<RecordId, StoredEntry>,
    why: String,
}

impl Prepared {
    /// What follows in one record.
    pub fn changes(
        &self,
        desk: &Desk,
        form: &Form,
        around: &Around,
        grant: &Grant<'_, Write>,
    ) -> Result<(EntryId, Vec<Change>), CaseError> {
        let author = author(desk.actor, &around.colleagues)?;
        let about = About { record: grant.record(), holder: grant.holder(), entry: desk.new_id() };
        let target = self.targets.get(&grant.record()).ok_or(CaseError::Closed)?;
        let amends = Amends {
            entry: target.entry,
            first: target.content.first_written(),
            why: self.why.clone(),
            approval_of: waits_for(desk, target),
        };
        let mut act = self.act.clone();
        // Lateness is of the first writing, and stays what it was.
        act.late = None;
        act.late_here.clear();
        Ok((target.entry, amend(desk.pack(), form, &act, &author, (about, &target.content, amends), desk.now)))
    }
}

/// Reads what was typed into a draft that amends, against what it amends.
///
/// # Errors
/// [`CaseError::Problems`] with each box; the reason's box where somebody else was faster.
pub(crate) async fn prepare(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    (draft, entry): (&Draft, EntryId),
    typed: &Typed,
    around: &mut Around,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<Prepared, CaseError> {
    let box_of_why = Name::of(standing::PUT_RIGHT_BECAUSE);
    let problem = |message: String| FieldProblem { at: box_of_why.clone(), message };
    let front = grants.get(&draft.front).ok_or_else(|| {
        let at = Name::of(standing::ABOUT);
        let message = "This record must be among them: leave its child ticked".to_owned();
        CaseError::Problems(vec![FieldProblem { at, message }])
    })?;
    let stored = match target(desk, tx, front, entry).await {
        Ok(stored) => stored,
        Err(CaseError::CannotBePutRight(why)) => {
            return Err(CaseError::Problems(vec![problem(format!("{why} What you typed is kept in this draft"))]));
        }
        Err(error) => return Err(error),
    };
    let found = copies(desk, tx, front, &stored).await?;
    let mut problems = Vec::new();
    let why = typed.get(&box_of_why).unwrap_or_default().to_owned();
    if why.is_empty() {
        let returned = is_returned(tx, entry).await?;
        problems.push(problem(if returned { "Say what you changed" } else { "Say why it is put right" }.to_owned()));
    } else if why.chars().count() > LONGEST {
        problems.push(problem(format!("This reason is too long; the most that fits is {LONGEST} characters")));
    }
    let targets: BTreeMap<RecordId, StoredEntry> =
        found.iter().filter(|(record, _)| grants.contains_key(record)).cloned().collect();
    if let Some(stranger) = grants.keys().find(|record| !targets.contains_key(record)) {
        let at = Name::of(standing::ABOUT).in_part_of(Some(*stranger));
        let message = "There is nothing of this act in that child’s record to put right".to_owned();
        problems.push(FieldProblem { at, message });
    }
    for (file, sent) in files_of(form, draft.front, &found) {
        around.files.entry(file).or_insert(sent);
    }
    for (record, target) in &targets {
        if let Some(grant) = grants.get(record) {
            tx.take_up_files(grant, &target.content).await?;
        }
    }
    // Days are judged as on the day of the first writing, and lateness not at all.
    let unlimited = Form { limits: Vec::new(), ..form.clone() };
    let about: Vec<RecordId> = grants.keys().copied().collect();
    let act = read(desk.pack(), &unlimited, typed, &about, around, stored.content.first_written());
    let act = match act {
        Ok(act) => {
            problems.extend(rests_on_the_wrong(desk, tx, form, &act, grants, &targets).await?);
            Some(act)
        }
        Err(more) => {
            problems.extend(more);
            None
        }
    };
    match act.filter(|_| problems.is_empty()) {
        Some(act) => Ok(Prepared { act, targets, why }),
        None => Err(CaseError::Problems(problems)),
    }
}

/// Keeps what a draft amends: in each record an entry of its own, with only its own part.
pub(crate) async fn keep(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    form: &Form,
    prepared: &Prepared,
    around: &Around,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<Vec<Written>, CaseError> {
    tx.keep_form(&form.hash, &form.id, form.version, || desk.pack().canonical_form(form)).await?;
    let mut written = Vec::new();
    for (record, grant) in grants {
        let (amended, mut changes) = prepared.changes(desk, form, around, grant)?;
        if authorising::needs_nobody(tx, form, *record).await? {
            let about = About { record: *record, holder: grant.holder(), entry: desk.new_id() };
            changes = self_authorised(desk.pack(), form, changes, about);
        }
        let entry = changes.iter().find_map(|change| match change {
            Change::EntryCompleted(completed) => Some(completed.entry),
            Change::FactAsserted(_) => None,
        });
        let requests = asking::about(tx, grant, &tx.amended_before(amended).await?).await?;
        let says = |change: &Change| match change {
            Change::EntryCompleted(done) => {
                done.content.waits() || done.content.right.amends.as_ref().is_some_and(|one| one.approval_of.is_some())
            }
            Change::FactAsserted(_) => false,
        };
        let waits = changes.iter().any(says);
        tx.keep_amendment(grant, act, amended, changes).await?;
        if let Some(entry) = entry.filter(|_| !waits) {
            asking::answered(desk, tx, act, grant, (&requests, Outcome::PutRight(entry), &form.id)).await?;
        }
        written.extend(entry.map(|entry| Written { record: *record, entry }));
    }
    Ok(written)
}

/// The author's answer to an amendment that waits for it: yes, and it stands; no with a reason, and it never does. The
/// answer is an entry of its own (R-INT-04).
///
/// # Errors
/// [`CaseError::Closed`] for anybody but the author; [`CaseError::CannotBePutRight`] for one that was answered already;
/// [`CaseError::Problems`] for an answer without its reason.
pub async fn answer(
    desk: &Desk,
    act: ActId,
    record: RecordId,
    amendment: EntryId,
    typed: &Typed,
) -> Result<(), CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let form = desk.form(APPROVAL_FORM)?;
        let grant = tx.authorise(Write(form.may_complete), record, "approve").await?;
        let stored = tx.entry(&grant, amendment).await?.ok_or(CaseError::Closed)?;
        let amends = stored.content.right.amends.clone().ok_or(CaseError::Closed)?;
        if amends.approval_of.is_none() || amends.approval_of != desk.actor.person() {
            return Err(CaseError::Closed);
        }
        if !matches!(tx.fates(&[amendment]).await?.get(&amendment), Some((Fate::Waiting, _))) {
            return Err(cannot("This amendment was answered already."));
        }
        let said = typed
            .clone()
            .with(record::right::APPROVAL_OF, amendment.to_string())
            .on_day(standing::HAPPENED, desk.now.day());
        let yes = said.get(&Name::of(record::right::APPROVED)) == Some("yes");
        let around = Around::of(&tx, form, &said).await?;
        tx.begin_act(act);
        let holder = grant.holder();
        let grants: BTreeMap<RecordId, Grant<'_, Write>> = [(record, grant)].into();
        let written = write(desk, &tx, act, form, &said, &around, &grants).await?;
        let answer = written.first().map(|one| one.entry).ok_or(CaseError::Closed)?;
        let made_with = desk.in_version(Some(&stored.form_hash));
        let stands = match (yes, made_with.pack().form(&stored.content.form)) {
            (true, Some(of)) => {
                Some(assertions(made_with.pack(), of, &stored.content, (amendment, stored.version), record, holder))
            }
            (true, None) => Some(Vec::new()),
            (false, _) => None,
        };
        let grant = &grants[&record];
        tx.answer_amendment(grant, (amends.entry, amendment, answer), stands).await?;
        if yes {
            let requests = asking::about(&tx, grant, &tx.amended_before(amends.entry).await?).await?;
            let outcome = Outcome::PutRight(amendment);
            asking::answered(desk, &tx, act, grant, (&requests, outcome, &stored.content.form)).await?;
        }
        drop(grants);
        tx.commit().await?;
        Ok(())
    })
}

/// The records in which a draft that amends is at home: none is offered beyond these.
pub(crate) fn children(amended: &Amended) -> Vec<Child> {
    amended.copies.iter().map(|(child, _)| child.clone()).collect()
}
