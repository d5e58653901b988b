//! What moves money goes out once. Below the session nobody can ask for more: a line knows by the
//! message itself.

use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::terminal::{Ending, Reservation, TerminalRequest};
use firmware_protocols::zvt::line::{Framing, LineOutput, Timers};
use firmware_protocols::zvt::message::{COMMANDS, moves_money};
use firmware_protocols::zvt::serial::{SerialLine, encode_frame};

use super::corpus::hex;
use super::faults::{APPROVED, DONE, OK, SALE, T2, approved};
use super::till::{Op, Seen, Till, eur, ready, sale};

/// What asks, shows or sets something. Written down here once more, by hand: a command that moves money
/// and gets among these is found out.
const HARMLESS: [u16; 22] = [
    0x0501, 0x0600, 0x0602, 0x0610, 0x0612, 0x0618, 0x061A, 0x061B, 0x0620, 0x0670, 0x0679, 0x0691,
    0x0693, 0x0695, 0x06B0, 0x06C0, 0x06E0, 0x06E1, 0x06E2, 0x0801, 0x0830, 0x0840,
];

/// How often a line sends a unit to somebody who never answers.
fn transmissions(unit: Vec<u8>) -> usize {
    let mut line = SerialLine::new(Timers::default());
    let mut sent = 0;
    line.send(unit, Instant(0));
    for wait in 1..10 {
        while let Some(output) = line.poll() {
            sent += usize::from(matches!(output, LineOutput::Send { .. }));
        }
        line.handle_timeout(Instant(0).after(T2.saturating_mul(wait)));
    }
    sent
}

#[test]
fn a_line_knows_which_commands_it_may_send_again() {
    let known = COMMANDS.map(|(control, _)| control);
    // The last two are of no command that is known.
    for control in known.into_iter().chain([0x0660, 0x0FF0]) {
        let [class, instruction] = control.to_be_bytes();
        let expected = if HARMLESS.contains(&control) { 3 } else { 1 };
        let sent = transmissions(vec![class, instruction, 0]);
        assert_eq!(sent, expected, "{control:04X}");
    }
}

#[test]
fn a_request_that_moves_money_is_a_command_that_does() {
    let reservation = || Reservation {
        receipt_number: "0001".to_owned(),
        trace_number: Some("000002".to_owned()),
        authorization_code: None,
        amount: eur(100),
    };
    let requests = [
        sale(1),
        TerminalRequest::Authorize {
            amount: eur(1),
            want_token: true,
        },
        TerminalRequest::CaptureReservation {
            reservation: reservation(),
            amount: eur(1),
        },
        TerminalRequest::ReduceReservation {
            reservation: reservation(),
            unused: eur(1),
        },
        TerminalRequest::VoidReservation {
            reservation: reservation(),
        },
        TerminalRequest::Reverse {
            receipt_number: "0001".to_owned(),
            amount: eur(1),
        },
        TerminalRequest::Refund { amount: eur(1) },
        TerminalRequest::Reconcile,
    ];
    for request in requests {
        let mut till = ready(Framing::Tcp);
        assert!(request.moves_money(), "{request:?}");
        till.start(request.clone());
        let Some(Seen::Send(unit)) = till.seen.first() else {
            panic!("{request:?}: {:?}", till.seen);
        };
        assert!(moves_money(u16::from_be_bytes([unit[0], unit[1]])));
    }
}

/// How often the command of the sale went out.
pub(super) fn sales(till: &Till) -> usize {
    let frame = encode_frame(&hex(SALE));
    let sale = |seen: &&Seen| **seen == Seen::Send(frame.clone());
    till.seen.iter().filter(sale).count()
}

#[test]
fn a_money_command_is_never_repeated_after_silence() {
    let mut till = ready(Framing::Serial);
    till.start(sale(1234));
    till.pass(T2.saturating_mul(60));
    assert_eq!(sales(&till), 1);
    assert!(till.closed());
    till.seen.retain(|seen| !matches!(seen, Seen::Send(_)));
    assert_eq!(till.ending(), Ending::InDoubt);
}

#[test]
fn a_money_command_is_repeated_after_nak() {
    let mut till = ready(Framing::Serial);
    till.start(sale(1234));
    till.feed("15");
    till.feed("15");
    assert_eq!(sales(&till), 3);
    till.feed("06");
    till.seen.clear();
    till.unit(OK);
    till.unit(APPROVED);
    till.apply(Op::Acknowledge).unwrap();
    till.expect_unit(OK);
    till.answered(DONE);
    assert!(approved(&till.ending()));
}

#[test]
fn a_storm_of_naks_ends() {
    let mut till = ready(Framing::Serial);
    till.start(sale(1234));
    till.feed("15 15 15 15 15 15 15 15");
    assert_eq!(sales(&till), 3);
    assert!(till.closed());
    till.seen.retain(|seen| !matches!(seen, Seen::Send(_)));
    assert_eq!(till.ending(), Ending::InDoubt);
}

/// What looks like a NAK inside garbage must not send a payment again.
#[test]
fn a_nak_in_noise_does_not_count_for_money() {
    let mut till = ready(Framing::Serial);
    till.start(sale(1234));
    till.feed("80 FF 15 99 15");
    assert_eq!(sales(&till), 1);
    till.pass(Duration::from_millis(250));
    till.feed("15");
    assert_eq!(sales(&till), 2);
}

#[test]
fn other_commands_are_repeated_after_silence() {
    let mut till = ready(Framing::Serial);
    till.start(TerminalRequest::Status);
    till.pass(T2.saturating_mul(2));
    assert_eq!(till.seen.len(), 3);
    till.pass(T2);
    assert!(till.closed());
    till.seen.retain(|seen| !matches!(seen, Seen::Send(_)));
    assert_eq!(till.ending(), Ending::InDoubt);
}
