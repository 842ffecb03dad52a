//! `tenon admin …`: looks after people and demo data.

use std::process::ExitCode;

use anyhow::Result;
use tenon_kernel::{CallCtx, Interface};
use tenon_node::HasNode as _;
use tenon_server::compose::Tenon;
use tenon_server::demo;
use tenon_server::settings::ServerSettings;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Prints a one-time token with which the first administrator registers; refused once there is one.
    BootstrapToken,
    /// Fills the shop with demo products, and makes demo accounts with random passwords.
    SeedDemo,
    /// Replaces the key that signs access tokens; tokens already out stay good until they expire.
    RotateSigningKey,
    /// Removes all second factors of somebody who has lost them: for the one administrator. They get a mail.
    ClearFactors {
        /// The address of their account.
        email: String,
    },
}

pub(crate) async fn run(settings: ServerSettings, action: Action) -> Result<ExitCode> {
    let env = settings.node().env()?;
    let tenon = Tenon::build(&settings, &env).await?;
    let ctx = CallCtx::service(&env, Interface::Cli, "tenon");
    match action {
        Action::BootstrapToken => {
            let identity = tenon.administration.identity(&tenon.node)?;
            let token = identity.issue_bootstrap_token(&ctx).await?;
            println!("{}", token.expose());
        }
        Action::RotateSigningKey => {
            let identity = tenon.administration.identity(&tenon.node)?;
            let key = identity.rotate_signing_key(&ctx).await?;
            println!("Access tokens are signed with {key} from a quarter of an hour on.");
        }
        Action::ClearFactors { email } => {
            let identity = tenon.administration.identity(&tenon.node)?;
            identity.clear_factors(&ctx, &email).await?;
            println!("The password of {email} is enough now.");
        }
        Action::SeedDemo => {
            let report = demo::seed(&tenon, &settings, &env, &ctx).await?;
            println!("{report}");
        }
    }
    tenon.node.close().await;
    Ok(ExitCode::SUCCESS)
}
