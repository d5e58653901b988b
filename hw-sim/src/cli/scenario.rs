//! `hw-sim scenario` and `hw-sim presets`: what can happen at a terminal, as text.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use hw_sim::scenario::{self, Scenario};

use super::Failure;

/// What to do with scenarios.
#[derive(Debug, clap::Subcommand)]
pub(super) enum What {
    /// Say what is wrong in files, line by line.
    Check {
        /// Scenarios.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Checks all files before it fails.
pub(super) fn run(what: What) -> Result<(), Failure> {
    let What::Check { files } = what;
    let mut wrong = 0_usize;
    for file in files {
        if let Err(problems) = read(&file.to_string_lossy()) {
            writeln!(std::io::stdout().lock(), "{problems}")?;
            wrong = wrong.saturating_add(1);
        }
    }
    match wrong {
        0 => Ok(()),
        _ => Err(format!("{wrong} cannot be played").into()),
    }
}

/// Names and sentences, or the text of one.
pub(super) fn presets(name: Option<&str>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let Some(name) = name else {
        for preset in &scenario::PRESETS {
            writeln!(out, "{:26}{}", preset.name, preset.summary())?;
        }
        return Ok(());
    };
    let preset = scenario::preset(name).ok_or_else(|| format!("there is no scenario {name}"))?;
    out.write_all(preset.text.as_bytes())?;
    Ok(())
}

/// The scenario of a name, or in a file.
pub(super) fn load(what: &str) -> Result<Scenario, String> {
    match scenario::preset(what) {
        Some(preset) => parse(what, preset.text),
        None if !Path::new(what).exists() => Err(format!(
            "{what} is no file, and no scenario that is there (hw-sim presets)"
        )),
        None => read(what),
    }
}

fn read(file: &str) -> Result<Scenario, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    parse(file, &text)
}

/// A problem is `FILE:LINE: what stands there; what could`.
fn parse(file: &str, text: &str) -> Result<Scenario, String> {
    scenario::read(text).map_err(|problems| {
        let lines = problems.iter().map(|problem| format!("{file}:{problem}"));
        lines.collect::<Vec<_>>().join("\n")
    })
}
