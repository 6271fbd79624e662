//! `lifestory restore`

use std::{fs, process::ExitCode};

use anyhow::Context as _;
use record::Moment;
use store::backup::{self, BackupError, Restored, Step, Target, Wanted, keys::Keys};

use super::{
    backup::{
        opened::{identities, open},
        with_commas,
    },
    clock, files, in_words, keys, place,
};
use crate::config::RestoreArgs;

/// Restores a backup into an empty place and proves it there.
pub async fn run(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    super::log();
    let identities = identities(&args.private_key)?;
    let bring = args.keys_file.as_ref().map(|file| anyhow::Ok(Keys::read(open(file, &identities)?)?)).transpose()?;
    let folder = keys(&args.place);
    anyhow::ensure!(
        bring.is_some() || folder.is_dir(),
        "a backup holds no keys, and there are none in {}. Nothing was changed. Give the file that `lifestory backup keys` wrote with --keys-file, or put the record's key folder there first",
        folder.display()
    );
    let target = Target {
        place: place(&args.place),
        keys: folder,
        bring,
        files: files(&args.place),
        // A backup brings its own; this is for one from before packs were kept.
        pack: super::packs::named(&args.place).ok(),
        clock: clock(),
    };
    let wanted = Wanted {
        organisation: args.expect.clone(),
        not_before: args.not_before.as_deref().map(moment).transpose()?,
        checkpoint: args
            .checkpoint
            .as_ref()
            .map(|file| fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display())))
            .transpose()?,
        go_back: args.go_back,
        accepts: args.accept,
    };
    // The first opening says in its own words why a file does not open.
    let mut first = Some(open(&args.file, &identities)?);
    let again = || match first.take() {
        Some(opened) => Ok(opened),
        None => open(&args.file, &identities).map_err(|error| match error.downcast::<BackupError>() {
            Ok(error) => error,
            Err(other) => std::io::Error::other(other.to_string()).into(),
        }),
    };
    let mut proved = 0;
    let restored = backup::restore(&target, again, &wanted, |step| say(step, &mut proved)).await;
    match restored {
        Ok(restored) => {
            tell(&restored);
            Ok(ExitCode::SUCCESS)
        }
        Err(BackupError::Unsound(report)) => {
            for finding in &report.findings {
                println!("  {finding}");
            }
            let wrong = report.findings.len();
            anyhow::bail!(
                "what was restored does not prove right: {wrong} things are wrong, listed above. The place is marked and nothing will open it. Try an older backup in another empty place; if this one must be served even so, restore it again in an empty place with --accept {wrong}"
            )
        }
        Err(error) => Err(error.into()),
    }
}

fn say(step: Step, proved: &mut u64) {
    match step {
        Step::Checking => println!("Reading the backup through. Nothing is changed before it is found whole."),
        Step::Beginning(head) => {
            println!(
                "Backup {} of the record {}, taken on {} by Lifestory {} on {}.",
                head.backup,
                head.organisation,
                head.moment().map_or_else(|| head.taken.clone(), in_words),
                head.program,
                head.engine
            );
            println!("It is whole. Filling the empty place, which is marked until everything is proved:");
        }
        Step::Table(table) => println!("  {table}"),
        Step::Forward => println!("Everything is there. Bringing it to the step of this program."),
        Step::Proving(0, _) => {
            println!("Proving it: every entry, fact, file and leaf against the ledger that the backup signed.");
        }
        Step::Proving(done, of) => {
            // A line for each tenth.
            let tenth = done * 10 / of.max(1);
            if tenth > *proved {
                *proved = tenth;
                println!("  {} of {}", with_commas(done), with_commas(of));
            }
        }
        Step::Ending => println!("It is proved. Taking the mark away."),
    }
}

fn tell(restored: &Restored) {
    let (head, report) = (&restored.head, &restored.report);
    println!(
        "Restored: {} entries and {} facts of {} records, {} pieces of files; the ledger is the one that the backup signed, with {} leaves.",
        with_commas(report.entries),
        with_commas(report.facts),
        with_commas(report.records),
        with_commas(restored.end.pieces),
        with_commas(head.changes().map_or(0, |log| log.size + log.waiting))
    );
    if !report.findings.is_empty() {
        println!("{} things in it are wrong, and were accepted; the ledger says so.", report.findings.len());
    }
    println!(
        "The record is as it was on {}. What was written after that is not in it.",
        head.moment().map_or_else(|| head.taken.clone(), in_words)
    );
    println!("Nobody is signed in. Start `lifestory serve` on this place.");
}

/// A day, from its first moment in the United Kingdom, or a moment.
fn moment(text: &str) -> anyhow::Result<Moment> {
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let day: jiff::civil::Date = text
        .parse()
        .with_context(|| format!("«{text}» is no day and no moment: 2026-03-03, or 2026-03-03T15:20:00Z"))?;
    Ok(Moment::new(day.to_zoned(jiff::tz::TimeZone::get("Europe/London")?)?.timestamp()))
}
