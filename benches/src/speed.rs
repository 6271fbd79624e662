//! All measurements of one engine, in one run.

use std::time::Instant;

use store::verify::verify;

use crate::{
    bare::Pool,
    completing, fill,
    place::EngineName,
    program, reading, report,
    service::{Child, Service},
};

/// The small database.
const SMALL: usize = 10_000;

/// Makes a database, measures, fills it further, measures again.
pub async fn run(engine: EngineName, entries: usize, times: usize) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("lifestory-bench.").tempdir()?;
    let keys = folder.path().join("keys");
    let place = engine.place(folder.path(), "bench").await?;
    let service = Service::make(&place, &keys).await?;
    println!("\n## {}\n", service.db.engine_name());
    println!("{times} times each, by turns with the bare engine.");
    let child = fill::long_life(&service).await?;
    fill::fill(&service, fill::LONG, SMALL).await?;
    let bare = Pool::connect(&place, 1).await?;
    Box::pin(completing::measure(engine, folder.path(), &service, &place, SMALL, times)).await?;
    settle(&bare).await?;
    let small = reading::measure(&service, &bare, child, "10,000 entries in the database", times).await?;
    check(&service).await?;
    if entries > SMALL {
        let began = Instant::now();
        fill::fill(&service, SMALL, entries).await?;
        eprintln!("  {entries} entries are there after {:.0} s", began.elapsed().as_secs_f64());
        settle(&bare).await?;
        let what = format!("{entries} entries in the database");
        let large = reading::measure(&service, &bare, child, &what, times).await?;
        reading::compare(small, large, entries);
    }
    remove_bare_leaves(&bare).await?;
    bare.close().await;
    serve(service, &place, &keys, child).await
}

async fn serve(service: Service, place: &store::Place, keys: &std::path::Path, child: Child) -> anyhow::Result<()> {
    service.db.close().await;
    drop(service);
    let (place, keys) = (place.clone(), keys.to_owned());
    tokio::task::spawn_blocking({
        let (place, keys) = (place.clone(), keys.clone());
        move || program::measure(&place, &keys, &child.record.to_string())
    })
    .await??;
    let db = crate::place::open(&place, &keys).await?;
    report_check(&db).await?;
    db.close().await;
    Ok(())
}

/// Everything is numbered, and the engine has looked at its tables as it does by itself in time.
async fn settle(bare: &Pool) -> anyhow::Result<()> {
    loop {
        let waiting = bare.rows("select count(*) from leaf where seq is null", &[]).await?;
        if waiting == [[0.into()]] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    match bare {
        Pool::Postgres(_) => {
            bare.run("vacuum analyze").await?;
            bare.run("checkpoint").await
        }
        Pool::Sqlite(_) => bare.run("pragma wal_checkpoint(truncate)").await,
    }
}

/// The bare engine's leaves belong to no log of ours.
async fn remove_bare_leaves(bare: &Pool) -> anyhow::Result<()> {
    let (off, on) = match bare {
        Pool::Sqlite(_) => {
            let kept = bare.rows("select sql from sqlite_master where name = 'leaf_kept'", &[]).await?;
            let Some(crate::bare::Value::Text(Some(sql))) = kept.into_iter().flatten().next() else {
                anyhow::bail!("leaves are not kept from deletion");
            };
            ("drop trigger leaf_kept".to_owned(), sql)
        }
        Pool::Postgres(_) => (
            "alter table leaf disable trigger leaf_kept".to_owned(),
            "alter table leaf enable trigger leaf_kept".to_owned(),
        ),
    };
    bare.run(&format!("{off}; delete from leaf where log = 'bare'; delete from log where name = 'bare'; {on}")).await
}

async fn check(service: &Service) -> anyhow::Result<()> {
    let began = Instant::now();
    let report = verify(&service.db, |_, _| {}).await?;
    eprintln!("  checked {} entries in {:.1} s", report.entries, began.elapsed().as_secs_f64());
    Ok(())
}

async fn report_check(db: &store::Db) -> anyhow::Result<()> {
    let began = Instant::now();
    let report = verify(db, |_, _| {}).await?;
    let seconds = began.elapsed().as_secs_f64();
    for finding in report.findings.iter().take(10) {
        println!("Found: {finding}");
    }
    anyhow::ensure!(report.is_sound(), "the measured database is not sound");
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let rate = report.entries as f64 / seconds;
    report::head("lifestory verify");
    report::note(
        "entries a second, everything from content to root",
        &format!("{rate:.0} ({} entries and {} facts in {seconds:.1} s)", report.entries, report.facts),
    );
    Ok(())
}
