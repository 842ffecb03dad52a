//! `tenon serve`: serves until it is told to stop.

use std::process::ExitCode;

use anyhow::Result;
use tenon_telemetry::Telemetry;

use tenon_node::HasNode as _;
use tenon_server::compose::Tenon;
use tenon_server::settings::ServerSettings;

pub(crate) async fn run(settings: ServerSettings) -> Result<ExitCode> {
    let env = settings.node().env()?;
    let service = match settings.seam.service.as_str() {
        "" => "tenon",
        service => service,
    };
    let telemetry = Telemetry::start(&settings.telemetry, service)?;
    let tenon = Tenon::build(&settings, &env).await?;
    let (node, listeners) = tenon.listeners(&settings, env)?;
    node.serve(listeners).await?;
    telemetry.stop();
    Ok(ExitCode::SUCCESS)
}
