//! `posd journal` and `posd backup`

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::say;
use crate::config::Config;
use crate::journal;

/// Which journal is meant.
#[derive(Debug, Args)]
pub(super) struct Source {
    /// The journal of the station with this configuration; /etc/posd/posd.toml without it.
    #[arg(long, value_name = "FILE", group = "source")]
    config: Option<PathBuf>,
    /// A journal file, such as a backup.
    #[arg(long, value_name = "FILE", group = "source")]
    journal: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Go through the journal and say what is not as it was written. The exit code is 1 then.
    Verify {
        #[command(flatten)]
        journal: Source,
        /// The last entry as it was printed at an earlier time: it has to be there still.
        #[arg(long, value_name = "NUMBER:DIGEST")]
        expect: Option<String>,
    },
    /// Print every entry as one line of JSON. Tokens stay sealed.
    Export {
        #[command(flatten)]
        journal: Source,
    },
}

impl Source {
    pub(super) fn path(&self) -> Result<PathBuf, String> {
        if let Some(journal) = &self.journal {
            return Ok(journal.clone());
        }
        let config = self.config.as_deref().unwrap_or(Path::new(super::CONFIG));
        let config = Config::read(config).map_err(|error| error.to_string())?;
        Ok(config.data_dir.join("journal.db"))
    }
}

/// Copies the journal, and checks the copy.
pub(super) fn backup(journal: &Source, file: &Path) -> Result<ExitCode, String> {
    if file.exists() {
        let name = file.display();
        return Err(format!("{name} is there already: a copy gets a new name"));
    }
    journal::backup(&journal.path()?, file).map_err(|error| error.to_string())?;
    report(file, None)
}

pub(super) fn run(what: &What) -> Result<ExitCode, String> {
    match what {
        What::Verify { journal, expect } => report(&journal.path()?, expect.as_deref()),
        What::Export { journal } => {
            let mut out = BufWriter::new(io::stdout().lock());
            journal::export(&journal.path()?, &mut out).map_err(|error| error.to_string())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn report(path: &Path, expect: Option<&str>) -> Result<ExitCode, String> {
    let done = journal::verify(path, expect).map_err(|error| error.to_string())?;
    for finding in &done.findings {
        say(&format!("WRONG: {finding}"));
    }
    if done.more > 0 {
        say(&format!("WRONG: and {} more", done.more));
    }
    let (path, head) = (path.display(), &done.head);
    say(&format!(
        "{path}: {} entries, {} events, last entry {head}",
        done.entries, done.events
    ));
    Ok(if done.findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
