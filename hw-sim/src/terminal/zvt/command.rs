//! What the till asks for.

use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::terminal::SyncId;
use firmware_protocols::vocabulary::{Currency, Money};
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::message::{
    Abort, Authorization, BookTotal, CommandOptions, Completion, ConfigByte, EndOfDay, Input, Key,
    PartialReversal, PrintTextBlock, Registration, RepeatReceipt, Reservation, ReservationKey,
    Reversal, StatusEnquiry, StatusReport, Tip,
};
use firmware_protocols::zvt::result_code::{BUSY, NOT_POSSIBLE, RESERVATION};
use firmware_protocols::zvt::terminal_side::Command;
use firmware_protocols::zvt::text::Text;

use super::front::Wanted;
use super::script::Cue;
use super::store::{BatchTotals, Record, following};
use super::{FaultKind, Job, Message, Phase, Registered, Stage, Terminal, Then};
use crate::bank::TerminalKind;
use crate::wallet::Card;

/// What a command of the till is refused with, before anything has begun.
struct Refusal(u8);

impl Terminal {
    pub(super) fn on_command(&mut self, command: Command, now: Instant) {
        if self.faults.take_kind(FaultKind::Mute) {
            // The line forgets that something was asked, so that the next command is heard.
            self.side.handle_connected(now);
            return;
        }
        if self.is_busy() {
            self.refuse(BUSY, now);
            return;
        }
        if self.stops_at_lock(&command, now) {
            return;
        }
        // It is for the command that follows at once, and for that one only.
        let read_card = self.read_card.take();
        match command {
            Command::Registration(it) => self.on_registration(&it, now),
            Command::StatusEnquiry(it) => self.on_status_enquiry(it, now),
            Command::RepeatReceipt(it) => self.on_repeat_receipt(&it, now),
            Command::PrintTurnoverReceipts(it) => self.on_print_turnover(it, now),
            Command::OpenReservations => self.on_open_reservations(now),
            Command::EndOfDay(it) => self.on_end_of_day(&it, now),
            Command::TurnoverTotals(_) => self.on_turnover_totals(now),
            Command::Diagnosis(it) => self.on_diagnosis(it, now),
            Command::PrintSystemConfiguration => self.on_system_configuration(now),
            Command::SetTerminalId(it) => self.on_set_terminal_id(it, now),
            Command::SetTerminalClock(it) => self.on_set_clock(it, now),
            Command::ChangeBaudRate(it) => self.on_baud_rate(it, now),
            Command::ReadCard(it) => self.on_read_card(it, now),
            Command::DisplayText(it) => self.on_display(&it.screen, now),
            Command::DisplayKeyInput(it) => self.on_input_wanted(&it.screen, Wanted::Key, now),
            Command::DisplayNumericInput(it) => {
                let wanted = Wanted::Digits {
                    fewest: usize::from(it.fewest.unwrap_or(0)),
                    most: usize::from(it.most.unwrap_or(MOST_DIGITS)),
                };
                self.on_input_wanted(&it.screen, wanted, now);
            }
            Command::Abort => self.accept(now),
            Command::LogOff => {
                self.registered = Registered::DEFAULT;
                self.accept(now);
                self.side.forget_registration();
            }
            Command::ResetTerminal => {
                self.restarts = true;
                self.carry_out(Completion::default(), now);
            }
            Command::ChangePassword(_) => {
                let taken = Completion {
                    result_code: Some(0),
                    ..Completion::default()
                };
                self.carry_out(taken, now);
            }
            Command::Initialisation(_)
            | Command::SelfTest
            | Command::OfflineTransactions(_)
            | Command::SelectLanguage(_)
            | Command::ServiceMode => self.carry_out(Completion::default(), now),
            Command::Other(_) => self.refuse(NOT_POSSIBLE, now),
            Command::Authorization(_)
            | Command::Tip(_)
            | Command::TelephonicAuthorization(_)
            | Command::Reservation(_)
            | Command::PartialReversal(_)
            | Command::BookTotal(_)
            | Command::ReservationReversal(_)
            | Command::ForeignReservationReversal(_)
            | Command::Reversal(_)
            | Command::Refund(_) => self.on_payment(command, read_card, now),
        }
    }

    pub(super) fn on_abort_request(&mut self, now: Instant) {
        if self.enter(&Input::Key(Key::Stop), now) || matches!(self.phase, Phase::Reading { .. }) {
            let accepted = self.side.accept_abort(now);
            debug_assert_eq!(accepted, Ok(()), "an abort was asked for");
            if matches!(self.phase, Phase::Reading { .. }) {
                self.end_reading(super::ABORTED, now);
            }
            return;
        }
        // Once the card was read nobody can tell any more what stopping would mean.
        if !matches!(self.phase, Phase::Card { .. }) {
            let refused = self.side.refuse_abort(NOT_POSSIBLE, now);
            debug_assert_eq!(refused, Ok(()), "an abort was asked for");
            return;
        }
        let accepted = self.side.accept_abort(now);
        debug_assert_eq!(accepted, Ok(()), "an abort was asked for");
        self.stop(super::ABORTED, now);
    }

    fn on_registration(&mut self, asked: &Registration, now: Instant) {
        if self.wrong_currency(asked.currency) {
            self.refuse(WRONG_CURRENCY, now);
            return;
        }
        let blocks = PrintTextBlock::CONTROL;
        let tlv = asked.tlv.as_ref();
        self.registered = Registered {
            config: asked.config,
            has_currency: asked.currency.is_some(),
            has_tlv: tlv.is_some(),
            takes_blocks: tlv.is_some_and(|tlv| tlv.permitted.contains(&blocks)),
            longest: tlv
                .and_then(|tlv| tlv.longest)
                .map_or(usize::MAX, usize::from),
        };
        self.accept(now);
        self.complete(Completion {
            status: Some(self.registration_status()),
            terminal_id: Bcd::from_digits(&self.config.terminal_id),
            currency: currency_number(self.config.currency),
            numbers: tlv
                .and_then(|tlv| tlv.numbers)
                .filter(|_| self.config.knows_numbers),
            ..Completion::default()
        });
    }

    fn on_status_enquiry(&mut self, asked: StatusEnquiry, now: Instant) {
        let service = asked.service.unwrap_or(0);
        let report = StatusReport {
            software: (service & NO_SOFTWARE == 0).then_some(Text(SOFTWARE)),
            status: self.locked.unwrap_or(0),
            terminal_id: Bcd::from_digits(&self.config.terminal_id)
                .filter(|_| service & MORE_STATUS != 0),
        };
        self.accept(now);
        self.tell(Stage::End, report.encode());
    }

    fn on_repeat_receipt(&mut self, asked: &RepeatReceipt, now: Instant) {
        self.accept(now);
        let Some(last) = self.store.last().cloned() else {
            // Which code says "nothing stored" is not specified.
            self.tell_end(NOT_POSSIBLE);
            return;
        };
        let service = asked.service.unwrap_or(0);
        if service & SEND_RESULT != 0 {
            let unit = self.approved_result(&last, Extras::repeated(self));
            self.tell(Stage::Information, unit);
        }
        if service & DO_NOT_PRINT == 0 {
            self.print_payment(&last);
        }
        self.complete(Completion::default());
    }

    fn on_open_reservations(&mut self, now: Instant) {
        let open = self.store.open_reservations();
        let open: Vec<Bcd<2>> = open.filter_map(receipt_number).collect();
        self.accept(now);
        let none = Bcd::from_bytes([0xFF; 2]);
        let abort = Abort {
            code: RESERVATION,
            currency: None,
            receipt: Some(open.first().copied().unwrap_or(none)),
            open: if self.registered.has_tlv {
                open
            } else {
                Vec::new()
            },
        };
        self.tell(Stage::End, abort.encode());
    }

    fn on_end_of_day(&mut self, asked: &EndOfDay, now: Instant) {
        self.accept(now);
        match self.missed_by_till(asked.options.sync.as_ref()) {
            Some(receipt) => self.start_undo(receipt, Then::Submit),
            None => self.submit(now),
        }
    }

    /// What it tells of its batch.
    pub(super) fn told_totals(&mut self) -> BatchTotals {
        let left_out = self.faults.take_kind(FaultKind::Miscount);
        let last = self.store.last_counted().filter(|_| left_out);
        self.store.totals_without(last)
    }

    pub(super) fn submit(&mut self, now: Instant) {
        if self.config.strict_end_of_day && self.store.open_reservations().next().is_some() {
            self.tell_end(RESERVATION);
            return;
        }
        let totals = self.told_totals();
        self.store.submit();
        let unit = self.totals_result(&totals, now);
        self.tell(Stage::Information, unit);
        self.print_totals(&totals);
        if !self.faults.take_kind(FaultKind::LoseCompletion) {
            self.complete(Completion::default());
        }
    }

    fn on_payment(&mut self, command: Command, read_card: Option<&'static Card>, now: Instant) {
        self.cue(Cue::Payment, now);
        if self.is_off() {
            return;
        }
        if self.faults.take_kind(FaultKind::Busy) {
            self.refuse(BUSY, now);
            return;
        }
        let sync = sync_of(&command);
        // As many times as the till says, and once more.
        self.repeats_left = max_status(&command).map(|most| u16::from(most).saturating_add(1));
        match self.job_of(command, read_card) {
            Err(Refusal(code)) => self.refuse(code, now),
            Ok(Err(Refusal(code))) => {
                self.accept(now);
                self.tell_end(code);
            }
            Ok(Ok(job)) => {
                self.accept(now);
                self.phase = Phase::Telling;
                self.resend_orphans();
                match self.missed_by_till(sync.as_ref()) {
                    Some(receipt) => self.start_undo(receipt, Then::Begin(job)),
                    None => self.begin(job, now),
                }
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "only payments come here; `on_command` names all the others"
    )]
    /// Outer refusals come before the command is accepted, inner ones after.
    fn job_of(
        &self,
        command: Command,
        read_card: Option<&'static Card>,
    ) -> Result<Result<Job, Refusal>, Refusal> {
        Ok(match command {
            Command::Authorization(it) => {
                let money = self.money(it.amount, it.currency)?;
                let payment_type = it.payment_type.unwrap_or(0);
                let uses_read_card = payment_type & USE_READ_CARD != 0;
                Ok(Job {
                    card: read_card.filter(|_| uses_read_card),
                    entry_mode: uses_read_card.then(|| self.face.entry_mode()),
                    takes_tip: payment_type & TAKES_TIP != 0,
                    ..self.job(TerminalKind::Sale, money, &it.options, None)
                })
            }
            Command::TelephonicAuthorization(it) => {
                let money = self.money(it.amount, it.currency)?;
                Ok(Job {
                    card: Some(self.face.card),
                    ..self.job(TerminalKind::Sale, money, &it.options, None)
                })
            }
            Command::Tip(it) => Ok(self.tip(&it)?),
            Command::Refund(it) => {
                let money = self.money(it.amount, it.currency)?;
                Ok(self.job(TerminalKind::Refund, money, &it.options, None))
            }
            Command::Reservation(it) => Ok(self.reservation(&it)?),
            Command::PartialReversal(it) => self.partial_reversal(&it),
            Command::BookTotal(it) => self.book_total(&it),
            Command::ReservationReversal(it) => self
                .reservation_of(ReservationKey {
                    receipt: it.receipt,
                    ..ReservationKey::default()
                })
                .map(|(receipt, _)| {
                    let nothing = Money::zero(self.config.currency);
                    self.job(TerminalKind::Void, nothing, &it.options, Some(receipt))
                }),
            Command::ForeignReservationReversal(it) => self
                .reservation_of(ReservationKey {
                    receipt: None,
                    trace: it.trace,
                    authorization_code: it.authorization_code,
                })
                .map(|(receipt, _)| {
                    let nothing = Money::zero(self.config.currency);
                    self.job(TerminalKind::Void, nothing, &it.options, Some(receipt))
                }),
            Command::Reversal(it) => self.reversal(&it),
            other => {
                debug_assert!(false, "{other:?} is no payment");
                return Err(Refusal(NOT_POSSIBLE));
            }
        })
    }

    fn reservation(&self, asked: &Reservation) -> Result<Job, Refusal> {
        if asked.options.reservation_kind.is_some_and(|kind| kind != 2) {
            return Err(Refusal(NOT_POSSIBLE));
        }
        let money = self.money(asked.amount, asked.currency)?;
        Ok(self.job(TerminalKind::Authorize, money, &asked.options, None))
    }

    /// A sale of its own, to the card of the one that it belongs to.
    fn tip(&self, asked: &Tip) -> Result<Job, Refusal> {
        let receipt = asked.receipt.and_then(|receipt| receipt.number());
        let receipt = receipt.and_then(|receipt| u16::try_from(receipt).ok());
        let record = receipt.and_then(|receipt| self.store.find(receipt));
        let is_open = |record: &&Record| !record.is_reversed && !record.is_submitted;
        let record = record.filter(|record| record.takes_tip).filter(is_open);
        let record = record.ok_or(Refusal(NOT_POSSIBLE))?;
        let (card, entry_mode) = (record.card, record.entry_mode);
        let money = self.money(asked.amount, asked.currency)?;
        Ok(Job {
            card,
            entry_mode,
            ..self.job(TerminalKind::Sale, money, &asked.options, None)
        })
    }

    fn partial_reversal(&self, asked: &PartialReversal) -> Result<Job, Refusal> {
        let (receipt, held) = self.reservation_of(asked.key)?;
        let unused = asked.amount.map_or(Some(0), |amount| amount.number());
        let unused = unused.filter(|unused| *unused <= held);
        let money = Money::new(
            unused.ok_or(Refusal(RESERVATION_AMOUNT))?,
            self.config.currency,
        );
        Ok(self.job(TerminalKind::Reduce, money, &asked.options, Some(receipt)))
    }

    fn book_total(&self, asked: &BookTotal) -> Result<Job, Refusal> {
        let (receipt, held) = self.reservation_of(asked.key)?;
        let used = asked.amount.map_or(Some(held), |amount| amount.number());
        let used = used.filter(|used| *used <= held);
        let money = Money::new(
            used.ok_or(Refusal(RESERVATION_AMOUNT))?,
            self.config.currency,
        );
        Ok(self.job(TerminalKind::Capture, money, &asked.options, Some(receipt)))
    }

    fn reversal(&self, asked: &Reversal) -> Result<Job, Refusal> {
        let receipt = asked.receipt.and_then(|receipt| receipt.number());
        let receipt = receipt.and_then(|receipt| u16::try_from(receipt).ok());
        let record = receipt.and_then(|receipt| self.store.find(receipt));
        let record = record.ok_or(Refusal(NOT_REVERSIBLE))?;
        let is_last = self.store.last().is_some_and(|last| last == record);
        let kind_allows = match record.kind {
            TerminalKind::Sale | TerminalKind::Refund => true,
            TerminalKind::Capture | TerminalKind::Reduce => true,
            TerminalKind::Authorize | TerminalKind::Void | TerminalKind::Reverse => false,
        };
        if record.is_reversed {
            return Err(Refusal(ALREADY_REVERSED));
        }
        if record.is_submitted || !kind_allows || (self.config.reverses_last_only && !is_last) {
            return Err(Refusal(NOT_REVERSIBLE));
        }
        let asked_amount = asked.amount.and_then(|amount| amount.number());
        if asked_amount.is_some_and(|amount| amount != record.money.minor) {
            return Err(Refusal(NOT_REVERSIBLE));
        }
        let receipt = Some(record.receipt);
        Ok(self.job(TerminalKind::Reverse, record.money, &asked.options, receipt))
    }

    fn reservation_of(&self, key: ReservationKey) -> Result<(u16, u64), Refusal> {
        let receipt = key.receipt.and_then(|receipt| receipt.number());
        let by_receipt = receipt.and_then(|receipt| self.store.find(u16::try_from(receipt).ok()?));
        let by_trace = key
            .trace
            .zip(key.authorization_code)
            .and_then(|(trace, code)| {
                let trace = u32::try_from(trace.number()?).ok()?;
                let code = String::from_utf8_lossy(&code);
                self.store.find_trace(trace, code.trim_end_matches('\0'))
            });
        by_receipt
            .or(by_trace)
            .filter(|record| !record.is_reversed)
            .and_then(|record| {
                Some((
                    record.receipt,
                    record.reserved_minor.filter(|held| *held > 0)?,
                ))
            })
            .ok_or(Refusal(RESERVATION))
    }

    fn job(
        &self,
        kind: TerminalKind,
        money: Money,
        options: &CommandOptions,
        original: Option<u16>,
    ) -> Job {
        let original_record = original.and_then(|receipt| self.store.find(receipt));
        let wants = options.card_reading.unwrap_or(0);
        Job {
            kind,
            money,
            want_token: wants & WANT_TOKEN != 0,
            takes_tip: false,
            original,
            in_sync: self.config.knows_sync && options.sync.is_some(),
            card: original_record.and_then(|record| record.card),
            entry_mode: original_record.and_then(|record| record.entry_mode),
        }
    }

    fn money(&self, amount: Option<Bcd<6>>, currency: Option<Bcd<2>>) -> Result<Money, Refusal> {
        if self.wrong_currency(currency) {
            return Err(Refusal(WRONG_CURRENCY));
        }
        let minor = amount.and_then(|amount| amount.number());
        match minor.ok_or(Refusal(NOT_POSSIBLE))? {
            0 => Err(Refusal(AMOUNT_TOO_SMALL)),
            minor => Ok(Money::new(minor, self.config.currency)),
        }
    }

    fn wrong_currency(&self, asked: Option<Bcd<2>>) -> bool {
        asked.is_some_and(|asked| Some(asked) != currency_number(self.config.currency))
    }

    /// The last transaction, if the till shows by its sync value that it never heard of it.
    fn missed_by_till(&self, sync: Option<&SyncId>) -> Option<u16> {
        let last = self.store.last().filter(|_| self.config.knows_sync)?;
        let known = firmware_protocols::wire::bcd::number(&sync?.0)?;
        let is_one_less = !sync?.0.is_empty()
            && u16::try_from(known).is_ok_and(|known| following(known) == last.receipt);
        (is_one_less && last.can_be_taken_back()).then_some(last.receipt)
    }

    pub(super) fn accept(&mut self, now: Instant) {
        let accepted = self.side.accept(now);
        debug_assert_eq!(accepted, Ok(()), "a command was asked");
    }

    pub(super) fn refuse(&mut self, code: u8, now: Instant) {
        let refused = self.side.refuse(code, now);
        debug_assert_eq!(refused, Ok(()), "a command was asked");
    }

    pub(super) fn tell(&mut self, stage: Stage, unit: Vec<u8>) {
        self.phase = Phase::Telling;
        self.outbox.push_back(Message { stage, unit });
    }

    pub(super) fn tell_end(&mut self, code: u8) {
        let abort = Abort {
            code,
            currency: None,
            receipt: None,
            open: Vec::new(),
        };
        self.tell(Stage::End, abort.encode());
    }

    pub(super) fn complete(&mut self, completion: Completion) {
        self.tell(Stage::End, completion.encode());
    }

    pub(super) fn has(&self, bit: u8) -> bool {
        let ConfigByte(config) = self.registered.config;
        config & bit != 0
    }
}

/// What a result carries only where the till asked for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extras {
    pub(super) token: bool,
    pub(super) sync: bool,
}

impl Extras {
    pub(super) const fn of(job: &Job, terminal: &Terminal) -> Self {
        // Shown to every till that reads TLV: this is how it learns that the terminal knows sync.
        let tlv = terminal.registered.has_tlv && terminal.config.knows_sync;
        Self {
            token: job.want_token,
            sync: job.in_sync || tlv,
        }
    }

    /// A till that recovers a result needs its sync value and its token as much as the first time.
    const fn repeated(terminal: &Terminal) -> Self {
        let tlv = terminal.registered.has_tlv;
        Self {
            token: tlv,
            sync: tlv && terminal.config.knows_sync,
        }
    }
}

impl Record {
    /// Whether the terminal may undo it by itself. Undoing a reversal or a release would charge a
    /// customer; nobody asks for that.
    pub(super) const fn can_be_taken_back(&self) -> bool {
        let kind_allows = match self.kind {
            TerminalKind::Sale
            | TerminalKind::Authorize
            | TerminalKind::Capture
            | TerminalKind::Reduce
            | TerminalKind::Refund => true,
            TerminalKind::Void | TerminalKind::Reverse => false,
        };
        kind_allows && !self.is_reversed && !self.is_submitted
    }
}

pub(super) fn currency_number(currency: Currency) -> Option<Bcd<2>> {
    Bcd::from_number(u64::from(currency.numeric()))
}

pub(super) fn receipt_number(receipt: u16) -> Option<Bcd<2>> {
    Bcd::from_number(u64::from(receipt))
}

/// What the till says about results that it is not ready for.
const fn max_status(command: &Command) -> Option<u8> {
    if let Command::Authorization(Authorization { max_status, .. })
    | Command::Reservation(Reservation { max_status, .. }) = command
    {
        *max_status
    } else {
        None
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only payments come here; `on_command` names all the others"
)]
fn sync_of(command: &Command) -> Option<SyncId> {
    let options = match command {
        Command::Authorization(it) => &it.options,
        Command::Reservation(it) => &it.options,
        Command::PartialReversal(it) => &it.options,
        Command::BookTotal(it) => &it.options,
        Command::ReservationReversal(it) => &it.options,
        Command::Reversal(it) => &it.options,
        Command::Refund(it) => &it.options,
        Command::TelephonicAuthorization(it) => &it.options,
        Command::Tip(it) => &it.options,
        _ => return None,
    };
    options.sync.clone()
}

const SOFTWARE: &[u8] = b"hw-sim";
/// Service byte of the status enquiry.
const NO_SOFTWARE: u8 = 0x02;
const MORE_STATUS: u8 = 0x04;
/// Service byte of the repeat of a receipt.
const SEND_RESULT: u8 = 0x01;
const DO_NOT_PRINT: u8 = 0x02;
/// Payment type: the card that was read before.
const USE_READ_CARD: u8 = 0x02;
/// Payment type: a tip may follow.
const TAKES_TIP: u8 = 0x08;
/// Of an input, where the till names no other.
const MOST_DIGITS: u8 = 20;
/// Tag 1F15.
const WANT_TOKEN: u8 = 0x80;

const WRONG_CURRENCY: u8 = 0x6F;
const ALREADY_REVERSED: u8 = 0xB4;
const NOT_REVERSIBLE: u8 = 0xB5;
const RESERVATION_AMOUNT: u8 = 0xB7;
const AMOUNT_TOO_SMALL: u8 = 0xC8;
