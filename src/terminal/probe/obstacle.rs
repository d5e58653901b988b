//! Why a line cannot be opened, and what to do about it.

use std::fs::{self, Metadata, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{
    FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::termios::isatty;

use crate::config::{LineConfig, PortName};
use crate::devices::Devices;
use crate::terminal::holders::{group_name, of_device};

/// What stands in the way; `error` is what opening it has said.
pub(super) fn explain(line: &LineConfig, devices: &Devices, error: &str) -> String {
    match line {
        LineConfig::Tcp { address } if error.contains("refused") => format!(
            "{address}: nothing listens there; is this the terminal's address, and its port for \
             tills (usually 20007)?"
        ),
        LineConfig::Tcp { .. } => error.to_owned(),
        LineConfig::Serial { port, .. } => match port {
            PortName::Path(device) => serial(device, devices, error),
            PortName::Usb(_) => error.to_owned(),
        },
    }
}

fn serial(device: &Path, devices: &Devices, error: &str) -> String {
    let name = device.display();
    let metadata = match fs::metadata(device) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return format!(
                "{name}: there is no such device; {}",
                what_there_is(devices)
            );
        }
        Err(error) => return format!("{name}: {error}"),
    };
    if !metadata.file_type().is_char_device() {
        return format!("{name}: that is no serial port; {}", what_there_is(devices));
    }
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags)
        .open(device);
    match opened {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => denied(device, &metadata),
        Err(error) if error.kind() == ErrorKind::ResourceBusy => busy(device),
        Ok(file) if !isatty(&file) => {
            format!("{name}: that is no serial port; {}", what_there_is(devices))
        }
        // It opens, but somebody else has it locked.
        Ok(_) if error.to_lowercase().contains("lock") => busy(device),
        Ok(_) | Err(_) => error.to_owned(),
    }
}

fn denied(device: &Path, metadata: &Metadata) -> String {
    let name = device.display();
    let mode = metadata.permissions().mode() & 0o777;
    let group = group_name(metadata.gid()).unwrap_or_else(|| metadata.gid().to_string());
    let hint = if mode & 0o060 == 0o060 && metadata.gid() != 0 {
        format!("add your user to it (`sudo usermod -aG {group} $USER`, then log in again)")
    } else {
        "let udev give it to group posd or dialout (udev/70-posd-terminals.rules)".to_owned()
    };
    format!("{name}: no permission; it belongs to group {group} with mode {mode:04o}: {hint}")
}

fn busy(device: &Path) -> String {
    let name = device.display();
    let holders = of_device(device);
    let by = match holders.as_slice() {
        [] => "by a program of another user; ask as root who it is".to_owned(),
        some => format!("by {}", some.join(", ")),
    };
    format!(
        "{name}: it is in use {by}; stop that first, one program at a time can talk to a terminal"
    )
}

fn what_there_is(devices: &Devices) -> String {
    let ports = devices.serial_ports();
    let usb = ports.iter().filter(|port| port.usb.is_some());
    let names: Vec<String> = usb.map(|port| port.device.display().to_string()).collect();
    match names.as_slice() {
        [] => "no USB terminal is plugged in".to_owned(),
        some => format!("there are {}", some.join(", ")),
    }
}
