//! The whole of it: copies, builds, sees every test pass with no fault, then fail with its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use requirements::{Test, asvs::Standard};

use crate::{
    check::Held,
    copy::Copy,
    fault::{Fault, Faults, How, Told},
    listed::{self, Listed},
    running::{self, Ended},
    text,
};

/// How long a test may take longer with a fault than without before it counts as one that hangs.
const LONGER: Duration = Duration::from_mins(2);

/// How long a test may take with no fault: some try a hundred thousand cases.
const LONGEST: Duration = Duration::from_mins(15);

/// What a test said of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It failed, in these words.
    Told(String),
    /// It did not end, and was ended.
    Hung(Duration),
    /// It passed.
    Silent,
    /// It does not pass with no fault either, or cannot be run here.
    Worthless(String),
}

impl Answer {
    /// Whether the fault was noticed.
    pub const fn tells(&self) -> bool {
        matches!(self, Self::Told(_) | Self::Hung(_))
    }
}

/// A fault, and what each of its tests said.
#[derive(Debug)]
pub struct Shown<'a> {
    /// What was wrong.
    pub fault: &'a Fault,
    /// In the order of its tests.
    pub answers: Vec<(Told, Answer)>,
}

/// The two copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Where {
    /// As the tree is.
    Plain,
    /// With every switch in it.
    Switched,
}

/// The tests of `tools/` read the source, which must be as it is but for one fault; all others run the program.
fn at(fault: &Fault, told: &Told) -> Where {
    match told {
        Told::Test { file, .. } if fault.how == How::Source && file.starts_with("tools/") => Where::Plain,
        Told::Checks => Where::Plain,
        Told::Test { .. } => Where::Switched,
    }
}

/// Runs these faults, of all.
///
/// # Errors
/// When a copy cannot be made or does not build with no fault on, or the disk fails.
pub fn run<'a>(held: &Held<'_>, all: &Faults, chosen: &[&'a Fault], below: &Path) -> Result<Vec<Shown<'a>>> {
    let wanted: BTreeSet<(Where, Told)> =
        chosen.iter().flat_map(|fault| fault.tests.iter().map(|told| (at(fault, told), told.clone()))).collect();
    let kept = below.join("said");
    _ = fs::remove_dir_all(&kept);
    fs::create_dir_all(&kept)?;
    let mut drill = Drill { held, kept, trees: BTreeMap::new(), before: BTreeMap::new() };
    for place in [Where::Plain, Where::Switched] {
        if wanted.iter().any(|(wanted, _)| *wanted == place) {
            drill.trees.insert(place, Tree::make(held.root, all, place, &wanted, below)?);
        }
    }
    drill.before = drill.with_no_fault(&wanted)?;
    drill.all(chosen)
}

/// How a test ended with no fault: how long it took, or what it said.
type Before = Result<Duration, String>;

struct Drill<'a> {
    held: &'a Held<'a>,
    /// Where what tests write is kept.
    kept: PathBuf,
    trees: BTreeMap<Where, Tree>,
    before: BTreeMap<(Where, Told), Before>,
}

struct Tree {
    copy: Copy,
    listed: Option<Listed>,
}

impl Tree {
    fn make(root: &Path, all: &Faults, place: Where, wanted: &BTreeSet<(Where, Told)>, below: &Path) -> Result<Self> {
        let here = wanted.iter().filter(|(wanted, _)| *wanted == place).map(|(_, told)| told);
        let packages = here.filter_map(|told| match told {
            Told::Test { file, .. } => Some(listed::package(file).map(str::to_owned)),
            Told::Checks => None,
        });
        Ok(match place {
            Where::Plain => {
                let copy = Copy::make(root, &below.join("plain"), &BTreeMap::new())?;
                let packages: BTreeSet<String> = packages.collect::<Result<_>>()?;
                let packages: Vec<String> = packages.into_iter().collect();
                let listed = if packages.is_empty() { None } else { Some(Listed::build(&copy, &packages)?) };
                Self { copy, listed }
            }
            Where::Switched => {
                let copy = Copy::make(root, &below.join("switched"), &switched(root, all)?)?;
                let listed = Some(Listed::build(&copy, &[])?);
                Self { copy, listed }
            }
        })
    }
}

/// The files that have switches, with all of them.
fn switched(root: &Path, all: &Faults) -> Result<BTreeMap<String, String>> {
    let mut by_file: BTreeMap<&str, Vec<&Fault>> = BTreeMap::new();
    for fault in all.all.iter().filter(|fault| fault.how == How::Switch) {
        by_file.entry(&fault.file).or_default().push(fault);
    }
    let changed = |(file, faults): (&str, Vec<&Fault>)| {
        let text = fs::read_to_string(root.join(file)).with_context(|| file.to_owned())?;
        Ok((file.to_owned(), text::with(&text, &faults)?))
    };
    by_file.into_iter().map(changed).collect()
}

impl Drill<'_> {
    fn with_no_fault(&self, wanted: &BTreeSet<(Where, Told)>) -> Result<BTreeMap<(Where, Told), Before>> {
        let wanted: Vec<&(Where, Told)> = wanted.iter().collect();
        let before = some_at_once(&wanted, |number, (place, told)| self.before(*place, told, number));
        wanted.into_iter().cloned().zip(before).map(|(what, before)| Ok((what, before?))).collect()
    }

    fn before(&self, place: Where, told: &Told, number: usize) -> Result<Before> {
        let began = Instant::now();
        let before = match self.ask(place, told, None, &format!("no-fault-{number}"), LONGEST)? {
            Ended::Passed => Ok(began.elapsed()),
            Ended::Failed(words) | Ended::Skipped(words) | Ended::NotRun(words) => Err(words),
            Ended::Hung(after) => Err(format!("it hangs for {} s", after.as_secs())),
        };
        if let Err(words) = &before {
            println!("with no fault, {told} does not pass: {words}");
        }
        Ok(before)
    }

    fn all<'f>(&mut self, chosen: &[&'f Fault]) -> Result<Vec<Shown<'f>>> {
        let of = |how: How| chosen.iter().copied().filter(move |fault| fault.how == how);
        let switches: Vec<(&Fault, &Told)> =
            of(How::Switch).flat_map(|fault| fault.tests.iter().map(move |told| (fault, told))).collect();
        let mut answers: BTreeMap<(&str, &Told), Answer> = BTreeMap::new();
        let told = some_at_once(&switches, |_, (fault, told)| self.answer(fault, told));
        for ((fault, test), answer) in switches.iter().zip(told) {
            answers.insert((&fault.name, test), answer?);
        }
        for fault in of(How::Source) {
            for told in &fault.tests {
                answers.insert((&fault.name, told), self.changed(fault, told, |drill| drill.answer(fault, told))?);
            }
        }
        for fault in of(How::Build) {
            for (told, answer) in self.built(fault)? {
                answers.insert((&fault.name, told), answer);
            }
        }
        let shown = |fault: &&'f Fault| {
            let of_it =
                fault.tests.iter().filter_map(|told| Some((told.clone(), answers.remove(&(&*fault.name, told))?)));
            Shown { fault, answers: of_it.collect() }
        };
        Ok(chosen.iter().map(shown).collect())
    }

    /// What a test says of a fault that is in the copy by now.
    fn answer(&self, fault: &Fault, told: &Told) -> Result<Answer> {
        let place = at(fault, told);
        let answer = match &self.before[&(place, told.clone())] {
            Err(words) => Answer::Worthless(format!("with no fault it does not pass either: {words}")),
            Ok(took) => {
                let number = fault.tests.iter().position(|other| other == told).unwrap_or_default();
                let longest = *took * 3 + LONGER;
                match self.ask(place, told, Some(fault), &format!("{}-{number}", fault.name), longest)? {
                    Ended::Passed | Ended::Skipped(_) => Answer::Silent,
                    Ended::Failed(words) => Answer::Told(words),
                    Ended::Hung(after) => Answer::Hung(after),
                    Ended::NotRun(why) => Answer::Worthless(why),
                }
            }
        };
        println!("{}: {told}: {answer:?}", fault.name);
        Ok(answer)
    }

    fn ask(&self, place: Where, told: &Told, fault: Option<&Fault>, kept: &str, longest: Duration) -> Result<Ended> {
        let tree = &self.trees[&place];
        let kept = self.kept.join(format!("{kept}.txt"));
        let Told::Test { file, name } = told else { return Ok(checks(&tree.copy.root, self.held.tests, fault)) };
        let on = fault.map(|fault| fault.name.as_str());
        if Path::new(file).extension().is_some_and(|end| end == "mjs") {
            return running::browse(&tree.copy, file, name, on, &kept, longest);
        }
        let listed = tree.listed.as_ref().context("a copy with tests is built")?;
        match listed.find(&tree.copy, file, name) {
            Ok(found) => running::run(&tree.copy, &found, on, &kept, longest),
            Err(missing) => Ok(Ended::NotRun(missing.to_string())),
        }
    }

    /// Does something while the copy that a test reads has a fault in it, and takes it out again.
    fn changed<T>(&mut self, fault: &Fault, told: &Told, act: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let copy = &self.trees[&at(fault, told)].copy;
        let was = fs::read_to_string(copy.root.join(&fault.file)).with_context(|| fault.file.clone())?;
        copy.put(&fault.file, &text::with(&was, &[fault])?)?;
        let done = act(self);
        self.trees[&at(fault, told)].copy.put(&fault.file, &was)?;
        done
    }

    /// Builds the tests anew with a fault, and asks all that should tell.
    fn built<'f>(&mut self, fault: &'f Fault) -> Result<Vec<(&'f Told, Answer)>> {
        let Some(first) = fault.tests.first() else { return Ok(Vec::new()) };
        self.changed(fault, first, |drill| {
            let tree = drill.trees.get_mut(&Where::Switched).context("what is built anew is in the switched copy")?;
            match Listed::build(&tree.copy, &[]) {
                Ok(listed) => tree.listed = Some(listed),
                Err(wrong) => {
                    let answer = Answer::Worthless(wrong.to_string());
                    return Ok(fault.tests.iter().map(|told| (told, answer.clone())).collect());
                }
            }
            fault.tests.iter().map(|told| Ok((told, drill.answer(fault, told)?))).collect()
        })
    }
}

/// Whether the lines still stand of which the rows say that they hold them.
fn checks(root: &Path, tests: &[Test], fault: Option<&Fault>) -> Ended {
    let Err(said) = Standard::read(root).and_then(|standard| standard.hold_to(root, tests)) else {
        return Ended::Passed;
    };
    let said = said.to_string();
    let of_a_row = |line: &&str| {
        let rows = fault.map(|fault| fault.rows.as_slice()).unwrap_or_default();
        line.contains("does not say") && rows.iter().any(|row| line.starts_with(&format!("{row}: ")))
    };
    match (fault, said.lines().find(of_a_row)) {
        (Some(_), None) => Ended::Passed,
        (Some(_), Some(line)) => Ended::Failed(line.to_owned()),
        (None, _) => Ended::Failed(said),
    }
}

/// Does something with each, as many at once as there are processors; the answers come in the order of what was asked.
fn some_at_once<T: Sync, A: Send>(all: &[T], act: impl Fn(usize, &T) -> A + Sync) -> Vec<A> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let hands = thread::available_parallelism().map_or(1, usize::from).min(all.len());
    thread::scope(|scope| {
        for _ in 0..hands {
            scope.spawn(|| {
                while let number = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(one) = all.get(number)
                {
                    let answer = act(number, one);
                    done.lock().expect("nobody falls with it in hand").insert(number, answer);
                }
            });
        }
    });
    done.into_inner().expect("nobody falls with it in hand").into_values().collect()
}
