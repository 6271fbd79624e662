//! `lifestory policy offer`, and what the start of the program does with its pack.

use std::process::ExitCode;

use casework::{
    approval::{self, Offered},
    organisation::job,
};
use policy::Pack;
use record::time::day_in_words;
use store::Db;

use super::super::{open_existing, packs};
use crate::config::PlaceArgs;

/// Offers a pack to the organisation of a place.
pub async fn run(new: &str, place: &PlaceArgs) -> anyhow::Result<ExitCode> {
    let pack = packs::load(new, place.packs.as_deref())?;
    let db = open_existing(place).await?;
    let refused = say(&db, &pack).await?;
    db.close().await;
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Offers a pack, and says what came of it; whether it was refused.
async fn say(db: &Db, pack: &Pack) -> anyhow::Result<bool> {
    let offered = approval::offer(&job(db.clone(), "policy", db.now()), pack).await?;
    let (new, now) = (packs::called(pack), packs::called(db.pack()));
    let said = match offered {
        Offered::InForce => format!("{new} is in force."),
        Offered::Ahead(from) => format!("{new} was approved and holds from {}. Until then: {now}.", day_in_words(from)),
        Offered::PutInForce => {
            format!("{new} is in force from today. Nobody had to approve it, and the record says so.")
        }
        Offered::Waits => format!(
            "{new} waits for approval. Whoever may approve it finds it on the pages under Policy. In force until then: {now}."
        ),
        Offered::Refused(reasons) => format!(
            "{new} cannot take the place of {now}, for {}; `lifestory policy diff in-force … --in-use` says which.",
            policy::words::count(reasons, "reason")
        ),
    };
    println!("Policy: {said}");
    Ok(matches!(offered, Offered::Refused(_)))
}

/// At the start of the program: the pack that it was started with is offered, or the newest that it has of the one in
/// force. A broken one changes nothing: what is in force goes on.
pub async fn at_start(db: &Db, args: &PlaceArgs) -> anyhow::Result<()> {
    let named = match &args.pack {
        Some(named) => packs::Named::find(named, args.packs.as_deref()),
        None => packs::Named::find(db.pack().id(), args.packs.as_deref()),
    };
    let loaded = match named {
        Ok(named) if args.pack.is_none() && !named.is_there() => return Ok(()),
        Ok(named) => named.load().map_err(|mistakes| packs::in_lines(&mistakes)),
        Err(error) => Err(error.to_string()),
    };
    match loaded {
        Ok(pack) => say(db, &pack).await.map(drop),
        Err(wrong) if db.packs().history().is_empty() => anyhow::bail!("the policy pack cannot be used:\n{wrong}"),
        Err(wrong) => {
            eprintln!("lifestory: the policy pack that this program was started with cannot be used:\n{wrong}");
            eprintln!("lifestory: {} goes on: it is in force here.", packs::called(db.pack()));
            Ok(())
        }
    }
}
