//! What is plugged in: the serial ports of this machine and what is behind them, as sysfs tells it, and
//! how to hear of changes. Nothing is opened: a port that is opened may reset what is behind it.
//!
//! Without libudev: a port is found by `sys/class/tty`, and the kernel has filled that in before the
//! node appears in `/dev`, which inotify tells.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::io::unix::AsyncFd;

use crate::config::{PortName, UsbId, UsbName};

/// Where devices are looked for.
#[derive(Clone, Debug)]
pub struct Devices {
    root: PathBuf,
}

/// A serial port that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialPort {
    /// Its node, such as `/dev/ttyACM0`.
    pub device: PathBuf,
    /// Names that udev has given it, such as `/dev/posd/ingenico-SN123-if00`; sorted.
    pub links: Vec<PathBuf>,
    /// The USB device that it belongs to, if it does.
    pub usb: Option<UsbPort>,
}

/// What a USB device says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsbPort {
    /// How a configuration names it.
    pub name: UsbName,
    /// Who made it and what it is, in its own words.
    pub words: String,
    /// Where it is plugged in: bus, then a port for each hub, such as `1-1.4`.
    pub place: String,
}

impl Devices {
    /// This machine's. For tests `POSD_DEVICE_ROOT` names a folder that stands for `/`.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let root = std::env::var_os("POSD_DEVICE_ROOT").unwrap_or_else(|| "/".into());
        Self::below(root)
    }

    /// Those of a folder with `sys/class/tty` and `dev` in it.
    #[must_use]
    pub fn below(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// All serial ports that are there, sorted by name. What cannot be read is left out: it may just
    /// have been unplugged.
    #[must_use]
    pub fn serial_ports(&self) -> Vec<SerialPort> {
        let links = self.links();
        let classes = fs::read_dir(self.root.join("sys/class/tty"));
        let mut ports: Vec<SerialPort> = classes
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| self.serial_port(&entry.path(), &links))
            .collect();
        ports.sort_by(|one, other| one.device.cmp(&other.device));
        ports
    }

    /// The node of a port.
    ///
    /// # Errors
    ///
    /// No USB device has that name, or more than one has. Says so to a technician.
    pub fn find(&self, name: &PortName) -> Result<PathBuf, String> {
        let wanted = match name {
            PortName::Path(path) => return Ok(path.clone()),
            PortName::Usb(wanted) => wanted,
        };
        let ports = self.serial_ports();
        let usb = ports
            .iter()
            .filter_map(|port| Some((port, port.usb.as_ref()?)));
        let usb: Vec<(&SerialPort, &UsbPort)> = usb.collect();
        let matching = usb.iter().filter(|(_, usb)| usb.name.is_found_by(wanted));
        let matching: Vec<_> = matching.copied().collect();
        match matching.as_slice() {
            [(port, _)] => Ok(port.device.clone()),
            [] if usb.is_empty() => Err(format!(
                "{wanted} is not plugged in, nor is any other USB device with a serial port"
            )),
            [] => Err(format!(
                "{wanted} is not plugged in; there is {}",
                described(&usb)
            )),
            several => Err(format!(
                "more than one device is {wanted}: {}; tell them apart by {}",
                described(several),
                told_apart_by(several)
            )),
        }
    }

    /// Tells of what is plugged in or pulled out from now on.
    ///
    /// # Errors
    ///
    /// The system has no watch left.
    pub fn watch(&self) -> io::Result<Watch> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        // Created by the kernel, then given its rights by udev. What goes may leave one that matches.
        let changes =
            WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ATTRIB | WatchFlags::DELETE;
        inotify::add_watch(&inotify, self.root.join("dev"), changes)?;
        #[expect(
            deprecated,
            reason = "the successor is an unsafe fn, because a type could lie about its descriptor; \
                      an OwnedFd does not, and this crate forbids unsafe code"
        )]
        AsyncFd::new(inotify).map(Watch)
    }

    fn serial_port(&self, class: &Path, links: &[(PathBuf, PathBuf)]) -> Option<SerialPort> {
        // A virtual console has no device, a UART that is not there has no type.
        let hardware = class.join("device").canonicalize().ok()?;
        if read(class, "type").is_some_and(|kind| kind == "0") {
            return None;
        }
        let device = self.root.join("dev").join(class.file_name()?);
        if !device.exists() {
            return None;
        }
        let node = device.canonicalize().ok()?;
        let links = links.iter().filter(|(_, to)| *to == node);
        Some(SerialPort {
            links: links.map(|(link, _)| link.clone()).collect(),
            usb: usb_of(&hardware),
            device,
        })
    }

    /// Our names of ports, with where they lead.
    fn links(&self) -> Vec<(PathBuf, PathBuf)> {
        let entries = fs::read_dir(self.root.join("dev/posd"));
        let paths = entries.into_iter().flatten().flatten().map(|it| it.path());
        let mut links: Vec<_> = paths
            .filter_map(|link| link.canonicalize().ok().map(|to| (link, to)))
            .collect();
        links.sort();
        links
    }
}

impl SerialPort {
    /// How a configuration names it, among all that are there: a line such as
    /// `usb = { vendor = "0b00", product = "0080", serial = "SN123" }`.
    #[must_use]
    pub fn line(&self, all: &[Self]) -> String {
        let usb = || all.iter().filter_map(|port| port.usb.as_ref());
        let is_only = |name: &UsbName| usb().filter(|usb| usb.name.is_found_by(name)).count() == 1;
        let whole = self.usb.as_ref().map(|usb| usb.name.clone());
        let short = whole.clone().map(|name| UsbName {
            interface: None,
            ..name
        });
        match [short, whole].into_iter().flatten().find(is_only) {
            Some(name) => toml_of(&name),
            None => {
                // Identical devices are told apart by where they are plugged in.
                let place = self.usb.as_ref().map(|usb| format!("-{}-", usb.place));
                let is_placed = |link: &&PathBuf| {
                    let link = link.to_string_lossy();
                    place.as_ref().is_some_and(|place| link.contains(place))
                };
                let name = self.links.iter().find(is_placed).unwrap_or(&self.device);
                format!("device = {}", toml_text(&name.to_string_lossy()))
            }
        }
    }
}

impl UsbName {
    /// Whether a configuration that says `wanted` means this device.
    fn is_found_by(&self, wanted: &Self) -> bool {
        self.vendor == wanted.vendor
            && self.product == wanted.product
            && (wanted.serial.is_none() || wanted.serial == self.serial)
            && (wanted.interface.is_none() || wanted.interface == self.interface)
    }
}

fn toml_of(name: &UsbName) -> String {
    let (vendor, product) = (name.vendor, name.product);
    let mut text = format!("usb = {{ vendor = \"{vendor}\", product = \"{product}\"");
    if let Some(serial) = &name.serial {
        text.push_str(&format!(", serial = {}", toml_text(serial)));
    }
    if let Some(number) = name.interface {
        text.push_str(&format!(", interface = {number}"));
    }
    text.push_str(" }");
    text
}

fn toml_text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A change of what is plugged in.
#[derive(Debug)]
pub struct Watch(AsyncFd<OwnedFd>);

impl Watch {
    /// Waits until a port has come or gone, or its rights have changed. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// It will tell nothing any more.
    pub async fn changed(&mut self) -> io::Result<()> {
        loop {
            let mut ready = self.0.readable().await?;
            let mut buffer = [MaybeUninit::uninit(); 4096];
            let mut is_port = false;
            let drained = ready.try_io(|watch| {
                let mut events = inotify::Reader::new(watch.get_ref(), &mut buffer);
                loop {
                    let event = events.next()?;
                    let name = event.file_name().map(std::ffi::CStr::to_bytes);
                    // Without a name some were too many to tell.
                    is_port |= name.is_none_or(|name| name.starts_with(b"tty"));
                }
            });
            if let Ok(result) = drained {
                return result;
            }
            if is_port {
                return Ok(());
            }
        }
    }
}

/// The USB device that some hardware belongs to: the first folder above it that has a vendor. The
/// interface comes on the way.
fn usb_of(hardware: &Path) -> Option<UsbPort> {
    let id = |folder: &Path, name| UsbId::try_from(read(folder, name)?).ok();
    let device = hardware
        .ancestors()
        .find(|folder| folder.join("idVendor").exists())?;
    let interface = hardware
        .ancestors()
        .find_map(|folder| read(folder, "bInterfaceNumber"))
        .and_then(|number| u8::from_str_radix(&number, 16).ok());
    let words = ["manufacturer", "product"].map(|name| read(device, name));
    Some(UsbPort {
        name: UsbName {
            vendor: id(device, "idVendor")?,
            product: id(device, "idProduct")?,
            serial: read(device, "serial"),
            interface,
        },
        words: words.into_iter().flatten().collect::<Vec<_>>().join(" "),
        place: device.file_name()?.to_string_lossy().into_owned(),
    })
}

/// An attribute, if it is there and says something.
fn read(folder: &Path, attribute: &str) -> Option<String> {
    let text = fs::read(folder.join(attribute)).ok()?;
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn described(ports: &[(&SerialPort, &UsbPort)]) -> String {
    let each = ports.iter().map(|(port, usb)| {
        let (vendor, product) = (usb.name.vendor, usb.name.product);
        let serial = usb
            .name
            .serial
            .as_deref()
            .unwrap_or("without serial number");
        let (device, place) = (port.device.display(), &usb.place);
        let number = usb.name.interface;
        let interface = number.map_or(String::new(), |it| format!(", interface {it}"));
        format!("{vendor}:{product} {serial} ({device}, USB port {place}{interface})")
    });
    each.collect::<Vec<_>>().join(" and ")
}

/// The keys of a configuration by which these ports are told apart.
fn told_apart_by(ports: &[(&SerialPort, &UsbPort)]) -> &'static str {
    let differ = |by_serial: bool, by_interface: bool| {
        let keys = ports.iter().map(|(_, usb)| {
            let serial = usb.name.serial.as_ref().filter(|_| by_serial);
            (serial, usb.name.interface.filter(|_| by_interface))
        });
        keys.collect::<BTreeSet<_>>().len() == ports.len()
    };
    if differ(true, false) {
        "`serial`"
    } else if differ(false, true) {
        "`interface`"
    } else if differ(true, true) {
        "`serial` and `interface`"
    } else {
        "`device` instead, with a name below /dev/posd that says the USB port"
    }
}
