//! A child's front page and the first page of the chronology, the reading's durable leaf included, beside the bare
//! queries that they need and one durable commit of a leaf. Staff and teams are no query here, since the product asks
//! for them only when they have changed.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicI64, Ordering},
    time::Instant,
};

use casework::reading;
use record::fact::Subject;

use crate::{
    bare::{Bound, Pool, Value, insert},
    report::{self, Times},
    service::{Child, Service, new_id},
};

const CURRENT: &str =
    "select record, subject, kind, key, place, value, sealed, other, from_day, until_day, said_until, entry, version, ended_by
     from fact where record = $1 and from_day <= $2 and (until_day is null or until_day > $2) order by kind, place";
const CHRONOLOGY_ENTRIES: &str = "select e.id, e.act, v.version, v.form_hash, v.sealed from (
         select e.id, e.act, e.version, e.happened_on, e.happened_at from entry e where e.record = $1 and e.in_chronology = 1
         order by e.happened_on desc, e.happened_at desc, e.id desc limit $2) e
     join entry_version v on v.entry = e.id and v.version = e.version
     order by e.happened_on desc, e.happened_at desc, e.id desc";
const RECORD: &str = "select r.number, r.kind, r.holder, r.wrapped_key, r.version, f.kind, f.value
     from record r left join fact f on f.record = r.id and f.subject = $2
       and f.kind in ('allocated-worker', 'allocated-team') and f.from_day <= $3 and (f.until_day is null or f.until_day > $3)
     where r.id = $1";
const DRAFTS: &str =
    "select d.id, d.form, d.form_version, d.author, d.front, d.opened, d.touched, v.n, v.at from draft d
     left join draft_version v on v.draft = d.id and v.head = 1
     where d.author = $1 and d.front = $2 and d.state = 'open' order by d.touched desc, d.id, v.n";

/// Medians of one run, to be compared between a small and a large database.
#[derive(Clone, Copy, Debug)]
pub struct Medians {
    /// The front page, in milliseconds.
    pub front_page: f64,
    /// The chronology's first page.
    pub chronology: f64,
    /// The bare queries of each, at the same moment.
    pub bare: [f64; 2],
}

/// The bare queries of the two pages, with their values.
struct Queries {
    front_page: Vec<Bound>,
    chronology: Vec<Bound>,
}

/// Measures both pages in this record, each beside its bare queries, by turns.
pub async fn measure(
    service: &Service,
    bare: &Pool,
    child: Child,
    what: &str,
    times: usize,
) -> anyhow::Result<Medians> {
    let queries = Queries::of(service, child).await?;
    let leaf = Leaf::like_the_last(bare).await?;
    let mut all: [Times; 4] = Default::default();
    for n in 0..times + 20 {
        for turn in 0..4 {
            // Each follows each other in turn, so that none always finds the pages that another has just read.
            let which = (turn + n) % 4;
            let began = Instant::now();
            match which {
                0 => drop(reading::front_page(&service.desk(), child.record).await?),
                1 => drop(reading::chronology(&service.desk(), child.record, None).await?),
                2 => leaf.after(bare, &queries.front_page).await?,
                _ => leaf.after(bare, &queries.chronology).await?,
            }
            if n >= 20 {
                all[which].add(began.elapsed());
            }
        }
    }
    let [front_page, chronology, bare_front, bare_chronology] = &all;
    report::head(&format!("Reading a record of 5,000 entries, {what}"));
    for (page, ours, bare) in [("front page", front_page, bare_front), ("chronology", chronology, bare_chronology)] {
        let ratio = ours.median() / bare.median();
        report::line(&format!("{page}, median"), &ours.shown(), &bare.shown(), ratio, "at most 3", ratio <= 3.0);
    }
    let bare = [bare_front.median(), bare_chronology.median()];
    Ok(Medians { front_page: front_page.median(), chronology: chronology.median(), bare })
}

/// How much slower the pages are in a large database.
pub fn compare(small: Medians, large: Medians, entries: usize) {
    report::head(&format!("The same pages in a database of {entries} entries (ours) and of 10,000 (bare)"));
    let pages =
        [("front page", large.front_page, small.front_page), ("chronology", large.chronology, small.chronology)];
    for (at, (page, large_page, small_page)) in pages.into_iter().enumerate() {
        let ratio = large_page / small_page;
        let [ours, bare] = [large_page, small_page].map(|time| format!("{time:.2} ms"));
        // How much the machine itself was slower by then.
        let what = format!("{page}, median; its bare queries: {:.2} times", large.bare[at] / small.bare[at]);
        report::line(&what, &ours, &bare, ratio, "at most 1.5", ratio <= 1.5);
    }
}

impl Queries {
    async fn of(service: &Service, child: Child) -> anyhow::Result<Self> {
        let desk = service.desk();
        let page = reading::front_page(&desk, child.record).await?;
        let day = Value::from(desk.now.day().to_string());
        let record = Value::from(child.record.to_string());
        let people: BTreeSet<_> = page
            .facts
            .iter()
            .flat_map(|fact| {
                let subject = match fact.said.line.subject {
                    Subject::Person(person) => Some(person),
                    _ => None,
                };
                subject.into_iter().chain(fact.said.other)
            })
            .chain([child.person])
            .collect();
        let people: Vec<String> = people.iter().map(ToString::to_string).collect();
        let own = [format!("p{}", child.person)];
        let kinds: Vec<&str> =
            service.db.pack().facts().filter(|kind| kind.chronology.is_some()).map(|kind| kind.id.as_str()).collect();
        let row = (RECORD.to_owned(), vec![record.clone(), format!("r{}", child.record).into(), day.clone()]);
        let rows = |most: i64| {
            [
                (CHRONOLOGY_ENTRIES.to_owned(), vec![record.clone(), most.into()]),
                chronology_facts(&record, &kinds, most),
            ]
        };
        let mut front_page = vec![
            row.clone(),
            (CURRENT.to_owned(), vec![record.clone(), day.clone()]),
            who(&day, &people.iter().map(|person| format!("p{person}")).collect::<Vec<_>>()),
            records_of(&people),
            (DRAFTS.to_owned(), vec![service.worker.to_string().into(), record.clone()]),
        ];
        front_page.extend(rows(13));
        let mut chronology = vec![row, who(&day, &own)];
        chronology.extend(rows(51));
        Ok(Self { front_page, chronology })
    }
}

fn list(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}

fn chronology_facts(record: &Value, kinds: &[&str], most: i64) -> Bound {
    let sql = format!(
        "select record, subject, kind, key, place, value, sealed, other, from_day, until_day, said_until, entry, version, ended_by
         from fact where record = $1 and kind in ({}) order by place desc limit $2",
        list(3, kinds.len())
    );
    let mut values = vec![record.clone(), most.into()];
    values.extend(kinds.iter().map(|kind| Value::from(*kind)));
    (sql, values)
}

fn who(day: &Value, subjects: &[String]) -> Bound {
    let sql = format!(
        "select subject, kind, value from fact where subject in ({})
         and kind in ('name', 'preferred-name', 'birth', 'expected-birth', 'death', 'sex')
         and from_day <= $1 and (until_day is null or until_day > $1) order by place",
        list(2, subjects.len())
    );
    let mut values = vec![day.clone()];
    values.extend(subjects.iter().map(|subject| Value::from(subject.as_str())));
    (sql, values)
}

fn records_of(people: &[String]) -> Bound {
    let sql =
        format!("select id, holder, number from record where holder in ({}) and kind = 'child'", list(1, people.len()));
    (sql, people.iter().map(|person| Value::from(person.as_str())).collect())
}

/// A leaf as large as those of readings, and what each commit brings up to date beside it.
pub struct Leaf {
    body: Value,
    log: Option<Vec<Value>>,
    seq: AtomicI64,
}

impl Leaf {
    /// Takes the last one for its measure.
    pub async fn like_the_last(bare: &Pool) -> anyhow::Result<Self> {
        let rows = bare.rows("select body from leaf where log like 'readings-%' order by id desc limit 1", &[]).await?;
        let body = rows.into_iter().flatten().next().ok_or_else(|| anyhow::anyhow!("no reading has a leaf yet"))?;
        let log = bare.rows("select name, size, tiled, checkpoint, at from log limit 1", &[]).await?;
        let log = log.into_iter().next().filter(|_| matches!(bare, Pool::Sqlite(_))).map(|mut row| {
            row[0] = "bare".into();
            row
        });
        let last = bare.rows("select coalesce(max(seq), 0) from leaf where log = 'bare'", &[]).await?;
        let Some(Value::Int(Some(last))) = last.into_iter().flatten().next() else { anyhow::bail!("no number") };
        Ok(Self { body, log, seq: AtomicI64::new(last + 1) })
    }

    /// The queries in one snapshot, then a leaf in a durable commit.
    pub async fn after(&self, bare: &Pool, queries: &[Bound]) -> anyhow::Result<()> {
        let mut reading = bare.begin_reading().await?;
        for (sql, values) in queries {
            reading.fetch(sql, values.clone()).await?;
        }
        reading.commit().await?;
        let id = new_id((crate::place::clock())());
        let seq = self.seq.fetch_add(1, Ordering::Relaxed);
        let mut statements = vec![insert(
            "leaf (id, log, body, seq)",
            vec![vec![id.into(), "bare".into(), self.body.clone(), seq.into()]],
        )];
        if let Some(log) = &self.log {
            let (sql, values) = insert("log (name, size, tiled, checkpoint, at)", vec![log.clone()]);
            statements.push((sql + " on conflict (name) do update set size = excluded.size, at = excluded.at", values));
        }
        bare.write(statements).await
    }
}
