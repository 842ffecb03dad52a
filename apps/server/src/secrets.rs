//! Secrets of an installation that was given none: made once, kept in the data directory.
//!
//! This is what lets one binary start with nothing. Every node of an installation needs the same secrets,
//! so several nodes get them from settings, or from a copy of the file.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::KeyRingEntry;
use serde::Deserialize;
use tenon_kernel::Env;
use tenon_settings::Secret;

use crate::settings::ServerSettings;

/// What the file holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    application: Secret,
    database_roles: Secret,
    identity_key: Secret,
}

/// Fills the secrets that settings leave empty from `<data_dir>/secrets.toml`, which is made if it is missing.
pub fn complete(settings: &mut ServerSettings, env: &Env) -> Result<()> {
    let given = !settings.secrets.application.is_empty()
        && (settings.store.url.is_empty() || !settings.secrets.database_roles.is_empty())
        && !settings.identity.key_ring.is_empty();
    if given {
        return Ok(());
    }
    let path = settings.data_dir.join("secrets.toml");
    if !path.exists() {
        make(&path, env)?;
    }
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    // The parser's own message would show the line, and with it the secret.
    let kept: Kept = toml::from_str(&text)
        .ok()
        .with_context(|| format!("{} is damaged", path.display()))?;
    if settings.secrets.application.is_empty() {
        settings.secrets.application = kept.application;
    }
    if settings.secrets.database_roles.is_empty() {
        settings.secrets.database_roles = kept.database_roles;
    }
    if settings.identity.key_ring.is_empty() {
        settings.identity.key_ring = vec![KeyRingEntry {
            id: "file1".to_owned(),
            key: kept.identity_key,
        }];
    }
    Ok(())
}

fn make(path: &Path, env: &Env) -> Result<()> {
    let secret = || URL_SAFE_NO_PAD.encode(env.random::<32>());
    let text = format!(
        "# Made at the first start. Keep it as safe as the database; every node needs the same.\n\
         application = \"{}\"\ndatabase_roles = \"{}\"\nidentity_key = \"{}\"\n",
        secret(),
        secret(),
        secret(),
    );
    let folder = path.parent().context("the file has a folder")?;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    // Written beside and renamed, so that a crash never leaves half a file; readable by the owner only.
    let draft = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(&draft)
        .with_context(|| draft.display().to_string())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    tracing::warn!(file = %path.display(), "secrets were made; every node of this installation needs the same");
    Ok(())
}
