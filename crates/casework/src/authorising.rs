//! Authorising: what somebody has written that another must agree to, by the pack. They authorise it, or return it with
//! the reason to whoever wrote it, who writes it again. Each answer is an entry of its own in the child's record.

use std::{collections::BTreeSet, sync::Arc};

use policy::{Capability, form::Stands};
use record::{
    ActId, EntryId, Moment, RecordId, Typed,
    content::Author,
    fact::assertions,
    right::{AUTHORISATION_FORM, AUTHORISATION_OF, AUTHORISED},
    typed::Name,
};
use store::{Action, Colleagues, Grant, LATELY_DAYS, StoredEntry, ToAuthorise, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, retried, write},
    disclosing::{self, DISCLOSURE},
    recording::Child,
    right::asking::{self, Outcome},
};

/// The box of the page with the other children's records of the same act, which are answered with it.
pub const ALSO: &str = "_also";

/// How it stands with the authorising of an entry, for its page.
#[derive(Clone, Debug)]
pub struct Authorising {
    /// Whether the entry stands before it is authorised.
    pub stands: bool,
    /// The titles of the roles that may do it.
    pub by: Vec<String>,
    /// What was answered last; none while it waits.
    pub answer: Option<Answer>,
    /// The other children's records of the same act in which this reader may answer with it; none where they may not
    /// answer here.
    pub may_answer: Option<Vec<Child>>,
    /// Whether this reader may write it again, once it was returned.
    pub may_write_again: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whether it was authorised; otherwise it was returned.
    pub authorised: bool,
    /// Who answered, as they were then.
    pub author: Author,
    /// When.
    pub at: Moment,
    /// The reason, where it was returned.
    pub why: String,
}

/// Whether this is somebody's to answer: by the roles of the form as it was, in that record, and never their own.
async fn is_mine(desk: &Desk, tx: &Tx, one: &ToAuthorise) -> Result<bool, CaseError> {
    if one.returned_by.is_some() || desk.actor.person() == Some(one.by) {
        return Ok(false);
    }
    let made_with = desk.in_version(one.form_hash.as_ref());
    let Some(form) = made_with.pack().form(&one.form) else { return Ok(false) };
    Ok(tx.may_by(&form.authorised_by, Capability::AuthoriseEntry, one.record).await?)
}

/// How it stands with the authorising of an entry that is read; none for one that needs none.
pub(crate) async fn told<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    stored: &StoredEntry,
) -> Result<Option<Authorising>, CaseError> {
    let Some(needs) = stored.content.needs else { return Ok(None) };
    let made_with = desk.in_version(Some(&stored.form_hash));
    let form = made_with.pack().form(&stored.content.form);
    let roles = form.into_iter().flat_map(|form| &form.authorised_by);
    let by = roles.filter_map(|role| Some(desk.db.pack().role(role)?.title.clone())).collect();
    let mut answer = None;
    for link in tx.linked_from(grant, &[stored.entry]).await? {
        if link.from.form == AUTHORISATION_FORM
            && let Some(found) = tx.entry(grant, link.from.entry).await?
        {
            let said = found.content.answers.get(AUTHORISED);
            answer = Some(Answer {
                authorised: said.is_some_and(|said| said.answer.codes().contains(&"yes")),
                author: found.content.author.clone(),
                at: found.content.written,
                why: said.and_then(|said| said.reason.clone()).unwrap_or_default(),
            });
        }
    }
    let open = tx.is_to_be_authorised(stored.entry).await?;
    let may_answer = match &open {
        Some(one) if is_mine(desk, tx, one).await? => Some(same_act(desk, tx, stored).await?),
        _ => None,
    };
    let returned = open.is_some_and(|one| one.returned_by.is_some() && one.form != DISCLOSURE);
    let may_write_again = returned
        && tx.waiting_for(stored.entry).await?.is_none()
        && match form {
            Some(form) => !tx.may_in(form.may_complete, &[stored.record]).await?.is_empty(),
            None => false,
        };
    Ok(Some(Authorising { stands: needs == Stands::Completed, by, answer, may_answer, may_write_again }))
}

/// The same act in the records of other children that wait for this person too.
async fn same_act(desk: &Desk, tx: &Tx, stored: &StoredEntry) -> Result<Vec<Child>, CaseError> {
    let mut found = Vec::new();
    for (record, entry) in tx.done(stored.act).await? {
        if record != stored.record
            && let Some(one) = tx.is_to_be_authorised(entry).await?
            && one.form == stored.content.form
            && is_mine(desk, tx, &one).await?
        {
            found.push(record);
        }
    }
    let mut names = tx.names_of_records(&found).await?;
    Ok(found.into_iter().map(|record| Child { record, name: names.remove(&record).unwrap_or_default() }).collect())
}

/// Whether what somebody writes here with this form needs nobody else: they may authorise it, and the form says that this
/// is enough.
pub(crate) async fn needs_nobody(tx: &Tx, form: &policy::Form, record: RecordId) -> Result<bool, CaseError> {
    Ok(form.self_authorised && tx.may_by(&form.authorised_by, Capability::AuthoriseEntry, record).await?)
}

/// An entry on a list, with what the child is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The entry.
    pub one: ToAuthorise,
    /// The child.
    pub child: String,
}

/// The forms that a role of this person authorises, by any policy that was ever in force: what waits goes by the one under
/// which it was written.
async fn forms_of_mine(desk: &Desk, tx: &Tx) -> Result<BTreeSet<String>, CaseError> {
    let roles = &tx.standing().await?.roles;
    let packs = desk.db.packs().history().iter().map(|line| &line.pack).chain([desk.db.pack()]);
    let mine = |form: &&policy::Form| form.authorised_by.iter().any(|role| roles.contains(role));
    Ok(packs.flat_map(|pack| pack.forms().filter(mine).map(|form| form.id.clone())).collect())
}

/// The most that a list has.
const MOST: u32 = 200;

/// What waits for this person to authorise; and of what they wrote, what waits and what was returned.
pub(crate) async fn lists(desk: &Desk, tx: &Tx) -> Result<(Vec<Listed>, Vec<Listed>), CaseError> {
    let mut to_answer = Vec::new();
    for one in tx.to_authorise(&forms_of_mine(desk, tx).await?, MOST).await? {
        if is_mine(desk, tx, &one).await? {
            to_answer.push(one);
        }
    }
    let mut own = tx.own_to_authorise().await?;
    // What is made again from its own page never takes the place of what was returned: it is told for some weeks.
    let lately = desk.now.plus_seconds(-LATELY_DAYS * 86_400);
    own.retain(|one| is_told(one, lately));
    let records: Vec<RecordId> = to_answer.iter().chain(&own).map(|one| one.record).collect();
    let names = tx.listed_by_name("list-to-authorise", &records).await?;
    let named = |all: Vec<ToAuthorise>| {
        let child = |one: &ToAuthorise| names.get(&one.record).cloned().unwrap_or_default();
        all.into_iter().map(|one| Listed { child: child(&one), one }).collect()
    };
    Ok((named(to_answer), named(own)))
}

/// Whether it still waits for somebody: what was returned and is made again from its own page, for some weeks.
fn is_told(one: &ToAuthorise, lately: Moment) -> bool {
    one.form != DISCLOSURE || one.returned_by.is_none_or(|answer| answer.made() > lately)
}

/// What waits to be authorised in the records of this person's teams, whoever may do it, and what was returned (R-OBS-18).
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who sees no team.
pub async fn of_teams(desk: &Desk) -> Result<(Vec<Listed>, Arc<Colleagues>), CaseError> {
    let tx = desk.begin().await?;
    let lately = desk.now.plus_seconds(-LATELY_DAYS * 86_400);
    let mut all = tx.to_authorise_of_teams(MOST).await?;
    all.retain(|one| is_told(one, lately));
    let records: Vec<RecordId> = all.iter().map(|one| one.record).collect();
    let names = tx.listed_by_name("list-to-authorise", &records).await?;
    // Whoever sees the team and may not read the child is shown nothing of it.
    let listed = all.into_iter().filter_map(|one| Some(Listed { child: names.get(&one.record)?.clone(), one }));
    let listed = listed.collect();
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    Ok((listed, colleagues))
}

/// Answers what waits to be authorised, in this record and in those of other children that were ticked: yes, and it stands;
/// no with the reason, and it goes back to whoever wrote it.
///
/// # Errors
/// [`CaseError::Closed`] for what is not this person's to answer; [`CaseError::CannotBePutRight`] for what was answered
/// already; [`CaseError::Problems`] for an answer without its reason.
pub async fn answer(
    desk: &Desk,
    act: ActId,
    record: RecordId,
    entry: EntryId,
    (typed, also): (&Typed, &[RecordId]),
) -> Result<(), CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        tx.begin_act(act);
        let stored = answer_one(desk, &tx, act, (record, entry), typed).await?;
        for (other, copy) in tx.done(stored.act).await? {
            if other != record && also.contains(&other) {
                answer_one(desk, &tx, act, (other, copy), typed).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    })
}

async fn answer_one(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    (record, entry): (RecordId, EntryId),
    typed: &Typed,
) -> Result<StoredEntry, CaseError> {
    let form = desk.form(AUTHORISATION_FORM)?;
    let grant = tx.authorise(Write(form.may_complete), record, "authorise").await?;
    let stored = tx.entry(&grant, entry).await?.filter(|stored| stored.content.needs.is_some());
    let stored = stored.ok_or(CaseError::Closed)?;
    let open = tx.is_to_be_authorised(entry).await?.filter(|one| one.returned_by.is_none());
    let Some(open) = open else {
        return Err(CaseError::CannotBePutRight("This entry was answered already.".to_owned()));
    };
    if open.record != record || !is_mine(desk, tx, &open).await? {
        return Err(CaseError::Closed);
    }
    let said = desk.happening_now(typed).with(AUTHORISATION_OF, entry.to_string());
    let yes = said.get(&Name::of(AUTHORISED)) == Some("yes");
    if yes && stored.content.form == DISCLOSURE {
        disclosing::still_right(desk, tx, record, &stored).await?;
    }
    let around = Around::of(tx, form, &said).await?;
    let holder = grant.holder();
    let grants = [(record, grant)].into();
    let written = write(desk, tx, act, form, &said, &around, &grants).await?;
    let answer = written.first().map(|one| one.entry).ok_or(CaseError::Closed)?;
    let made_with = desk.in_version(Some(&stored.form_hash));
    let asserts = || {
        let of = made_with.pack().form(&stored.content.form)?;
        Some(assertions(made_with.pack(), of, &stored.content, (entry, stored.version), record, holder))
    };
    let authorised = yes.then(|| asserts().unwrap_or_default());
    tx.answer_authorisation(&grants[&record], (&stored, answer), authorised).await?;
    // What was asked to be put right is, once what puts it right stands.
    if let Some(amends) = stored.content.right.amends.as_ref().filter(|_| yes) {
        let requests = asking::about(tx, &grants[&record], &tx.amended_before(amends.entry).await?).await?;
        let outcome = (&requests[..], Outcome::PutRight(entry), stored.content.form.as_str());
        asking::answered(desk, tx, act, &grants[&record], outcome).await?;
    }
    Ok(stored)
}
