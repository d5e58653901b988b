//! Serial ports found in sysfs and told apart, in a made-up tree of devices.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use posd::config::{PortName, UsbId, UsbName};
use posd::devices::Devices;

/// A folder that stands for `/`, with what the kernel tells of USB devices with serial ports.
pub(crate) struct Tree {
    root: PathBuf,
}

/// A USB device, by what it says of itself.
#[derive(Clone, Copy)]
pub(crate) struct Usb {
    pub(crate) ids: (&'static str, &'static str),
    pub(crate) serial: Option<&'static str>,
}

/// An Ingenico terminal.
pub(crate) const fn terminal(serial: &'static str) -> Usb {
    Usb {
        ids: ("0b00", "0080"),
        serial: Some(serial),
    }
}

impl Tree {
    pub(crate) fn below(directory: &Path) -> Self {
        let root = directory.join("devices");
        for folder in ["sys/class/tty", "sys/devices", "dev/posd"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        Self { root }
    }

    /// For the environment of a station.
    pub(crate) fn root(&self) -> &str {
        self.root.to_str().unwrap()
    }

    /// Plugs a device in, at a place such as `1-1.4`. Its port gets a name such as `ttyACM0`, and leads
    /// to `node`.
    pub(crate) fn plug_in(&self, usb: Usb, place: &str, name: &str, node: &Path) {
        self.plug_in_port(usb, place, 0, name, node);
    }

    /// One port of a device with several.
    fn plug_in_port(&self, usb: Usb, place: &str, interface: u8, name: &str, node: &Path) {
        let device = self.root.join("sys/devices/usb").join(place);
        let function = device.join(format!("{place}:1.{interface}"));
        let port = function.join("tty").join(name);
        std::fs::create_dir_all(&port).unwrap();
        let write = |folder: &Path, attribute: &str, text: &str| {
            std::fs::write(folder.join(attribute), format!("{text}\n")).unwrap();
        };
        write(&device, "idVendor", usb.ids.0);
        write(&device, "idProduct", usb.ids.1);
        write(&device, "product", "Telium");
        if let Some(serial) = usb.serial {
            write(&device, "serial", serial);
        }
        write(&function, "bInterfaceNumber", &format!("{interface:02x}"));
        symlink(&function, port.join("device")).unwrap();
        symlink(&port, self.root.join("sys/class/tty").join(name)).unwrap();
        symlink(node, self.root.join("dev").join(name)).unwrap();
    }

    /// Pulls the device out that has this port.
    pub(crate) fn unplug(&self, name: &str) {
        std::fs::remove_file(self.root.join("dev").join(name)).unwrap();
        let class = self.root.join("sys/class/tty").join(name);
        let port = class.canonicalize().unwrap();
        std::fs::remove_file(class).unwrap();
        let device = port.ancestors().find(|it| it.join("idVendor").exists());
        std::fs::remove_dir_all(device.unwrap()).unwrap();
    }

    fn devices(&self) -> Devices {
        Devices::below(&self.root)
    }
}

fn name(serial: Option<&str>, interface: Option<u8>) -> PortName {
    PortName::Usb(UsbName {
        vendor: UsbId(0x0b00),
        product: UsbId(0x0080),
        serial: serial.map(str::to_owned),
        interface,
    })
}

/// A node that is there.
const NODE: &str = "/dev/null";

#[test]
fn a_device_is_found_wherever_it_is_plugged_in() {
    let directory = tempfile::tempdir().unwrap();
    let tree = Tree::below(directory.path());
    let node = Path::new(NODE);
    let found = |serial| tree.devices().find(&name(serial, None));
    assert_eq!(
        found(None).unwrap_err(),
        "USB device 0b00:0080 is not plugged in, nor is any other USB device with a serial port"
    );
    tree.plug_in(terminal("SN1"), "1-1.4", "ttyACM0", node);
    assert!(found(None).unwrap().ends_with("dev/ttyACM0"));
    tree.unplug("ttyACM0");
    // Another one gets its name.
    tree.plug_in(terminal("SN2"), "1-1.4", "ttyACM0", node);
    let error = found(Some("SN1")).unwrap_err();
    assert!(error.contains("with serial number SN1 is not plugged in; there is 0b00:0080 SN2"));
    tree.plug_in(terminal("SN1"), "2-1", "ttyACM7", node);
    assert!(found(Some("SN1")).unwrap().ends_with("dev/ttyACM7"));

    let other = name(Some("SN1"), None);
    let path = PortName::Path("/dev/ttyS7".into());
    assert!(tree.devices().find(&other).is_ok());
    let as_it_is = tree.devices().find(&path).unwrap();
    assert_eq!(as_it_is, Path::new("/dev/ttyS7"));
}

#[test]
fn devices_that_match_are_all_named_with_what_tells_them_apart() {
    let node = Path::new(NODE);
    let same = Usb {
        serial: None,
        ..terminal("")
    };
    for (devices, keys) in [
        (vec![(terminal("SN1"), 0), (terminal("SN2"), 0)], "`serial`"),
        (
            vec![(terminal("SN1"), 0), (terminal("SN1"), 2)],
            "`interface`",
        ),
        (
            vec![
                (terminal("SN1"), 0),
                (terminal("SN1"), 2),
                (terminal("SN2"), 0),
            ],
            "`serial` and `interface`",
        ),
        (vec![(same, 0), (same, 0)], "`device` instead"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let tree = Tree::below(directory.path());
        for (at, (usb, interface)) in devices.iter().enumerate() {
            let (place, port) = (format!("1-{}", at + 1), format!("ttyACM{at}"));
            tree.plug_in_port(*usb, &place, *interface, &port, node);
        }
        let error = tree.devices().find(&name(None, None)).unwrap_err();
        assert!(
            error.contains(&format!("tell them apart by {keys}")),
            "{error}"
        );
        for at in 0..devices.len() {
            let (device, place) = (format!("ttyACM{at}"), format!("USB port 1-{}", at + 1));
            assert!(error.contains(&device) && error.contains(&place), "{error}");
        }
    }
}

/// What is printed for a port is what a configuration finds it by.
#[test]
fn ports_are_listed_with_their_line_of_a_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let tree = Tree::below(directory.path());
    let two = Usb {
        ids: ("0403", "6010"),
        serial: Some("FT \"1\""),
    };
    let nobody = Usb {
        ids: ("1a86", "7523"),
        serial: None,
    };
    for (usb, place, interface, port) in [
        (terminal("SN1"), "1-1", 0, "ttyACM0"),
        (two, "1-2", 0, "ttyUSB0"),
        (two, "1-2", 1, "ttyUSB1"),
        (nobody, "1-3.1", 0, "ttyUSB2"),
        (nobody, "1-3.2", 0, "ttyUSB3"),
    ] {
        let node = directory.path().join(format!("node-{port}"));
        std::fs::write(&node, "").unwrap();
        tree.plug_in_port(usb, place, interface, port, &node);
    }
    let link = tree.root.join("dev/posd/ch341-1-3.2-if00");
    symlink("../ttyUSB3", &link).unwrap();
    // A UART of the board, one that is not there, and a console.
    let class = tree.root.join("sys/class/tty");
    for (name, kind) in [("ttyS0", Some("4")), ("ttyS1", Some("0")), ("tty1", None)] {
        std::fs::create_dir_all(class.join(name)).unwrap();
        std::fs::write(tree.root.join("dev").join(name), "").unwrap();
        if let Some(kind) = kind {
            std::fs::create_dir(class.join(name).join("device")).unwrap();
            std::fs::write(class.join(name).join("type"), kind).unwrap();
        }
    }

    let output = Command::new(env!("CARGO_BIN_EXE_posd"))
        .args(["terminal", "devices"])
        .env("POSD_DEVICE_ROOT", tree.root())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = told
        .lines()
        .filter_map(|line| line.trim().split_once(" = ").map(|_| line.trim()))
        .collect();
    let root = tree.root();
    let expected = [
        r#"usb = { vendor = "0b00", product = "0080", serial = "SN1" }"#.to_owned(),
        format!("device = \"{root}/dev/ttyS0\""),
        r#"usb = { vendor = "0403", product = "6010", serial = 'FT "1"', interface = 0 }"#
            .to_owned(),
        r#"usb = { vendor = "0403", product = "6010", serial = 'FT "1"', interface = 1 }"#
            .to_owned(),
        format!("device = \"{root}/dev/ttyUSB2\""),
        format!("device = \"{}\"", link.display()),
    ];
    assert_eq!(lines, expected, "{told}");
    let names = tree.devices().serial_ports();
    for (port, line) in names.iter().zip(lines) {
        let line: toml::Table = line.parse().unwrap();
        let name = match (line.get("usb"), line.get("device")) {
            (Some(usb), _) => PortName::Usb(usb.clone().try_into().unwrap()),
            (None, device) => PortName::Path(device.unwrap().as_str().unwrap().into()),
        };
        let found = tree.devices().find(&name).unwrap();
        assert_eq!(
            found.canonicalize().unwrap(),
            port.device.canonicalize().unwrap()
        );
    }
}

#[test]
fn a_watch_tells_when_something_is_plugged_in() {
    let directory = tempfile::tempdir().unwrap();
    let tree = Tree::below(directory.path());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut watch = tree.devices().watch().unwrap();
        tree.plug_in(terminal("SN1"), "1-1", "ttyACM0", Path::new(NODE));
        let patience = Duration::from_secs(60);
        let heard = tokio::time::timeout(patience, watch.changed()).await;
        heard.unwrap().unwrap();
        // What is told once is told; a link of something else is no port.
        symlink(NODE, tree.root.join("dev/sda")).unwrap();
        let more = tokio::time::timeout(Duration::ZERO, watch.changed()).await;
        assert!(more.is_err());
    });
}
