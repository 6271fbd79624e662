//! A record's entries and facts as clocks look at them: read from rows, or taken from what an act is about to write.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use jiff::civil::{Date, Time};
use policy::clock::{Clock, LookedAt};
use record::{
    EntryId, Moment, PersonId, RecordId,
    content::{Content, parse_time},
    fact::{Fact, Line, Place, Subject},
    obligation::{Happening, Held, Life, obligations_in_turn},
    right::{AUTHORISATION_FORM, AUTHORISATION_OF, AUTHORISED, Bearing, Fate, Says},
};

use super::{Owed, Rules};
use crate::engine::{Row, StoreError};

/// An entry, whether it stands or not.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub entry: EntryId,
    pub form: String,
    pub happened_on: Date,
    pub happened_at: Option<Time>,
    pub written: Moment,
    pub in_chronology: bool,
    pub author: PersonId,
    pub answers: Vec<(String, String)>,
    /// Which other entry it authorises, if it does.
    pub authorises: Option<EntryId>,
}

impl Told {
    /// From what an entry says, with its coded answers as they stand in rows.
    pub fn of(rules: &Rules, entry: EntryId, content: &Content, coded: &[(String, String)]) -> Self {
        let wanted = |(field, _): &&(String, String)| rules.looks_at_answer(&content.form, field);
        Self {
            entry,
            form: content.form.clone(),
            happened_on: content.happened_on,
            happened_at: content.happened_at,
            written: content.written,
            in_chronology: content.headline.is_some(),
            author: content.author.person,
            answers: coded.iter().filter(wanted).cloned().collect(),
            authorises: match Bearing::of(entry, content).map(|bearing| bearing.says) {
                Some(Says::Authorises(of, true)) => Some(of),
                _ => None,
            },
        }
    }

    /// Whether any clock looks at it: the same that [`query`] finds.
    pub fn is_seen(&self, rules: &Rules) -> bool {
        rules.looks_at(&self.form, self.in_chronology)
    }
}

/// A fact of a kind that clocks look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// About whom, and its place in its line: what tells it apart from others of its kind.
    pub place: String,
    pub kind: String,
    pub value: String,
    pub from: Date,
    pub until: Option<Date>,
    pub entry: EntryId,
}

impl Said {
    /// The fact, where clocks look at its kind and it is about the record or the child whose it is.
    pub fn of(rules: &Rules, fact: &Fact, holder: PersonId) -> Option<Self> {
        let line = &fact.said.line;
        let about = line.subject == Subject::Record(line.record) || line.subject == Subject::Person(holder);
        let sealed = rules.pack().fact(&line.kind).is_some_and(|kind| kind.sealed);
        (about && rules.looks_at_fact(&line.kind)).then(|| Self {
            place: place_of(line, &fact.said.place),
            kind: line.kind.clone(),
            value: if sealed && !fact.said.value.is_empty() { SEALED.to_owned() } else { fact.said.value.clone() },
            from: fact.said.from,
            until: fact.until,
            entry: fact.said.entry,
        })
    }
}

/// What tells a fact apart from others of its kind in one record.
pub(super) fn place_of(line: &Line, place: &Place) -> String {
    format!("{} {} {}", line.subject, line.key, place.as_text())
}

/// What stands for a sealed value: that there is one. No clock compares it.
const SEALED: &str = "sealed";

/// All that one record's clocks look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub told: Vec<Told>,
    /// Which of its entries do not stand.
    pub fates: BTreeMap<EntryId, (Fate, EntryId)>,
    /// When those were authorised that were.
    pub authorised: BTreeMap<EntryId, Moment>,
    pub said: Vec<Said>,
    /// When its first entry was written, whatever became of that one.
    pub first_written: Option<Moment>,
}

impl Record {
    /// One more entry.
    pub fn add(&mut self, rules: &Rules, told: Told) {
        self.first_written = Some(self.first_written.map_or(told.written, |first| first.min(told.written)));
        if let Some(of) = told.authorises {
            self.authorise(of, told.written);
        }
        if told.is_seen(rules) {
            self.told.push(told);
        }
    }

    /// The first that authorises an entry does.
    fn authorise(&mut self, entry: EntryId, at: Moment) {
        self.authorised.entry(entry).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }

    /// What the record owes by these clocks (places in those of the pack in force), each by the rule under which it began,
    /// as it is kept.
    pub fn owed(&self, rules: &Rules, record: RecordId, clocks: &[usize]) -> Vec<Owed> {
        self.by(rules, record, clocks, kept)
    }

    /// The same of the clocks that are wanted.
    pub fn by(&self, rules: &Rules, record: RecordId, clocks: &[usize], wanted: impl Fn(&Clock) -> bool) -> Vec<Owed> {
        let pack = rules.pack();
        let before: BTreeMap<EntryId, EntryId> = self
            .fates
            .iter()
            .filter(|(_, (fate, _))| *fate == Fate::Amended)
            .map(|(amended, (_, by))| (*by, *amended))
            .collect();
        let first = |entry: EntryId| {
            let mut first = entry;
            // A chain has no fork and no circle; one that somebody made behind the program's back is cut.
            for _ in 0..before.len() {
                let Some(earlier) = before.get(&first) else { break };
                first = *earlier;
            }
            first
        };
        let written: BTreeMap<EntryId, Moment> = if before.is_empty() {
            BTreeMap::new()
        } else {
            self.told.iter().map(|one| (one.entry, one.written)).collect()
        };
        let stands = |one: &&Told| !self.fates.contains_key(&one.entry) && pack.form(&one.form).is_some();
        // An answer that names an entry names the first of its chain.
        let answer = |value: &str| match value.parse().ok().filter(|_| !before.is_empty()) {
            Some(entry) => Cow::Owned(first(entry).to_string()),
            None => Cow::Owned(value.to_owned()),
        };
        let happening = |one: &'_ Told| {
            let of = first(one.entry);
            Happening {
                entry: one.entry,
                first: of,
                form: Cow::Owned(one.form.clone()),
                happened_on: one.happened_on,
                happened_at: one.happened_at,
                started: None,
                completed: written.get(&of).copied().unwrap_or(one.written),
                authorised: self.authorised.get(&one.entry).copied(),
                in_chronology: one.in_chronology,
                author: one.author,
                answers: one.answers.iter().map(|(field, value)| (Cow::Owned(field.clone()), answer(value))).collect(),
            }
        };
        let held = |one: &Said| Held {
            kind: Cow::Owned(one.kind.clone()),
            value: Cow::Owned(one.value.clone()),
            from: one.from,
            until: one.until,
            entry: first(one.entry),
        };
        let life = Life {
            record,
            entries: self.told.iter().filter(stands).map(happening).collect(),
            facts: self.said.iter().map(held).collect(),
            first_written: self.first_written,
        };
        let before: Vec<_> = rules.before().iter().map(|before| before.in_turn(pack, clocks)).collect();
        let all = obligations_in_turn(&before, pack, &life, clocks);
        all.iter().filter(|one| wanted(one.clock)).map(|one| Owed::of(record, one)).collect()
    }
}

/// Whether what a clock asks for is kept. A limit on recording is met by the entry of which it speaks, at the moment at
/// which that one is complete: there is never anything to be asked for, and the entry says for ever whether it was late.
pub(crate) fn kept(clock: &Clock) -> bool {
    !clock.is_recording()
}

/// The query for everything that clocks look at in the records of this condition on a column, as rows of one shape.
pub(crate) fn query(looked_at: &LookedAt, records: &str) -> String {
    let forms = quoted(looked_at.fields.keys());
    let fields: BTreeSet<_> = looked_at.fields.values().flatten().collect();
    let entry = "select e.record, 'entry', e.id, e.form, e.happened_on, e.happened_at, e.written, cast(e.in_chronology as text), e.author
         from entry e where e.record";
    // Two halves, each with its index: a child's record has thousands of notes that no clock looks at.
    let mut entries = format!("{entry} {records} and e.form in ({forms})");
    if looked_at.chronology {
        let _ = write!(entries, " union {entry} {records} and e.in_chronology = 1");
    }
    format!(
        "select * from ({entries}) as entries
         union all
         select n.record, 'fate', n.entry, n.how, n.because_of, '', '', '', '' from not_standing n where n.record {records}
         union all
         select f.record, 'fact', f.entry, f.kind, f.from_day, coalesce(f.until_day, ''), f.subject,
         case when f.sealed is not null then '{SEALED}' else coalesce(f.value, '') end, f.subject || ' ' || f.key || ' ' || f.place
         from fact f where f.record {records} and f.kind in ({})
         union all
         select e.record, 'authorised', a.value, e.written, '', '', '', '', '' from entry e
         join answer a on a.entry = e.id and a.version = e.version and a.field = '{AUTHORISATION_OF}'
         join answer y on y.entry = e.id and y.version = e.version and y.field = '{AUTHORISED}' and y.value = 'yes'
         where e.record {records} and e.form = '{AUTHORISATION_FORM}'
         union all
         select r.id, 'first', (select min(e.written) from entry e where e.record = r.id), '', '', '', '', '', ''
         from record r where r.id {records}
         union all
         select e.record, 'answer', e.id, a.field, a.value, '', '', '', '' from entry e
         join answer a on a.entry = e.id and a.version = e.version
         where e.record {records} and e.form in ({forms}) and a.field in ({})",
        quoted(&looked_at.facts),
        quoted(fields)
    )
}

/// Names of a pack as texts of a statement: the same for every record, so they need not be arguments.
pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("'{}'", name.replace('\'', "''"))).collect();
    if names.is_empty() { "''".to_owned() } else { names.join(",") }
}

/// Reads the rows of [`query`], by record. Facts of others than the record and its holder are left out.
pub(crate) fn read(
    looked_at: &LookedAt,
    rows: &[Row],
    holder: impl Fn(RecordId) -> Option<PersonId>,
) -> Result<BTreeMap<RecordId, Record>, StoreError> {
    let mut all: BTreeMap<RecordId, Record> = BTreeMap::new();
    let mut answers: BTreeMap<EntryId, Vec<(String, String)>> = BTreeMap::new();
    for row in rows {
        let record: RecordId = row.parsed(0, "entry", "record")?;
        let one = all.entry(record).or_default();
        match row.text(1)?.as_str() {
            "entry" => {
                let time = row.text(5)?;
                one.told.push(Told {
                    entry: row.parsed(2, "entry", "id")?,
                    form: row.text(3)?,
                    happened_on: row.parsed(4, "entry", "happened_on")?,
                    happened_at: if time.is_empty() { None } else { Some(time_of(&time)?) },
                    written: row.parsed(6, "entry", "written")?,
                    in_chronology: row.text(7)? == "1",
                    author: row.parsed(8, "entry", "author")?,
                    answers: Vec::new(),
                    authorises: None,
                });
            }
            "fate" => {
                let fate = (row.parsed(3, "not_standing", "how")?, row.parsed(4, "not_standing", "because_of")?);
                one.fates.insert(row.parsed(2, "not_standing", "entry")?, fate);
            }
            "authorised" => one.authorise(row.parsed(2, "answer", "value")?, row.parsed(3, "entry", "written")?),
            "fact" => {
                let subject: Subject = row.parsed(6, "fact", "subject")?;
                let holder = holder(record).map(Subject::Person);
                if subject != Subject::Record(record) && Some(subject) != holder {
                    continue;
                }
                let until = row.text(5)?;
                one.said.push(Said {
                    place: row.text(8)?,
                    kind: row.text(3)?,
                    value: row.text(7)?,
                    from: row.parsed(4, "fact", "from_day")?,
                    until: if until.is_empty() { None } else { Some(row.parsed(5, "fact", "until_day")?) },
                    entry: row.parsed(2, "fact", "entry")?,
                });
            }
            "first" => one.first_written = row.opt_parsed(2, "entry", "written")?,
            _ => answers.entry(row.parsed(2, "answer", "entry")?).or_default().push((row.text(3)?, row.text(4)?)),
        }
    }
    let fields = &looked_at.fields;
    for told in all.values_mut().flat_map(|one| &mut one.told) {
        if let (Some(found), Some(wanted)) = (answers.remove(&told.entry), fields.get(&told.form)) {
            told.answers = found.into_iter().filter(|(field, _)| wanted.contains(field)).collect();
        }
    }
    Ok(all)
}

fn time_of(text: &str) -> Result<Time, StoreError> {
    parse_time(text).map_err(|_| StoreError::Inconsistent { table: "entry", column: "happened_at" })
}
