//! The order in which a target is asked, and what is made of its answers. A machine: it is told the
//! answers and says what is sent next.
//!
//! A payment card is sent SELECT PPSE, SELECT of what that offers, and GET DATA 9F24. What has no payment
//! environment is asked for an NDEF message. Whatever happens, a reading ends: each command is sent
//! once.

use alloc::vec::Vec;

use super::command::{ApplicationId, Command, FileId};
use super::memory::{self, Capabilities, MESSAGE_MAX, Message};
use super::ndef::{self, Record};
use super::payment::{self, AccountReference};
use super::target::Target;

/// So many offered applications are asked for a reference; cards offer one or two.
const APPLICATIONS_MAX: usize = 4;

/// A type 2 tag answers a read with four pages of four bytes.
const FOUR_PAGES: usize = 16;
const PAGE: usize = 4;

/// One target being read.
#[derive(Clone, Debug)]
pub struct Reading {
    waits_for: State,
    found: Found,
}

/// What a reading has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// It has a payment environment: it is a payment card, or a phone that stands for one.
    pub pays: bool,
    /// The payment account reference, if it tells one.
    pub account: Option<AccountReference>,
    /// The records of its NDEF message that mean something to us.
    pub records: Vec<Record>,
    /// It stopped answering before all was read.
    pub interrupted: bool,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this; then comes [`Reading::handle_answer`] or [`Reading::handle_silence`].
    Send(Command),
    /// All is read.
    Done,
}

/// Which answer is waited for.
#[derive(Clone, Debug)]
enum State {
    Environment,
    Application {
        asked: ApplicationId,
        rest: Vec<ApplicationId>,
    },
    Account {
        rest: Vec<ApplicationId>,
    },
    NdefApplication,
    CapabilityFile,
    Capabilities,
    NdefFile(Capabilities),
    NdefLength(Capabilities),
    NdefBytes {
        capabilities: Capabilities,
        length: usize,
        bytes: Vec<u8>,
    },
    Pages {
        read: Vec<u8>,
    },
    Done,
}

impl Reading {
    /// Begins to read a target that is selected.
    #[must_use]
    pub fn new(target: &Target) -> Self {
        let waits_for = if target.is_iso_dep() {
            State::Environment
        } else if target.is_type_2() {
            State::Pages { read: Vec::new() }
        } else {
            State::Done
        };
        Self {
            waits_for,
            found: Found::default(),
        }
    }

    /// What to do next.
    #[must_use]
    pub fn poll(&self) -> Step {
        Step::Send(match &self.waits_for {
            State::Environment => Command::SelectPaymentEnvironment,
            State::Application { asked, .. } => Command::SelectApplication(asked.clone()),
            State::Account { .. } => Command::GetAccountReference,
            State::NdefApplication => Command::SelectNdefApplication,
            State::CapabilityFile => Command::SelectNdefFile(FileId::CAPABILITIES),
            State::Capabilities => Command::ReadNdefFile {
                offset: 0,
                length: Capabilities::LENGTH,
            },
            State::NdefFile(capabilities) => Command::SelectNdefFile(capabilities.file),
            State::NdefLength(_) => Command::ReadNdefFile {
                offset: 0,
                length: 2,
            },
            State::NdefBytes {
                capabilities,
                length,
                bytes,
            } => {
                let left = length.saturating_sub(bytes.len());
                let left = u8::try_from(left).unwrap_or(u8::MAX);
                // Two bytes of length stand in front of the message.
                let offset = u16::try_from(bytes.len().saturating_add(2)).unwrap_or(u16::MAX);
                Command::ReadNdefFile {
                    offset,
                    length: left.min(capabilities.read_max),
                }
            }
            State::Pages { read } => {
                let pages = read.len().div_euclid(PAGE);
                let page = FIRST_PAGE.saturating_add(u8::try_from(pages).unwrap_or(u8::MAX));
                Command::ReadPages { page }
            }
            State::Done => return Step::Done,
        })
    }

    /// The target has answered: APDUs with their status word, pages bare.
    pub fn handle_answer(&mut self, answer: &[u8]) {
        let state = core::mem::replace(&mut self.waits_for, State::Done);
        self.waits_for = match (state, accepted(answer)) {
            (State::Environment, Some(data)) => {
                self.found.pays = true;
                let mut offered = payment::offered(data);
                offered.truncate(APPLICATIONS_MAX);
                next_application(offered)
            }
            (State::Environment, None) => State::NdefApplication,
            (State::Application { rest, .. }, Some(_)) => State::Account { rest },
            (State::Application { rest, .. }, None) => next_application(rest),
            (State::Account { rest }, data) => {
                self.found.account = data.and_then(payment::account_reference);
                match self.found.account {
                    Some(_) => State::Done,
                    None => next_application(rest),
                }
            }
            (State::NdefApplication, Some(_)) => State::CapabilityFile,
            (State::CapabilityFile, Some(_)) => State::Capabilities,
            (State::Capabilities, Some(data)) => match Capabilities::decode(data) {
                Ok(capabilities) => State::NdefFile(capabilities),
                Err(_) => State::Done,
            },
            (State::NdefFile(capabilities), Some(_)) => State::NdefLength(capabilities),
            (State::NdefLength(capabilities), Some(data)) => on_length(capabilities, data),
            (
                State::NdefBytes {
                    capabilities,
                    length,
                    bytes,
                },
                Some(data),
            ) => self.on_bytes(capabilities, length, bytes, data),
            (State::Pages { read }, _) => self.on_pages(read, answer),
            (
                State::NdefApplication
                | State::CapabilityFile
                | State::Capabilities
                | State::NdefFile(_)
                | State::NdefLength(_)
                | State::NdefBytes { .. }
                | State::Done,
                _,
            ) => State::Done,
        };
    }

    /// The target has not answered, or not understandably: it is gone, or too far away.
    pub fn handle_silence(&mut self) {
        self.found.interrupted = true;
        self.waits_for = State::Done;
    }

    /// What was found.
    #[must_use]
    pub fn into_found(self) -> Found {
        self.found
    }

    fn on_bytes(
        &mut self,
        capabilities: Capabilities,
        length: usize,
        mut bytes: Vec<u8>,
        data: &[u8],
    ) -> State {
        bytes.extend_from_slice(data);
        if data.is_empty() || bytes.len() >= length {
            self.found.records = ndef::decode(&bytes);
            return State::Done;
        }
        State::NdefBytes {
            capabilities,
            length,
            bytes,
        }
    }

    fn on_pages(&mut self, mut read: Vec<u8>, pages: &[u8]) -> State {
        let Some(pages) = pages.get(..FOUR_PAGES) else {
            return State::Done;
        };
        read.extend_from_slice(pages);
        let Some((container, area)) = read.split_first_chunk::<PAGE>() else {
            return State::Done;
        };
        let size = memory::data_area(*container).unwrap_or_default();
        let size = size.min(MESSAGE_MAX);
        match memory::find(area.get(..size).unwrap_or(area)) {
            Message::Whole(message) => {
                self.found.records = ndef::decode(message);
                State::Done
            }
            Message::Longer(need) if need <= size && area.len() < size => State::Pages { read },
            Message::Longer(_) | Message::None => State::Done,
        }
    }
}

/// The capability container of a type 2 tag; its data area is behind it.
const FIRST_PAGE: u8 = 3;

fn next_application(mut offered: Vec<ApplicationId>) -> State {
    if offered.is_empty() {
        return State::Done;
    }
    let asked = offered.remove(0);
    State::Application {
        asked,
        rest: offered,
    }
}

fn on_length(capabilities: Capabilities, data: &[u8]) -> State {
    let length = data.first_chunk().map(|length| u16::from_be_bytes(*length));
    match usize::from(length.unwrap_or_default()) {
        0 => State::Done,
        length => State::NdefBytes {
            capabilities,
            length: length.min(MESSAGE_MAX),
            bytes: Vec::new(),
        },
    }
}

/// The data of an answer whose status word says 9000.
fn accepted(answer: &[u8]) -> Option<&[u8]> {
    match answer.split_last_chunk() {
        Some((data, [0x90, 0x00])) => Some(data),
        Some(_) | None => None,
    }
}
