//! `tenon serve`: serves until it is told to stop.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use tenon_kernel::Env;
use tenon_node::{Listeners, PublicApi};
use tenon_telemetry::Telemetry;
use tenon_web::{Edge, EdgeState, ServeOptions};

use tenon_server::compose::{API, Tenon};
use tenon_server::settings::ServerSettings;

pub(crate) async fn run(settings: ServerSettings) -> Result<ExitCode> {
    let env = Env::system();
    let web = Arc::new(settings.web.clone());
    let service = match settings.seam.service.as_str() {
        "" => "tenon",
        service => service,
    };
    let telemetry = Telemetry::start(&settings.telemetry, service)?;
    let tenon = Tenon::build(&settings, &env).await?;
    let public = match tenon.edge {
        Some(edge) => {
            let state = EdgeState {
                env,
                verifier: edge.verifier,
                settings: Arc::clone(&web),
            };
            Some(PublicApi {
                listen: ("web.listen", web.listen),
                router: Edge::try_public(state, API, tenon.endpoints)?,
                options: ServeOptions::from(web.as_ref()),
            })
        }
        None => None,
    };
    let listeners = Listeners {
        operations: ("web.operations_listen", web.operations_listen),
        public,
    };
    tenon.node.serve(listeners).await?;
    telemetry.stop();
    Ok(ExitCode::SUCCESS)
}
