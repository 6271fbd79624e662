//! The search before a person is made, over so many people, the leaf of what it showed included, beside one bare
//! indexed query: the same keys, and the facts of whoever they find, with one durable commit of a leaf.
//!
//! Whom it looks for is a person of the database with a slip in the name or the birth, another one each time. Names are
//! invented and have something like their real weights: a few are very common, most are rare.

use std::time::Instant;

use casework::records;
use jiff::{Span, civil::Date};
use record::likeness::{
    LookedFor,
    keys::{Key, wanted},
};

use crate::{
    bare::{Bound, Pool},
    place::EngineName,
    reading::Leaf,
    report::{self, Times},
    service::{Child, Service, dated, new_child, on},
};

/// The most that a search may take, in milliseconds, over 200,000 people.
const MOST_MS: f64 = 50.0;
/// How many records go in at once.
const AT_ONCE: usize = 500;

const GIVEN: [&str; 40] = [
    "Mohammed",
    "Olivia",
    "Muhammad",
    "Amelia",
    "Noah",
    "Isla",
    "Oliver",
    "Ava",
    "George",
    "Catherine",
    "Arthur",
    "Freya",
    "Amira",
    "Harry",
    "Kathryn",
    "Leo",
    "Jack",
    "Sofia",
    "Zainab",
    "Charlie",
    "Aisha",
    "Rosie",
    "Theo",
    "Bilal",
    "Siân",
    "Jayden",
    "Ellie",
    "Hassan",
    "Poppy",
    "Niamh",
    "Kacper",
    "Stephen",
    "Maryam",
    "Tyler",
    "Grace",
    "Ibrahim",
    "Chloe",
    "Dylan",
    "Nadia",
    "Ruby",
];
const BEGINNINGS: [&str; 25] = [
    "Ash", "Bar", "Brad", "Car", "Dun", "East", "Fair", "Grim", "Hart", "Ken", "Lang", "Mar", "Nor", "Oak", "Pem",
    "Rad", "Sand", "Thorn", "Up", "Wal", "West", "Whit", "Wood", "Yar", "Zel",
];
const ENDINGS: [&str; 16] = [
    "ley", "ton", "by", "field", "wood", "ford", "ham", "well", "den", "more", "worth", "shaw", "bridge", "croft",
    "man", "ker",
];
const COMMON: [&str; 8] = ["Khan", "Smith", "Ali", "Jones", "Hussain", "Taylor", "Ahmed", "O'Brien"];

/// Fills a database with people and measures the search over them.
pub async fn run(engine: EngineName, people: usize, times: usize) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("lifestory-bench.").tempdir()?;
    let place = engine.place(folder.path(), "looking").await?;
    let service = Service::make(&place, &folder.path().join("keys")).await?;
    println!("\n## {}: looking for people\n", service.db.engine_name());
    fill(&service, people).await?;
    let bare = Pool::connect(&place, 1).await?;
    if let Pool::Postgres(_) = &bare {
        bare.run("vacuum analyze").await?;
    }
    measure(&service, &bare, people, times).await?;
    bare.close().await;
    Ok(())
}

async fn fill(service: &Service, people: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    let day = service.db.now().day();
    for first in (0..people).step_by(AT_ONCE) {
        let (mut children, mut deeds): (Vec<Child>, Vec<_>) = Default::default();
        for nth in first..people.min(first + AT_ONCE) {
            let child = new_child(service.db.now());
            let (name, born) = described(nth, day);
            let (given, family) = name.split_once(' ').unwrap_or(("", &name));
            let typed = on(day).with("given-names", given).with("family-name", family).with("born", "yes");
            let typed =
                dated(typed, "birth", born).with("sex", if nth % 2 == 0 { "F" } else { "M" }).with("confirmed", "no");
            deeds.push(service.deed(child, "person", day, typed));
            children.push(child);
        }
        service.take_in(&service.pasts(&children, &deeds)?).await?;
        if first % 20_000 == 0 {
            eprintln!("  {first} people after {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// Somebody's name and birth, by their place in the database.
fn described(nth: usize, today: Date) -> (String, Date) {
    // A step that shares no factor with the sizes below, so that neighbours are not alike.
    let mixed = nth.wrapping_mul(7_919) ^ (nth >> 3);
    let given = GIVEN[weighted(mixed, GIVEN.len())];
    let family = if mixed.is_multiple_of(7) {
        COMMON[(mixed / 7) % COMMON.len()].to_owned()
    } else {
        let (beginning, ending) = (mixed / 11 % BEGINNINGS.len(), mixed / 311 % ENDINGS.len());
        format!("{}{}", BEGINNINGS[beginning], ENDINGS[ending])
    };
    let days = i64::try_from(mixed % (18 * 365)).unwrap_or(0);
    (format!("{given} {family}"), today.saturating_sub(Span::new().days(days)))
}

/// The first of a list are taken more often.
fn weighted(mixed: usize, count: usize) -> usize {
    let (one, other) = (mixed % count, mixed / count % count);
    one.min(other)
}

/// Somebody of the database as a tired person types them.
fn slip(nth: usize, people: usize, today: Date) -> LookedFor {
    let (name, born) = described(nth.wrapping_mul(104_729) % people, today);
    let typed = match nth % 4 {
        0 => name.replace('i', "y"),
        1 => name.split_once(' ').map_or(name.clone(), |(given, family)| format!("{family} {given}")),
        2 => name.to_lowercase(),
        _ => name.clone(),
    };
    let born = if nth % 4 == 3 { born.saturating_add(Span::new().days(1)) } else { born };
    LookedFor::new(&typed, Some(born))
}

async fn measure(service: &Service, bare: &Pool, people: usize, times: usize) -> anyhow::Result<()> {
    let desk = service.desk();
    records::search_to_name(&desk, &slip(1, people, desk.now.day())).await?;
    let leaf = Leaf::like_the_last(bare).await?;
    let mut all: [Times; 2] = Default::default();
    let mut found = 0;
    for n in 0..times + 20 {
        let looked_for = slip(n, people, desk.now.day());
        let query = bare_query(bare, &looked_for);
        for turn in 0..2 {
            let which = (turn + n) % 2;
            let began = Instant::now();
            if which == 0 {
                let answer = records::search_to_name(&service.desk(), &looked_for).await?;
                found += usize::from(!answer.is_empty() && n >= 20);
            } else {
                leaf.after(bare, std::slice::from_ref(&query)).await?;
            }
            if n >= 20 {
                all[which].add(began.elapsed());
            }
        }
    }
    let [ours, indexed] = &all;
    let ratio = ours.median() / indexed.median();
    report::head(&format!("The search before a person is made, over {people} people"));
    report::line(
        "name and birth with a slip, median",
        &ours.shown(),
        &indexed.shown(),
        ratio,
        "at most 3",
        ratio <= 3.0,
    );
    let late = ours.quantile(0.95);
    let limit = format!("{MOST_MS:.0} ms");
    report::line(
        "the same, 95th percentile",
        &format!("{late:.2} ms"),
        &limit,
        late / MOST_MS,
        "at most 50 ms",
        late <= MOST_MS,
    );
    report::note("somebody was found", &format!("{found} of {times} times"));
    anyhow::ensure!(found * 10 >= times * 9, "the search does not find whom it looks for");
    Ok(())
}

/// The same keys, and the facts of whoever they find, in one query.
fn bare_query(bare: &Pool, looked_for: &LookedFor) -> Bound {
    let wanted = wanted(&looked_for.who, &[]);
    let keys: Vec<String> = wanted
        .births
        .iter()
        .chain(&wanted.pairs)
        .filter_map(|key| match key {
            Key::Plain(key) => Some(format!("\"{key}\"")),
            Key::Address(_) => None,
        })
        .collect();
    let texts = match bare {
        Pool::Sqlite(_) => "select value from json_each($1)",
        Pool::Postgres(_) => "select jsonb_array_elements_text(cast($1 as jsonb))",
    };
    let sql = format!(
        "select subject, kind, value from fact where subject in (select 'p' || person from (select person from person_key where key in ({texts}) limit 240) as k)
         and kind in ('name', 'preferred-name', 'former-name', 'birth', 'expected-birth', 'nhs-number', 'upn', 'sex')"
    );
    (sql, vec![format!("[{}]", keys.join(",")).into()])
}
