//! The machine: its clock, the unit and the device rules.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Report;
use crate::clock::{Clock, format_utc};
use crate::domain::id::Timestamp;

const CLOCK: &str = "clock";
const UNIT: &str = "unit";
const RULES: &str = "device rules";

/// 2026-01-01: no clock that is right says less.
const EARLIEST: Timestamp = Timestamp(1_767_225_600_000);

/// Seconds by which the hardware clock may differ.
const RTC_TOLERANCE: i64 = 300;

const RULES_FILE: &str = "70-posd-terminals.rules";

pub(super) fn clock(last_entry: Option<Timestamp>, report: &mut Report) {
    let now = Clock::start().utc();
    told_clock(now, last_entry, hardware_clock(), report);
    match synchronised() {
        Some(true) => report.ok(CLOCK, "it is synchronised over the network"),
        Some(false) => report.warning(
            CLOCK,
            "it is not synchronised over the network",
            "timedatectl set-ntp true, or name a time server that can be reached",
        ),
        None => report.ok(CLOCK, "whether it is synchronised is not known here"),
    }
}

fn told_clock(
    now: Timestamp,
    last_entry: Option<Timestamp>,
    hardware: Option<i64>,
    report: &mut Report,
) {
    let says = format_utc(now);
    let advice = "set the clock: timedatectl set-ntp true, or timedatectl set-time";
    if now < EARLIEST {
        report.error(CLOCK, format!("it says {says}: it was never set"), advice);
    }
    // A moment may pass between the two.
    if let Some(last) = last_entry.filter(|last| last.0 > now.0.saturating_add(1_000)) {
        let last = format_utc(last);
        let says =
            format!("it says {says}, and the journal was written at {last}: was it set back?");
        report.error(CLOCK, says, advice);
    }
    let seconds = now.0.div_euclid(1000);
    match hardware {
        Some(hardware) if hardware.abs_diff(seconds) > RTC_TOLERANCE.unsigned_abs() => {
            let by = hardware.abs_diff(seconds);
            report.warning(
                CLOCK,
                format!(
                    "the hardware clock differs by {by} s: the time is wrong after the next start"
                ),
                "hwclock --systohc; if it loses time again, its battery is empty",
            );
        }
        Some(_) | None => report.ok(CLOCK, format!("it says {says}")),
    }
}

/// What the hardware clock says, in seconds since 1970, where there is one.
fn hardware_clock() -> Option<i64> {
    let text = fs::read_to_string("/sys/class/rtc/rtc0/since_epoch").ok()?;
    text.trim().parse().ok()
}

fn synchronised() -> Option<bool> {
    if !Path::new("/run/systemd/system").exists() {
        return None;
    }
    let told = output(
        "timedatectl",
        &["show", "--property=NTPSynchronized", "--value"],
    )?;
    match told.trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

pub(super) fn unit(report: &mut Report) {
    let places = [
        "/etc/udev/rules.d",
        "/usr/lib/udev/rules.d",
        "/lib/udev/rules.d",
    ];
    let found = places.iter().map(|place| Path::new(place).join(RULES_FILE));
    match found.into_iter().find(|path| path.exists()) {
        Some(path) => report.ok(RULES, format!("{} is there", path.display())),
        None => report.warning(
            RULES,
            format!("{RULES_FILE} is not installed"),
            "install the package, or copy udev/ to /etc/udev/rules.d and run udevadm control --reload",
        ),
    }
    if !Path::new("/run/systemd/system").exists() {
        report.ok(UNIT, "there is no systemd here");
        return;
    }
    let asked = [
        "show",
        "posd.service",
        "--property=LoadState,ActiveState,SubState,UnitFileState,NRestarts",
    ];
    match output("systemctl", &asked) {
        Some(told) => told_unit(&told, report),
        None => report.warning(UNIT, "systemctl cannot be asked", "run posd doctor as root"),
    }
}

fn told_unit(told: &str, report: &mut Report) {
    let value = |name: &str| {
        let mut lines = told.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value)
    };
    let active = format!("{} ({})", value("ActiveState"), value("SubState"));
    if value("LoadState") == "not-found" {
        let advice = "install the package, or copy systemd/posd.service to /etc/systemd/system";
        report.warning(UNIT, "posd.service is not installed", advice);
    } else if value("ActiveState") == "failed" {
        let advice = "journalctl -u posd says why; then systemctl reset-failed posd";
        report.error(UNIT, format!("posd.service is {active}"), advice);
    } else if value("UnitFileState") != "enabled" {
        let says = format!("posd.service is {active} and does not start by itself");
        report.warning(UNIT, says, "systemctl enable posd");
    } else if value("NRestarts").parse().is_ok_and(|times: u64| times > 0) {
        let says = format!(
            "posd.service is {active}, restarted {} times",
            value("NRestarts")
        );
        report.warning(UNIT, says, "journalctl -u posd says why it ended");
    } else {
        report.ok(UNIT, format!("posd.service is {active}"));
    }
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let output = output.status.success().then_some(output.stdout)?;
    String::from_utf8(output).ok()
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn a_clock_that_cannot_be_right_is_named() {
        let now = Timestamp(EARLIEST.0 + 10_000_000);
        let seconds = now.0 / 1000;
        for (now, last, hardware, level) in [
            (now, None, None, Level::Ok),
            (now, Some(now), Some(seconds), Level::Ok),
            (Timestamp(0), None, None, Level::Error),
            (now, Some(Timestamp(now.0 + 60_000)), None, Level::Error),
            (now, None, Some(seconds - 4_000), Level::Warning),
        ] {
            let mut report = Report::default();
            told_clock(now, last, hardware, &mut report);
            assert_eq!(report.worst(), level, "{report:?}");
        }
    }

    #[test]
    fn what_systemd_says_of_the_unit_is_understood() {
        for (told, level, named) in [
            (
                "LoadState=not-found\nActiveState=inactive",
                Level::Warning,
                "not installed",
            ),
            (
                "LoadState=loaded\nActiveState=failed\nSubState=failed",
                Level::Error,
                "failed",
            ),
            (
                "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=disabled",
                Level::Warning,
                "does not start by itself",
            ),
            (
                "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\n\
                 NRestarts=3",
                Level::Warning,
                "restarted 3 times",
            ),
            (
                "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\n\
                 NRestarts=0",
                Level::Ok,
                "active (running)",
            ),
        ] {
            let mut report = Report::default();
            told_unit(told, &mut report);
            assert_eq!(report.worst(), level);
            assert!(report.0[0].says.contains(named), "{report:?}");
        }
    }
}
