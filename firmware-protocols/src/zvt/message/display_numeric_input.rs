//! 06 E2 Display Text with Numerical Input (PA00P015).

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};

use super::display::{Screen, ScreenLine};

/// Show text and wait for digits. The answer is 80 00, then the digits in ASCII, or one
/// [`Key`](super::Key).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisplayNumericInput {
    /// What to show.
    pub screen: Screen,
    /// E0: fewest digits.
    pub fewest: Option<u8>,
    /// E1 to E8: lines to show while digits are entered.
    pub input_lines: Vec<ScreenLine>,
    /// E9: most digits; 20 if not told.
    pub most: Option<u8>,
    /// EA: FF shows the digits, 00 nothing, anything else stars.
    pub echo: Option<u8>,
    /// EB: proof that the texts are allowed to ask for digits.
    pub mac: Option<[u8; 8]>,
}

impl DisplayNumericInput {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x06E2;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut message = Self::default();
        for field in Fields::new(Reader::new(data)) {
            let field = field?;
            let first = field.data.first().copied();
            match field.number {
                bitmap::FEWEST_DIGITS => message.fewest = first,
                bitmap::FIRST_INPUT_LINE..=bitmap::LAST_INPUT_LINE => {
                    message.input_lines.push(ScreenLine(field.data.to_vec()));
                }
                bitmap::MOST_DIGITS => message.most = first,
                bitmap::ECHO => message.echo = first,
                bitmap::MAC => message.mac = Some(field.array()?),
                _ => message.screen.take(field),
            }
        }
        Ok(message)
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        self.screen.write(w);
        bitmap::write_some(bitmap::FEWEST_DIGITS, self.fewest.map(|it| [it]), w);
        let numbers = bitmap::FIRST_INPUT_LINE..=bitmap::LAST_INPUT_LINE;
        for (number, ScreenLine(line)) in numbers.zip(&self.input_lines) {
            bitmap::write(number, line, w);
        }
        bitmap::write_some(bitmap::MOST_DIGITS, self.most.map(|it| [it]), w);
        bitmap::write_some(bitmap::ECHO, self.echo.map(|it| [it]), w);
        bitmap::write_some(bitmap::MAC, self.mac, w);
        super::unit(Self::CONTROL, &writer)
    }
}
