//! `authority <folder> <service>…`: makes the identity of each service, signed by the folder's own authority.
//!
//! For development and rehearsals: who can read the folder can be any service. In production an operator's authority
//! signs; what counts is the name in the certificate.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use tenon_remote::issue::Authority;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        bail!("usage: authority <folder> <service>…");
    };
    let authority = take_up(&folder)?;
    for service in arguments {
        let issued = authority.issue(&service)?;
        let own = folder.join(&service);
        for (name, text) in [
            ("certificate.pem", &issued.certificate),
            ("key.pem", &issued.key),
            ("signing.pem", &issued.signing_key),
            ("public.txt", &issued.public_key),
        ] {
            write(&own.join(name), text)?;
        }
    }
    Ok(())
}

/// The authority of a folder; a new one if it has none.
fn take_up(folder: &Path) -> Result<Authority> {
    let key = folder.join("authority.key.pem");
    if key.is_file() {
        let pem = fs::read_to_string(&key).with_context(|| key.display().to_string())?;
        return Ok(Authority::from_key_pem(&pem)?);
    }
    let authority = Authority::new()?;
    write(&key, &authority.key_pem())?;
    write(&folder.join("authority.pem"), authority.certificate())?;
    Ok(authority)
}

/// Writes a file that only its owner may read.
fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| path.display().to_string())?;
    file.write_all(text.as_bytes())
        .with_context(|| path.display().to_string())
}
