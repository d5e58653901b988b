//! What `posd-nfc` says, one line of JSON each, and what it may be told to open.

use std::fmt;
use std::path::{Path, PathBuf};

use firmware_protocols::nfc::{Found, Record, Target};
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// The reader is open.
    Ready {
        /// What the reader calls itself.
        name: String,
    },
    /// Nothing has happened, and all is well.
    Alive,
    /// Something was held against the reader.
    Tapped {
        /// What came at once.
        media: Vec<Medium>,
    },
    /// Nothing lies on the reader any more.
    Cleared,
    /// It cannot go on; it ends.
    Failed {
        /// Why, for a technician.
        problem: String,
    },
}

/// One tag, card or phone, in the clear: it never leaves the station so.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medium {
    /// Its identifier, in capital hexadecimal digits; absent when it is a random one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// It is a payment card, or a phone that stands for one.
    pub pays: bool,
    /// Its payment account reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Texts of its NDEF message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// Addresses of its NDEF message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uris: Vec<String>,
    /// It was taken away too early.
    pub interrupted: bool,
}

impl Medium {
    /// What a target was found to be.
    #[must_use]
    pub fn of(target: &Target, found: &Found) -> Self {
        let uid = (!target.uid_is_random()).then(|| {
            let digits = target.uid().iter().map(|byte| format!("{byte:02X}"));
            digits.collect()
        });
        let texts = found.records.iter().filter_map(|record| match record {
            Record::Text(text) => Some(text.clone()),
            Record::Uri(_) => None,
        });
        let uris = found.records.iter().filter_map(|record| match record {
            Record::Uri(uri) => Some(uri.clone()),
            Record::Text(_) => None,
        });
        Self {
            uid,
            pays: found.pays,
            account: found.account.as_ref().map(|it| it.expose().to_owned()),
            texts: texts.collect(),
            uris: uris.collect(),
            interrupted: found.interrupted,
        }
    }
}

/// What it holds tells a person: it is not printed.
impl fmt::Debug for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Medium")
            .field("has_uid", &self.uid.is_some())
            .field("pays", &self.pays)
            .field("has_account", &self.account.is_some())
            .field("records", &self.texts.len().saturating_add(self.uris.len()))
            .field("interrupted", &self.interrupted)
            .finish()
    }
}

/// Where a reader is, in libnfc's words. Always one that is named: libnfc would look for one on every
/// serial port otherwise, and write into payment terminals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    text: String,
    device: Option<PathBuf>,
}

impl Connection {
    /// Reads `pn532_uart:DEVICE:BAUD`, `pn53x_usb[:BUS:DEVICE]` or `acr122_usb[:BUS:DEVICE]`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const FORMS: &str =
            "must be pn532_uart:DEVICE:BAUD, pn53x_usb[:BUS:DEVICE] or acr122_usb[:BUS:DEVICE]";
        const USB: [&str; 2] = ["pn53x_usb", "acr122_usb"];
        // libnfc keeps no more than 1023 characters.
        let is_short = text.len() < 512 && text.is_ascii();
        let parts: Vec<&str> = text.split(':').collect();
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        let device = match &parts[..] {
            ["pn532_uart", device, baud] if device.starts_with('/') && is_number(baud) => {
                Some(PathBuf::from(device))
            }
            [driver] if USB.contains(driver) => None,
            [driver, bus, number]
                if USB.contains(driver) && is_number(bus) && is_number(number) =>
            {
                None
            }
            _ => return Err(FORMS),
        };
        if !is_short {
            return Err(FORMS);
        }
        Ok(Self {
            text: text.to_owned(),
            device,
        })
    }

    /// As libnfc wants it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The serial port, if it is one.
    #[must_use]
    pub fn device(&self) -> Option<&Path> {
        self.device.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_always_named() {
        for good in [
            "pn532_uart:/dev/posd/nfc-1:115200",
            "pn53x_usb",
            "acr122_usb:001:004",
        ] {
            assert_eq!(Connection::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "pn532_uart",
            "pn532_uart:/dev/ttyUSB0",
            "pn532_uart:ttyUSB0:115200",
            "pn532_uart:/dev/ttyUSB0:fast",
            "pn532_uart:/dev/ttyUSB0:115200:more",
            "acr122_usb:001",
            "acr122s:/dev/ttyUSB0:9600",
            "usb",
        ] {
            assert!(Connection::parse(bad).is_err(), "{bad}");
        }
        let long = format!("pn532_uart:/{}:115200", "x".repeat(1024));
        assert!(Connection::parse(&long).is_err());
    }

    #[test]
    fn a_random_identifier_is_not_passed_on() {
        let target = |uid: &[u8]| Target::A {
            uid: uid.to_vec(),
            sak: 0x20,
        };
        let found = Found::default();
        assert_eq!(Medium::of(&target(&[8, 1, 2, 3]), &found).uid, None);
        let medium = Medium::of(&target(&[0xA8, 1, 2, 3]), &found);
        assert_eq!(medium.uid.as_deref(), Some("A8010203"));
        assert!(!format!("{medium:?}").contains("A8"));
    }
}
