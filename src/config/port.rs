//! Serial ports as a configuration names them: by path, or by what a USB device says of itself.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// Which serial port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortName {
    /// The one with this name, such as `/dev/posd/till-1`.
    Path(PathBuf),
    /// The one of a USB device, wherever it is plugged in.
    Usb(UsbName),
}

impl fmt::Display for PortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Usb(name) => name.fmt(f),
        }
    }
}

/// A USB device with a serial port, by what it says of itself: `posd terminal devices` prints it for what
/// is plugged in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsbName {
    /// vendor id: four hexadecimal digits, such as `"0b00"`
    #[schemars(with = "String")]
    pub vendor: UsbId,
    /// product id: four hexadecimal digits, such as `"0080"`
    #[schemars(with = "String")]
    pub product: UsbId,
    /// serial number. May be left out as long as no second device of the kind is plugged in
    pub serial: Option<String>,
    /// number of the USB interface, for a device with several serial ports
    pub interface: Option<u8>,
}

impl fmt::Display for UsbName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "USB device {}:{}", self.vendor, self.product)?;
        if let Some(serial) = &self.serial {
            write!(f, " with serial number {serial}")?;
        }
        match self.interface {
            Some(number) => write!(f, ", interface {number}"),
            None => Ok(()),
        }
    }
}

/// A vendor or product id of USB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct UsbId(pub u16);

impl fmt::Display for UsbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}", self.0)
    }
}

impl TryFrom<String> for UsbId {
    type Error = String;

    fn try_from(digits: String) -> Result<Self, String> {
        let is_id = digits.len() == 4 && digits.bytes().all(|it| it.is_ascii_hexdigit());
        let number = u16::from_str_radix(&digits, 16).ok().filter(|_| is_id);
        number.map(Self).ok_or_else(|| {
            format!("`{digits}` is no USB id: four hexadecimal digits, such as \"0b00\"")
        })
    }
}
