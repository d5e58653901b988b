//! 06 00 Registration (PA00P015, "Registration").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::tlv::{self, Objects, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};
use crate::zvt::sequence;

use super::options::Password;

/// Who prints, who starts what, whether intermediate states are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigByte(pub u8);

impl ConfigByte {
    /// The till prints payment receipts.
    pub const PAYMENT_RECEIPTS: u8 = 0x02;
    /// The till prints administrative receipts.
    pub const ADMINISTRATION_RECEIPTS: u8 = 0x04;
    /// The till wants intermediate states (04 FF).
    pub const INTERMEDIATE_STATUS: u8 = 0x08;
    /// No payment can be started at the terminal.
    pub const CONTROLS_PAYMENT: u8 = 0x10;
    /// No administrative function can be started at the terminal.
    pub const CONTROLS_ADMINISTRATION: u8 = 0x20;
    /// The terminal sends receipts as lines rather than having the till compose them.
    pub const PRINT_LINES: u8 = 0x80;

    /// The till gets receipts as lines and intermediate states, and starts everything itself.
    pub const FULL: Self = Self(0xBE);

    /// Whether all bits of `mask` are set.
    #[must_use]
    pub const fn has(self, mask: u8) -> bool {
        self.0 & mask == mask
    }
}

/// Log the till on to the terminal and agree on what is exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Password of the terminal.
    pub password: Password,
    /// Configuration.
    pub config: ConfigByte,
    /// Currency; must be there if anything follows.
    pub currency: Option<Bcd<2>>,
    /// Service byte: 01 no service menu, 02 texts in capitals.
    pub service: Option<u8>,
    /// Being there switches TLV on, even when empty.
    pub tlv: Option<RegistrationTlv>,
}

/// TLV objects of a registration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrationTlv {
    /// 26: commands that the terminal may send, such as 06 D3 for receipts as blocks.
    pub permitted: Vec<u16>,
    /// 1A: the longest unit that the till can take.
    pub longest: Option<u16>,
    /// 1F73: 000000 offers to number messages.
    pub numbers: Option<Bcd<3>>,
}

impl Registration {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0600;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let password = Password::read(&mut reader)?;
        let config = ConfigByte(reader.u8("config byte")?);
        let currency = match reader.is_empty() {
            true => None,
            false => Some(Bcd::from_bytes(reader.array("currency")?)),
        };
        let (mut service, mut tlv) = (None, None);
        for field in Fields::new(reader) {
            let field = field?;
            match field.number {
                bitmap::SERVICE => service = field.data.first().copied(),
                bitmap::TLV => tlv = Some(RegistrationTlv::decode(field.objects())?),
                _ => (),
            }
        }
        Ok(Self {
            password,
            config,
            currency,
            service,
            tlv,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        writer.u8(self.config.0);
        if let Some(currency) = self.currency {
            writer.put(currency.bytes());
        }
        bitmap::write_some(bitmap::SERVICE, self.service.map(|it| [it]), &mut writer);
        if let Some(tlv) = &self.tlv {
            let mut inner = Writer::new();
            tlv.write(&mut inner);
            bitmap::write(bitmap::TLV, inner.as_slice(), &mut writer);
        }
        super::unit(Self::CONTROL, &writer)
    }
}

impl RegistrationTlv {
    fn decode(objects: Objects<'_>) -> Result<Self, DecodeError> {
        let mut permitted = Vec::new();
        let (mut longest, mut numbers) = (None, None);
        for object in objects {
            let object = object?;
            if object.tag == LONGEST {
                let length = Reader::new(object.value).array("longest unit")?;
                longest = Some(u16::from_be_bytes(length));
            }
            if object.tag == sequence::TAG {
                let number = Reader::new(object.value).array("message number")?;
                numbers = Some(Bcd::from_bytes(number));
            }
            if object.tag != PERMITTED {
                continue;
            }
            for command in Objects::new(object.value) {
                let command = command?;
                if command.tag == COMMAND {
                    let control = Reader::new(command.value).array("permitted command")?;
                    permitted.push(u16::from_be_bytes(control));
                }
            }
        }
        Ok(Self {
            permitted,
            longest,
            numbers,
        })
    }

    fn write(&self, writer: &mut Writer) {
        if let Some(length) = self.longest {
            tlv::write_object(LONGEST, &length.to_be_bytes(), writer);
        }
        if !self.permitted.is_empty() {
            tlv::write_constructed(PERMITTED, writer, |list| {
                for control in &self.permitted {
                    tlv::write_object(COMMAND, &control.to_be_bytes(), list);
                }
            });
        }
        if let Some(number) = self.numbers {
            tlv::write_object(sequence::TAG, number.bytes(), writer);
        }
    }
}

const LONGEST: Tag = Tag(0x1A);
const PERMITTED: Tag = Tag(0x26);
const COMMAND: Tag = Tag(0x0A);
