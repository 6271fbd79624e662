//! Completing a 2 kB note: the whole act beside a bare transaction that writes the same rows.

use std::{collections::VecDeque, path::Path, sync::Arc, time::Instant};

use casework::recording;
use record::{DraftId, RecordId, Typed};
use store::Place;

use crate::{
    bare::{Bound, Pool, Value, insert},
    fill::{self, plus},
    place::EngineName,
    report::{self, Times, quantile},
    service::{Child, Service, at, new_id, note},
};

const CLIENTS: usize = 32;
const ROUNDS: usize = 7;
const EACH: usize = 12;

/// Measures with one client and with 32.
pub async fn measure(
    engine: EngineName,
    folder: &Path,
    service: &Service,
    place: &Place,
    entries: usize,
    times: usize,
) -> anyhow::Result<()> {
    // As full as ours is.
    let beside = engine.place(folder, "bare").await?;
    let filled = Service::make(&beside, &folder.join("bare-keys")).await?;
    fill::long_life(&filled).await?;
    fill::fill(&filled, fill::LONG, entries).await?;
    filled.db.close().await;
    let ours = Pool::connect(place, 1).await?;
    let bare = Bare::new(Pool::connect(&beside, 1).await?, service, &ours).await?;
    report::head("Completing a 2 kB note");
    Box::pin(one_client(service, &ours, &bare, times)).await?;
    many_clients(service, &ours, &beside, &bare).await?;
    bare.pool.close().await;
    ours.close().await;
    Ok(())
}

async fn one_client(service: &Service, ours: &Pool, bare: &Bare, times: usize) -> anyhow::Result<()> {
    let child = service.children(1).await?[0];
    bare.know(&[child], ours).await?;
    let (mut act_times, mut bare_times) = (Times::default(), Times::default());
    for n in 0..times + 20 {
        let draft = begin(service, child.record, n).await?;
        let statements = bare.next(child.record).await?;
        let act = async {
            let began = Instant::now();
            complete(service, &draft).await?;
            anyhow::Ok(began.elapsed())
        };
        let same_rows = async {
            let began = Instant::now();
            bare.pool.write(statements).await?;
            anyhow::Ok(began.elapsed())
        };
        // By turns who is first.
        let (act, same_rows) = if n.is_multiple_of(2) {
            let act = act.await?;
            (act, same_rows.await?)
        } else {
            let same_rows = same_rows.await?;
            (act.await?, same_rows)
        };
        if n >= 20 {
            act_times.add(act);
            bare_times.add(same_rows);
        }
    }
    let ratio = act_times.median() / bare_times.median();
    report::line("1 client, median", &act_times.shown(), &bare_times.shown(), ratio, "at most 2", ratio <= 2.0);
    Ok(())
}

async fn many_clients(service: &Service, ours: &Pool, beside: &Place, bare: &Bare) -> anyhow::Result<()> {
    let children = service.children(CLIENTS).await?;
    bare.know(&children, ours).await?;
    let mut kinds: Vec<(&str, Pool)> = vec![("a connection for each client", Pool::connect(beside, 32).await?)];
    if matches!(beside, Place::Folder(_)) {
        kinds.push(("one connection for all", Pool::connect(beside, 1).await?));
    }
    let mut our_rates = Vec::new();
    let mut bare_rates = vec![Vec::new(); kinds.len()];
    for round in 0..=ROUNDS {
        let mut drafts = Vec::new();
        for child in &children {
            let mut of_child = VecDeque::new();
            for n in 0..EACH {
                of_child.push_back(begin(service, child.record, round * EACH + n).await?);
            }
            drafts.push(of_child);
        }
        let service = Arc::new(service.clone());
        let rate = rate(drafts.into_iter().map(|mut drafts| {
            let service = service.clone();
            async move {
                while let Some(draft) = drafts.pop_front() {
                    complete(&service, &draft).await?;
                }
                Ok(())
            }
        }))
        .await?;
        // The first round warms everything up.
        if round > 0 {
            our_rates.push(rate);
        }
        for (at, (_, pool)) in kinds.iter().enumerate() {
            let mut work = Vec::new();
            for child in &children {
                let mut of_child = VecDeque::new();
                for _ in 0..EACH {
                    of_child.push_back(bare.next(child.record).await?);
                }
                work.push(of_child);
            }
            let rate = self::rate(work.into_iter().map(|mut work| {
                let pool = pool.clone();
                async move {
                    while let Some(statements) = work.pop_front() {
                        pool.write(statements).await?;
                    }
                    Ok(())
                }
            }))
            .await?;
            if round > 0 {
                bare_rates[at].push(rate);
            }
        }
    }
    let our_rate = quantile(&our_rates, 0.5);
    for ((kind, pool), rates) in kinds.iter().zip(&bare_rates) {
        let bare_rate = quantile(rates, 0.5);
        let ratio = our_rate / bare_rate;
        let what = format!("32 clients, rate; bare: {kind}");
        report::line(&what, &per_second(our_rate), &per_second(bare_rate), ratio, "at least 0.5", ratio >= 0.5);
        pool.close().await;
    }
    Ok(())
}

fn per_second(rate: f64) -> String {
    format!("{rate:.0} a second")
}

/// How many acts a second these clients do together.
async fn rate<F>(clients: impl Iterator<Item = F>) -> anyhow::Result<f64>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let began = Instant::now();
    let clients: Vec<_> = clients.map(tokio::spawn).collect();
    let count = clients.len() * EACH;
    for client in clients {
        client.await??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// A draft with its head, ready to be completed.
pub struct Prepared {
    draft: DraftId,
    typed: Typed,
}

/// A draft of a note in this record, ready to be completed.
pub async fn begin(service: &Service, record: RecordId, n: usize) -> anyhow::Result<Prepared> {
    let desk = service.desk();
    let draft = recording::begin(&desk, record, "case-note", None).await?;
    // Notes of yesterday, each at a minute of its own, so that none is late and none a second one of the same contact.
    let yesterday = plus(desk.now.day(), 0).saturating_sub(jiff::Span::new().days(1));
    let (hour, minute) = (i8::try_from(n / 60 % 24)?, i8::try_from(n % 60)?);
    let typed = note(at(yesterday, jiff::civil::time(hour, minute, 0, 0)), &words(1_500))
        .with("about", record.to_string())
        .with(&format!("child-views@{record}"), words(300))
        .with(&format!("views-how@{record}"), "said");
    // As a page does that is open: what was typed so far is in the draft.
    recording::save(&desk, draft, 1, &typed, false).await?;
    Ok(Prepared { draft, typed })
}

fn words(length: usize) -> String {
    let mut text = "We talked about school, the new room and what the summer may bring, and nobody was in a hurry. "
        .repeat(length / 90 + 1);
    text.truncate(length);
    text
}

/// Completes it.
pub async fn complete(service: &Service, prepared: &Prepared) -> anyhow::Result<()> {
    recording::complete(&service.desk(), prepared.draft, 2, &prepared.typed).await?;
    Ok(())
}

/// The bare engine with the rows of one act as a pattern.
struct Bare {
    pool: Pool,
    sqlite: bool,
    /// The draft as it lies there before the act.
    before: Vec<(&'static str, Vec<Vec<Value>>)>,
    /// What the act adds.
    added: Vec<(&'static str, Vec<Vec<Value>>)>,
    old: [String; 4],
    /// The row of the log, which each commit brings up to date (SQLite).
    log: Vec<Value>,
    seq: std::sync::atomic::AtomicI64,
    previous: std::sync::Mutex<std::collections::BTreeMap<RecordId, Vec<Vec<Value>>>>,
}

const FACT: &str = "fact (record, subject, kind, key, place, value, sealed, other, from_day, until_day, said_until, entry, version, ended_by)";
const DRAFT: &str = "draft (id, form, form_version, author, front, opened, touched, state)";
const DRAFT_VERSION: &str = "draft_version (draft, n, parent, joined, at, kept, head)";
const DRAFT_PART: &str = "draft_part (draft, n, record, part, sealed)";

fn columns(table: &str) -> (&str, &str) {
    let (name, columns) = table.split_once(" (").unwrap_or((table, "*"));
    (name, columns.trim_end_matches(')'))
}

impl Bare {
    /// Does one act in a record of its own and takes its rows as the pattern.
    async fn new(pool: Pool, service: &Service, ours: &Pool) -> anyhow::Result<Self> {
        let child = service.children(1).await?[0];
        complete(service, &begin(service, child.record, 0).await?).await?;
        let prepared = begin(service, child.record, 1).await?;
        let draft = prepared.draft.to_string();
        let rows = async |table: &'static str, place: &str| {
            let (name, columns) = columns(table);
            let found = ours
                .rows(&format!("select {columns} from {name} where {place} = $1"), &[draft.as_str().into()])
                .await?;
            anyhow::Ok((table, found))
        };
        let before =
            vec![rows(DRAFT, "id").await?, rows(DRAFT_VERSION, "draft").await?, rows(DRAFT_PART, "draft").await?];
        complete(service, &prepared).await?;
        let entry = ours.rows("select id from entry where act = $1", &[draft.as_str().into()]).await?;
        let Some([Value::Text(Some(entry))]) = entry.first().map(Vec::as_slice) else {
            anyhow::bail!("no entry came of the act")
        };
        let of_entry = async |table: &'static str, place: &str| {
            let (name, columns) = columns(table);
            let found = ours
                .rows(&format!("select {columns} from {name} where {place} = $1"), &[entry.as_str().into()])
                .await?;
            anyhow::Ok((table, found))
        };
        let sqlite = matches!(pool, Pool::Sqlite(_));
        let leaves =
            ours.rows("select id, log, body from leaf where log = 'changes' order by id desc limit 2", &[]).await?;
        let leaves = leaves.into_iter().map(|mut leaf| {
            leaf[1] = "bare".into();
            leaf
        });
        let added = vec![
            rows("act (id, actor, at)", "id").await?,
            rows("entry (id, record, act, form, author, happened_on, happened_at, written, version, in_chronology, late)", "act").await?,
            of_entry("entry_version (entry, version, form_version, form_hash, sealed)", "entry").await?,
            of_entry("answer (entry, version, field, value)", "entry").await?,
            of_entry(FACT, "entry").await?,
            rows(DRAFT_VERSION, "draft").await?,
            rows(DRAFT_PART, "draft").await?,
            ("leaf (id, log, body, seq)", leaves.collect()),
        ];
        let count: usize = added.iter().map(|(_, rows)| rows.len()).sum();
        let size: usize = added.iter().flat_map(|(_, rows)| rows.iter().flatten()).map(size).sum();
        eprintln!("  one act adds {count} rows with {size} bytes of values:");
        for (table, rows) in &added {
            eprintln!("    {} {}", rows.len(), columns(table).0);
        }
        let log = ours.rows("select name, size, tiled, checkpoint, at from log where name = 'changes'", &[]).await?;
        let mut log = log.into_iter().next().unwrap_or_default();
        if let Some(name) = log.first_mut() {
            *name = "bare".into();
        }
        let old = [draft, entry.clone(), child.record.to_string(), child.person.to_string()];
        Ok(Self { pool, sqlite, before, added, old, log, seq: 1.into(), previous: std::sync::Mutex::default() })
    }

    /// Copies these children's records, so that entries may refer to them.
    async fn know(&self, children: &[Child], ours: &Pool) -> anyhow::Result<()> {
        let columns = "id, number, kind, holder, wrapped_key, epoch, version";
        for child in children {
            let rows = ours
                .rows(&format!("select {columns} from record where id = $1"), &[child.record.to_string().into()])
                .await?;
            self.pool.write(vec![insert(&format!("record ({columns})"), rows)]).await?;
        }
        Ok(())
    }

    /// The statements of the next act in this record; its draft lies there already.
    async fn next(&self, record: RecordId) -> anyhow::Result<Vec<Bound>> {
        let now = (crate::place::clock())();
        let [draft, entry] = [(); 2].map(|()| new_id(now));
        let new = [draft.clone(), entry.clone(), record.to_string(), self.old[3].clone()];
        let renamed = |rows: &[Vec<Value>]| -> Vec<Vec<Value>> {
            let rename = |value: &Value| match value {
                Value::Text(Some(text)) => Value::Text(Some(
                    self.old.iter().zip(&new).fold(text.clone(), |text, (old, new)| text.replace(old, new)),
                )),
                other => other.clone(),
            };
            rows.iter().map(|row| row.iter().map(rename).collect()).collect()
        };
        self.pool.write(self.before.iter().map(|(table, rows)| insert(table, renamed(rows))).collect()).await?;
        let head = self.before[1].1.first().map_or(Value::from(1), |row| row[1].clone());
        let d = || Value::from(draft.as_str());
        let mut statements: Vec<Bound> = vec![
            ("update record set version = version + 1 where id = $1".to_owned(), vec![record.to_string().into()]),
            ("delete from draft_part where draft = $1 and n = $2".to_owned(), vec![d(), head.clone()]),
            ("delete from draft_version where draft = $1 and n = $2".to_owned(), vec![d(), head]),
            (
                "update draft set state = 'completed', touched = $2 where id = $1".to_owned(),
                vec![d(), now.to_string().into()],
            ),
        ];
        let mut previous = self.previous.lock().map_err(|_| anyhow::anyhow!("a client has failed"))?;
        for row in previous.get(&record).into_iter().flatten() {
            let mut values: Vec<Value> = row[..5].to_vec();
            values.extend([row[8].clone(), Value::from(entry.as_str())]);
            let sql = "update fact set until_day = $6, ended_by = $7 where record = $1 and subject = $2 and kind = $3 and key = $4 and place = $5";
            statements.push((sql.to_owned(), values));
        }
        for (table, rows) in &self.added {
            let mut rows = renamed(rows);
            if *table == FACT {
                for row in &mut rows {
                    // The newest of its line.
                    row[9] = Value::Text(None);
                    row[13] = Value::Text(None);
                }
                previous.insert(record, rows.clone());
            }
            if table.starts_with("leaf") {
                for row in &mut rows {
                    row[0] = new_id(now).into();
                    row.push(self.seq.fetch_add(1, std::sync::atomic::Ordering::Relaxed).into());
                }
            }
            statements.push(insert(table, rows));
        }
        if self.sqlite {
            let (sql, values) = insert("log (name, size, tiled, checkpoint, at)", vec![self.log.clone()]);
            let update = " on conflict (name) do update set size = excluded.size, tiled = excluded.tiled, checkpoint = excluded.checkpoint, at = excluded.at";
            statements.push((sql + update, values));
        }
        Ok(statements)
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.as_ref().map_or(0, String::len),
        Value::Int(_) => 8,
        Value::Blob(bytes) => bytes.as_ref().map_or(0, Vec::len),
    }
}
