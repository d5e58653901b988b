//! The closed list of what is ever sent to a target. There is no way to make another command: one
//! that would have a payment card tell its number cannot be written down.

use alloc::vec::Vec;
use core::fmt;

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// SELECT of the proximity payment system environment, `2PAY.SYS.DDF01` (EMV Contactless Book B,
    /// 3.3.1).
    SelectPaymentEnvironment,
    /// SELECT of an application that the environment has offered (EMV Book 1, 11.3).
    SelectApplication(ApplicationId),
    /// GET DATA of the payment account reference, tag 9F24 (EMV Book 3, 6.5.7; EMV Specification
    /// Bulletin 167).
    GetAccountReference,
    /// SELECT of the NDEF application (NFC Forum Type 4 Tag 2.0, 5.4.2).
    SelectNdefApplication,
    /// SELECT of a file of the NDEF application (Type 4 Tag 2.0, 5.4.3).
    SelectNdefFile(FileId),
    /// READ BINARY of the file that is selected in the NDEF application (Type 4 Tag 2.0, 5.4.4).
    ReadNdefFile {
        /// First byte.
        offset: u16,
        /// So many bytes.
        length: u8,
    },
    /// READ of four pages of a type 2 tag (NFC Forum Type 2 Tag 1.1, 5.1).
    ReadPages {
        /// The first one.
        page: u8,
    },
}

impl Command {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::SelectPaymentEnvironment => select(0x04, 0x00, b"2PAY.SYS.DDF01", true),
            Self::SelectApplication(application) => select(0x04, 0x00, &application.0, true),
            Self::GetAccountReference => [0x80, 0xCA, 0x9F, 0x24, 0x00].to_vec(),
            Self::SelectNdefApplication => select(0x04, 0x00, NDEF_APPLICATION, true),
            Self::SelectNdefFile(file) => select(0x00, 0x0C, &file.0.to_be_bytes(), false),
            Self::ReadNdefFile { offset, length } => {
                let [high, low] = offset.to_be_bytes();
                [0x00, 0xB0, high, low, *length].to_vec()
            }
            Self::ReadPages { page } => [0x30, *page].to_vec(),
        }
    }
}

/// Name of an application on a payment card: what its environment has offered, nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct ApplicationId(Vec<u8>);

impl ApplicationId {
    /// A name of 5 to 16 bytes (ISO/IEC 7816-4, 8.2.1.2).
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        (5..=16)
            .contains(&bytes.len())
            .then(|| Self(bytes.to_vec()))
    }
}

/// The scheme only: what follows may tell more of a card.
impl fmt::Debug for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.iter().take(5) {
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

/// A file of the NDEF application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(u16);

impl FileId {
    /// The file that says where the others are.
    pub(super) const CAPABILITIES: Self = Self(0xE103);

    /// A file that the capabilities have named; those that are reserved are none (Type 4 Tag 2.0,
    /// 5.1.2.1).
    pub(super) fn new(id: u16) -> Option<Self> {
        let is_reserved = matches!(id, 0x0000 | 0x3F00 | 0x3FFF | 0xE102 | 0xE103 | 0xFFFF);
        (!is_reserved).then_some(Self(id))
    }
}

const NDEF_APPLICATION: &[u8] = &[0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01];

fn select(p1: u8, p2: u8, name: &[u8], wants_answer: bool) -> Vec<u8> {
    // At most 16 bytes, see `ApplicationId::new`.
    let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
    let mut bytes = [0x00, 0xA4, p1, p2, length].to_vec();
    bytes.extend_from_slice(name);
    if wants_answer {
        bytes.push(0x00);
    }
    bytes
}
