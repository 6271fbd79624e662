//! Chronologies made by hand for a purpose, over the same events; and which children's chronologies are to be brought up
//! to date (R-CHR-02, R-CHR-03).

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use policy::Capability;
use record::{
    EntryId, RecordId,
    chronology::{self, Row, field},
    confidential::KEPT,
    typed::Name,
};
use store::{Action, Brief, Colleagues, InSection, ListOf, Listed, Read, ReadOn, StoredEntry};

use crate::{
    desk::{CaseError, Desk},
    reading::{ChronologyRow, Header, ROWS_COUNTED, plain_header, whole_chronology},
    recording::{self, OpenDraft, Start},
};

/// When a child's chronology was last brought up to date, and whether that is too long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// The day.
    pub updated: Date,
    /// The last day on which it is fresh still, where the pack says how long that is.
    pub fresh_until: Option<Date>,
    /// Whether that day has passed.
    pub is_overdue: bool,
}

impl Age {
    fn of(desk: &Desk, updated: Date) -> Self {
        let fresh_until = desk.pack().chronology_months().map(|months| chronology::fresh_until(updated, months));
        Self { updated, fresh_until, is_overdue: fresh_until.is_some_and(|until| desk.now.day() > until) }
    }
}

/// The chronologies of a record.
#[derive(Clone, Debug)]
pub struct Chronologies {
    /// Whose.
    pub header: Header,
    /// Those made for a purpose, newest first, with how many rows each has.
    pub made: Vec<(StoredEntry, usize)>,
    /// How old the child's chronology is; none for a record without an entry.
    pub age: Option<Age>,
    /// Whether this reader may write here.
    pub may_record: bool,
}

/// The most chronologies that one record shows.
const MOST: u32 = 100;

/// The chronologies of a record.
///
/// # Errors
/// [`CaseError::Closed`] for a record that is closed to this reader or is not there.
pub async fn all(desk: &Desk, record: RecordId) -> Result<Chronologies, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(Read("read-chronologies"), record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let mut made = Vec::new();
    for stored in tx.entries_of_form(&grant, chronology::CHRONOLOGY, MOST).await? {
        let rows = tx.rows_of_chronology(&grant, stored.entry).await?.len();
        made.push((stored, rows));
    }
    let age = tx.chronology_updated(&grant).await?.map(|updated| Age::of(desk, updated));
    let may_record = tx.may(Capability::RecordEntry, &grant).await?;
    drop(grant);
    tx.commit().await?;
    Ok(Chronologies { header, made, age, may_record })
}

/// One chronology made for a purpose.
#[derive(Clone, Debug)]
pub struct Made {
    /// Whose.
    pub header: Header,
    /// The entry that it is.
    pub stored: StoredEntry,
    /// Its rows, from past to present.
    pub rows: Vec<Row>,
    /// What its rows come from.
    pub sources: BTreeMap<EntryId, Brief>,
    /// Events of the child's chronology that are not in it yet, from past to present.
    pub to_choose: Vec<ChronologyRow>,
    /// Whether this reader may write here.
    pub may_record: bool,
}

/// One chronology with its rows; with the events that may go into it, where somebody chooses.
///
/// # Errors
/// [`CaseError::Closed`] when the record is closed to this reader or has no such chronology.
pub async fn one(desk: &Desk, record: RecordId, made: EntryId, choosing: bool) -> Result<Made, CaseError> {
    // Whoever chooses is about to write.
    let mut page = if choosing {
        one_for(desk, ReadOn("read-made-chronology"), record, made, "").await?
    } else {
        one_for(desk, Read("read-made-chronology"), record, made, "").await?
    };
    if choosing {
        let most = ROWS_COUNTED as usize;
        (_, page.to_choose, _) = whole_chronology(desk, Read("read-chronology"), record, "", most).await?;
        // Of what is kept in the confidential section no row is made.
        page.to_choose
            .retain(|event| event.headline != KEPT && !page.rows.iter().any(|row| row.source == Some(event.entry)));
    }
    Ok(page)
}

pub(crate) async fn one_for<A: Action>(
    desk: &Desk,
    action: A,
    record: RecordId,
    made: EntryId,
    why: &str,
) -> Result<Made, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(action, record, why).await?;
    let stored = tx.entry(&grant, made).await?.ok_or(CaseError::Closed)?;
    if stored.content.form != chronology::CHRONOLOGY {
        return Err(CaseError::Closed);
    }
    let header = plain_header(desk, &tx, &grant).await?;
    let rows = tx.rows_of_chronology(&grant, made).await?;
    let rows: Vec<Row> = rows
        .iter()
        .map(|stored| match stored.in_section {
            InSection::No => Row::of(stored.entry, &stored.content),
            InSection::Opens | InSection::Closed => Row::kept(stored.entry, &stored.content),
        })
        .collect();
    let named: Vec<EntryId> = rows.iter().filter_map(|row| row.source).collect();
    let sources = tx.briefs(&grant, &named).await?;
    let may_record = tx.may(Capability::RecordEntry, &grant).await?;
    drop(grant);
    tx.commit().await?;
    Ok(Made { header, stored, rows, sources, to_choose: Vec::new(), may_record })
}

/// What a row is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFrom {
    /// An event that an entry tells.
    Entry(EntryId),
    /// An earlier row, in whose place it will stand.
    Row(EntryId),
    /// Nothing that the record has.
    Nothing,
}

/// The form of a row, filled with what is known of the event.
///
/// # Errors
/// [`CaseError::Closed`] when the record is closed to this person or has no such chronology.
pub async fn row(desk: &Desk, record: RecordId, made: EntryId, from: RowFrom) -> Result<(Start, OpenDraft), CaseError> {
    let page = one(desk, record, made, matches!(from, RowFrom::Entry(_))).await?;
    let start = Start {
        record: page.stored.record,
        form: chronology::ROW.to_owned(),
        person: None,
        made: None,
        entry: None,
        amends: None,
        version: None,
    };
    let mut open = recording::blank(desk, &start).await?;
    let start = Start { record: open.draft.front, ..start };
    let mut known = vec![(field::CHRONOLOGY, made.to_string())];
    let mut day = None;
    match from {
        RowFrom::Entry(entry) => {
            let event = page.to_choose.iter().find(|event| event.entry == entry).ok_or(CaseError::Closed)?;
            day = Some(event.day);
            known.extend([(field::SOURCE, entry.to_string()), (field::HEADLINE, event.headline.clone())]);
        }
        RowFrom::Row(entry) => {
            let row = page.rows.iter().find(|row| row.entry == entry && !row.kept).ok_or(CaseError::Closed)?;
            day = Some(row.day);
            known.extend(row.source.map(|source| (field::SOURCE, source.to_string())));
            known.extend([
                (field::INSTEAD_OF, entry.to_string()),
                (field::HEADLINE, row.headline.clone()),
                (field::SIGNIFICANCE, row.significance.clone()),
                (field::EFFECT_NOW, row.effect_now.clone()),
                (field::EFFECT_TOGETHER, row.effect_together.clone()),
                (field::KNOWN_FROM, row.known_from.clone()),
            ]);
        }
        RowFrom::Nothing => {}
    }
    for text in &mut open.texts {
        for (field, value) in known.iter().filter(|(_, value)| !value.is_empty()) {
            text.typed.set(Name::of(field), value.clone());
        }
        if let Some(day) = day {
            let happened = |part: &str| Name::of(record::read::standing::HAPPENED).part(part);
            text.typed.set(happened("day"), day.day().to_string());
            text.typed.set(happened("month"), day.month().to_string());
            text.typed.set(happened("year"), day.year().to_string());
        }
    }
    Ok((start, open))
}

/// Children of a team whose chronology is to be brought up to date.
#[derive(Clone, Debug)]
pub struct Overdue {
    /// The children, the longest overdue first.
    pub children: Vec<(Listed, Age)>,
    /// How many children were looked at.
    pub of: usize,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// How many months a chronology is fresh, where the pack says so.
    pub months: Option<u32>,
}

/// The children of my teams whose chronology has not been brought up to date for longer than the pack allows (R-CHR-03).
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who sees no team.
pub async fn overdue(desk: &Desk) -> Result<Overdue, CaseError> {
    let tx = desk.begin().await?;
    let listed = tx.list(ListOf::Team, MOST_CHILDREN).await?;
    let records: Vec<RecordId> = listed.iter().map(|child| child.record).collect();
    let updated = tx.chronologies_updated(&records).await?;
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    let of = listed.len();
    let mut children: Vec<(Listed, Age)> = listed
        .into_iter()
        .filter_map(|child| updated.get(&child.record).map(|day| (child, Age::of(desk, *day))))
        .filter(|(_, age)| age.is_overdue)
        .collect();
    children.sort_by_key(|(child, age)| (age.updated, child.number));
    Ok(Overdue { children, of, colleagues, months: desk.pack().chronology_months() })
}

/// The most children on one list.
const MOST_CHILDREN: u32 = 5_000;
