//! The kill drill: a process that records under load is killed at a random moment, many times; after each kill the
//! record must be whole.
//!
//! Whole means: `verify` finds nothing wrong; every act that the process said was done is in each child's record, with
//! its words and without the others'; an act that was under way is in all of its children's records or in none; what
//! was saved of it is still in its draft; and doing it again records it once.

pub mod family;
pub mod worker;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use casework::{Desk, reading, recording};
use record::{ActId, Chance as _, DraftId, EntryId, RecordId};
use store::{Actor, Db, Place, SystemChance, verify::verify};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::{
    place::{EngineName, as_arguments, open},
    service::Service,
};
use family::{Family, common_words, own_words};

/// How many families of three.
const FAMILIES: usize = 4;

/// What is known of the acts so far.
#[derive(Default)]
struct Known {
    /// Acts that were acknowledged: which entry in which record.
    done: BTreeMap<DraftId, BTreeMap<RecordId, EntryId>>,
    /// Drafts that were acknowledged as saved, and on which version.
    saved: BTreeMap<DraftId, i64>,
    /// Acts that were begun and never acknowledged.
    under_way: BTreeSet<DraftId>,
}

/// Kills so many times; says what was found.
///
/// # Errors
/// Anything lost, half written or wrong.
pub async fn kills(times: u32, engine: EngineName) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("lifestory-drill.").tempdir()?;
    let keys = folder.path().join("keys");
    let place = engine.place(folder.path(), "drill").await?;
    let service = Service::make(&place, &keys).await?;
    let children = service.children(3 * FAMILIES).await?;
    let families: Vec<Family> = children.chunks(3).map(Family::of).collect();
    let worker = service.worker;
    let engine_name = service.db.engine_name();
    service.db.close().await;
    drop(service);

    let began = Instant::now();
    let (mut acknowledged, mut again, mut found_done) = (0, 0, 0);
    let mut all = Known::default();
    for kill in 1..=times {
        let known = load_and_kill(&place, &keys, worker, &families).await?;
        let db = open(&place, &keys).await.with_context(|| format!("opening after kill {kill}"))?;
        let desk = Desk::new(db.clone(), Actor::Person(worker), db.now());
        let (retried, stood) =
            check(&db, &desk, &known, &families).await.with_context(|| format!("after kill {kill}"))?;
        acknowledged += known.done.len();
        again += retried;
        found_done += stood;
        all.done.extend(known.done);
        db.close().await;
        if kill % 10 == 0 || kill == times {
            eprintln!("  {kill} kills, {acknowledged} acts acknowledged, {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    let db = open(&place, &keys).await?;
    let desk = Desk::new(db.clone(), Actor::Person(worker), db.now());
    for (draft, entries) in &all.done {
        holds(&desk, *draft, entries).await?;
    }
    let report = verify(&db, |_, _| {}).await?;
    anyhow::ensure!(report.is_sound(), "at the end: {:?}", report.findings);
    db.close().await;
    anyhow::ensure!(acknowledged > 0, "no act was ever acknowledged: the drill showed nothing");
    println!(
        "{engine_name}: {times} kills in {:.0} s. {acknowledged} acts about three children each were acknowledged, and each \
         is in all three records. {} were under way when the kill came: {found_done} stood whole already, {again} stood in \
         none and were done again once. {} entries checked at the end, nothing wrong.",
        began.elapsed().as_secs_f64(),
        found_done + again,
        report.entries
    );
    Ok(())
}

/// Starts the process, lets it work for a random time, kills it, and gives what it had said by then.
async fn load_and_kill(
    place: &Place,
    keys: &Path,
    worker: record::PersonId,
    families: &[Family],
) -> anyhow::Result<Known> {
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    command
        .arg("killed-worker")
        .args(as_arguments(place))
        .arg("--keys")
        .arg(keys)
        .args(["--worker", &worker.to_string()]);
    for family in families {
        command.args(["--family", &family.to_string()]);
    }
    let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(process.stdout.take().context("no output")?);
    let mut first = Vec::new();
    // Most kills come under load; one in eight while the process is only starting.
    let starting = random_below(8) == 0;
    if !starting {
        lines.read_until(b'\n', &mut first).await?;
    }
    tokio::time::sleep(Duration::from_millis(random_below(if starting { 300 } else { 700 }))).await;
    let rest = tokio::spawn(async move {
        let mut text = first;
        tokio::io::AsyncReadExt::read_to_end(&mut lines, &mut text).await.map(|_| text)
    });
    if let Some(ended) = process.try_wait()? {
        anyhow::bail!("the process ended by itself: {ended}");
    }
    // On Unix this is SIGKILL: nothing of the process runs any more.
    process.kill().await?;
    let said = rest.await??;
    let said = String::from_utf8(said)?;
    let mut known = Known::default();
    // A line that the kill cut off says nothing.
    for line in said.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        known.hear(line)?;
    }
    Ok(known)
}

impl Known {
    fn hear(&mut self, line: &str) -> anyhow::Result<()> {
        let mut words = line.split(' ');
        let (Some(word), Some(draft)) = (words.next(), words.next()) else {
            anyhow::bail!("the process said {line:?}")
        };
        let draft: DraftId = draft.parse()?;
        match word {
            "began" => {
                self.under_way.insert(draft);
            }
            "saved" => {
                self.saved.insert(draft, words.next().context("no version")?.parse()?);
            }
            "done" => {
                self.under_way.remove(&draft);
                let pairs = words.map(|pair| {
                    let (record, entry) = pair.split_once(':').context("no entry")?;
                    anyhow::Ok((record.parse()?, entry.parse()?))
                });
                self.done.insert(draft, pairs.collect::<anyhow::Result<_>>()?);
            }
            _ => anyhow::bail!("the process said {line:?}"),
        }
        Ok(())
    }
}

/// Everything that was said is so, and what was under way is whole. Gives how many acts were done again, and how many
/// stood without having been acknowledged.
async fn check(db: &Db, desk: &Desk, known: &Known, families: &[Family]) -> anyhow::Result<(usize, usize)> {
    let report = verify(db, |_, _| {}).await?;
    anyhow::ensure!(report.is_sound(), "verify finds {:?}", report.findings);
    for (draft, entries) in &known.done {
        anyhow::ensure!(entries.len() == 3, "{draft} was acknowledged for {} children", entries.len());
        holds(desk, *draft, entries).await?;
    }
    let (mut again, mut stood) = (0, 0);
    for draft in &known.under_way {
        let Some(on) = known.saved.get(draft) else { continue };
        let written = entries_of(desk, *draft).await?;
        match written.len() {
            0 => {
                let open =
                    recording::open(desk, *draft).await.with_context(|| format!("the saved draft {draft} is gone"))?;
                let text = open
                    .texts
                    .iter()
                    .any(|text| text.typed.pairs().any(|(_, value)| value.contains(&common_words(*draft))));
                anyhow::ensure!(text, "what was saved in {draft} is gone");
                again += 1;
            }
            3 => stood += 1,
            some => anyhow::bail!("{draft} is in {some} records of three"),
        }
        // As a browser does that had no answer.
        let front = written.keys().next().copied();
        let family = match front {
            Some(record) => family_of(families, record),
            None => family_of(families, recording::open(desk, *draft).await?.draft.front),
        };
        let family = family.context("a draft of no family")?;
        recording::complete(desk, *draft, *on, &family.typed(*draft, desk.now))
            .await
            .map_err(|error| anyhow::anyhow!("{draft} cannot be completed: {error:?}"))?;
        let now = entries_of(desk, *draft).await?;
        anyhow::ensure!(
            now.len() == 3 && (written.is_empty() || now == written),
            "{draft} pressed again is in {now:?}"
        );
        holds(desk, *draft, &now).await?;
    }
    Ok((again, stood))
}

fn family_of(families: &[Family], record: RecordId) -> Option<&Family> {
    families.iter().find(|family| family.records.contains(&record))
}

/// The entries that an act has written.
async fn entries_of(desk: &Desk, draft: DraftId) -> anyhow::Result<BTreeMap<RecordId, EntryId>> {
    let act: ActId = draft.to_string().parse()?;
    let tx = desk.db.begin(desk.actor, desk.now).await?;
    let done = tx.done(act).await?;
    let count = done.len();
    let by_record: BTreeMap<_, _> = done.into_iter().collect();
    anyhow::ensure!(by_record.len() == count, "{draft} is twice in one record");
    Ok(by_record)
}

/// Each of these entries is there, with what was said about all and about its own child, and without the others'.
async fn holds(desk: &Desk, draft: DraftId, entries: &BTreeMap<RecordId, EntryId>) -> anyhow::Result<()> {
    for (record, entry) in entries {
        let page =
            reading::entry(desk, *record, *entry).await.with_context(|| format!("{draft} is lost from {record}"))?;
        let said = format!("{:?}", page.stored.content);
        anyhow::ensure!(said.contains(&common_words(draft)), "{draft} lost its words in {record}");
        for other in entries.keys() {
            let own = said.contains(&own_words(draft, *other));
            anyhow::ensure!(own == (other == record), "{draft} in {record} holds the part of {other}: {own}");
        }
    }
    Ok(())
}

/// A random number below this one.
pub fn random_below(most: u64) -> u64 {
    let mut bytes = [0; 8];
    SystemChance.fill(&mut bytes);
    u64::from_le_bytes(bytes) % most.max(1)
}
