//! Who has a device or a port, as /proc tells it: only read, nothing is opened.

use std::fs;
use std::path::Path;

/// Programs that have the device open, as far as they can be seen.
#[must_use]
pub fn of_device(device: &Path) -> Vec<String> {
    let Ok(device) = device.canonicalize() else {
        return Vec::new();
    };
    programs_with(|to| to == device)
}

/// Who listens at a TCP port.
#[derive(Debug)]
pub struct Listeners {
    /// Somebody does.
    pub is_listened_to: bool,
    /// Who, as far as they can be seen.
    pub holders: Vec<String>,
}

/// Who listens at a TCP port of this machine, at any of its addresses.
#[must_use]
pub fn of_port(port: u16) -> Listeners {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    let tables = tables.into_iter().flatten();
    let sockets: Vec<String> = tables.flat_map(|table| listening(&table, port)).collect();
    let ours = |to: &Path| {
        sockets
            .iter()
            .any(|socket| to.as_os_str() == socket.as_str())
    };
    Listeners {
        is_listened_to: !sockets.is_empty(),
        holders: programs_with(ours),
    }
}

/// The sockets that listen there, as links to open files name them.
fn listening(table: &str, port: u16) -> Vec<String> {
    let port = format!(":{port:04X}");
    let rows = table.lines().map(|row| row.split_whitespace().collect());
    let found = rows.filter_map(|row: Vec<&str>| match row.as_slice() {
        // Address, state 0A (LISTEN), number of the socket.
        [_, local, _, "0A", _, _, _, _, _, inode, ..] if local.ends_with(&port) => {
            Some(format!("socket:[{inode}]"))
        }
        _ => None,
    });
    found.collect()
}

fn programs_with(is_it: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = process.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let files = fs::read_dir(process.path().join("fd"));
        let files = files.into_iter().flatten().flatten();
        let mut links = files.filter_map(|file| fs::read_link(file.path()).ok());
        if id != std::process::id() && links.any(|to| is_it(&to)) {
            let program = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            found.push(format!("{} (process {id})", program.trim()));
        }
    }
    found
}

/// The name of a group.
#[must_use]
pub fn group_name(id: u32) -> Option<String> {
    let groups = fs::read_to_string("/etc/group").ok()?;
    let mut fields = groups
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>());
    fields.find_map(|fields| match fields.as_slice() {
        [name, _, number, ..] if number.parse() == Ok(id) => Some((*name).to_owned()),
        _ => None,
    })
}
