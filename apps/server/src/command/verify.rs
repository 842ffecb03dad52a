//! `tenon verify`: checks every invariant of the stored data.

use std::process::ExitCode;

use tenon_kernel::Env;

use tenon_server::compose::Tenon;
use tenon_server::settings::ServerSettings;
use tenon_server::verify;

pub(crate) async fn run(mut settings: ServerSettings) -> anyhow::Result<ExitCode> {
    let env = Env::system();
    tenon_server::secrets::complete(&mut settings, &env)?;
    let tenon = Tenon::build(&settings, &env).await?;
    let broken = verify::all(&tenon, &env).await?;
    tenon.stores.close().await;
    if broken == 0 {
        println!("All invariants hold.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{broken} invariants are broken.");
    Ok(ExitCode::FAILURE)
}
