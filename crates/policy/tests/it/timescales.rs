//! `docs/timescales.md`: its examples load, and its table says how each row of the requirements reads now.

use std::{fmt::Write as _, path::Path};

use policy::{
    Pack, Sources,
    clock::Clock,
    embedded, load,
    load::{SourceFile, Unreadable},
};

const PAGE: &str = include_str!("../../../../docs/timescales.md");

/// A pack over England with one example of the page as its clocks.
struct Example<'a>(&'a str);

impl Sources for Example<'_> {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        if pack != "example" {
            return embedded().files(pack);
        }
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
        let own = "id = \"example\"\ntitle = \"Example\"\nversion = 1\nextends = \"england\"\n";
        Ok(vec![file("pack.toml", own), file("clocks.toml", self.0)])
    }
}

fn examples() -> impl Iterator<Item = &'static str> {
    PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next())
}

#[test]
fn r_gov_01_every_example_of_the_page_loads() {
    let england = load(&embedded(), "england").expect("it loads");
    let mut shown = 0;
    for example in examples() {
        let pack = load(&Example(example), "example").unwrap_or_else(|mistakes| {
            panic!("{example}\n{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        });
        assert_ne!(pack.clocks(), england.clocks(), "this example says nothing new:\n{example}");
        shown += 1;
    }
    assert!(shown > 8, "the page has {shown} examples");
}

fn shipped(id: &str) -> Pack {
    load(&embedded(), id).expect("a shipped pack loads")
}

/// The requirements of section 43.2 that a clock comes from.
fn rows_of(clock: &Clock) -> impl Iterator<Item = u32> {
    clock.source.iter().filter_map(|source| source.strip_prefix("R-TIME-")?.parse().ok())
}

fn table() -> String {
    let mut lines: Vec<(u32, String)> = Vec::new();
    for id in ["rochdale", "bolton", "carefirst", "glebe-house"] {
        let pack = shipped(id);
        for clock in pack.clocks().all() {
            let state = match (clock.in_force, clock.runs()) {
                (false, _) => "kept",
                (true, true) if clock.only_prompts => "prompts",
                (true, true) => "runs",
                (true, false) => "waits",
            };
            for row in rows_of(clock) {
                let what = format!(
                    "| R-TIME-{row:02} | {} | {} | {} | {state} |",
                    pack.title(),
                    clock.what,
                    clock.in_words().replace('|', "or")
                );
                lines.push((row, what));
            }
        }
    }
    lines.sort();
    let mut table = String::from("| row | pack | what must be done | by when | |\n| --- | --- | --- | --- | --- |\n");
    for (_, line) in lines {
        writeln!(table, "{line}").expect("a String takes all that is written to it");
    }
    table
}

/// R-TIME-X13: each row reads in the pack of its authority as the page says.
#[test]
fn r_time_x13_the_page_says_how_every_row_reads() {
    let (before, rest) = PAGE.split_once("<!-- rows -->\n").expect("the page has a place for the rows");
    let (rows, after) = rest.split_once("<!-- /rows -->").expect("the place has an end");
    let table = table();
    for row in 1..=105 {
        assert!(table.contains(&format!("| R-TIME-{row:02} |")), "R-TIME-{row:02} is no clock of any pack");
    }
    if std::env::var_os("LIFESTORY_WRITE_GOLDEN").is_some() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/timescales.md");
        std::fs::write(page, format!("{before}<!-- rows -->\n{table}<!-- /rows -->{after}"))
            .expect("the page is written");
        return;
    }
    assert!(rows == table, "the page is stale: run this test with LIFESTORY_WRITE_GOLDEN=1 and read what changed");
}
