//! Plans: where a planned thing stands after it was moved, and whether it is still to come.

use policy::clock::Clocks;

use super::{Life, Point};
use crate::id::EntryId;

/// A planned thing, by the entry that planned it first.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The entry that planned it first: moving it changes nothing here.
    pub(super) root: EntryId,
    /// When that was complete.
    pub(super) made: Point,
    /// The entry that says for when it is planned now, by its place among the record's.
    pub(super) now: usize,
    /// What ended it, by its place: it took place, or was called off.
    pub(super) ended_by: Option<usize>,
    /// Every entry that planned or moved it, by any of which another entry may name it.
    pub(super) known_as: Vec<EntryId>,
}

/// Every plan made with this form, as it stands now.
pub(super) fn plans(life: &Life<'_>, clocks: &Clocks, form: &str) -> Vec<Plan> {
    let Some(ways) = clocks.plan(form) else { return Vec::new() };
    let moves = named(life, &ways.moved_by);
    let ends = named(life, &ways.ended_by);
    let made = life.entries.iter().enumerate().filter(|(_, entry)| entry.form == form);
    made.map(|(place, entry)| {
        let mut now = place;
        let mut ended_by = last_naming(&ends, entry.first, entry.entry);
        let mut known_as = vec![entry.first, entry.entry];
        // Each move names the plan that it replaces, so the way ends; a circle is cut after as many steps as entries.
        for _ in 0..moves.len() {
            let current = &life.entries[now];
            let Some(next) = last_naming(&moves, current.first, current.entry) else { break };
            now = next;
            let moved = &life.entries[now];
            ended_by = last_naming(&ends, moved.first, moved.entry);
            known_as.extend([moved.first, moved.entry]);
        }
        Plan { root: entry.first, made: Point::at(entry.completed.london()), now, ended_by, known_as }
    })
    .collect()
}

/// Which plan each entry of these forms names, sorted by that, and for one plan in the order of writing.
fn named(life: &Life<'_>, ways: &[(String, String)]) -> Vec<(EntryId, usize)> {
    let mut all: Vec<_> = life
        .entries
        .iter()
        .enumerate()
        .filter_map(|(place, entry)| {
            let (_, field) = ways.iter().find(|(form, _)| entry.form == form.as_str())?;
            Some((entry.answer(field)?.parse::<EntryId>().ok()?, place))
        })
        .collect();
    all.sort_by_key(|(named, place)| (*named, life.entries[*place].completed, life.entries[*place].entry));
    all
}

fn last_naming(all: &[(EntryId, usize)], first: EntryId, entry: EntryId) -> Option<usize> {
    let of = |id: EntryId| {
        let after = all.partition_point(|(named, _)| *named <= id);
        all.get(after.checked_sub(1)?).filter(|(named, _)| *named == id).map(|(_, place)| *place)
    };
    of(entry).or_else(|| of(first))
}
