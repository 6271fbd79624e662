//! The past of a child, made elsewhere: read by the same forms and rules as what people type, then taken in whole.

use std::collections::{BTreeMap, BTreeSet};

use policy::Pack;
use record::{
    ActId, EntryId, Moment, PersonId, RecordId, Typed,
    content::Author,
    entry::{About, Change, complete},
    id::Id,
    read::{Directory, FieldProblem, read},
};
use store::Past;

use crate::desk::{CaseError, Desk};

/// Something that was done at some moment, about one or several children.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The act's identifier.
    pub act: ActId,
    /// The form.
    pub form: String,
    /// When it was written down.
    pub written: Moment,
    /// Who wrote it, as they were then.
    pub author: Author,
    /// The children's records that it is about.
    pub about: Vec<RecordId>,
    /// What was answered, as if typed.
    pub typed: Typed,
}

/// A child whose record does not exist yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewChild {
    /// The record to open.
    pub record: RecordId,
    /// The child.
    pub person: PersonId,
}

/// Works out whole records from deeds. Entries get identifiers made from the deeds' moments and this chance.
///
/// # Errors
/// The deed that does not make sense by its form, with each problem.
pub fn pasts(
    pack: &Pack,
    children: &[NewChild],
    deeds: &[Deed],
    directory: &dyn Directory,
    chance: &mut dyn record::Chance,
) -> Result<Vec<Past>, (usize, Vec<FieldProblem>)> {
    let mut pasts: BTreeMap<RecordId, Past> = children
        .iter()
        .map(|child| {
            let past = Past {
                record: child.record,
                holder: child.person,
                people: Vec::new(),
                changes: Vec::new(),
                sources: Vec::new(),
            };
            (child.record, past)
        })
        .collect();
    for (at, deed) in deeds.iter().enumerate() {
        let form = pack.form(&deed.form).ok_or((at, Vec::new()))?;
        let act =
            read(pack, form, &deed.typed, &deed.about, directory, deed.written).map_err(|problems| (at, problems))?;
        for record in &deed.about {
            let Some(past) = pasts.get_mut(record) else { continue };
            let entry: EntryId = Id::new(deed.written, chance).to_string().parse().map_err(|_| (at, Vec::new()))?;
            let about = About { record: *record, holder: Some(past.holder), entry };
            let changes = complete(pack, form, &act, &deed.author, &[about], deed.written);
            past.changes.extend(changes.into_iter().map(|change| (deed.act, change)));
        }
    }
    for past in pasts.values_mut() {
        let named: BTreeSet<PersonId> = past
            .changes
            .iter()
            .filter_map(|(_, change)| match change {
                Change::FactAsserted(said) => Some(said),
                Change::EntryCompleted(_) => None,
            })
            .flat_map(|said| {
                let subject = match said.line.subject {
                    record::fact::Subject::Person(person) => Some(person),
                    _ => None,
                };
                subject.into_iter().chain(said.other)
            })
            .collect();
        past.people = named.into_iter().collect();
    }
    Ok(pasts.into_values().collect())
}

/// Takes whole records in, a few hundred in one transaction.
pub async fn take_in(desk: &Desk, pasts: &[Past]) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    for form in desk.pack().forms() {
        tx.keep_form(&form.hash, &form.id, form.version, || desk.pack().canonical_form(form)).await?;
    }
    tx.load(pasts).await?;
    Ok(tx.commit().await?)
}
