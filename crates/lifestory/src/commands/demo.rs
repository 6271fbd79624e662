//! `lifestory demo`: an invented authority, on loopback only.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use store::{Db, Place, extract::Extract, passkeys::RelyingParty};
use web::{App, Config};

use super::{clock, listen, log, new_password, stopped};
use crate::config::SingleSignOnArgs;

const BANNER: &str =
    "Nothing here is real: the authority, the children and everything written about them are invented.";

/// Makes the invented past and serves it.
pub async fn run(
    data: Option<PathBuf>,
    database: Option<String>,
    port: u16,
    (children, seed): (usize, u64),
    single_sign_on: &SingleSignOnArgs,
) -> anyhow::Result<ExitCode> {
    log();
    let listener = listen(port).await?;
    // By its name: browsers make no passkeys for a number.
    let address = format!("http://localhost:{}", listener.local_addr()?.port());
    let provider = super::single_sign_on::provider(single_sign_on, Some(&address))?;
    let folder = match data {
        Some(folder) => folder,
        None => std::env::temp_dir().join(format!("lifestory-demo-{}", std::process::id())),
    };
    let place = match database {
        Some(url) => Place::Postgres(url),
        None => Place::Folder(folder.clone()),
    };
    let db = Db::open(&place, &folder.join("keys"), super::packs::load(policy::DEFAULT, None)?, clock()).await?;
    anyhow::ensure!(
        db.organisation().await?.is_none(),
        "there is a record here already; the demonstration only begins in an empty place. Give another --data folder"
    );
    let begun = Instant::now();
    let demo = casework::demo::make(&db, db.now(), seed, children, &mut new_password).await?;
    println!(
        "{} children with {} entries were invented in {:.1} seconds, on {}.",
        demo.children,
        demo.entries,
        begun.elapsed().as_secs_f64(),
        db.engine_name()
    );
    let counts = Extract::at(folder.join("extract.db"));
    counts.make(&db).await?;
    println!("Data: {}", folder.display());
    for one in &demo.sign_ins {
        println!("Sign in: {}  {}  ({}, {})", one.username, one.password, one.name, one.role_title);
    }
    println!("Address: {address}");
    let finding = tokio::spawn(super::words::keep_fresh(db.clone()));
    let config = Config {
        banner: Some(BANNER.to_owned()),
        extract: Some(counts),
        passkeys: Some(RelyingParty::at(&address)?),
        provider,
        ..Config::default()
    };
    let app = App::new(db.clone(), config);
    web::serve(listener, app, stopped()).await?;
    finding.abort();
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
