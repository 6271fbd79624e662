//! What is known to be wrong with the libraries that are linked: compares `Cargo.lock` with the copy of `RustSec`'s advisories
//! that the repository keeps.
//!
//!     cargo run -q -p house-rules --bin advisories               compares, and says how old the copy is
//!     cargo run -q -p house-rules --bin advisories -- FOLDER     first makes the copy anew from a checkout of the database

use std::{io, path::Path, process::ExitCode};

use house_rules::{
    advisories::{Known, OLD_AFTER_DAYS, passed_over, place},
    dependencies::locked,
    root,
};
use jiff::civil::Date;

fn main() -> ExitCode {
    let folder = std::env::args().nth(1);
    match run(&root(), folder.as_deref().map(Path::new), today()) {
        Ok(clean) if clean => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("advisories: {error}");
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "here the day enters")]
fn today() -> Date {
    jiff::Zoned::now().date()
}

fn run(root: &Path, folder: Option<&Path>, today: Date) -> io::Result<bool> {
    let file = place(root);
    if let Some(folder) = folder {
        let newer = Known::of_checkout(folder)?;
        if Known::read(&file).is_ok_and(|kept| kept.of > newer.of) {
            return Err(io::Error::other(format!("the database in {} is older than the copy", folder.display())));
        }
        std::fs::write(&file, newer.in_text())?;
    }
    let (known, linked) = (Known::read(&file)?, locked(root)?);
    let found = known.against(&linked, &passed_over(root)?);
    let days = known.days_old(today);
    println!(
        "{} libraries against {} advisories of {}, {days} days ago: {} passed over in deny.toml, {} to look at.",
        linked.len(),
        known.advisories.len(),
        known.of,
        found.passed_over.len(),
        found.wrong.len()
    );
    if days > OLD_AFTER_DAYS {
        println!(
            "WARNING: what was published in these {days} days is not in it. Where there is a network: ./test advisories"
        );
    }
    for one in &found.wrong {
        eprintln!("{one}");
    }
    for id in &found.idle {
        eprintln!("deny.toml passes over {id}, which concerns nothing that is linked: take it out");
    }
    Ok(found.wrong.is_empty() && found.idle.is_empty())
}
