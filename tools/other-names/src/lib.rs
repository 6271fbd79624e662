//! A pack of the same meaning in which everything but what follows has another name and number: every form, question, list,
//! code, kind of fact, role and clock; every title and label; every limit. The program knows no pack, so it must do with this one what it
//! does with the other. Tests run on it.
//!
//! **What keeps its name**, and why:
//! - what the program's own source names ([`named_by_the_program`]): the forms and facts with which it writes itself, as
//!   `record::known` lists them, and their questions. `docs/names-the-program-knows.md` has all of them, and a test fails
//!   when there is one more;
//! - words with a meaning in a pack's files ([`VOCABULARY`]), which are no names: `yes`, `completed`, `each child`;
//! - national codes (the lists of England's folder `lists/`), and codes that are days or hours of a clock.
//!
//! A name becomes itself read backwards between two `z`; a label ends with ⟧, so that a page shows whether what it says comes
//! from the pack; every limit that has a length is one longer, and ages stay. All of it can be taken back ([`Names::back`]), which is how
//! tests that were written in the words of a pack read pages in other words.

mod text;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use jiff::civil::Date;
use policy::{
    FieldKind, Mistake, Pack, Sources,
    load::{SourceFile, Unreadable},
};

/// Words that mean something in the files of a pack, and are names of something there as well.
#[rustfmt::skip]
pub const VOCABULARY: &[&str] = &[
    "actions", "address", "ahead", "allocated", "allocated-worker", "always", "any", "approved", "ask", "ask-again",
    "asks-why", "at-once", "author", "author-approves", "authorised", "begins", "birth", "blue", "child", "children",
    "choice", "choices", "code", "codes", "completed", "covers", "date", "date-time", "document", "duty", "each",
    "entry", "expected", "family", "from", "future", "green", "grey", "happened", "long-text", "many", "manager",
    "manages", "may-stand", "may-stay", "never", "nhs-number", "no", "nothing-asked", "number", "office", "one",
    "organisation", "passages", "past", "pdf", "people", "person", "picture", "refused", "roles", "several-children",
    "signature", "sound", "staff", "started", "table", "taken", "team", "telephone", "text", "time", "upn", "video",
    "yes", "yes-no", "calendar", "working", "record", "settled", "this", "common", "differ", "own", "all", "none",
];

/// What stands behind every title and label of the other pack.
pub const MARK: char = '⟧';

/// The other names, and the way back.
#[derive(Clone, Debug, Default)]
pub struct Names {
    to: BTreeMap<String, String>,
    back: BTreeMap<String, String>,
}

impl Names {
    fn of(names: BTreeSet<String>) -> Self {
        let to: BTreeMap<String, String> = names.into_iter().map(|name| (name.clone(), other(&name))).collect();
        let back = to.iter().map(|(name, other)| (other.clone(), name.clone())).collect();
        Self { to, back }
    }

    /// With those of another pack as well; what has a name in both has the same.
    pub fn extend(&mut self, more: Self) {
        self.to.extend(more.to);
        self.back.extend(more.back);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.to.len()
    }

    /// The names that were changed.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        self.to.keys().map(String::as_str)
    }

    /// The other name of something; the same where it keeps its own.
    pub fn other<'n>(&'n self, name: &'n str) -> &'n str {
        self.to.get(name).map_or(name, String::as_str)
    }

    /// A text in which names stand by themselves or as parts of others (`seen-alone@0…`, `people.0.role`), with the
    /// other names.
    pub fn to(&self, text: &str) -> String {
        text::with_names(text, |run| self.to.get(run).cloned())
    }

    /// A page of the other pack in the words of the first: names as they were, and labels without their mark.
    pub fn back(&self, text: &str) -> String {
        let named = text::with_names(text, |run| {
            // An element's id begins with a name and goes on.
            self.back.get(run).cloned().or_else(|| {
                let ends = run.match_indices("z-").map(|(at, _)| at + 1).collect::<Vec<_>>();
                let (name, rest) = ends
                    .into_iter()
                    .rev()
                    .map(|at| run.split_at(at))
                    .find(|(name, _)| self.back.contains_key(*name))?;
                Some(format!("{}{rest}", self.back[name]))
            })
        });
        named.replace(MARK, "")
    }
}

/// A name read backwards.
fn other(name: &str) -> String {
    format!("z{}z", name.chars().rev().collect::<String>())
}

/// The other pack, and how its names come from those of this one.
///
/// # Errors
/// What is wrong with it: then something here does not know a word of the packs' files.
pub fn other_pack(pack: &Pack, kept: &BTreeSet<String>) -> Result<(Pack, Names), Vec<Mistake>> {
    let chain = chain(pack);
    let national: BTreeSet<String> = chain
        .iter()
        .flat_map(|(_, files)| files)
        .filter_map(|file| Some(file.path.strip_prefix("lists/")?.strip_suffix(".csv")?.to_owned()))
        .collect();
    let codes_of_nations: BTreeSet<&str> = pack
        .lists()
        .filter(|list| national.contains(&list.id))
        .flat_map(|list| list.items.iter().map(|item| item.code.as_str()))
        .collect();
    let ids: BTreeSet<&str> = chain.iter().map(|(id, _)| id.as_str()).collect();
    let mut names = named(pack);
    names.retain(|name| {
        !kept.contains(name)
            && !VOCABULARY.contains(&name.as_str())
            && !codes_of_nations.contains(name.as_str())
            && !ids.contains(name.as_str())
            && name.parse::<Date>().is_err()
            && !name.starts_with(|first: char| first.is_ascii_digit())
    });
    let names = Names::of(names);
    let files = chain.into_iter().map(|(id, files)| {
        let other = files.into_iter().map(|file| text::other_file(file, &names));
        (id, other.collect())
    });
    let pack = policy::load(&Written(files.collect()), pack.id())?;
    Ok((pack, names))
}

/// Everything in a pack that has a name.
fn named(pack: &Pack) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for form in pack.forms() {
        names.insert(form.id.clone());
        names.extend(form.sections.iter().map(|section| section.id.clone()));
        for field in form.fields() {
            names.insert(field.id.clone());
            if let FieldKind::Table { columns } = &field.kind {
                names.extend(columns.iter().map(|column| column.id.clone()));
            }
        }
    }
    for list in pack.lists() {
        names.insert(list.id.clone());
        names.extend(list.items.iter().map(|item| item.code.clone()));
    }
    names.extend(pack.facts().map(|fact| fact.id.clone()));
    names.extend(pack.roles().map(|role| role.id.clone()));
    names.extend(pack.clocks().all().iter().map(|clock| clock.id.clone()));
    names.extend(pack.clocks().periods().map(|period| period.id.clone()));
    names.extend(pack.natures().iter().map(|nature| nature.code.clone()));
    names.extend(pack.guidance().iter().map(|guidance| guidance.id.clone()));
    names.extend(pack.procedures().iter().map(|procedure| procedure.id.clone()));
    names.extend(pack.contents().iter().map(|content| content.id.clone()));
    names
}

/// The files of a pack and of those that it extends, by their packs' names.
fn chain(pack: &Pack) -> Vec<(String, Vec<SourceFile>)> {
    let mut chain = Vec::new();
    let mut next = Some(pack.id().to_owned());
    while let Some(id) = next.take() {
        let files = pack.made_of().files(&id).expect("a pack is kept with all that it was made of");
        let own = files.iter().find(|file| file.path == "pack.toml").map_or("", |file| file.text.as_str());
        next = own.lines().find_map(|line| line.strip_prefix("extends = \"")?.split('"').next().map(str::to_owned));
        chain.push((id, files));
    }
    chain
}

struct Written(BTreeMap<String, Vec<SourceFile>>);

impl Sources for Written {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        self.0.get(pack).cloned().ok_or_else(|| Unreadable::Absent(pack.to_owned()))
    }
}

/// Every word between quotes in the program's source, its pages and its scripts: among them are all names of a pack that
/// the program knows. Left out are tests, and what writes as people do who know the packs: the demonstration and the import.
///
/// # Errors
/// What the disk says.
pub fn named_by_the_program(root: &Path) -> std::io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.join("crates"), root.join("assets")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["tests", "demo", "import", "govuk", "target", "node_modules"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if [".rs", ".html", ".js"].iter().any(|end| name.ends_with(end)) {
                let whole = fs::read_to_string(&path)?;
                // Tests stand at the end of a file.
                let tests =
                    ["tests", "unit"].iter().filter_map(|name| whole.find(&format!("#[cfg(test)]\nmod {name} {{")));
                let program = &whole[..tests.min().unwrap_or(whole.len())];
                let said = program.lines().filter(|line| !line.trim_start().starts_with("//"));
                said.for_each(|line| text::quoted(line, &mut found));
            }
        }
    }
    Ok(found)
}
