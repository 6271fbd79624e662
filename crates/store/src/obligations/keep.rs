//! What an act changes of what is owed, in its own commit: the entries and facts that it writes are laid over those of
//! the snapshot, and the clocks concerned are asked again.

use std::collections::{BTreeMap, BTreeSet};

use record::{
    EntryId, Moment, PersonId, RecordId,
    entry::EntryCompleted,
    fact::{Fact, Line, Place},
    obligation::{ObligationId, Standing},
    right::Fate,
};

use super::{
    COLUMNS, Owed, Record, Rules, Said, TABLE, Told, put,
    told::{self, place_of, quoted},
};
use crate::{
    door::{Grant, Tx, Write},
    engine::{Piece, Statement, StoreError, args},
};

/// What a transaction has changed so far of what one child's record owes.
#[derive(Default)]
pub(crate) struct Touched {
    holder: Option<PersonId>,
    /// When the record's first entry was written, before this act.
    first_written: Option<Moment>,
    told: Vec<Told>,
    /// Entries that stand no more, or again.
    fates: BTreeMap<EntryId, Option<(Fate, EntryId)>>,
    /// Facts as they are now; none where one was taken away.
    facts: BTreeMap<(Line, Place), Option<Fact>>,
    /// Whether what is kept of it was worked out by other rules, so that all of it is worked out again.
    stale: bool,
}

impl Tx {
    pub(crate) fn touch_entry<A>(&self, grant: &Grant<'_, A>, done: &EntryCompleted) {
        let told = Told::of(self.db.rules(), done.entry, &done.content, &done.coded);
        let first = grant.row.first_written;
        self.touch(grant.record, grant.row.holder, |touched| {
            touched.first_written = first;
            touched.told.push(told);
        });
    }

    pub(crate) fn touch_fate(&self, record: RecordId, entry: EntryId, fate: Option<(Fate, EntryId)>) {
        self.touch(record, None, |touched| {
            touched.fates.insert(entry, fate);
        });
    }

    /// A fact as it is now, or that it is no more.
    pub(crate) fn touch_fact<A>(&self, grant: &Grant<'_, A>, fact: &Fact, is_there: bool) {
        if self.db.rules().looks_at_fact(&fact.said.line.kind) {
            let place = (fact.said.line.clone(), fact.said.place.clone());
            let fact = is_there.then(|| fact.clone());
            self.touch(grant.record, grant.row.holder, |touched| drop(touched.facts.insert(place, fact)));
        }
    }

    /// A record whose rows were worked out by other rules: this act, whatever it does, leaves them by those in force.
    pub(crate) fn touch_stale<A>(&self, grant: &Grant<'_, A>) {
        self.touch(grant.record, grant.row.holder, |touched| touched.stale = true);
    }

    fn touch(&self, record: RecordId, holder: Option<PersonId>, change: impl FnOnce(&mut Touched)) {
        let mut all = self.touched();
        let touched = all.entry(record).or_default();
        touched.holder = touched.holder.or(holder);
        change(touched);
    }

    /// Adds to the act what it changes of what is owed.
    pub(crate) async fn owe(&self) -> Result<(), StoreError> {
        let touched = std::mem::take(&mut *self.touched());
        for (record, touched) in touched {
            // The organisation owes nothing by these rules.
            if let Some(holder) = touched.holder {
                self.owe_of(record, holder, touched).await?;
            }
        }
        Ok(())
    }

    async fn owe_of(&self, record: RecordId, holder: PersonId, touched: Touched) -> Result<(), StoreError> {
        let rules = self.db.rules();
        let pack = rules.pack();
        let (stale, mut clocks) = (touched.stale, rules.clocks());
        // What no longer stands, or is authorised now, is of forms that are not at hand here.
        let others = !touched.fates.is_empty() || touched.told.iter().any(|told| told.authorises.is_some());
        if !others && !stale {
            let of_entry = |told: &Told| rules.concerned_by(&told.form, told.in_chronology);
            let mut concerned: BTreeSet<usize> = touched.told.iter().flat_map(of_entry).collect();
            // One of these entries is the first that was written in the record.
            if touched.told.iter().any(|told| touched.first_written.is_none_or(|first| told.written < first)) {
                concerned.extend(rules.begun_by_records());
            }
            clocks.retain(|place| concerned.contains(place));
        }
        if clocks.is_empty() {
            return Ok(());
        }
        let asked = pack.clocks().with_those_before(&clocks);
        let now = self.foreseen(record, holder, touched, &asked).await?;
        if stale {
            // Whoever works it out in the background may have been faster since: nothing of what is there is kept. The
            // same rows go and come again, so the two do not go together.
            self.then(Statement::new("delete from owed where record = $1", args![record]));
            let rows: Vec<_> = now.owed(rules, record, &asked).iter().map(Owed::row).collect();
            if !rows.is_empty() {
                self.then(Statement::insert(TABLE, rows));
            }
            return Ok(());
        }
        let names: Vec<String> = asked.iter().map(|place| pack.clocks().all()[*place].id.clone()).collect();
        let sql = format!("select {COLUMNS} from owed where record = $1 and clock in ({})", quoted(&names));
        let mut before: BTreeMap<ObligationId, Owed> = BTreeMap::new();
        for row in self.query(sql, args![record]).await? {
            let owed = Owed::read(&row)?;
            before.insert(owed.id.clone(), owed);
        }
        let mut rows = Vec::new();
        for owed in now.owed(rules, record, &asked) {
            if before.remove(&owed.id).as_ref() != Some(&owed) {
                rows.push(owed.row());
            }
        }
        // What is taken away and what is put in are other rows.
        let piece = Piece { of: record, step: 0 };
        for id in before.into_keys() {
            let sql = "delete from owed where record = $1 and clock = $2 and set_off = $3 and occurrence = $4";
            let args = args![record, &id.clock, id.set_off.to_string(), id.occurrence];
            self.then(Statement::new(sql, args).of(piece));
        }
        if !rows.is_empty() {
            self.then(put(rows).of(piece));
        }
        Ok(())
    }
}

impl Tx {
    /// What the clocks look at in a record, as it will be once this is written.
    async fn foreseen(
        &self,
        record: RecordId,
        holder: PersonId,
        touched: Touched,
        clocks: &[usize],
    ) -> Result<Record, StoreError> {
        let rules = self.db.rules();
        let looked_at = rules.looked_at(clocks);
        let rows = self.query(told::query(&looked_at, "= $1"), args![record]).await?;
        let mut now = told::read(&looked_at, &rows, |_| Some(holder))?.remove(&record).unwrap_or_default();
        touched.lay_over(&mut now, rules, holder);
        Ok(now)
    }

    /// What an entry would meet after the day by which it was due, if it were written: of that, why is asked first
    /// (R-TIME-X07).
    pub async fn would_meet_late(
        &self,
        grant: &Grant<'_, Write>,
        entry: &EntryCompleted,
    ) -> Result<Vec<Owed>, StoreError> {
        let (rules, now) = (self.db.rules(), self.now().london());
        let pack = rules.pack();
        let Some(holder) = grant.row.holder else { return Ok(Vec::new()) };
        let told = Told::of(rules, entry.entry, &entry.content, &entry.coded);
        // What only happens to satisfy a clock, as anything that stands in the chronology does, is not asked about.
        let concerned = rules.concerned_by(&entry.content.form, false);
        let named = rules.named_by(&entry.content.form);
        let mut clocks: BTreeSet<usize> = concerned.intersection(&named).copied().collect();
        // Whoever authorises an entry meets what asks when that was done; if it did not stand before, it does then, and what
        // it amends does no more.
        let (mut agreed, mut fates) = (None, BTreeMap::new());
        if let Some(of) = told.authorises
            && let Some(stored) = self.entry(grant, of).await?
        {
            agreed = Some((of, rules.met_by_agreeing_to(&stored.content.form)));
            if stored.content.waits() {
                fates.insert(of, None);
                if let Some(amends) = &stored.content.right.amends {
                    let replaced = self.replaced(grant, (of, amends.entry)).await?;
                    fates.extend(replaced.into_iter().map(|(entry, by)| (entry, Some((Fate::Amended, by)))));
                }
            }
        }
        clocks.extend(agreed.iter().flat_map(|(_, clocks)| clocks));
        let clocks: Vec<usize> = rules.clocks().into_iter().filter(|place| clocks.contains(place)).collect();
        if clocks.is_empty() {
            return Ok(Vec::new());
        }
        // Most acts meet nothing that is late already, and are asked no more than this.
        let names: Vec<String> = clocks.iter().map(|place| pack.clocks().all()[*place].id.clone()).collect();
        let named = format!("select {COLUMNS} from owed where record = $1 and clock in ({})", quoted(&names));
        let late = if self.is_stale(&grant.row) {
            self.owed(&[grant.record]).await?
        } else {
            let sql = format!("{named} and met is null and late_after < $2");
            let rows = self.query(sql, args![grant.record, now.to_string()]).await?;
            rows.iter().map(Owed::read).collect::<Result<Vec<_>, _>>()?
        };
        // What an entry sets off that did not stand until somebody agreed to it was owed by nobody before.
        let agrees = agreed.as_ref().is_some_and(|(_, clocks)| !clocks.is_empty());
        if late.is_empty() && !agrees {
            return Ok(Vec::new());
        }
        let touched = Touched { told: vec![told], fates, ..Touched::default() };
        let asked = pack.clocks().with_those_before(&clocks);
        let foreseen = self.foreseen(grant.record, holder, touched, &asked).await?;
        let mut owed = foreseen.owed(rules, grant.record, &asked);
        // What the entry met before it was authorised was asked about then.
        let mut explained: BTreeSet<ObligationId> = BTreeSet::new();
        if let Some((of, _)) = &agreed {
            for row in self.query(format!("{named} and met = $2"), args![grant.record, *of]).await? {
                explained.insert(Owed::read(&row)?.id);
            }
        }
        let by_agreeing = |owed: &Owed, met: EntryId| {
            let at = pack.clocks().place(&owed.id.clock);
            let by_it =
                agreed.as_ref().is_some_and(|(of, clocks)| *of == met && at.is_some_and(|at| clocks.contains(&at)));
            by_it && !explained.contains(&owed.id)
        };
        let by_this = |owed: &Owed, met: EntryId| met == entry.entry && late.iter().any(|before| before.id == owed.id);
        owed.retain(|owed| {
            owed.met.is_some_and(|met| by_agreeing(owed, met.entry) || by_this(owed, met.entry))
                && owed.standing(pack, now) == Some(Standing::DoneLate)
        });
        Ok(owed)
    }
}

impl Touched {
    /// Makes of what the snapshot shows what will be there after the commit.
    fn lay_over(self, now: &mut Record, rules: &Rules, holder: PersonId) {
        for (entry, fate) in self.fates {
            match fate {
                Some(fate) => drop(now.fates.insert(entry, fate)),
                None => drop(now.fates.remove(&entry)),
            }
        }
        for ((line, place), fact) in self.facts {
            let named = place_of(&line, &place);
            now.said.retain(|said| said.kind != line.kind || said.place != named);
            now.said.extend(fact.and_then(|fact| Said::of(rules, &fact, holder)));
        }
        for told in self.told {
            now.add(rules, told);
        }
    }
}
