//! The demo accounts that seeding made: one `role e-mail password` a line.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Someone who can sign in.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// Reads the administrator's line.
pub(crate) fn administrator(file: &Path) -> Result<Account> {
    of("admin", file)
}

/// Reads the line of `admin`, `staff` or `buyer`.
pub(crate) fn of(name: &str, file: &Path) -> Result<Account> {
    let text = fs::read_to_string(file)
        .with_context(|| format!("{} (is the demo seeded?)", file.display()))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .with_context(|| format!("no line for `{name}`"))?;
    let mut words = line.split_whitespace();
    let (Some(email), Some(password)) = (words.next(), words.next()) else {
        anyhow::bail!("the line for `{name}` names no e-mail and password");
    };
    Ok(Account {
        email: email.to_owned(),
        password: password.to_owned(),
    })
}
