//! What the three display commands have in common (PA00P015, "Display Text").

use alloc::vec::Vec;
use core::fmt;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Field, Fields};
use crate::zvt::text::Text;

/// Text for the terminal's display.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// F0: how long to show it, in seconds; 00 is for ever.
    pub seconds: Option<u8>,
    /// F1 to F8: lines, from the top.
    pub lines: Vec<ScreenLine>,
    /// F9: how often to beep.
    pub beeps: Option<u8>,
    /// FD: 00 all displays, 01 the external one, 02 the internal one.
    pub device: Option<u8>,
}

impl Screen {
    pub(super) fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut screen = Self::default();
        for field in Fields::new(Reader::new(data)) {
            screen.take(field?);
        }
        Ok(screen)
    }

    pub(super) fn take(&mut self, field: Field<'_>) {
        let first = field.data.first().copied();
        match field.number {
            bitmap::DISPLAY_SECONDS => self.seconds = first,
            bitmap::FIRST_LINE..=bitmap::LAST_LINE => {
                self.lines.push(ScreenLine(field.data.to_vec()));
            }
            bitmap::BEEPS => self.beeps = first,
            bitmap::DISPLAY_DEVICE => self.device = first,
            _ => (),
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        bitmap::write_some(bitmap::DISPLAY_SECONDS, self.seconds.map(|it| [it]), w);
        for (number, ScreenLine(line)) in (bitmap::FIRST_LINE..=bitmap::LAST_LINE).zip(&self.lines)
        {
            bitmap::write(number, line, w);
        }
        bitmap::write_some(bitmap::BEEPS, self.beeps.map(|it| [it]), w);
        bitmap::write_some(bitmap::DISPLAY_DEVICE, self.device.map(|it| [it]), w);
    }
}

/// A line in the terminal's character set. It prints masked.
#[derive(Clone, PartialEq, Eq)]
pub struct ScreenLine(pub Vec<u8>);

impl fmt::Debug for ScreenLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Text(&self.0).fmt(f)
    }
}
