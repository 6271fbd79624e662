//! The story: the whole record read from past to present, page after page, narrowed or not, without losing the place.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use record::{
    EntryId, PersonId, RecordId,
    content::Content,
    story::{Narrowing, Only, Whom},
    time::time_in_words,
};
use store::{After, Brief, Colleagues, Grant, Person, Read, Reading, StoredEntry, StoryParts, StoryRows, Tx};

use crate::{
    desk::{CaseError, Desk, retried},
    reading::{Header, entries_in, people_in, plain_header},
    recording::{called, people_of},
    right::Mark,
};

/// Where a reader opens the story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// At its beginning.
    #[default]
    Beginning,
    /// At the first entry of a year.
    Year(i16),
    /// At this entry.
    Entry(EntryId),
    /// On the page before this entry.
    Before(EntryId),
    /// On the last page.
    End,
}

/// What a reader asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Where the page begins.
    pub at: At,
    /// Kinds, author, dates.
    pub rows: StoryRows,
    /// Which passages.
    pub only: Option<Only>,
    /// Whom the entry must name.
    pub whom: Option<PersonId>,
}

impl Asked {
    /// Whether the whole story is read.
    pub fn is_whole(&self) -> bool {
        self.rows == StoryRows::default() && self.only.is_none() && self.whom.is_none()
    }
}

/// A page of the story.
#[derive(Clone, Debug)]
pub struct Story {
    /// Whose.
    pub header: Header,
    /// Entries from past to present, with what of each is read.
    pub entries: Vec<(StoredEntry, Content)>,
    /// The day of the entry before the first of them, for the gap between.
    pub day_before: Option<Date>,
    /// The page before begins before this entry.
    pub earlier: Option<EntryId>,
    /// The page behind begins at this entry.
    pub later: Option<EntryId>,
    /// Where the search for entries that fit was broken off, and may go on.
    pub looked_to: Option<Date>,
    /// Everybody whom they name.
    pub people: BTreeMap<PersonId, Person>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// The entries to which they refer.
    pub refers_to: BTreeMap<EntryId, Brief>,
    /// What it can be narrowed by, and its chapters.
    pub parts: StoryParts,
    /// The people of the record whom entries may name, with what they are called.
    pub whom: Vec<(PersonId, String)>,
    /// Where this reader stopped the last time.
    pub stopped_at: Option<(EntryId, Date)>,
    /// The newest summary of the whole story.
    pub in_short: Option<StoredEntry>,
    /// Why those of its entries do not stand that do not.
    pub marks: BTreeMap<EntryId, Mark>,
    /// How many entries the record has, and the day of the first event.
    pub extent: (i64, Option<Date>),
}

/// The form of a summary of the whole (R-CHR-06).
const SUMMARY: &str = "case-summary";
/// How many entries a page tells.
const ENTRIES_ON_PAGE: usize = 20;
/// How many are opened at once while those that fit are looked for, and how many for one page.
const AT_ONCE: u32 = 60;
const MOST_OPENED: usize = 600;

/// A page of the story (R-BAS-22).
///
/// # Errors
/// [`CaseError::Closed`] for a record that is closed to this reader or is not there.
pub async fn story(desk: &Desk, record: RecordId, asked: &Asked) -> Result<Story, CaseError> {
    // Remembering the place is a write, which stands only if nothing changed about the reader in between.
    retried!({ read(desk, record, asked).await })
}

async fn read(desk: &Desk, record: RecordId, asked: &Asked) -> Result<Story, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(Read("read-story"), record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let whom = people_named(&tx, &grant).await?;
    let narrowing = Narrowing {
        only: asked.only.clone(),
        whom: asked.whom.map(|person| Whom {
            person,
            called: whom.iter().filter(|(known, _)| *known == person).map(|(_, name)| name.clone()).collect(),
        }),
    };
    let reading = reading(&tx, &grant, &asked.at).await?;
    let found = look(desk, &tx, &grant, asked, &narrowing, reading.clone()).await?;
    let Found { mut entries, next, looked_to } = found;
    let (mut earlier, later) = if reading.is_back() {
        entries.reverse();
        (next, if let At::Before(entry) = &asked.at { Some(*entry) } else { None })
    } else {
        (None, next)
    };
    // The entry before the first, whether or not it fits: for the way back, and for the gap.
    let mut day_before = None;
    if let Some((first, _)) = entries.first() {
        let before = tx.story(&grant, &asked.rows, &Reading::Before(place(first)), 1).await?;
        day_before = before.first().map(|before| before.content.happened_on);
        if !before.is_empty() {
            earlier = Some(first.entry);
        }
    }
    let stopped_at = tx.stopped_at(&grant).await?.and_then(|place| Some((place.entry.parse().ok()?, place.day)));
    if let (true, true, Some((first, _))) = (asked.is_whole(), asked.at != At::Beginning, entries.first()) {
        tx.stop_at(&grant, first.entry);
    }
    let named: Vec<_> = entries.iter().flat_map(|(stored, _)| people_in(stored)).collect();
    let people = tx.who(&grant, &named).await?;
    let colleagues = tx.colleagues().await?;
    let refers_to =
        tx.briefs(&grant, &entries.iter().flat_map(|(stored, _)| entries_in(stored)).collect::<Vec<_>>()).await?;
    let parts = tx.story_parts(&grant, &asked.rows).await?;
    let extent = tx.extent(&grant).await?;
    let in_short = tx.entries_of_form(&grant, SUMMARY, 1).await?.pop();
    let shown: Vec<_> = entries.iter().map(|(stored, _)| stored.entry).collect();
    let put_right = tx.put_right(&grant, &shown).await?;
    let marks = put_right.iter().map(|(entry, put_right)| (*entry, Mark::of(put_right))).collect();
    drop(grant);
    tx.commit().await?;
    if asked.is_whole() {
        crate::caseload::saw(desk, &entries.iter().map(|(stored, _)| stored).collect::<Vec<_>>()).await;
    }
    Ok(Story {
        header,
        entries,
        day_before,
        earlier,
        later,
        looked_to,
        people,
        colleagues,
        refers_to,
        parts,
        whom,
        stopped_at,
        in_short,
        marks,
        extent,
    })
}

/// Where the page begins. A place that is not in this record is its beginning.
async fn reading(tx: &Tx, grant: &Grant<'_, Read>, at: &At) -> Result<Reading, CaseError> {
    Ok(match at {
        At::Beginning => Reading::FromBeginning,
        At::End => Reading::FromEnd,
        At::Year(year) => Date::new(*year, 1, 1).map_or(Reading::FromBeginning, Reading::FromDay),
        At::Entry(entry) => tx.place_of(grant, *entry).await?.map_or(Reading::FromBeginning, Reading::From),
        At::Before(entry) => tx.place_of(grant, *entry).await?.map_or(Reading::FromBeginning, Reading::Before),
    })
}

struct Found {
    entries: Vec<(StoredEntry, Content)>,
    /// The first entry that was not taken.
    next: Option<EntryId>,
    looked_to: Option<Date>,
}

/// Opens entries one after the other until a page is full, up to so many.
async fn look(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, Read>,
    asked: &Asked,
    narrowing: &Narrowing,
    mut reading: Reading,
) -> Result<Found, CaseError> {
    let mut found = Found { entries: Vec::new(), next: None, looked_to: None };
    let at_once = if narrowing.is_nothing() { u32::try_from(ENTRIES_ON_PAGE).unwrap_or(AT_ONCE) + 1 } else { AT_ONCE };
    let (mut opened, mut last) = (0, None);
    loop {
        let some = tx.story(grant, &asked.rows, &reading, at_once).await?;
        let is_last = some.len() < at_once as usize;
        let back = reading.is_back();
        for stored in some {
            if found.entries.len() == ENTRIES_ON_PAGE {
                found.next = Some(stored.entry);
                return Ok(found);
            }
            if opened == MOST_OPENED {
                // Back goes on before the last that was opened, onwards at the first that was not.
                found.next = if back { last } else { Some(stored.entry) };
                found.looked_to = Some(stored.content.happened_on);
                return Ok(found);
            }
            opened += 1;
            last = Some(stored.entry);
            let place = place(&stored);
            reading = if back { Reading::Before(place) } else { Reading::Behind(place) };
            if let Some(content) = narrowing.of(desk.pack(), &stored.content) {
                found.entries.push((stored, content));
            }
        }
        if is_last {
            return Ok(found);
        }
    }
}

fn place(stored: &StoredEntry) -> After {
    After {
        day: stored.content.happened_on,
        time: stored.content.happened_at.map(time_in_words).unwrap_or_default(),
        entry: stored.entry.to_string(),
    }
}

/// The people of the record, by what they are called.
async fn people_named(tx: &Tx, grant: &Grant<'_, Read>) -> Result<Vec<(PersonId, String)>, CaseError> {
    let facts = tx.current_facts(grant).await?;
    let colleagues = tx.colleagues().await?;
    let named = people_of(&facts);
    let who = tx.who(grant, &named).await?;
    let mut people: Vec<_> = who
        .iter()
        .filter(|(person, _)| !colleagues.staff.contains_key(person))
        .filter(|(_, who)| who.name.is_some() || who.preferred.is_some())
        .map(|(person, who)| (*person, called(who)))
        .collect();
    people.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(people)
}
