//! What sets say of a child who has been brought in before, beyond what the record says.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use record::{EntryId, RecordId, answer::Answer, fact::Fact};
use store::{Grant, StoreError, Tx, Write};

use super::{
    Imported, Run,
    entries::{Item, Made, address, brought_in, details, items},
    ssda903::{Child, Placement, Provenance},
};

/// What is known of a child from earlier imports.
pub(super) struct Before<'a> {
    pub sources: &'a BTreeMap<String, (RecordId, EntryId)>,
    pub record: RecordId,
    /// The entry with which the child was brought in.
    pub first: EntryId,
    /// The latest year taken in.
    pub last_year: Option<i16>,
}

impl Before<'_> {
    /// Whether a later year than this has been taken in, whose word holds.
    fn is_later_than(&self, year: Option<i16>) -> bool {
        year.is_some_and(|year| self.last_year.is_some_and(|last| year < last))
    }
}

/// The entries that say what is new, the one that tells of the import first; none where nothing is.
pub(super) async fn news(
    run: &Run<'_>,
    tx: &Tx,
    grant: &Grant<'_, Write>,
    child: &Child,
    before: &Before<'_>,
    done: &mut Imported,
) -> Result<Vec<Made>, StoreError> {
    let mut look = Look { tx, grant, lines: BTreeMap::new() };
    let (mut made, mut check) = (Vec::new(), Vec::new());
    let mut said_by: HashSet<&Provenance> = HashSet::new();
    let changed = look.details(run, child, before, &mut check).await?;
    if !changed.is_empty() {
        said_by.extend(&child.said_by);
    }
    let items = items(child);
    for item in &items {
        let older = before.is_later_than(run.year(&item.origin().said_by));
        let known = item.origin().keys.iter().any(|key| before.sources.contains_key(key));
        let entry = if known {
            done.items_known += 1;
            let goes_on = item.next_key(child).is_some_and(|key| before.sources.contains_key(&key));
            match look.other_word(item, goes_on).await? {
                Some(_) if older => {
                    done.items_kept += 1;
                    None
                }
                Some(word) => {
                    done.items_changed += 1;
                    check.extend(word.doubt.map(|doubt| format!("{}: {doubt}", item.origin().said_by[0])));
                    Some(item.entry(word.from, item.until()))
                }
                None => None,
            }
        } else {
            done.items_new += 1;
            let from = look.begins(item, &items).await?;
            Some(item.entry(from, item.until()))
        };
        if let Some(mut entry) = entry {
            entry.keys.retain(|key| !before.sources.contains_key(key));
            said_by.extend(&item.origin().said_by);
            made.push(entry);
        }
    }
    if made.is_empty() && changed.is_empty() {
        return Ok(Vec::new());
    }
    let rows = child.rows.iter().filter(|row| said_by.contains(&row.at));
    let mut first = brought_in(rows, &run.remarks, &check, tx.now().day());
    if !changed.is_empty() {
        first.answer("born", Answer::Date(look.born(child).await?));
    }
    for (field, value) in changed {
        first.answer(field, Answer::Code(value));
    }
    made.insert(0, first);
    Ok(made)
}

/// Another word on something that is known.
struct Word {
    from: Date,
    /// Where it is more than an end that could not be known before.
    doubt: Option<&'static str>,
}

/// The record's facts, each kind read when it is first asked for.
struct Look<'a> {
    tx: &'a Tx,
    grant: &'a Grant<'a, Write>,
    lines: BTreeMap<&'static str, Vec<Fact>>,
}

impl Look<'_> {
    async fn facts(&mut self, kind: &'static str) -> Result<&[Fact], StoreError> {
        if !self.lines.contains_key(kind) {
            let facts = self.tx.history(self.grant, kind).await?;
            self.lines.insert(kind, facts);
        }
        Ok(&self.lines[kind])
    }

    /// The child's birth as the record has it: what an import says of a child holds from it.
    async fn born(&mut self, child: &Child) -> Result<Date, StoreError> {
        Ok(self.facts("birth").await?.first().map_or(child.born, |fact| fact.said.from))
    }

    /// Details that differ from what the import before said. What staff recorded since is left alone: it holds from a
    /// later day.
    async fn details(
        &mut self,
        run: &Run<'_>,
        child: &Child,
        before: &Before<'_>,
        check: &mut Vec<String>,
    ) -> Result<Vec<(&'static str, String)>, StoreError> {
        let mut changed = Vec::new();
        if child.said_by.is_empty() || before.is_later_than(run.year(&child.said_by)) {
            return Ok(changed);
        }
        let born = self.born(child).await?;
        let at = child.said_by.last().map(ToString::to_string).unwrap_or_default();
        for (kind, value) in details(child) {
            let Some(value) = value else { continue };
            let said =
                self.facts(kind).await?.iter().rfind(|fact| fact.said.from == born && !fact.said.value.is_empty());
            if said.is_none_or(|fact| fact.said.value != *value) {
                if said.is_some() {
                    check.push(format!("{at}: {kind} is not what was brought in before; this was taken"));
                }
                changed.push((kind, value.clone()));
            }
        }
        if born != child.born && !changed.is_empty() {
            check.push(format!("{at}: DOB is not what was brought in before; the earlier date was kept"));
        }
        Ok(changed)
    }

    /// From when something new holds: where it only goes on with what ended on its first day or is still open, since that
    /// began. The reader joins episodes of one set in the same way.
    async fn begins(&mut self, item: &Item<'_>, all: &[Item<'_>]) -> Result<Date, StoreError> {
        let from = item.from();
        let (kind, Some(value)) = item.fact() else { return Ok(from) };
        let nothing_between = |since: Date| {
            let others = all.iter().filter(|other| other.fact().0 == kind);
            !others.map(Item::from).any(|other| since < other && other < from)
        };
        let before: Vec<_> = match item {
            Item::Legal(_) | Item::Placement(_) => self
                .facts(kind)
                .await?
                .iter()
                .filter(|fact| {
                    fact.said.value == value && fact.until.is_none_or(|until| until == from) && fact.said.from < from
                })
                .map(|fact| (fact.said.from, fact.said.entry))
                .collect(),
            Item::Uasc(..) => {
                let mut first = from;
                for kind in ["legal-status", "placement"] {
                    first = self.facts(kind).await?.first().map_or(first, |fact| first.min(fact.said.from));
                }
                return Ok(first);
            }
            Item::Review(_) | Item::Missing(_) => Vec::new(),
        };
        for (since, entry) in before.into_iter().rev() {
            let same = match item {
                Item::Placement(placement) => self.same_place(entry, placement).await?,
                _ => true,
            };
            if same && nothing_between(since) {
                return Ok(since);
            }
        }
        Ok(from)
    }

    /// What these sets say otherwise of something known, if they do.
    async fn other_word(&mut self, item: &Item<'_>, goes_on: bool) -> Result<Option<Word>, StoreError> {
        let (kind, Some(value)) = item.fact() else { return Ok(None) };
        let from = item.from();
        if let Item::Placement(placement) = item
            && let Some(word) = self.moved(placement).await?
        {
            return Ok(Some(word));
        }
        let Some(until) = item.until().filter(|_| !item.until_assumed() && !goes_on) else { return Ok(None) };
        let facts = self.facts(kind).await?;
        let of_it = |fact: &&Fact| {
            fact.said.value == value
                && match item {
                    // It may have begun in an episode of an earlier set.
                    Item::Legal(_) | Item::Placement(_) => fact.said.from <= from,
                    Item::Review(_) | Item::Missing(_) => fact.said.from == from,
                    Item::Uasc(..) => true,
                }
        };
        let says_so = |fact: &Fact| fact.said.said_until == Some(until) || fact.until == Some(until);
        if facts.iter().filter(of_it).any(says_so) {
            return Ok(None);
        }
        let was = facts.iter().filter(of_it).rfind(|fact| fact.until != Some(fact.said.from));
        let doubt = was.is_some_and(|fact| fact.said.said_until.is_some());
        let doubt = doubt.then_some("the last day is not what was brought in before; this was taken");
        Ok(Some(Word { from: was.map_or(from, |fact| fact.said.from), doubt }))
    }

    /// A placement begun on the same day, of which provider or place are said otherwise now.
    async fn moved(&mut self, placement: &Placement) -> Result<Option<Word>, StoreError> {
        let facts = self.facts("placement").await?;
        let entries: Vec<_> = facts
            .iter()
            .filter(|fact| fact.said.value == placement.kind && fact.said.from == placement.from)
            .map(|fact| fact.said.entry)
            .collect();
        if entries.is_empty() {
            return Ok(None);
        }
        for entry in entries {
            if self.same_place(entry, placement).await? {
                return Ok(None);
            }
        }
        let doubt = Some("the provider or the place is not what was brought in before; this was taken");
        Ok(Some(Word { from: placement.from, doubt }))
    }

    /// Whether an entry says the same provider and place.
    async fn same_place(&mut self, entry: EntryId, placement: &Placement) -> Result<bool, StoreError> {
        let said =
            |facts: &[Fact]| facts.iter().find(|fact| fact.said.entry == entry).map(|fact| fact.said.value.clone());
        let provider = said(self.facts("placement-provider").await?);
        let place = said(self.facts("placement-address").await?);
        Ok(provider == placement.provider && place == address(placement).map(|address| address.on_one_line()))
    }
}
