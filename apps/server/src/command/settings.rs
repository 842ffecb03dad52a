//! `tenon settings …`: looks at settings without starting anything.

use std::process::ExitCode;

use tenon_settings::SettingsError;

use tenon_server::settings::ServerSettings;

/// What to do with settings.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Reads file, environment and flags, and says what is wrong with them.
    Check,
    /// Prints a commented file with every setting and its default.
    Sample,
    /// Prints the JSON Schema of the settings file.
    Schema,
}

pub(crate) fn run(
    action: &Action,
    load: impl Fn() -> Result<ServerSettings, SettingsError>,
) -> anyhow::Result<ExitCode> {
    match action {
        Action::Check => {
            let settings = load()?;
            println!(
                "The settings are good. Public API on {}.",
                settings.web.listen
            );
        }
        Action::Sample => print!("{}", tenon_settings::sample::<ServerSettings>()),
        Action::Schema => println!("{:#}", tenon_settings::schema::<ServerSettings>()),
    }
    Ok(ExitCode::SUCCESS)
}
