//! Which entries stand: the table `not_standing`, and what puts it right.
//!
//! An entry stands unless the table has it: because an amendment stands in its place, because it was moved to another
//! record, because it is an amendment that waits for its approval or did not get it, or because it is the link of an
//! adoption. The table follows from what the entries of a record say ([`record::right::fates`]); the act that changes it
//! puts the facts right in the same commit, and `verify` works both out again.
//!
//! Two texts are for every query that reads entries, here and nowhere else: [`STANDS`] for what counts and is current,
//! [`HERE`] for what may still be read in its record (an amended entry stays readable for ever; a moved one does not, and
//! the link of an adoption never was).

use std::collections::{BTreeMap, BTreeSet};

use record::{
    ActId, EntryId, PersonId, RecordId,
    entry::Change,
    fact::{Assertion, Fact, Line, Place, project},
    known,
    right::{Bearing, Fate, fates, firsts, to_authorise},
};

use crate::{
    door::{Action, Grant, Tx, Write},
    engine::{Statement, StoreError, args, placeholder_list},
    entries::{StoredEntry, read_of},
    facts::{COLUMNS, args_of, fact_insert, read_fact},
};

/// The condition that an entry `e` stands: it is current, sets facts and counts.
pub(crate) const STANDS: &str = "not exists (select 1 from not_standing n where n.entry = e.id)";

/// The condition that an entry `e` is read in the record where it was written: it was not moved away, and is no link of an
/// adoption.
pub(crate) const HERE: &str =
    "not exists (select 1 from not_standing n where n.entry = e.id and n.how in ('moved', 'apart'))";

/// The same for whoever reads what was moved away as well.
pub(crate) const NOT_APART: &str = "not exists (select 1 from not_standing n where n.entry = e.id and n.how = 'apart')";

/// That an entry does not stand, with the entry because of which it does not: the amendment, the marker, the answer;
/// for an amendment that waits, the entry that it would amend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutRight {
    /// Why.
    pub how: Fate,
    /// Because of which entry.
    pub by: StoredEntry,
}

/// An amendment that waits for the answer of the author of what it would amend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// In which record.
    pub record: RecordId,
    /// The amendment.
    pub entry: EntryId,
    /// Its form.
    pub form: String,
    /// Who wrote it.
    pub by: PersonId,
}

impl Tx {
    /// Why each of these entries does not stand, and because of which entry; those that stand are left out.
    pub async fn fates(&self, entries: &[EntryId]) -> Result<BTreeMap<EntryId, (Fate, EntryId)>, StoreError> {
        let mut fates = BTreeMap::new();
        for some in entries.chunks(400) {
            let sql = format!(
                "select entry, how, because_of from not_standing where entry in ({})",
                placeholder_list(1, some.len())
            );
            for row in self.query(sql, args_of(some.iter().copied())).await? {
                let how = (row.parsed(1, "not_standing", "how")?, row.parsed(2, "not_standing", "because_of")?);
                fates.insert(row.parsed(0, "not_standing", "entry")?, how);
            }
        }
        Ok(fates)
    }

    /// The same with what the other entry says, for pages of the record. Its words are sealed, so they are opened here.
    pub async fn put_right<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        entries: &[EntryId],
    ) -> Result<BTreeMap<EntryId, PutRight>, StoreError> {
        let mut found = BTreeMap::new();
        for some in entries.chunks(400) {
            let mut args = args_of(some.iter().copied());
            let list = placeholder_list(1, some.len());
            let read = grant.is_read("e.record", &mut args);
            let sql = format!(
                "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record, n.entry, n.how from not_standing n
                 join entry e on e.id = n.because_of join entry_version v on v.entry = e.id and v.version = e.version
                 where n.entry in ({list}) and {read}"
            );
            for row in self.query(sql, args).await? {
                let put_right = PutRight { how: row.parsed(7, "not_standing", "how")?, by: read_of(grant, &row)? };
                found.insert(row.parsed(6, "not_standing", "entry")?, put_right);
            }
        }
        Ok(found)
    }

    /// The amendment that waits to stand in the place of this entry, if one does.
    pub async fn waiting_for(&self, entry: EntryId) -> Result<Option<EntryId>, StoreError> {
        let sql = "select entry from not_standing where because_of = $1 and entry <> $1 and how in ('waiting', 'unauthorised')";
        let rows = self.query(sql, args![entry]).await?;
        rows.first().map(|row| row.parsed(0, "not_standing", "entry")).transpose()
    }

    /// An entry with all that it amended, one after the other: the first that was written comes first.
    pub async fn amended_before(&self, entry: EntryId) -> Result<Vec<EntryId>, StoreError> {
        let mut chain = vec![entry];
        while let Some(last) = chain.last() {
            let sql = "select entry from not_standing where because_of = $1 and how = 'amended'";
            let rows = self.query(sql, args![*last]).await?;
            let Some(row) = rows.first() else { break };
            let before: EntryId = row.parsed(0, "not_standing", "entry")?;
            if chain.contains(&before) {
                return Err(StoreError::Inconsistent { table: "not_standing", column: "because_of" });
            }
            chain.push(before);
        }
        chain.reverse();
        Ok(chain)
    }

    async fn first_of(&self, entry: EntryId) -> Result<EntryId, StoreError> {
        Ok(self.amended_before(entry).await?.first().copied().unwrap_or(entry))
    }

    /// These assertions, each in the line of the first entry where what it speaks of has taken the place of another one.
    pub(crate) async fn in_lines_of_firsts(&self, new: Vec<Assertion>) -> Result<Vec<Assertion>, StoreError> {
        let of_others = |said: &Assertion| said.told_apart_by().filter(|entry| *entry != said.entry);
        let mut firsts = BTreeMap::new();
        for entry in new.iter().filter_map(of_others).collect::<BTreeSet<_>>() {
            firsts.insert(entry, self.first_of(entry).await?);
        }
        Ok(new.into_iter().map(|said| said.in_line_of_first(&firsts)).collect())
    }

    /// The entries that went to another record with these markers.
    pub(crate) async fn went_with(&self, markers: &[EntryId]) -> Result<Vec<EntryId>, StoreError> {
        let mut gone = Vec::new();
        for some in markers.chunks(400) {
            let list = placeholder_list(1, some.len());
            let sql = format!("select entry from not_standing where how = 'moved' and because_of in ({list})");
            for row in self.query(sql, args_of(some.iter().copied())).await? {
                gone.push(row.parsed(0, "not_standing", "entry")?);
            }
        }
        Ok(gone)
    }

    /// What stands now in the place of each of these entries: itself, or the last amendment; nothing for what was moved
    /// away.
    pub async fn standing_now(&self, entry: EntryId) -> Result<Option<EntryId>, StoreError> {
        let (mut now, mut seen) = (entry, BTreeSet::new());
        while seen.insert(now) {
            match self.fates(&[now]).await?.remove(&now) {
                None => return Ok(Some(now)),
                Some((Fate::Amended, by)) => now = by,
                Some(_) => return Ok(None),
            }
        }
        Err(StoreError::Inconsistent { table: "not_standing", column: "because_of" })
    }

    /// The amendments that wait for this person's answer, in records that are open to them.
    pub async fn waiting_for_me(&self) -> Result<Vec<Waiting>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(Vec::new()) };
        let rows = self
            .query(
                "select n.record, n.entry, a.form, a.author from not_standing n join entry e on e.id = n.because_of
                 join entry a on a.id = n.entry where n.how = 'waiting' and e.author = $1 order by a.written, a.id",
                args![me],
            )
            .await?;
        let mut waiting = Vec::new();
        for row in rows {
            waiting.push(Waiting {
                record: row.parsed(0, "not_standing", "record")?,
                entry: row.parsed(1, "not_standing", "entry")?,
                form: row.text(2)?,
                by: row.parsed(3, "entry", "author")?,
            });
        }
        let open = self.readable(&waiting.iter().map(|one| one.record).collect::<Vec<_>>()).await?;
        waiting.retain(|one| open.contains(&one.record));
        Ok(waiting)
    }

    /// Keeps an amendment in the place of an entry of the same record: what that one asserts is withdrawn, and what the
    /// amendment asserts takes its place. One that must be approved first only waits.
    ///
    /// # Errors
    /// A change of another record than the grant's is a fault of the program and refused.
    pub async fn keep_amendment(
        &self,
        grant: &Grant<'_, Write>,
        act: ActId,
        amended: EntryId,
        changes: Vec<Change>,
    ) -> Result<(), StoreError> {
        let (mut new, mut amendment) = (Vec::new(), None);
        self.hold_unchanged(grant);
        self.is_seen_to(amended);
        for change in changes {
            match change {
                Change::EntryCompleted(completed) if completed.record == grant.record => {
                    self.keep_entry(grant, act, &completed)?;
                    let waits = completed.content.waits();
                    self.needs_authorising(&completed);
                    let amends = completed.content.right.amends;
                    amendment = amends.map(|amends| (completed.entry, amends.approval_of.is_some(), waits));
                }
                Change::FactAsserted(said) if said.line.record == grant.record => new.push(*said),
                _ => return Err(StoreError::Inconsistent { table: "entry", column: "record" }),
            }
        }
        match amendment {
            Some((entry, false, false)) => self.takes_the_place(grant, (entry, amended), new).await,
            Some((entry, approval, _)) => {
                let how = if approval { Fate::Waiting } else { Fate::Unauthorised };
                self.does_not_stand(grant.record, entry, how, amended);
                Ok(())
            }
            None => Err(StoreError::Inconsistent { table: "entry", column: "amends" }),
        }
    }

    /// Lets an amendment stand that has waited for this answer, with what it asserts; or leaves it for ever what it is,
    /// because of the answer.
    pub async fn answer_amendment(
        &self,
        grant: &Grant<'_, Write>,
        (amended, amendment, answer): (EntryId, EntryId, EntryId),
        stands: Option<Vec<Assertion>>,
    ) -> Result<(), StoreError> {
        self.hold_unchanged(grant);
        let waits = "delete from not_standing where entry = $1 and how = 'waiting'";
        self.then(Statement::one_row(waits, args![amendment]));
        self.touch_fate(grant.record, amendment, None);
        if let Some(new) = stands {
            self.takes_the_place(grant, (amendment, amended), new).await
        } else {
            self.does_not_stand(grant.record, amendment, Fate::Refused, answer);
            Ok(())
        }
    }

    /// Keeps the marker of entries that go to another record: what they assert is withdrawn here, and they are read here
    /// no more. Their rows stay as they are.
    pub async fn keep_marker(&self, grant: &Grant<'_, Write>, act: ActId, marker: Change) -> Result<(), StoreError> {
        let wrong = StoreError::Inconsistent { table: "entry", column: "record" };
        let Change::EntryCompleted(marker) = marker else { return Err(wrong) };
        let Some(away) = marker.content.right.away.clone().filter(|_| marker.record == grant.record) else {
            return Err(wrong);
        };
        self.hold_unchanged(grant);
        self.keep_entry(grant, act, &marker)?;
        let took: Vec<EntryId> = away.took.iter().map(|(here, _)| *here).collect();
        for entry in &took {
            self.then(Statement::new(
                "insert into not_standing (entry, record, how, because_of) values ($1, $2, $3, $4)
                 on conflict (entry) do update set how = excluded.how, because_of = excluded.because_of",
                args![*entry, grant.record, Fate::Moved.name(), marker.entry],
            ));
            self.touch_fate(grant.record, *entry, Some((Fate::Moved, marker.entry)));
        }
        for entry in &took {
            self.is_seen_to(*entry);
        }
        self.reassert(grant, &took, Vec::new()).await
    }

    /// Keeps entries that were moved here, with their files, and what those of them assert that stand.
    pub async fn keep_moved(
        &self,
        grant: &Grant<'_, Write>,
        act: ActId,
        changes: Vec<Change>,
    ) -> Result<(), StoreError> {
        self.hold_unchanged(grant);
        let (mut new, mut bearings) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::EntryCompleted(moved) if moved.record == grant.record => {
                    self.keep_entry(grant, act, &moved)?;
                    bearings.extend(Bearing::of(moved.entry, &moved.content));
                }
                Change::FactAsserted(said) if said.line.record == grant.record => new.push(*said),
                _ => return Err(StoreError::Inconsistent { table: "entry", column: "record" }),
            }
        }
        let fates = fates(&bearings);
        for (entry, (how, because_of)) in &fates {
            self.does_not_stand(grant.record, *entry, *how, *because_of);
        }
        for (entry, returned_by) in to_authorise(&bearings) {
            self.is_to_authorise(grant.record, entry, returned_by);
        }
        new.retain(|said| !fates.contains_key(&said.entry));
        let firsts = firsts(&fates);
        let new = new.into_iter().map(|said| said.in_line_of_first(&firsts)).collect();
        self.reassert(grant, &[], new).await
    }

    /// The amendments of this record that were not agreed to, or returned, each with the answer that says so.
    pub async fn refused_in<A: Action>(&self, grant: &Grant<'_, A>) -> Result<Vec<(EntryId, EntryId)>, StoreError> {
        let sql = "select entry, because_of from not_standing where record = $1 and how in ('refused', 'returned') order by entry";
        self.query(sql, args![grant.record])
            .await?
            .iter()
            .map(|row| Ok((row.parsed(0, "not_standing", "entry")?, row.parsed(1, "not_standing", "because_of")?)))
            .collect()
    }

    /// Lets an amendment stand in the place of what it amends. Where that was returned and never stood, in the place of what
    /// that one would have amended as well.
    pub(crate) async fn takes_the_place(
        &self,
        grant: &Grant<'_, Write>,
        (amendment, amended): (EntryId, EntryId),
        new: Vec<Assertion>,
    ) -> Result<(), StoreError> {
        let past = self.replaced(grant, (amendment, amended)).await?;
        for (entry, by) in &past {
            self.then(Statement::one_row(
                "insert into not_standing (entry, record, how, because_of) values ($1, $2, 'amended', $3)
                 on conflict (entry) do update set how = excluded.how, because_of = excluded.because_of
                 where not_standing.how = 'returned'",
                args![*entry, grant.record, *by],
            ));
            self.touch_fate(grant.record, *entry, Some((Fate::Amended, *by)));
        }
        let past: Vec<EntryId> = past.into_iter().map(|(entry, _)| entry).collect();
        // The snapshot does not show yet that this one takes a place.
        let firsts = match past.last() {
            Some(last) => BTreeMap::from([(amendment, self.first_of(*last).await?)]),
            None => BTreeMap::new(),
        };
        let new = new.into_iter().map(|said| said.in_line_of_first(&firsts)).collect();
        self.reassert(grant, &past, new).await
    }

    /// What an amendment takes the place of once it stands, each with by what: what it amends and, where that was returned
    /// and never stood, what that one would have amended.
    pub(crate) async fn replaced(
        &self,
        grant: &Grant<'_, Write>,
        (amendment, amended): (EntryId, EntryId),
    ) -> Result<Vec<(EntryId, EntryId)>, StoreError> {
        let (mut by, mut of, mut past) = (amendment, Some(amended), Vec::new());
        while let Some(entry) = of {
            if past.iter().any(|(one, _)| *one == entry) {
                return Err(StoreError::Inconsistent { table: "not_standing", column: "because_of" });
            }
            let returned = matches!(self.fates(&[entry]).await?.get(&entry), Some((Fate::Returned, _)));
            past.push((entry, by));
            (by, of) = (entry, None);
            if returned && let Some(stored) = self.entry(grant, entry).await? {
                of = stored.content.right.amends.map(|amends| amends.entry);
            }
        }
        Ok(past)
    }

    /// One more row; one that is there already makes the act fail whole.
    pub(crate) fn does_not_stand(&self, record: RecordId, entry: EntryId, how: Fate, because_of: EntryId) {
        self.then(Statement::new(
            "insert into not_standing (entry, record, how, because_of) values ($1, $2, $3, $4)",
            args![entry, record, how.name(), because_of],
        ));
        self.touch_fate(record, entry, Some((how, because_of)));
    }

    /// Says for which entry a draft is.
    pub(crate) fn mark_amending(&self, draft: record::DraftId, entry: EntryId) {
        self.then(Statement::new("insert into amending (draft, entry) values ($1, $2)", args![draft, entry]));
    }

    /// The other drafts that are open to amend this entry: whose they are.
    pub async fn others_amending(&self, entry: EntryId) -> Result<Vec<PersonId>, StoreError> {
        let me = self.actor().person();
        let sql = "select distinct d.author from amending a join draft d on d.id = a.draft and d.state = 'open' where a.entry = $1";
        let rows = self.query(sql, args![entry]).await?;
        let all = rows.iter().map(|row| row.parsed(0, "draft", "author")).collect::<Result<Vec<PersonId>, _>>()?;
        Ok(all.into_iter().filter(|author| Some(*author) != me).collect())
    }

    /// Whether somebody else than this transaction's person has an open account.
    pub async fn works_here(&self, person: PersonId) -> Result<bool, StoreError> {
        let sql = "select 1 from account where person = $1 and state = 'open'";
        Ok(!self.query(sql, args![person]).await?.is_empty())
    }

    /// Takes what these entries assert out of its lines, puts these assertions in, and lets each line end as it does
    /// then. Rare, so whole lines are read and compared; the usual act only looks at its neighbours.
    pub(crate) async fn reassert(
        &self,
        grant: &Grant<'_, Write>,
        withdrawn: &[EntryId],
        new: Vec<Assertion>,
    ) -> Result<(), StoreError> {
        let new = self.in_lines_of_firsts(new).await?;
        let mut gone = Vec::new();
        if !withdrawn.is_empty() {
            let mut args = args![grant.record];
            args.extend(args_of(withdrawn.iter().copied()));
            let list = placeholder_list(2, withdrawn.len());
            let sql = format!("select {COLUMNS} from fact where record = $1 and entry in ({list})");
            for row in self.query(sql, args).await? {
                gone.push(read_fact(&grant.key, &row)?.said);
            }
        }
        // People are parted by an entry of their own, never in passing.
        if gone.iter().chain(&new).any(|said| said.line.kind == known::SAME_PERSON) {
            return Err(StoreError::Inconsistent { table: "fact", column: "kind" });
        }
        let lines: BTreeSet<Line> = gone.iter().chain(&new).map(|said| said.line.clone()).collect();
        let mut before: BTreeMap<(Line, Place), Fact> = BTreeMap::new();
        for line in &lines {
            let sql = format!(
                "select {COLUMNS} from fact where record = $1 and subject = $2 and kind = $3 and key = $4 order by place"
            );
            for row in self.query(sql, args![line.record, line.subject, &line.kind, &line.key]).await? {
                let fact = read_fact(&grant.key, &row)?;
                before.insert((fact.said.line.clone(), fact.said.place.clone()), fact);
            }
        }
        self.rekey(grant, &gone, &new).await?;
        let mut said: BTreeMap<Line, Vec<Assertion>> = BTreeMap::new();
        let stays = before.values().filter(|fact| !withdrawn.contains(&fact.said.entry)).map(|fact| fact.said.clone());
        for one in stays.chain(new) {
            said.entry(one.line.clone()).or_default().push(one);
        }
        let mut rows = Vec::new();
        for fact in said.into_values().flat_map(project) {
            match before.remove(&(fact.said.line.clone(), fact.said.place.clone())) {
                Some(same) if same == fact => continue,
                Some(_) => self.then(Statement::one_row(
                    "update fact set until_day = $6, ended_by = $7
                     where record = $1 and subject = $2 and kind = $3 and key = $4 and place = $5",
                    place_args(&fact, true),
                )),
                None => rows.push(self.fact_row(&grant.key, &fact)?),
            }
            self.touch_fact(grant, &fact, true);
        }
        for fact in before.into_values() {
            let sql = "delete from fact where record = $1 and subject = $2 and kind = $3 and key = $4 and place = $5";
            self.then(Statement::one_row(sql, place_args(&fact, false)));
            self.touch_fact(grant, &fact, false);
        }
        if !rows.is_empty() {
            self.then(Statement::insert(fact_insert(), rows));
        }
        Ok(())
    }
}

/// The row of a fact, and how it ends where that is asked for.
fn place_args(fact: &Fact, with_end: bool) -> Vec<crate::engine::Arg> {
    let line = &fact.said.line;
    let mut args = args![line.record, line.subject, &line.kind, &line.key, fact.said.place.as_text()];
    if with_end {
        args.extend(args![fact.until, fact.ended_by]);
    }
    args
}
