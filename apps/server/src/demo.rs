//! Demo data for development: a shop with something to buy, and accounts with passwords made for this machine.

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::NewUser;
use identity_contract::IdentityError;
use tenon_kernel::{CallCtx, Env, Role};
use tenon_seam::SeamError;

use crate::compose::Tenon;
use crate::settings::ServerSettings;

/// File with one `role e-mail password` a line, readable by the owner only.
const ACCOUNTS_FILE: &str = "demo-accounts.txt";

/// What was added.
#[derive(Debug)]
pub struct Report {
    goods: Option<catalog::Seeded>,
    accounts: Option<usize>,
}

/// Adds what is missing to the modules of this process; safe to run again.
///
/// # Errors
///
/// Says where to run it if neither the catalog nor identity is hosted here.
pub async fn seed(
    tenon: &Tenon,
    settings: &ServerSettings,
    env: &Env,
    ctx: &CallCtx,
) -> Result<Report> {
    let (node, administration) = (&tenon.node, &tenon.administration);
    if !node.hosts("identity") {
        administration.catalog(node)?;
    }
    let goods = match administration.catalog(node) {
        Ok(shop) => Some(shop.seed(ctx).await?),
        Err(_) => None,
    };
    let accounts = match administration.identity(node) {
        Ok(identity) => {
            let file = settings.data_dir.join(ACCOUNTS_FILE);
            Some(seed_accounts(identity, &file, env, ctx).await?)
        }
        Err(_) => None,
    };
    Ok(Report { goods, accounts })
}

async fn seed_accounts(
    identity: &identity::Operations,
    file: &Path,
    env: &Env,
    ctx: &CallCtx,
) -> Result<usize> {
    let mut accounts = 0;
    for (name, roles) in [
        ("admin", vec![Role::Admin]),
        ("staff", vec![Role::Staff]),
        ("buyer", vec![Role::Customer]),
    ] {
        let password = URL_SAFE_NO_PAD.encode(env.random::<12>());
        let email = format!("{name}@tenon.example");
        let user = NewUser {
            email: email.clone(),
            password: password.clone(),
            display_name: None,
            roles,
        };
        match identity.create_user(ctx, user).await {
            Ok(_) => {
                // Printed nowhere else: whoever can read the data directory can sign in.
                append(file, &format!("{name:<6} {email} {password}\n"))?;
                accounts += 1;
            }
            Err(SeamError::Domain(IdentityError::EmailTaken)) => {}
            Err(error) => return Err(error).context("a demo account"),
        }
    }
    Ok(accounts)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(goods) = &self.goods {
            let catalog::Seeded {
                categories,
                products,
                stocked,
            } = goods;
            write!(
                f,
                "Added {products} products in {categories} categories, stock of {stocked} variants. "
            )?;
        }
        match self.accounts {
            Some(accounts) => write!(f, "Added {accounts} accounts."),
            None => Ok(()),
        }
    }
}

fn append(path: &Path, line: &str) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| path.display().to_string())?;
    file.write_all(line.as_bytes())?;
    Ok(file.sync_all()?)
}
