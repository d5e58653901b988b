//! Terminals and contactless readers: as the running station sees them, or by their devices alone.
//! Nothing is opened and nothing is sent.

use std::fs;
use std::net::ToSocketAddrs as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use serde_json::Value;

use super::Report;
use crate::config::{Config, LineConfig, PortName, ReaderConfig};
use crate::devices::Devices;
use crate::terminal::holders;

const TERMINAL: &str = "terminal";
const READER: &str = "reader";

const WHAT_THERE_IS: &str = "is it plugged in? posd terminal devices prints what there is";

/// What the device rules give devices to, and what Debian does.
const GROUPS: [&str; 2] = ["posd", "dialout"];

pub(super) fn check(config: &Config, health: Option<&Value>, report: &mut Report) {
    for (id, terminal) in &config.terminals {
        let row = health.and_then(|health| row(&health["terminals"], "terminal", id.as_str()));
        match row {
            Some(row) => terminal_as_seen(id.as_str(), row, report),
            None => match &terminal.line {
                LineConfig::Serial { port: name, .. } => serial(id.as_str(), name, report),
                LineConfig::Tcp { address } => name(id.as_str(), address, report),
            },
        }
    }
    for (id, reader) in &config.readers {
        helper(id.as_str(), reader, report);
        let row = health.and_then(|health| row(&health["readers"], "reader", id.as_str()));
        match (row, reader.connection.device()) {
            (Some(row), _) => reader_as_seen(id.as_str(), row, report),
            (None, Some(device)) => port(READER, id.as_str(), device, report),
            (None, None) => {}
        }
    }
}

fn row<'a>(rows: &'a Value, key: &str, id: &str) -> Option<&'a Value> {
    rows.as_array()?.iter().find(|row| row[key] == id)
}

fn terminal_as_seen(id: &str, row: &Value, report: &mut Report) {
    if row["connected"] == true {
        report.ok(TERMINAL, format!("{id} is connected"));
        return;
    }
    let cause = row["cause"].as_str().unwrap_or("no cause is known yet");
    let advice = "is it switched on and plugged in? Stop the station, and posd terminal probe says what \
                  stands in the way";
    report.error(TERMINAL, format!("{id} is not connected: {cause}"), advice);
}

fn reader_as_seen(id: &str, row: &Value, report: &mut Report) {
    let name = row["name"].as_str().unwrap_or("a reader");
    if row["connected"] == true {
        report.ok(READER, format!("{id} is ready ({name})"));
        return;
    }
    let cause = row["cause"].as_str().unwrap_or("no cause is known yet");
    let advice =
        "is it plugged in? docs/nfc.md says what its helper needs; payments do not need it";
    report.warning(READER, format!("{id} is not ready: {cause}"), advice);
}

fn helper(id: &str, reader: &ReaderConfig, report: &mut Report) {
    let path = &reader.helper;
    if rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_err() {
        let says = format!("{id}: its helper {} cannot be run", path.display());
        let advice = "install posd-nfc there, or name it by `helper` (docs/nfc.md)";
        report.error(READER, says, advice);
    }
}

/// A terminal at a serial port, which may be that of a USB device that is looked for.
fn serial(id: &str, name: &PortName, report: &mut Report) {
    match Devices::of_this_machine().find(name) {
        Ok(device) => port(TERMINAL, id, &device, report),
        Err(problem) => report.error(TERMINAL, format!("{id}: {problem}"), WHAT_THERE_IS),
    }
}

/// A serial device that no station has open: could it be?
fn port(check: &'static str, id: &str, device: &Path, report: &mut Report) {
    let name = device.display();
    let Ok(metadata) = fs::metadata(device) else {
        report.error(
            check,
            format!("{id}: there is no device {name}"),
            WHAT_THERE_IS,
        );
        return;
    };
    if !metadata.file_type().is_char_device() {
        let says = format!("{id}: {name} is no serial port");
        report.error(check, says, WHAT_THERE_IS);
        return;
    }
    let mode = metadata.permissions().mode() & 0o777;
    let group = holders::group_name(metadata.gid());
    let group = group.unwrap_or_else(|| metadata.gid().to_string());
    let access = rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK;
    let is_root = rustix::process::geteuid().is_root();
    let for_group = GROUPS.contains(&&*group) && mode & 0o060 == 0o060;
    let for_us = !is_root && rustix::fs::access(device, access).is_ok();
    let owned = format!("{id}: {name} belongs to group {group} with mode {mode:04o}");
    let rules =
        "udev/70-posd-terminals.rules gives it to group posd; unplug it and plug it in again";
    if !for_group && !for_us {
        let says = format!("{owned}: the station's user may not be able to open it");
        report.warning(check, says, rules);
    } else if mode & 0o006 != 0 {
        report.warning(check, format!("{owned}: everybody can use it"), rules);
    } else {
        let by = match holders::of_device(device).as_slice() {
            [] => "nobody has it open".to_owned(),
            some => format!("in use by {}", some.join(", ")),
        };
        report.ok(check, format!("{id}: {name} is there; {by}"));
    }
}

/// A terminal in the network is not called: another station may have it.
fn name(id: &str, address: &str, report: &mut Report) {
    match address.to_socket_addrs() {
        Ok(_) => {
            let says = format!("{id}: {address} is not asked while no station runs");
            report.ok(TERMINAL, says);
        }
        Err(error) => {
            let says = format!("{id}: {address}: {error}");
            let advice = "correct the address: host:port, such as 192.0.2.17:20007";
            report.error(TERMINAL, says, advice);
        }
    }
}
