//! `posd doctor`: looks at everything that a station needs, and says what is wrong and what to do. It
//! only reads: no terminal hears of it, and no payment is touched.

mod certificate;
mod files;
mod hardware;
mod live;
mod system;

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::say;
use crate::config::Config;

/// How bad it is; also the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ok,
    Warning,
    Error,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    const fn exit_code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Error => 2,
        }
    }
}

/// One thing that was looked at.
#[derive(Debug)]
struct Line {
    check: &'static str,
    level: Level,
    says: String,
    /// What to do; nothing where all is well.
    advice: Option<String>,
}

#[derive(Debug, Default)]
struct Report(Vec<Line>);

impl Report {
    fn ok(&mut self, check: &'static str, says: impl Into<String>) {
        self.add(check, Level::Ok, says.into(), None);
    }

    fn warning(&mut self, check: &'static str, says: impl Into<String>, advice: impl Into<String>) {
        self.add(check, Level::Warning, says.into(), Some(advice.into()));
    }

    fn error(&mut self, check: &'static str, says: impl Into<String>, advice: impl Into<String>) {
        self.add(check, Level::Error, says.into(), Some(advice.into()));
    }

    fn add(&mut self, check: &'static str, level: Level, says: String, advice: Option<String>) {
        self.0.push(Line {
            check,
            level,
            says,
            advice,
        });
    }

    fn worst(&self) -> Level {
        self.0
            .iter()
            .map(|line| line.level)
            .max()
            .unwrap_or(Level::Ok)
    }
}

/// The exit code is 0 when all is well, 1 after warnings, 2 after errors.
pub(super) fn run(path: &Path, as_json: bool) -> Result<ExitCode, String> {
    let mut report = Report::default();
    match Config::read(path) {
        Err(error) => {
            let advice = "correct the file; `posd config docs` prints every key, and `posd config \
                          check` says when it is right";
            report.error("configuration", error.to_string(), advice);
        }
        Ok(config) => {
            files::configuration(path, &mut report);
            files::check(&config, &mut report);
            let running = live::ask(&config, &mut report)?;
            hardware::check(&config, running.as_ref(), &mut report);
            certificate::check(&config, &mut report);
            system::clock(files::last_entry(&config), &mut report);
        }
    }
    system::unit(&mut report);
    tell(&report, as_json);
    Ok(ExitCode::from(report.worst().exit_code()))
}

fn tell(report: &Report, as_json: bool) {
    if as_json {
        let lines = report.0.iter().map(|line| {
            json!({
                "check": line.check, "state": line.level.name(), "says": line.says,
                "advice": line.advice,
            })
        });
        let lines: Vec<Value> = lines.collect();
        say(&json!({"worst": report.worst().name(), "checks": lines}).to_string());
        return;
    }
    for line in &report.0 {
        say(&format!(
            "{:<8} {:<14} {}",
            line.level.name(),
            line.check,
            line.says
        ));
        if let Some(advice) = &line.advice {
            say(&format!("{:<23} -> {advice}", ""));
        }
    }
}
