//! One tag, card or phone in the field: what it answers. It also answers what nobody is to ask a
//! payment card, so that asking it would be seen.

use firmware_protocols::time::Duration;

use super::wallet;

/// What is held against the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its name in the wallet.
    pub name: String,
    /// Its identifier.
    pub uid: Uid,
    /// What it is.
    pub kind: Kind,
    /// How long it takes for each answer.
    pub answer_delay: Duration,
    /// It is taken away after so many exchanges.
    pub leaves_after: Option<u32>,
    /// An answer that makes readers' software stumble.
    pub trick: Option<Trick>,
}

/// An identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uid {
    /// Always the same: 4, 7 or 10 bytes.
    Fixed(Vec<u8>),
    /// Another one each time that the field comes on.
    Random,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// MIFARE Ultralight or one of its kin, with this NDEF message.
    Ultralight(Vec<u8>),
    /// MIFARE Classic: keeps everything behind keys.
    Classic,
    /// NFC Forum type 4, with this NDEF message.
    Type4(Vec<u8>),
    /// A payment card, or a phone that stands for one, with its account reference if it tells one.
    Payment(Option<String>),
    /// A payment card of type B.
    PaymentB(Option<String>),
    /// A phone in which no card was chosen.
    Locked,
}

/// Answers that libnfc 1.8 does not survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// A status byte with its highest bit set: libnfc calls `abort`.
    NadBit,
    /// An ATS of length 0: libnfc copies a negative number of bytes.
    EmptyAts,
}

/// A card that is powered by the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Powered {
    uid: Vec<u8>,
    selected: Selected,
}

/// What an APDU is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Selected {
    #[default]
    Nothing,
    Environment,
    Application,
    NdefApplication,
    CapabilityFile,
    NdefFile,
}

impl Card {
    /// Comes into the field for the `meeting`-th time.
    #[must_use]
    pub fn powered(&self, meeting: u32) -> Powered {
        let uid = match &self.uid {
            Uid::Fixed(uid) => uid.clone(),
            Uid::Random => {
                let [_, a, b, c] = meeting.wrapping_mul(0x9E37_79B1).to_be_bytes();
                vec![0x08, a, b, c]
            }
        };
        Powered {
            uid,
            selected: Selected::default(),
        }
    }

    /// Whether it speaks type B.
    #[must_use]
    pub const fn is_type_b(&self) -> bool {
        matches!(self.kind, Kind::PaymentB(_))
    }

    /// Whether it takes APDUs.
    #[must_use]
    pub const fn is_iso_dep(&self) -> bool {
        match self.kind {
            Kind::Type4(_) | Kind::Payment(_) | Kind::PaymentB(_) | Kind::Locked => true,
            Kind::Ultralight(_) | Kind::Classic => false,
        }
    }

    /// As InListPassiveTarget tells it, behind its number (UM0701-02, 7.3.5).
    #[must_use]
    pub fn target_data(&self, powered: &Powered, with_ats: bool) -> Vec<u8> {
        let uid = &powered.uid;
        if self.is_type_b() {
            let mut data = vec![0x50];
            data.extend(uid.iter().take(4));
            data.extend([0x00, 0x00, 0x00, 0x00, 0x00, 0x81, 0xC1, 0x01, 0x00]);
            return data;
        }
        let atqa = if uid.len() > 4 { 0x44 } else { 0x04 };
        let sak = match self.kind {
            Kind::Ultralight(_) => 0x00,
            Kind::Classic => 0x08,
            Kind::Type4(_) | Kind::Payment(_) | Kind::PaymentB(_) | Kind::Locked => 0x20,
        };
        let length = u8::try_from(uid.len()).unwrap_or(u8::MAX);
        let mut data = vec![0x00, atqa, sak, length];
        data.extend(uid);
        match self.trick {
            Some(Trick::EmptyAts) => data.push(0x00),
            Some(Trick::NadBit) | None if self.is_iso_dep() && with_ats => {
                data.extend([0x05, 0x78, 0x80, 0x70, 0x02]);
            }
            Some(Trick::NadBit) | None => {}
        }
        data
    }

    /// Answers a command; `None` is a silence.
    #[must_use]
    pub fn answer(&self, powered: &mut Powered, command: &[u8]) -> Option<Vec<u8>> {
        match &self.kind {
            Kind::Ultralight(message) => match command {
                [0x30, page] => read_pages(&wallet::pages(&powered.uid, message), *page),
                [..] => None,
            },
            Kind::Classic => None,
            Kind::Type4(message) => Some(powered.type_4(message, command)),
            Kind::Payment(par) | Kind::PaymentB(par) => {
                Some(powered.payment(par.as_deref(), command))
            }
            Kind::Locked => Some(FILE_NOT_FOUND.to_vec()),
        }
    }
}

impl Powered {
    fn payment(&mut self, par: Option<&str>, command: &[u8]) -> Vec<u8> {
        match (&self.selected, command) {
            (_, [0x00, 0xA4, 0x04, 0x00, 14, name @ .., 0x00]) if name == b"2PAY.SYS.DDF01" => {
                self.selected = Selected::Environment;
                accepted(&wallet::payment_environment())
            }
            (Selected::Nothing, _) => FILE_NOT_FOUND.to_vec(),
            (_, [0x00, 0xA4, 0x04, 0x00, 7, name @ .., 0x00]) if name == wallet::APPLICATION => {
                self.selected = Selected::Application;
                accepted(&wallet::application())
            }
            (_, [0x00, 0xA4, ..]) => FILE_NOT_FOUND.to_vec(),
            (Selected::Application, [0x80, 0xCA, 0x9F, 0x24, 0x00]) => match par {
                Some(par) => accepted(&wallet::tlv(&[0x9F, 0x24], par.as_bytes())),
                None => DATA_NOT_FOUND.to_vec(),
            },
            // What gives a card's number away.
            (Selected::Application, [0x80, 0xA8, ..]) => accepted(&wallet::processing_options()),
            (Selected::Application, [0x00, 0xB2, ..]) => accepted(&wallet::record()),
            (_, _) => NOT_SUPPORTED.to_vec(),
        }
    }

    fn type_4(&mut self, message: &[u8], command: &[u8]) -> Vec<u8> {
        let file = |selected: &Selected| match selected {
            Selected::CapabilityFile => Some(wallet::capabilities()),
            Selected::NdefFile => Some(wallet::ndef_file(message)),
            Selected::Nothing
            | Selected::Environment
            | Selected::Application
            | Selected::NdefApplication => None,
        };
        match command {
            [0x00, 0xA4, 0x04, 0x00, 7, name @ .., 0x00] if name == wallet::NDEF_APPLICATION => {
                self.selected = Selected::NdefApplication;
                accepted(&[])
            }
            [0x00, 0xA4, 0x00, 0x0C, 2, 0xE1, id] if self.selected != Selected::Nothing => {
                self.selected = match id {
                    0x03 => Selected::CapabilityFile,
                    0x04 => Selected::NdefFile,
                    _ => return FILE_NOT_FOUND.to_vec(),
                };
                accepted(&[])
            }
            [0x00, 0xB0, high, low, length] => match file(&self.selected) {
                Some(file) => {
                    let from = usize::from(u16::from_be_bytes([*high, *low]));
                    let bytes = file.into_iter().skip(from).take(usize::from(*length));
                    accepted(&bytes.collect::<Vec<_>>())
                }
                None => NOT_ALLOWED.to_vec(),
            },
            [0x00, 0xA4, ..] => FILE_NOT_FOUND.to_vec(),
            [..] => NOT_SUPPORTED.to_vec(),
        }
    }
}

const FILE_NOT_FOUND: &[u8] = &[0x6A, 0x82];
const DATA_NOT_FOUND: &[u8] = &[0x6A, 0x88];
const NOT_SUPPORTED: &[u8] = &[0x6D, 0x00];
const NOT_ALLOWED: &[u8] = &[0x69, 0x86];

fn accepted(data: &[u8]) -> Vec<u8> {
    [data, &[0x90, 0x00]].concat()
}

/// Four pages; reading goes on at the first one behind the last.
fn read_pages(memory: &[u8], page: u8) -> Option<Vec<u8>> {
    let from = usize::from(page).saturating_mul(4);
    (from < memory.len()).then(|| {
        let pages = memory.iter().skip(from).chain(memory).take(16);
        pages.copied().collect()
    })
}
