//! The identity provider, from what the command line says.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use openid::{Provider, Settings};

use crate::config::SingleSignOnArgs;

/// Where a provider sends people back to, at the address of the pages.
const BACK: &str = "/sign-in/single-sign-on/back";

/// The provider that the arguments name, if they name one. It is not asked anything yet: the pages start without it.
pub fn provider(args: &SingleSignOnArgs, pages: Option<&str>) -> anyhow::Result<Option<Arc<Provider>>> {
    let Some(issuer) = &args.single_sign_on else { return Ok(None) };
    let pages = pages.context(
        "--single-sign-on needs --pages too: the identity provider must know to which address it sends people back",
    )?;
    // clap asks for both where there is a provider.
    let (Some(client), Some(file)) = (&args.single_sign_on_client, &args.single_sign_on_secret_file) else {
        anyhow::bail!("--single-sign-on needs --single-sign-on-client and --single-sign-on-secret-file")
    };
    let settings = Settings {
        issuer: issuer.clone(),
        client: client.clone(),
        secret: secret(file)?,
        name: args.single_sign_on_name.clone(),
        back: format!("{}{BACK}", pages.trim_end_matches('/')),
    };
    Ok(Some(Arc::new(Provider::new(settings)?)))
}

/// The secret in a file that nobody but its owner reads.
fn secret(file: &Path) -> anyhow::Result<String> {
    let unreadable = || format!("the secret file {} cannot be read", file.display());
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).with_context(unreadable)?.permissions());
        let for_others = mode & 0o077;
        anyhow::ensure!(
            for_others == 0,
            "the secret file {} can be read by others; give it to the user that runs Lifestory, and to nobody else (chmod 600)",
            file.display()
        );
    }
    let secret = std::fs::read_to_string(file).with_context(unreadable)?;
    let secret = secret.trim_end_matches(['\r', '\n']).to_owned();
    anyhow::ensure!(!secret.is_empty(), "the secret file {} is empty", file.display());
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(issuer: &str, file: &Path) -> SingleSignOnArgs {
        SingleSignOnArgs {
            single_sign_on: Some(issuer.to_owned()),
            single_sign_on_client: Some("lifestory".to_owned()),
            single_sign_on_secret_file: Some(file.to_owned()),
            single_sign_on_name: "your work account".to_owned(),
        }
    }

    /// ASVS 13.3.2
    #[test]
    fn the_secret_lies_in_a_file_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let told =
            || provider(&args("https://login.test", &file), Some("https://lifestory.test")).unwrap_err().to_string();
        assert!(told().contains("cannot be read"), "{}", told());
        std::fs::write(&file, "a secret\n").unwrap();
        #[cfg(unix)]
        for (mode, is_taken) in [(0o644, false), (0o640, false), (0o604, false), (0o600, true), (0o400, true)] {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
            std::fs::set_permissions(&file, mode).unwrap();
            let made = provider(&args("https://login.test", &file), Some("https://lifestory.test"));
            assert_eq!(made.is_ok(), is_taken, "{made:?}");
            if let Err(error) = made {
                assert!(error.to_string().contains("can be read by others"), "{error}");
            }
        }
        let made = provider(&args("https://login.test", &file), Some("https://lifestory.test")).unwrap();
        assert!(!format!("{made:?}").contains("a secret"), "{made:?}");
    }

    /// R-ACC-02
    #[test]
    fn a_provider_is_asked_over_https_or_on_this_machine() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "a secret").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let made = |issuer: &str, pages: Option<&str>| provider(&args(issuer, &file), pages);
        let here = Some("https://lifestory.test/");
        for issuer in
            ["https://login.test", "https://login.test/tenant/v2.0", "http://localhost:9000", "http://127.0.0.1:9"]
        {
            assert!(made(issuer, here).is_ok(), "{issuer}");
        }
        for issuer in [
            "http://login.test",
            "http://10.0.0.1",
            "http://localhost.evil.test",
            "ftp://login.test",
            "https://me@login.test",
            "https://login.test?x=y",
            "login.test",
            "",
        ] {
            let error = made(issuer, here).unwrap_err().to_string();
            assert!(error.contains("must be named by its address with HTTPS"), "{issuer}: {error}");
        }
        let error = made("https://login.test", Some("http://lifestory.test")).unwrap_err().to_string();
        assert!(error.contains("sends people back to an address with HTTPS"), "{error}");
        let error = made("https://login.test", None).unwrap_err().to_string();
        assert!(error.contains("needs --pages"), "{error}");
        let none = SingleSignOnArgs { single_sign_on: None, ..args("", &file) };
        assert!(provider(&none, None).unwrap().is_none(), "it is not offered where nobody names one");
    }
}
