//! `lifestory serve`

use std::process::ExitCode;

use casework::organisation::{First, found, job};
use web::{App, Config};

use super::{listen, log, new_password, open, stopped};
use crate::config::PlaceArgs;

/// Serves the pages; the first time, makes the organisation with its first administrator.
pub async fn run(place: &PlaceArgs, port: u16, https: bool) -> anyhow::Result<ExitCode> {
    log();
    let listener = listen(port).await?;
    let db = open(place).await?;
    super::self_check(&db).await?;
    if db.organisation().await?.is_none() {
        let password = new_password();
        let first = First { name: "First Administrator", username: "admin", password: &password };
        found(&job(db.clone(), "found", db.now()), &first, "").await?;
        println!("A new record was made on {}.", db.engine_name());
        println!("Sign in: admin  {password}  (First Administrator, administrator)");
        println!("The password is shown this once and must be changed at the first sign-in.");
    }
    println!("Address: http://{}", listener.local_addr()?);
    let app = App::new(db.clone(), Config { https, ..Config::default() });
    web::serve(listener, app, stopped()).await?;
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
