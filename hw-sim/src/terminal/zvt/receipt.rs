//! Results and receipts: what the till and the customer read.

use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::card::MaskedPan;
use firmware_protocols::vocabulary::terminal::ReceiptKind;
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::message::{
    CardToken, CardTotals, ConfigByte, PrintLine, PrintTextBlock, StatusInformation, StyledLine,
};
use firmware_protocols::zvt::text::{self, Text};

use super::command::{Extras, currency_number, receipt_number};
use super::payment::{amount_text, trace_number};
use super::store::{BatchTotals, Record};
use super::{Job, Message, Stage, Terminal};
use crate::bank::TerminalKind;
use crate::calendar::Calendar;
use crate::wallet::{Brand, Card, Decline};

impl Terminal {
    /// 04 0F of a transaction that was carried out.
    pub(super) fn approved_result(&self, record: &Record, extras: Extras) -> Vec<u8> {
        let at = Calendar::at(record.at);
        let receipt = receipt_number(record.receipt);
        let sync = receipt.map(|receipt| *receipt.bytes());
        let token = record
            .token
            .as_ref()
            .and_then(|token| hex_bytes(token.expose()));
        let code = record.authorization_code.as_bytes();
        let card = record.card;
        let merchant = text::encode(&self.config.merchant);
        let name = card.map(|card| card.brand.name().as_bytes());
        let result = StatusInformation {
            result_code: Some(0),
            amount: Bcd::from_number(record.money.minor),
            trace: Bcd::from_number(u64::from(record.trace)),
            original_trace: record
                .original_trace
                .and_then(|trace| Bcd::from_number(u64::from(trace))),
            time: Bcd::from_digits(&at.time()),
            date: Bcd::from_digits(&at.month_day()),
            payment_type: card.map(|card| if card.pin.is_some() { PIN } else { ONLINE }),
            pan: card.map(masked),
            terminal_id: Bcd::from_digits(&self.config.terminal_id),
            contract: Some(Text(merchant.get(..15).unwrap_or(&merchant))),
            authorization_code: Some(Text(code)),
            currency: self.told_currency(),
            receipt,
            card_type: card.map(|card| card_type(card.brand)),
            card_name: name.map(Text),
            additional_text: Some(Text(b"APPROVED")),
            token: token.as_deref().filter(|_| extras.token).map(CardToken),
            sync: sync.as_ref().filter(|_| extras.sync).map(|sync| &sync[..]),
            entry_mode: record.entry_mode.filter(|_| self.registered.has_tlv),
            takes_tip: record.takes_tip && self.registered.has_tlv,
            ..StatusInformation::default()
        };
        self.told(result, card)
    }

    /// 04 0F of a transaction that was not carried out.
    pub(super) fn failed_result(&self, code: u8, job: Option<&Job>, now: Instant) -> Vec<u8> {
        let at = Calendar::at(self.wall_clock(now));
        let card = job.and_then(|job| job.card);
        let result = StatusInformation {
            result_code: Some(code),
            amount: job.and_then(|job| Bcd::from_number(job.money.minor)),
            time: Bcd::from_digits(&at.time()),
            date: Bcd::from_digits(&at.month_day()),
            terminal_id: Bcd::from_digits(&self.config.terminal_id),
            currency: self.told_currency().filter(|_| job.is_some()),
            pan: card.map(masked),
            card_type: card.map(|card| card_type(card.brand)),
            ..StatusInformation::default()
        };
        self.told(result, card)
    }

    fn told(&self, result: StatusInformation<'_>, card: Option<&Card>) -> Vec<u8> {
        match card.filter(|_| self.config.sends_full_pan) {
            Some(card) => {
                let unmasked = StatusInformation {
                    pan: None,
                    ..result
                };
                with_full_pan(&unmasked.encode(), card)
            }
            None => result.encode(),
        }
    }

    /// 04 0F of an end of day.
    pub(super) fn totals_result(&self, totals: &BatchTotals, now: Instant) -> Vec<u8> {
        let at = Calendar::at(self.wall_clock(now));
        let none = Bcd::from_bytes([0; 2]);
        let number = |receipt: Option<u16>| receipt.and_then(receipt_number).unwrap_or(none);
        let result = StatusInformation {
            result_code: Some(0),
            amount: Bcd::from_number(totals.total_minor()),
            time: Bcd::from_digits(&at.time()),
            date: Bcd::from_digits(&at.month_day()),
            terminal_id: Bcd::from_digits(&self.config.terminal_id),
            currency: self.told_currency(),
            totals: Some(CardTotals {
                first_receipt: number(totals.first_receipt),
                last_receipt: number(totals.last_receipt),
                groups: totals.groups.map(|(count, sum)| {
                    let count = u8::try_from(count).unwrap_or(u8::MAX);
                    (
                        count,
                        Bcd::from_number(sum).unwrap_or(Bcd::from_bytes([0; 6])),
                    )
                }),
            }),
            ..StatusInformation::default()
        };
        result.encode()
    }

    /// The receipts of a transaction that was carried out, for the shop and for the customer.
    pub(super) fn print_payment(&mut self, record: &Record) {
        let lines = self.payment_lines(record);
        for kind in [ReceiptKind::Merchant, ReceiptKind::Customer] {
            self.print(ConfigByte::PAYMENT_RECEIPTS, kind, &lines, record.card);
        }
    }

    pub(super) fn print_declined(&mut self, job: &Job, decline: Decline) {
        let mut lines = self.head();
        lines.push(format!("{} {}", title(job.kind), amount_text(job.money)));
        if let Some(card) = job.card {
            lines.push(card_line(card));
        }
        lines.push(format!("DECLINED {:02}", decline.host_code()));
        let kind = ReceiptKind::Customer;
        self.print(ConfigByte::PAYMENT_RECEIPTS, kind, &lines, job.card);
    }

    pub(super) fn print_totals(&mut self, totals: &BatchTotals) {
        let mut lines = self.head();
        lines.push("END OF DAY".to_owned());
        let total = Money::new(totals.total_minor(), self.config.currency);
        lines.push(format!("Total {}", amount_text(total)));
        self.print(
            ConfigByte::ADMINISTRATION_RECEIPTS,
            ReceiptKind::Administration,
            &lines,
            None,
        );
    }

    fn payment_lines(&self, record: &Record) -> Vec<String> {
        let at = Calendar::at(record.at);
        let mut lines = self.head();
        lines.push(at.rfc3339());
        lines.push(format!(
            "Receipt {:04}  Trace {}",
            record.receipt,
            trace_number(record.trace)
        ));
        if let Some(card) = record.card {
            lines.push(card_line(card));
        }
        lines.push(format!(
            "{} {}",
            title(record.kind),
            amount_text(record.money)
        ));
        lines.push(format!("APPROVED {}", record.authorization_code));
        lines
    }

    pub(super) fn head(&self) -> Vec<String> {
        vec![
            self.config.merchant.clone(),
            format!("Terminal {}", self.config.terminal_id),
        ]
    }

    /// Prints here, sends to the till, or does nothing because the till makes its own receipt:
    /// as agreed at registration. On paper the card's number is always masked.
    pub(super) fn print(
        &mut self,
        who_prints: u8,
        kind: ReceiptKind,
        lines: &[String],
        card: Option<&Card>,
    ) {
        let till_prints = self.has(who_prints);
        if till_prints && !self.has(ConfigByte::PRINT_LINES) {
            return;
        }
        self.face.receipts_printed = self.face.receipts_printed.saturating_add(1);
        self.face.paper.push_back(lines.to_vec());
        if self.face.paper.len() > PAPER_MAX {
            self.face.paper.pop_front();
        }
        if !till_prints {
            return;
        }
        let card = card.filter(|_| self.config.sends_full_pan);
        let told = lines.iter().map(|line| match card {
            Some(card) => line.replace(masked(card).as_str(), card.expose_pan()),
            None => line.clone(),
        });
        let lines: Vec<Vec<u8>> = told.map(|line| text::encode(&line)).collect();
        if self.registered.takes_blocks {
            for unit in blocks(kind, &lines, self.registered.longest) {
                self.outbox.push_back(Message {
                    stage: Stage::Print,
                    unit,
                });
            }
            return;
        }
        let last = lines.len().saturating_sub(1);
        for (at, line) in lines.iter().enumerate() {
            let line = PrintLine {
                attribute: if at == last { PrintLine::LAST } else { 0 },
                text: Text(line),
            };
            let unit = line.encode();
            self.outbox.push_back(Message {
                stage: Stage::Print,
                unit,
            });
        }
    }

    fn told_currency(&self) -> Option<Bcd<2>> {
        currency_number(self.config.currency).filter(|_| self.registered.has_currency)
    }
}

/// So many receipts lie beside the printer.
const PAPER_MAX: usize = 20;

pub(super) fn masked(card: &Card) -> MaskedPan {
    MaskedPan::of(card.expose_pan())
}

fn card_line(card: &Card) -> String {
    format!("{} {}", card.brand.name(), masked(card).as_str())
}

const fn title(kind: TerminalKind) -> &'static str {
    match kind {
        TerminalKind::Sale => "SALE",
        TerminalKind::Authorize => "RESERVATION",
        TerminalKind::Capture => "BOOKING",
        TerminalKind::Reduce => "BOOKING, RELEASED",
        TerminalKind::Void => "RESERVATION CANCELLED",
        TerminalKind::Reverse => "REVERSAL",
        TerminalKind::Refund => "REFUND",
    }
}

pub(super) const fn card_type(brand: Brand) -> u8 {
    match brand {
        Brand::Visa => 10,
        Brand::Mastercard => 6,
        Brand::Amex => 8,
        Brand::Unknown => 0xFF,
    }
}

/// The lines in as many blocks as the till's longest unit asks for.
fn blocks(kind: ReceiptKind, lines: &[Vec<u8>], longest: usize) -> Vec<Vec<u8>> {
    let mut units = Vec::new();
    let mut rest = lines;
    while !rest.is_empty() {
        let unit_of = |count: usize| {
            let taken = rest.iter().take(count).map(|line| StyledLine {
                attribute: 0,
                text: Text(line),
            });
            let block = PrintTextBlock {
                kind,
                charset: None,
                lines: taken.collect(),
                is_last: count == rest.len(),
            };
            block.encode()
        };
        let fits = |count: &usize| unit_of(*count).len() <= longest;
        // A line that does not fit alone goes all the same.
        let count = (1..=rest.len()).rev().find(fits).unwrap_or(1);
        units.push(unit_of(count));
        rest = rest.get(count..).unwrap_or_default();
    }
    units
}

/// Adds BMP 22 with the number in the clear, to see whether the till masks it. The codec cannot
/// write that, on purpose.
fn with_full_pan(unit: &[u8], card: &Card) -> Vec<u8> {
    let Ok(apdu) = Apdu::parse(unit) else {
        return unit.to_vec();
    };
    let digits = card.expose_pan().as_bytes();
    let packed: Vec<u8> = digits
        .chunks(2)
        .map(|pair| {
            let digit = |at: usize| pair.get(at).map_or(0x0F, |ascii| ascii & 0x0F);
            digit(0) << 4 | digit(1)
        })
        .collect();
    let length = u8::try_from(packed.len()).unwrap_or(0);
    let tens = length.checked_div(10).unwrap_or(0);
    let ones = length.checked_rem(10).unwrap_or(0);
    let mut data = apdu.data.to_vec();
    data.extend([BMP_PAN, 0xF0 | tens, 0xF0 | ones]);
    data.extend(packed);
    Apdu {
        control: apdu.control,
        data: &data,
    }
    .encode()
}

pub(super) fn hex_bytes(hex: &str) -> Option<Vec<u8>> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}

const BMP_PAN: u8 = 0x22;
/// Payment types in BMP 19.
const ONLINE: u8 = 0x60;
const PIN: u8 = 0x70;
