//! Secrets of an installation that was given none: made once, kept in the data directory.
//!
//! This is what lets one binary start with nothing. Every process of an installation needs the same secrets,
//! so several processes get them from settings, or from a copy of the file.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenon_kernel::Env;
use tenon_settings::Secret;

use crate::{NodeError, NodeSettings};

/// Fills the secrets that settings leave empty from `<data_dir>/secrets.toml`, which is made if it is missing;
/// returns the keys of `keyed` modules, by name: `<module>_key` in the file.
pub(crate) fn complete(
    settings: &mut NodeSettings,
    keyed: &[&'static str],
    env: &Env,
) -> Result<BTreeMap<&'static str, Secret>, NodeError> {
    let given = !settings.secrets.application.is_empty()
        && (settings.store.url.is_empty() || !settings.secrets.database_roles.is_empty())
        && keyed.is_empty();
    if given {
        return Ok(BTreeMap::new());
    }
    let kept = Kept::open(&settings.data_dir, keyed, env)?;
    if settings.secrets.application.is_empty() {
        settings.secrets.application = kept.get("application")?;
    }
    if settings.secrets.database_roles.is_empty() {
        settings.secrets.database_roles = kept.get("database_roles")?;
    }
    keyed
        .iter()
        .map(|module| Ok((*module, kept.get(&format!("{module}_key"))?)))
        .collect()
}

/// A secret of 256 bits, as text.
pub(crate) fn random(env: &Env) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(env.random::<32>()))
}

/// The file.
struct Kept {
    file: PathBuf,
    secrets: BTreeMap<String, Secret>,
}

impl Kept {
    fn open(data_dir: &Path, keyed: &[&'static str], env: &Env) -> Result<Self, NodeError> {
        let file = data_dir.join("secrets.toml");
        let failed = |source| NodeError::Secrets {
            file: file.clone(),
            source,
        };
        if !file.exists() {
            make(&file, keyed, env).map_err(failed)?;
        }
        let text = fs::read_to_string(&file).map_err(failed)?;
        // The parser's own message would show the line, and with it the secret.
        let Ok(secrets) = toml::from_str(&text) else {
            let key = "application".to_owned();
            return Err(NodeError::DamagedSecrets { file, key });
        };
        Ok(Self { file, secrets })
    }

    fn get(&self, key: &str) -> Result<Secret, NodeError> {
        self.secrets
            .get(key)
            .filter(|secret| !secret.is_empty())
            .cloned()
            .ok_or_else(|| NodeError::DamagedSecrets {
                file: self.file.clone(),
                key: key.to_owned(),
            })
    }
}

fn make(path: &Path, keyed: &[&str], env: &Env) -> io::Result<()> {
    let mut text = "# Made at the first start. Keep it as safe as the database; every process of the installation needs the same.\n".to_owned();
    let keys = keyed.iter().map(|module| format!("{module}_key"));
    for name in ["application".to_owned(), "database_roles".to_owned()]
        .into_iter()
        .chain(keys)
    {
        text.push_str(&name);
        text.push_str(" = \"");
        text.push_str(random(env).expose());
        text.push_str("\"\n");
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // Written beside and renamed, so that a crash never leaves half a file; readable by the owner only.
    let draft = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    tracing::warn!(file = %path.display(), "secrets were made; every process of this installation needs the same");
    Ok(())
}
