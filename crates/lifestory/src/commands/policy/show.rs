//! `lifestory policy show`

use std::{fmt::Write as _, path::Path, process::ExitCode};

use policy::{Form, Pack, clock::Clock, form::RecordKind, list::List, role::Role, words};

use super::super::packs;
use crate::config::Part;

/// Shows what a pack says: all of it in short, one part in short, or one thing whole.
pub fn run(pack: &str, (part, name): (Option<Part>, Option<&str>), folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let pack = packs::load(pack, folder)?;
    let text = match (part, name) {
        (None, _) => whole(&pack),
        (Some(part), None) => in_short(&pack, part),
        (Some(part), Some(name)) => one(&pack, part, name).ok_or_else(|| {
            anyhow::anyhow!("{} has nothing called `{name}` there. It has:\n{}", pack.title(), in_short(&pack, part))
        })?,
    };
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn whole(pack: &Pack) -> String {
    let mut text = format!("{} (`{}`, version {})\n", pack.title(), pack.id(), pack.version());
    line(&mut text, 0, &format!("its text has the SHA-256 {}", policy::in_hex(&pack.hash())));
    for (title, part) in [
        ("Forms", Part::Form),
        ("Roles", Part::Role),
        ("What must be done by when", Part::Clock),
        ("Lists", Part::List),
        ("Kinds of fact", Part::Fact),
        ("Writing help", Part::Guidance),
        ("Words", Part::Word),
    ] {
        write!(text, "\n{title}\n").expect("a String takes all that is written to it");
        text.push_str(&in_short(pack, part));
    }
    text
}

fn in_short(pack: &Pack, part: Part) -> String {
    let mut text = String::new();
    let mut row = |name: &str, says: &str| line(&mut text, 1, &format!("{name:<28} {says}"));
    match part {
        Part::Form => pack.forms().for_each(|form| {
            row(&form.id, &format!("{} (version {}), {}", form.title, form.version, questions(form)));
        }),
        Part::List => {
            pack.lists().for_each(|list| row(&list.id, &words::count(list.items.len(), "code")));
        }
        Part::Role => {
            pack.roles().for_each(|role| {
                row(&role.id, &format!("{}, {}", role.title, words::count(rights(role).len(), "right")));
            });
        }
        Part::Fact => pack.facts().for_each(|fact| row(&fact.id, &format!("{}: {}", fact.title, words::fact(fact)))),
        Part::Clock => pack.clocks().all().iter().for_each(|clock| {
            row(&clock.id, &format!("{}: {}{}", clock.what, clock.in_words(), state(clock)));
        }),
        Part::Guidance => pack.guidance().iter().for_each(|text| row(&text.id, &text.title)),
        Part::Word => pack.words().iter().for_each(|(key, word)| row(key, word)),
    }
    text
}

fn one(pack: &Pack, part: Part, name: &str) -> Option<String> {
    match part {
        Part::Form => pack.form(name).map(|form| self::form(pack, form)),
        Part::List => pack.list(name).map(list),
        Part::Role => pack.role(name).map(role),
        Part::Fact => {
            let fact = pack.fact(name)?;
            let set_by = pack.forms().filter(|form| form.sets.iter().any(|sets| sets.fact == fact.id));
            let mut text = format!("{}: {}\n", fact.title, words::fact(fact));
            let forms: Vec<String> = set_by.map(|form| format!("«{}»", form.title)).collect();
            if !forms.is_empty() {
                line(&mut text, 1, &format!("said by {}", words::list(forms)));
            }
            Some(text)
        }
        Part::Clock => {
            let clock = pack.clocks().get(name)?;
            let mut text = format!("{}{}\n", clock.what, state(clock));
            line(&mut text, 1, &clock.in_words());
            line(&mut text, 1, &format!("satisfied by {}", clock.met_in_words()));
            line(&mut text, 1, &format!("the task of {}", clock.owner_in_words()));
            clock
                .planned_in_words()
                .iter()
                .for_each(|planned| line(&mut text, 1, &format!("planned where {planned} is")));
            clock.why.iter().for_each(|why| line(&mut text, 1, why));
            line(&mut text, 1, &format!("from {}", clock.source.join(", ")));
            Some(text)
        }
        Part::Guidance => {
            let found = pack.guidance().iter().find(|text| text.id == name)?;
            let mut text = format!("{}\n", found.title);
            found.text.iter().for_each(|sentence| line(&mut text, 1, sentence));
            Some(text)
        }
        Part::Word => pack.words().get(name).map(|word| format!("{word}\n")),
    }
}

fn form(pack: &Pack, form: &Form) -> String {
    let mut text = format!("{} (`{}`, version {})\n", form.title, form.id, form.version);
    form.intro.iter().for_each(|intro| line(&mut text, 0, intro));
    line(&mut text, 0, &format!("written in {}, about {}", words::record(form.record), words::about(form.about)));
    line(&mut text, 0, &format!("by whoever may {}", words::capability(form.may_complete)));
    line(&mut text, 0, &format!("asks for {}", words::happens(form.happens)));
    if form.record == RecordKind::Child {
        line(&mut text, 0, &format!("stands in the chronology: {}", words::chronology(form.chronology)));
    }
    if let Some(limit) = form.limit_in_words() {
        line(&mut text, 0, &format!("to be complete: {limit}"));
    }
    line(&mut text, 0, &format!("from {}", form.source.join(", ")));
    for section in &form.sections {
        let each = if section.for_each_child { " (for each child)" } else { "" };
        write!(text, "\n{}{each}\n", section.title).expect("a String takes all that is written to it");
        for field in &section.fields {
            let must = if field.required { ", must be answered" } else { "" };
            line(&mut text, 1, &format!("{}  [{}]", field.label, field.id));
            line(&mut text, 2, &format!("{}{must}", words::kind(&field.kind)));
            if let Some(when) = &field.when {
                line(&mut text, 2, &format!("asked {}", words::condition(when, form, pack)));
            }
            line(&mut text, 2, &format!("from {}", field.source.join(", ")));
        }
    }
    let facts: Vec<String> = form
        .sets
        .iter()
        .filter_map(|sets| pack.fact(&sets.fact))
        .map(|fact| fact.title.clone())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    if !facts.is_empty() {
        write!(text, "\nSays what stands on the front page: {}\n", facts.join("; "))
            .expect("a String takes all that is written to it");
    }
    text
}

/// How a clock stands, where it does not simply run.
fn state(clock: &Clock) -> &'static str {
    if !clock.in_force {
        "; stated, and not in force"
    } else if clock.waits_for().next().is_some() && !clock.runs() {
        "; waits for a form"
    } else if clock.only_prompts {
        "; only prompts"
    } else {
        ""
    }
}

fn list(list: &List) -> String {
    let mut text = String::new();
    for item in &list.items {
        let withdrawn = if item.withdrawn { " (withdrawn: no longer offered)" } else { "" };
        line(&mut text, 0, &format!("{:<28} {}{withdrawn}", item.code, item.label));
    }
    text
}

fn role(role: &Role) -> String {
    let mut text = format!("{} may\n", role.title);
    for right in rights(role) {
        line(&mut text, 1, &right);
    }
    text
}

/// What a role may do, and for which records, one line a capability.
fn rights(role: &Role) -> Vec<String> {
    words::rights(role).into_iter().map(|(may, of)| format!("{may}: {of}")).collect()
}

fn questions(form: &Form) -> String {
    words::count(form.fields().count(), "question")
}

fn line(text: &mut String, deep: usize, says: &str) {
    writeln!(text, "{:indent$}{says}", "", indent = deep * 2).expect("a String takes all that is written to it");
}
