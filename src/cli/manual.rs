//! `posd manual`

use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate_to};

use super::Arguments;

/// Writes one man page for each command, and one file for each shell.
pub(super) fn write(directory: &Path) -> Result<ExitCode, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        generate_to(shell, &mut Arguments::command(), "posd", directory).map_err(failed)?;
    }
    clap_mangen::generate_to(Arguments::command(), directory).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}
