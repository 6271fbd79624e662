//! The first page of a search inside entries, beside the query that it needs on the same index; and what searches that
//! nobody waits for any more cost whoever completes a note.
//!
//! The vocabulary is invented: thirty thousand words, a few of which stand nearly everywhere and most of which stand
//! hardly anywhere, as in any language. The reader may read the records of their team, which has one child in five: of a million entries
//! a thousand children.

use std::time::{Duration, Instant};

use casework::searching::{self, Asked};
use record::{
    TeamId,
    words::{Term, WordsWanted},
};
use store::{Past, Place, SystemChance};

use crate::{
    bare::{Bound, Pool},
    completing, fill,
    place::EngineName,
    reading::Leaf,
    report::{self, Times},
    service::{Service, at, new_child, note},
};

/// The most that a search may take, in milliseconds.
const MOST_MS: f64 = 50.0;
/// How many invented words there are, and how many one note has.
const VOCABULARY: usize = 30_000;
const WORDS: usize = 90;
/// One child in so many is of the reader's team.
const OF_THE_TEAM: usize = 5;
/// How many searches are begun and dropped, and after how long.
const DROPPED: usize = 12;
const PATIENCE: Duration = Duration::from_millis(150);

/// Fills a database with notes of many words and measures searches over them.
pub async fn run(engine: EngineName, entries: usize, times: usize) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("lifestory-bench.").tempdir()?;
    let place = engine.place(folder.path(), "words").await?;
    let service = Service::make(&place, &folder.path().join("keys")).await?;
    println!("\n## {}: words inside entries\n", service.db.engine_name());
    fill::fill_with(&service, 0, entries, wordy).await?;
    gather(&service).await?;
    let bare = Pool::connect(&place, 1).await?;
    match (&bare, &place) {
        (Pool::Sqlite(_), Place::Folder(folder)) => {
            bare.run(&format!("attach database '{}' as apart", folder.join("words.db").display())).await?;
        }
        _ => bare.run("vacuum analyze").await?,
    }
    measure(&service, &bare, entries, times).await?;
    bare.close().await;
    dropped(&service).await
}

/// Puts everything into the index, and says how long that took.
async fn gather(service: &Service) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut said = 0;
    loop {
        let done = service.db.index_words().await?;
        let fresh = service.db.words_freshness().await?;
        if fresh.hundredths / 10 > said {
            said = fresh.hundredths / 10;
            eprintln!("  {} of 100 parts of the index after {:.0} s", fresh.hundredths, began.elapsed().as_secs_f64());
        }
        if !done.more {
            if fresh.until.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    report::head("Gathering the words of all entries");
    report::note("seconds", &format!("{:.0}", began.elapsed().as_secs_f64()));
    Ok(())
}

async fn measure(service: &Service, bare: &Pool, entries: usize, times: usize) -> anyhow::Result<()> {
    let desk = service.desk();
    // One that leaves a leaf, to be taken as a measure.
    searching::words(&desk, &asked("zofu", false)).await?;
    let leaf = Leaf::like_the_last(bare).await?;
    report::head(&format!("The first page of a search over {entries} entries"));
    let [every, common, seldom, rare] = [0, 40, 400, 9_000].map(word);
    for (what, words) in [
        ("a word that nearly every entry has", every.clone()),
        ("a common word", common.clone()),
        ("a rare word", rare),
        ("two words", format!("{common} {seldom}")),
        ("a phrase of two very common words", format!("\"{every} {}\"", word(1))),
        ("the beginning of words", format!("{}*", &word(700)[..4])),
    ] {
        let asked = asked(&words, false);
        let query = bare_query(service, bare, &asked.wanted);
        let mut all: [Times; 2] = Default::default();
        let mut found = 0;
        for n in 0..times + 10 {
            for turn in 0..2 {
                let which = (turn + n) % 2;
                let began = Instant::now();
                if which == 0 {
                    found = searching::words(&service.desk(), &asked).await?.found.hits.len();
                } else {
                    leaf.after(bare, std::slice::from_ref(&query)).await?;
                }
                if n >= 10 {
                    all[which].add(began.elapsed());
                }
            }
        }
        let [ours, indexed] = &all;
        let ratio = ours.median() / indexed.median();
        let title = format!("{what}, median ({found} shown)");
        report::line(&title, &ours.shown(), &indexed.shown(), ratio, "at most 3", ratio <= 3.0);
        let late = ours.quantile(0.95);
        let limit = format!("{MOST_MS:.0} ms");
        report::line(
            &format!("{what}, 95th percentile"),
            &format!("{late:.2} ms"),
            &limit,
            late / MOST_MS,
            "at most 50 ms",
            late <= MOST_MS,
        );
    }
    Ok(())
}

/// Searches are begun and dropped, and at that moment a note is completed.
async fn dropped(service: &Service) -> anyhow::Result<()> {
    let child = service.children(1).await?[0];
    let (mut usual, mut after) = (Times::default(), Times::default());
    for n in 0..30 {
        let draft = completing::begin(service, child.record, 2 * n).await?;
        let began = Instant::now();
        completing::complete(service, &draft).await?;
        usual.add(began.elapsed());
        let draft = completing::begin(service, child.record, 2 * n + 1).await?;
        let searches: Vec<_> = (0..DROPPED)
            .map(|_| {
                let desk = service.desk();
                // Counting a phrase of two words that nearly every entry has: the longest that there is.
                let asked = asked(&format!("\"{} {}\"", word(1), word(0)), true);
                tokio::spawn(async move { searching::words(&desk, &asked).await.map(|_| ()) })
            })
            .collect();
        tokio::time::sleep(PATIENCE).await;
        searches.iter().for_each(tokio::task::JoinHandle::abort);
        let began = Instant::now();
        completing::complete(service, &draft).await?;
        after.add(began.elapsed());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    report::head("A note completed right after twelve searches were dropped");
    let ratio = after.median() / usual.median();
    report::line("median", &after.shown(), &usual.shown(), ratio, "at most 2", ratio <= 2.0);
    Ok(())
}

fn asked(words: &str, count: bool) -> Asked {
    let wanted = WordsWanted::read(words).unwrap_or_else(|_| unreachable!("invented words can be looked for"));
    Asked { wanted, within: None, before: None, count }
}

/// A record of notes with invented words.
fn wordy(service: &Service, nth: usize) -> anyhow::Result<Past> {
    let child = new_child(service.db.now());
    let begins = fill::day_before(service, 4 * 365);
    let elsewhere = TeamId::new(service.db.now(), &mut SystemChance);
    let team = if nth.is_multiple_of(OF_THE_TEAM) { service.team } else { elsewhere };
    let mut deeds: Vec<_> = service.beginning_in(team, child, nth, begins).into();
    for n in deeds.len()..fill::OTHER {
        let day = fill::plus(begins, n * 4 * 365 / fill::OTHER);
        let mut text = String::new();
        let mut dice = (nth * fill::OTHER + n) as u64;
        for _ in 0..WORDS {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(&word(zipf(dice >> 33)));
            text.push(' ');
        }
        deeds.push(service.deed(child, "case-note", day, note(at(day, fill::slot(n)), text.trim())));
    }
    fill::whole(service, child, &deeds)
}

/// A place in the vocabulary: the first are taken far more often.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
fn zipf(dice: u64) -> usize {
    let share = (dice % 1_000_000) as f64 / 1_000_000.0;
    ((VOCABULARY as f64).powf(share) - 1.0) as usize
}

/// A word of the vocabulary: syllables, so that none is another with an ending.
fn word(n: usize) -> String {
    const SYLLABLES: [&str; 32] = [
        "ba", "ke", "zo", "fu", "mi", "pa", "lo", "du", "ni", "ra", "vo", "te", "gu", "ha", "ji", "so", "bo", "ka",
        "ze", "fa", "mu", "po", "le", "da", "no", "re", "va", "to", "ga", "ho", "ja", "su",
    ];
    let mixed = n.wrapping_mul(7_919) % 32_768;
    [mixed % 32, mixed / 32 % 32, mixed / 1_024].map(|at| SYLLABLES[at]).concat()
}

/// The same hits and their sealed entries with plain SQL: the reader's records by their team, the words, the newest.
fn bare_query(service: &Service, bare: &Pool, wanted: &WordsWanted) -> Bound {
    let day = service.db.now().day().to_string();
    let team = service.team.to_string();
    let reach = "select f.record from fact f where f.kind = 'allocated-team' and f.value = $2 and f.from_day <= $3 and (f.until_day is null or f.until_day > $3)";
    let (hits, words) = match bare {
        Pool::Sqlite(_) => (
            format!(
                "select x.entry as entry, w.rowid as at from apart.words w join apart.words_entry x on x.at = w.rowid
                 where w.words match $1 and x.record in ({reach}) order by w.rowid desc limit 21"
            ),
            said(wanted, " ", |word| format!("said : \"{word}\""), |word| format!("said : \"{word}\" *"), " AND "),
        ),
        Pool::Postgres(_) => (
            format!(
                "select x.entry as entry, x.at as at from words_entry x where x.vector @@ cast($1 as tsquery)
                 and x.record in ({reach}) order by x.at desc limit 21"
            ),
            said(wanted, " <-> ", str::to_owned, |word| format!("{word}:*"), " & "),
        ),
    };
    let sql = format!(
        "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record, r.wrapped_key from ({hits}) h join entry e on e.id = h.entry
         join record r on r.id = e.record join entry_version v on v.entry = e.id and v.version = e.version"
    );
    (sql, vec![words.into(), team.into(), day.into()])
}

fn said(
    wanted: &WordsWanted,
    between: &str,
    word: impl Fn(&str) -> String,
    begins: impl Fn(&str) -> String,
    and: &str,
) -> String {
    let terms: Vec<_> = wanted
        .terms()
        .iter()
        .map(|term| match term {
            Term::Word(stem) => word(stem),
            Term::Begins(beginning) => begins(beginning),
            Term::Phrase(stems) if between == " " => word(&stems.join(" ")),
            Term::Phrase(stems) => format!("({})", stems.join(between)),
        })
        .collect();
    terms.join(and)
}
