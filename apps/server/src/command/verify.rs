//! `tenon verify`: checks every invariant of the stored data.

use std::process::ExitCode;

use tenon_node::HasNode as _;
use tenon_server::compose::Tenon;
use tenon_server::settings::ServerSettings;
use tenon_server::verify;

pub(crate) async fn run(settings: ServerSettings) -> anyhow::Result<ExitCode> {
    let env = settings.node().env()?;
    let tenon = Tenon::build(&settings, &env).await?;
    let broken = verify::all(&tenon, &env).await?;
    tenon.node.close().await;
    if broken == 0 {
        println!("All invariants hold.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{broken} invariants are broken.");
    Ok(ExitCode::FAILURE)
}
