//! 05 01 Status Enquiry (PA00P015, "Status-Enquiry") and the form that Completion has after it.

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::tlv::Tag;
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};
use crate::zvt::text::Text;

use super::completion::Completion;
use super::options::Password;

/// Ask how the terminal is. It may use the occasion for what is due, such as sending receipts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusEnquiry {
    /// Password of the terminal.
    pub password: Option<Password>,
    /// Service byte: 01 no service menu, 02 no software version, 04 more status in TLV.
    pub service: Option<u8>,
}

impl StatusEnquiry {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0501;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        if reader.is_empty() {
            return Ok(Self::default());
        }
        let password = Some(Password::read(&mut reader)?);
        let mut service = None;
        for field in Fields::new(reader) {
            let field = field?;
            if field.number == bitmap::SERVICE {
                service = field.data.first().copied();
            }
        }
        Ok(Self { password, service })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        if let Some(password) = self.password {
            password.write(&mut writer);
        }
        bitmap::write_some(bitmap::SERVICE, self.service.map(|it| [it]), &mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}

/// What Completion says after a status enquiry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusReport<'a> {
    /// Software version.
    pub software: Option<Text<'a>>,
    /// Terminal status: 00 ready, 9C busy; see
    /// [`result_code::terminal_status`](crate::zvt::result_code::terminal_status).
    pub status: u8,
    /// 1F44: terminal id, where asked for.
    pub terminal_id: Option<Bcd<4>>,
}

impl<'a> StatusReport<'a> {
    /// From the data of a Completion. The version has no bitmap number before it: it is there when
    /// the first three high nibbles are F. That is safe because the status F0 is followed by a
    /// bitmap number 06 or by nothing. No data at all is taken as "ready".
    pub fn decode(data: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let mut software = None;
        if let [0xF0..=0xF9, 0xF0..=0xF9, 0xF0..=0xF9, ..] = data {
            let length = bitmap::read_prefix::<3>(&mut reader)?;
            software = Some(Text(reader.take("software version", length)?));
        }
        let status = if reader.is_empty() {
            0
        } else {
            reader.u8("terminal status")?
        };
        let mut terminal_id = None;
        // The status alone matters; what follows may be anything.
        for field in Fields::new(reader)
            .flatten()
            .filter(|field| field.number == bitmap::TLV)
        {
            let value = field.objects().find(TERMINAL_ID);
            terminal_id = value.and_then(|it| Reader::new(it).array("terminal id").ok());
        }
        Ok(Self {
            software,
            status,
            terminal_id: terminal_id.map(Bcd::from_bytes),
        })
    }

    /// As a whole Completion.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        if let Some(Text(version)) = self.software {
            bitmap::write_prefixed(version, &mut writer);
        }
        writer.u8(self.status);
        bitmap::write_tlv(&mut writer, |container| {
            if let Some(id) = self.terminal_id {
                crate::wire::tlv::write_object(TERMINAL_ID, id.bytes(), container);
            }
        });
        super::unit(Completion::CONTROL, &writer)
    }
}

const TERMINAL_ID: Tag = Tag(0x1F44);
