//! Runs a test as nextest does, in a process of its own, and says how it ended.

use std::{
    fs::{self, File},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{VARIABLE, copy::Copy, listed::Runnable};

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// As if nothing were wrong.
    Passed,
    /// It says that it needs what is not here.
    Skipped(String),
    /// It told, in these words.
    Failed(String),
    /// It was ended after this time.
    Hung(Duration),
    /// It did not come to say anything: it is not there, or was ended by somebody else.
    NotRun(String),
}

/// Runs tests in a copy, with a fault on or none; what they write is kept in a file.
///
/// # Errors
/// When the program cannot be started, or the disk fails.
pub fn run(copy: &Copy, what: &Runnable, fault: Option<&str>, kept: &Path, longest: Duration) -> Result<Ended> {
    let mut command = Command::new(&what.program);
    command.arg("--exact").arg("--nocapture").args(&what.names);
    command.current_dir(&what.folder).env("CARGO_MANIFEST_DIR", &what.folder);
    // A test that compares with a page that is kept must not write the new one beside it.
    command.env("INSTA_UPDATE", "no").env("INSTA_WORKSPACE_ROOT", &copy.root);
    command.env("NEXTEST", "1").env("RUST_BACKTRACE", "0").env("CARGO_TARGET_DIR", &copy.built);
    let status = ended(with(command, fault), kept, longest)?;
    Ok(match status {
        None => Ended::Hung(longest),
        Some(status) if status.success() => skipped(&read(kept)?).map_or(Ended::Passed, Ended::Skipped),
        Some(status) => said(status, &read(kept)?, &what.names),
    })
}

/// Runs a file of browser tests in a copy, and says how the one of this title ended.
///
/// # Errors
/// When Node cannot be started, or the disk fails.
pub fn browse(
    copy: &Copy,
    file: &str,
    title: &str,
    fault: Option<&str>,
    kept: &Path,
    longest: Duration,
) -> Result<Ended> {
    let mut command = Command::new("node");
    command.args(["tests/browser/all.mjs", file]).current_dir(&copy.root).env("CARGO_TARGET_DIR", &copy.built);
    let status = ended(with(command, fault), kept, longest)?;
    Ok(match status {
        None => Ended::Hung(longest),
        Some(_) => browsed(&read(kept)?, title),
    })
}

/// With this fault on, and no other.
fn with(mut command: Command, fault: Option<&str>) -> Command {
    match fault {
        Some(name) => command.env(VARIABLE, name),
        None => command.env_remove(VARIABLE),
    };
    command
}

/// Starts it as the first of a group, so that what it starts itself can be ended with it; none if it took too long.
fn ended(mut command: Command, kept: &Path, longest: Duration) -> Result<Option<ExitStatus>> {
    let out = File::create(kept).with_context(|| kept.display().to_string())?;
    command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out).process_group(0);
    let mut child = command.spawn().with_context(|| format!("{} does not start", command.get_program().display()))?;
    let until = Instant::now() + longest;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > until {
            end(&mut child)?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn end(child: &mut Child) -> Result<()> {
    let group = format!("-{}", child.id());
    Command::new("kill").args(["-KILL", "--", &group]).status().context("kill")?;
    child.wait()?;
    Ok(())
}

fn read(kept: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(kept)?).into_owned())
}

/// The line by which a test says that it was skipped, and why.
fn skipped(output: &str) -> Option<String> {
    // With what libtest wrote before it on the same line.
    output.lines().find_map(|line| line.find("SKIPPED").map(|at| line[at..].to_owned()))
}

/// What a test says that failed: its own panic first, then anybody's, then its error.
fn said(status: ExitStatus, output: &str, names: &[String]) -> Ended {
    let lines: Vec<&str> = output.lines().collect();
    let panics = |line: &str| line.contains("thread '") && line.contains(" panicked at ");
    let own = |line: &str| panics(line) && names.iter().any(|name| line.contains(&format!("thread '{name}'")));
    let panic = lines.iter().position(|line| own(line)).or_else(|| lines.iter().position(|line| panics(line)));
    let words: Vec<&str> = match panic {
        Some(at) => lines[at + 1..].iter().take_while(|line| !is_end(line)).map(|line| line.trim()).take(6).collect(),
        None => lines.iter().copied().filter(|line| line.starts_with("Error: ")).take(1).collect(),
    };
    match (words.is_empty(), status.signal()) {
        (false, _) => Ended::Failed(words.join(" ")),
        (true, Some(signal)) => Ended::NotRun(format!("ended by signal {signal}")),
        (true, None) => Ended::NotRun("it failed, and said nothing".to_owned()),
    }
}

fn is_end(line: &str) -> bool {
    line.is_empty()
        || line.starts_with("note: ")
        || line.starts_with("stack backtrace:")
        || line.starts_with("thread '")
}

/// How the test of this title ended, by what Node's runner says in either of its forms.
fn browsed(output: &str, title: &str) -> Ended {
    let failed = |line: &&str| (line.contains('✖') || line.trim_start().starts_with("not ok")) && line.contains(title);
    let passed = |line: &str| (line.contains('✔') || line.trim_start().starts_with("ok ")) && line.contains(title);
    let lines = output.lines();
    match lines.clone().find(failed) {
        None if lines.clone().any(passed) => Ended::Passed,
        None => Ended::NotRun("it did not come to be run".to_owned()),
        Some(_) => {
            let errors = ["error: ", "AssertionError", "Error: ", "TimeoutError"];
            let why = lines.map(str::trim).find(|line| errors.iter().any(|error| line.starts_with(error)));
            match why {
                Some(why) => Ended::Failed(why.to_owned()),
                None => Ended::NotRun("it failed, and said nothing".to_owned()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 1 test
thread 'tokio-runtime-worker' (7) panicked at crates/b.rs:1:1:
not this one
note: run with `RUST_BACKTRACE=1`
thread 'a::held' (8) panicked at crates/a.rs:1:1:
assertion `left == right` failed: the cookie
  left: 1
 right: 2

thread 'a::held' (8) panicked at crates/c.rs:1:1:
nor this
";

    #[test]
    fn its_own_panic_is_what_a_test_says() {
        let failed = ExitStatus::from_raw(101 << 8);
        let names = ["a::held".to_owned()];
        let told = |words: &str| Ended::Failed(words.to_owned());
        assert_eq!(said(failed, OUTPUT, &names), told("assertion `left == right` failed: the cookie left: 1 right: 2"));
        assert_eq!(said(failed, OUTPUT, &["b".to_owned()]), told("not this one"));
        assert_eq!(said(failed, "x\nError: no\ny", &names), told("Error: no"));
        // What was killed, or could not begin, has told nothing.
        assert_eq!(said(failed, "x", &names), Ended::NotRun("it failed, and said nothing".to_owned()));
        assert_eq!(said(ExitStatus::from_raw(9), "x", &names), Ended::NotRun("ended by signal 9".to_owned()));
    }

    #[test]
    fn a_test_that_was_skipped_says_so() {
        let output = "test a::held ... SKIPPED on PostgreSQL: it is not here\nok\n";
        assert_eq!(skipped(output).as_deref(), Some("SKIPPED on PostgreSQL: it is not here"));
        assert_eq!(skipped("test a::held ... ok\n"), None);
    }

    #[test]
    fn a_test_that_hangs_is_ended_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("kept");
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]);
        assert_eq!(ended(command, &kept, Duration::from_millis(300)).unwrap(), None);
        let started = read(&kept).unwrap();
        let runs = || {
            let state = fs::read_to_string(format!("/proc/{}/stat", started.trim())).unwrap_or_default();
            !state.is_empty() && !state.contains(") Z ")
        };
        let until = Instant::now() + Duration::from_secs(10);
        while runs() {
            assert!(Instant::now() < until, "{started} runs on");
            thread::sleep(Duration::from_millis(5));
        }
        let mut command = Command::new("sh");
        command.args(["-c", "exit 3"]);
        assert_eq!(ended(command, &kept, Duration::from_mins(1)).unwrap().and_then(|status| status.code()), Some(3));
    }

    #[test]
    fn a_browsers_test_is_known_by_its_title() {
        let failed = "✔ one (3ms)\n✖ two (4ms)\n  AssertionError [ERR]: no\n";
        assert_eq!(browsed(failed, "one"), Ended::Passed);
        assert_eq!(browsed(failed, "two"), Ended::Failed("AssertionError [ERR]: no".to_owned()));
        assert_eq!(browsed("not ok 1 - two\n  error: 'no'\n", "two"), Ended::Failed("error: 'no'".to_owned()));
        assert_eq!(browsed(failed, "three"), Ended::NotRun("it did not come to be run".to_owned()));
    }
}
