//! `posd config`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::say;
use crate::config::{self, Config};

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Say whether a configuration is right, or in which line it is not. Nothing is opened or started.
    Check {
        /// The file.
        #[arg(default_value = super::CONFIG)]
        file: PathBuf,
    },
    /// Print every key with its default and meaning, as docs/configuration.md.
    Docs,
    /// Print the JSON Schema of the configuration, for editors.
    Schema,
}

pub(super) fn run(what: &What) -> Result<ExitCode, String> {
    match what {
        What::Check { file } => {
            let config = Config::read(file).map_err(|error| error.to_string())?;
            let (terminals, accounts) = (config.terminals.len(), config.accounts.len());
            say(&format!(
                "{}: right: station {}, terminals: {terminals}, merchant accounts: {accounts}, readers: {}",
                file.display(),
                config.station,
                config.readers.len()
            ));
        }
        What::Docs => say(config::page().trim_end()),
        What::Schema => {
            let schema = serde_json::to_string_pretty(&config::schema());
            say(&schema.map_err(|error| error.to_string())?);
        }
    }
    Ok(ExitCode::SUCCESS)
}
