//! Lost and broken frames, silence, terminals that do something else.

use core::iter;

use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::terminal::{
    DeclineReason, Ending, Report, TerminalEvent, TerminalRequest, Verdict,
};
use firmware_protocols::zvt::Config;
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::line::{LineEvent, LineOutput, Timers};
use firmware_protocols::zvt::serial::{SerialLine, encode_frame};

use super::corpus::hex;
use super::sent_once::sales;
use super::till::{Op, Seen, Till, ready, ready_with, sale};

pub(super) const SALE: &str = "06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40";
pub(super) const OK: &str = "80 00 00";
pub(super) const APPROVED: &str = "04 0F 0C 27 00 04 00 00 00 00 12 34 87 00 01";
pub(super) const DONE: &str = "06 0F 00";
pub(super) const T2: Duration = Duration::from_secs(5);
const BOTH: [Framing; 2] = [Framing::Serial, Framing::Tcp];

/// A till whose sale the terminal has accepted.
fn paying(framing: Framing) -> Till {
    let mut till = ready(framing);
    till.start(sale(1234));
    till.expect_unit(SALE);
    till.unit(OK);
    till
}

pub(super) fn approved(ending: &Ending) -> bool {
    matches!(ending, Ending::Completed(Report::Approved(it)) if it.amount_minor == Some(1234))
}

#[test]
fn a_lost_ack_is_made_up_for_by_the_next_frame() {
    let mut till = ready(Framing::Serial);
    till.start(sale(1234));
    till.seen.clear();
    till.unit(OK);
    till.pass(T2.saturating_mul(2));
    assert_eq!(till.seen, []);
    till.answered("04 FF 01 0A");
}

#[test]
fn a_lost_answer_is_made_up_for_by_the_next_message() {
    for framing in BOTH {
        let mut till = ready(framing);
        till.start(sale(1234));
        till.expect_unit(SALE);
        till.answered("04 FF 01 0A");
        till.unit(APPROVED);
        till.apply(Op::Acknowledge).unwrap();
        till.expect_unit(OK);
        till.answered(DONE);
        assert!(approved(&till.ending()));
    }
}

/// The end of the request before, once more because our ACK was lost, must not end this one.
#[test]
fn a_late_end_does_not_decide_a_payment() {
    for framing in BOTH {
        for late in ["06 1E 01 6C", DONE] {
            let mut till = ready(framing);
            till.start(sale(1234));
            till.expect_unit(SALE);
            till.unit(late);
            assert!(till.closed());
            assert_eq!(till.ending(), Ending::InDoubt);
        }
    }
}

/// The answer to a payment comes after we gave it up and were connected again.
#[test]
fn a_late_answer_is_not_taken_for_registration() {
    let mut till = Till::new(Config {
        tlv: false,
        ..Config::new(Framing::Tcp, Currency::EUR)
    });
    let register = "06 00 06 00 00 00 BE 09 78";
    till.apply(Op::Connected).unwrap();
    till.expect_unit(register);
    till.unit(OK);
    till.unit("84 9C 00");
    till.pass(Duration::from_secs(2));
    till.expect_unit(register);
}

#[test]
fn a_repeated_frame_is_acknowledged_but_not_executed() {
    let mut till = paying(Framing::Serial);
    till.unit(APPROVED);
    assert!(matches!(
        till.seen[..],
        [Seen::Event(TerminalEvent::Result(_))]
    ));
    till.unit(APPROVED);
    assert_eq!(till.seen.len(), 1);
    till.apply(Op::Acknowledge).unwrap();
    till.expect_unit(OK);
    // After our answer the same bytes are a new message.
    till.unit(APPROVED);
    assert_eq!(till.seen.len(), 2);
}

/// A till that was cut off begins anew with the very frame that it began with before.
#[test]
fn an_equal_frame_is_new_when_repetitions_are_over() {
    let timers = Timers::default();
    let mut line = SerialLine::new(timers);
    let mut received_at = |seconds: u64| {
        line.handle_input(&encode_frame(&[0x06, 0x00, 0x00]), Instant(seconds * 1000));
        let received = |output| matches!(output, LineOutput::Event(LineEvent::Received(_)));
        iter::from_fn(|| line.poll()).any(received)
    };
    let heard = [0, 5, 10, 14, 15, 16, 29, 31].map(&mut received_at);
    assert_eq!(heard, [true, false, false, false, true, false, false, true]);
}

#[test]
fn a_broken_frame_is_refused_and_noise_skipped() {
    let mut till = paying(Framing::Serial);
    till.feed("FF 00 41 10 10 02 04 FF 01 0A 10 03 00 00");
    assert_eq!(core::mem::take(&mut till.seen), [Seen::Send(vec![0x15])]);
    // An illegal byte after DLE.
    till.feed("10 02 04 10 99");
    assert_eq!(core::mem::take(&mut till.seen), [Seen::Send(vec![0x15])]);
    // A new start inside a frame.
    till.feed("10 02 04 FF");
    till.answered("04 FF 01 0A");
}

#[test]
fn t1_a_frame_that_stops_is_refused() {
    let mut till = paying(Framing::Serial);
    till.feed("10 02 04 FF");
    till.pass(Duration::from_millis(199));
    assert_eq!(till.seen, []);
    till.pass(Duration::from_millis(1));
    assert_eq!(core::mem::take(&mut till.seen), [Seen::Send(vec![0x15])]);
    till.answered("04 FF 01 0A");
}

#[test]
fn t3_no_answer_to_the_command() {
    for framing in BOTH {
        let mut till = ready(framing);
        till.start(sale(1234));
        till.expect_unit(SALE);
        till.pass(Duration::from_millis(4999));
        assert_eq!(till.seen, []);
        till.pass(Duration::from_millis(1));
        assert!(till.closed());
        assert_eq!(till.ending(), Ending::InDoubt);
    }
}

#[test]
fn t4_runs_anew_with_each_message_and_is_set_by_the_terminal() {
    for framing in BOTH {
        let mut till = paying(framing);
        till.pass(Duration::from_secs(179));
        till.answered("04 FF 01 0A");
        till.pass(Duration::from_secs(179));
        till.answered("04 FF 02 0E 10");
        till.pass(Duration::from_secs(599));
        assert!(!till.closed());
        till.pass(Duration::from_secs(1));
        assert!(till.closed());
        assert_eq!(till.ending(), Ending::InDoubt);
    }
}

#[test]
fn the_result_is_not_answered_before_it_is_durable() {
    for framing in BOTH {
        let mut till = paying(framing);
        till.unit(APPROVED);
        till.pass(Duration::from_secs(4));
        assert!(matches!(
            till.seen[..],
            [Seen::Event(TerminalEvent::Result(_))]
        ));
        till.apply(Op::Acknowledge).unwrap();
        till.expect_unit(OK);
        till.apply(Op::Acknowledge).unwrap();
        till.answered(DONE);
        assert!(approved(&till.ending()));
    }
}

/// Result without the final 06 0F: the money was taken.
#[test]
fn a_result_without_an_end_is_in_doubt() {
    let mut till = paying(Framing::Tcp);
    till.unit(APPROVED);
    till.apply(Op::Acknowledge).unwrap();
    till.expect_unit(OK);
    till.pass(Duration::from_secs(180));
    assert_eq!(till.ending(), Ending::InDoubt);
}

#[test]
fn the_terminal_closes_while_printing() {
    let mut till = paying(Framing::Tcp);
    till.unit(APPROVED);
    till.apply(Op::Acknowledge).unwrap();
    till.expect_unit(OK);
    till.answered("06 D1 05 00 41 42 43 44");
    till.apply(Op::Disconnected).unwrap();
    assert_eq!(till.ending(), Ending::InDoubt);
    till.apply(Op::Disconnected).unwrap();
    assert_eq!(till.seen, []);
}

#[test]
fn closing_after_the_end_changes_nothing() {
    let mut till = paying(Framing::Tcp);
    till.unit(APPROVED);
    till.apply(Op::Acknowledge).unwrap();
    till.unit(DONE);
    till.apply(Op::Disconnected).unwrap();
    till.seen.retain(|seen| !matches!(seen, Seen::Send(_)));
    assert!(approved(&till.ending()));
}

/// Pairs of what the terminal sends after accepting a sale (`ack` is our acknowledgement), and how
/// that ends.
#[test]
fn endings() {
    let declined = |reason, code| Ending::Declined { reason, code };
    let cases: [(&[&str], Ending); 11] = [
        (&["06 1E 01 6C"], Ending::Aborted),
        (&["06 1E 01 37"], declined(DeclineReason::WrongPin, 0x37)),
        (
            &["06 1E 03 6F 09 78"],
            declined(DeclineReason::CurrencyNotAccepted, 0x6F),
        ),
        (&["06 1E 00"], declined(DeclineReason::Other, 0xFF)),
        (
            &["04 0F 02 27 37", "ack", "06 1E 01 37"],
            declined(DeclineReason::WrongPin, 0x37),
        ),
        (
            &["04 0F 02 27 37", "ack", DONE],
            declined(DeclineReason::WrongPin, 0x37),
        ),
        (&[APPROVED, "06 1E 01 6C"], Ending::Aborted),
        (&[APPROVED, "ack", "06 1E 01 6C"], Ending::InDoubt),
        (
            &[APPROVED, "ack", "04 0F 02 27 6C", "ack", "06 1E 01 6C"],
            Ending::Aborted,
        ),
        (&[DONE], Ending::InDoubt),
        (
            &["04 0F 05 27 00 A0 A1 17", "06 0F 02 27 64"],
            declined(DeclineReason::CardNotReadable, 0x64),
        ),
    ];
    for (messages, expected) in cases {
        let mut till = paying(Framing::Tcp);
        for message in messages {
            match *message {
                "ack" => till.apply(Op::Acknowledge).unwrap(),
                unit => till.unit(unit),
            }
        }
        till.seen.retain(|seen| !matches!(seen, Seen::Send(_)));
        assert_eq!(till.ending(), expected, "{messages:?}");
    }
}

#[test]
fn a_host_code_beside_a_good_result_is_no_approval() {
    let mut till = paying(Framing::Tcp);
    till.unit("04 0F 0B 27 00 04 00 00 00 00 12 34 A0 A1");
    let [Seen::Event(TerminalEvent::Result(result))] = &till.seen[..] else {
        panic!()
    };
    let reason = DeclineReason::IssuerDeclined;
    assert_eq!(
        result.verdict,
        Verdict::Declined {
            reason,
            code: 0xA0A1
        }
    );
    till.apply(Op::Acknowledge).unwrap();
    till.expect_unit(OK);
    till.answered(DONE);
    assert_eq!(till.ending(), Ending::InDoubt);
}

#[test]
fn a_result_with_unknown_bitmaps_is_kept() {
    let mut till = paying(Framing::Tcp);
    till.unit("04 0F 0B 27 00 04 00 00 00 00 12 34 DD 99");
    till.apply(Op::Acknowledge).unwrap();
    till.expect_unit(OK);
    till.answered(DONE);
    assert!(approved(&till.ending()));
}

#[test]
fn unknown_messages_of_the_terminal_are_refused_and_the_payment_goes_on() {
    for framing in BOTH {
        let mut till = paying(framing);
        till.unit("08 10 00");
        till.expect_unit("84 83 00");
        till.answered("04 01 08 AA 26 11 22 0C 13 45 00");
        till.unit(APPROVED);
        till.apply(Op::Acknowledge).unwrap();
        till.expect_unit(OK);
        till.answered(DONE);
        assert!(approved(&till.ending()));
    }
}

#[test]
fn a_terminal_that_knows_no_tlv() {
    let mut till = Till::new(Config::new(Framing::Tcp, Currency::EUR));
    till.apply(Op::Connected).unwrap();
    till.expect_unit("06 00 14 00 00 00 BE 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00");
    till.unit("84 83 00");
    till.expect_unit("06 00 0E 00 00 00 BE 09 78 06 06 26 04 0A 02 06 D3");
    till.unit("84 83 00");
    till.expect_unit("06 00 06 00 00 00 BE 09 78");
    till.unit(OK);
    till.answered("06 0F 00");
    till.expect_unit("05 01 03 00 00 00");
}

#[test]
fn a_terminal_that_knows_no_card_tokens() {
    let mut till = ready_with(Config::new(Framing::Tcp, Currency::EUR));
    let amount = super::till::eur(1234);
    till.start(TerminalRequest::Sale {
        amount,
        want_token: true,
    });
    till.expect_unit("06 01 12 04 00 00 00 00 12 34 49 09 78 19 40 06 04 1F 15 01 80");
    till.unit("84 83 00");
    till.expect_unit(SALE);
    till.unit("84 83 00");
    let reason = DeclineReason::NotSupported;
    assert_eq!(till.ending(), Ending::Refused { reason, code: 0x83 });
}

#[test]
fn a_busy_terminal_is_asked_again_before_the_last_transaction() {
    for framing in BOTH {
        let mut till = ready(framing);
        till.start(TerminalRequest::Inquire);
        for _ in 0..3 {
            till.expect_unit("05 01 03 00 00 00");
            till.unit(OK);
            till.answered("06 0F 01 9C");
            till.pass(Duration::from_secs(2));
        }
        till.expect_unit("05 01 03 00 00 00");
        till.unit("84 9C 00");
        till.pass(Duration::from_secs(2));
        till.expect_unit("05 01 03 00 00 00");
        till.unit(OK);
        till.answered("06 0F 01 00");
        till.expect_unit("06 20 05 00 00 00 03 03");
        till.unit(OK);
        till.answered(APPROVED);
        till.answered(DONE);
        let ending = till.ending();
        assert!(matches!(
            ending,
            Ending::Completed(Report::LastTransaction(Some(_)))
        ));
    }
}

/// The end of an earlier command comes late, and looks like "nothing stored".
#[test]
fn a_terminal_that_tells_no_last_transaction_is_asked_again() {
    for framing in BOTH {
        let mut till = ready(framing);
        till.start(TerminalRequest::Inquire);
        for last in [None, Some(APPROVED)] {
            till.expect_unit("05 01 03 00 00 00");
            till.unit(OK);
            till.answered("06 0F 01 00");
            till.expect_unit("06 20 05 00 00 00 03 03");
            till.unit(OK);
            if let Some(last) = last {
                till.answered(last);
            }
            till.answered(DONE);
            if last.is_none() {
                till.pass(Duration::from_secs(2));
            }
        }
        let ending = till.ending();
        assert!(matches!(
            ending,
            Ending::Completed(Report::LastTransaction(Some(_)))
        ));
    }
}

#[test]
fn a_terminal_that_stays_busy_is_given_up() {
    let config = Config {
        busy_tries: 3,
        tlv: false,
        ..Config::new(Framing::Tcp, Currency::EUR)
    };
    let mut till = ready_with(config);
    till.start(TerminalRequest::Inquire);
    for _ in 0..4 {
        till.expect_unit("05 01 03 00 00 00");
        till.unit("84 9C 00");
        till.pass(Duration::from_secs(2));
    }
    let reason = DeclineReason::TerminalBusy;
    assert_eq!(till.ending(), Ending::Refused { reason, code: 0x9C });
}

/// The station restarts while the terminal still is at the payment from before.
#[test]
fn registration_while_an_old_payment_runs() {
    for framing in BOTH {
        let mut till = Till::new(Config {
            tlv: false,
            ..Config::new(framing, Currency::EUR)
        });
        till.apply(Op::Connected).unwrap();
        let register = "06 00 06 00 00 00 BE 09 78";
        till.expect_unit(register);
        till.unit("84 9C 00");
        // Its result was not journalled: no answer, the terminal reverses.
        till.unit(APPROVED);
        assert_eq!(till.seen, []);
        till.answered("06 1E 01 6C");
        till.pass(Duration::from_secs(2));
        till.expect_unit(register);
        // Not the end of our registration.
        till.answered(DONE);
        assert_eq!(till.seen, []);
        till.unit(OK);
        till.answered(DONE);
        till.expect_unit("05 01 03 00 00 00");
    }
}

/// Some simulators send 04 0F before or instead of 06 0F after registration.
/// There are terminals that end a registration and a status enquiry with a status information. What
/// comes after it at once is the end; else it was.
#[test]
fn a_status_information_may_be_the_end() {
    for framing in BOTH {
        let mut till = Till::new(Config::new(framing, Currency::EUR));
        till.apply(Op::Connected).unwrap();
        till.expect_unit("06 00 14 00 00 00 BE 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00");
        till.unit(OK);
        till.answered("04 0F 07 27 00 29 68 00 12 34");
        till.pass(Duration::from_secs(4));
        assert!(till.seen.is_empty(), "06 0F may still come");
        till.pass(Duration::from_secs(1));
        till.expect_unit("05 01 03 00 00 00");
        till.unit(OK);
        till.answered("04 0F 02 27 00");
        till.pass(Duration::from_secs(5));
        till.expect_unit("06 20 05 00 00 00 03 03");
        // One that says that it failed is no end.
        let mut till = Till::new(Config::new(framing, Currency::EUR));
        till.apply(Op::Connected).unwrap();
        till.expect_unit("06 00 14 00 00 00 BE 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00");
        till.unit(OK);
        till.answered("04 0F 02 27 6B");
        till.pass(Duration::from_secs(5));
        assert_eq!(till.seen, [Seen::Close]);
    }
}

#[test]
fn a_status_information_at_registration_is_answered() {
    let mut till = Till::new(Config {
        tlv: false,
        ..Config::new(Framing::Tcp, Currency::EUR)
    });
    till.apply(Op::Connected).unwrap();
    till.expect_unit("06 00 06 00 00 00 BE 09 78");
    till.unit(OK);
    till.answered("04 0F 07 27 00 29 68 00 12 34");
    till.answered(DONE);
    till.expect_unit("05 01 03 00 00 00");
}

#[test]
fn a_request_of_which_nothing_left_was_not_sent() {
    // The answer to 06 0F is not acknowledged, so the next command waits behind it.
    let mut till = paying(Framing::Serial);
    till.unit("06 1E 01 6C");
    till.start(sale(1234));
    assert_eq!(sales(&till), 0);
    till.seen.clear();
    till.pass(T2.saturating_mul(3));
    assert!(till.closed());
    assert_eq!(sales(&till), 0);
    till.seen.retain(|seen| !matches!(seen, Seen::Send(_)));
    assert_eq!(till.ending(), Ending::NotSent);
}

#[test]
fn what_the_wire_cannot_say_is_not_sent() {
    let mut till = ready(Framing::Tcp);
    till.start(sale(1_000_000_000_000));
    assert_eq!(till.ending(), Ending::NotSent);
    let receipt_number = "12345".to_owned();
    till.start(TerminalRequest::Reverse {
        receipt_number,
        amount: super::till::eur(1),
    });
    assert_eq!(till.ending(), Ending::NotSent);
}

#[test]
fn an_abort_waits_for_its_moment() {
    for framing in BOTH {
        let mut till = ready(framing);
        till.start(sale(1234));
        till.apply(Op::Abort).unwrap();
        till.expect_unit(SALE);
        assert_eq!(till.seen, []);
        till.unit(OK);
        till.expect_unit("06 B0 00");
        // Collision: a message instead of the answer is processed and acknowledged.
        till.answered("04 FF 01 0A");
        till.unit("84 83 00");
        till.apply(Op::Abort).unwrap();
        till.expect_unit("06 B0 00");
        till.unit(OK);
        // The card was faster all the same.
        till.unit(APPROVED);
        till.apply(Op::Abort).unwrap();
        till.apply(Op::Acknowledge).unwrap();
        till.expect_unit(OK);
        till.answered(DONE);
        assert!(approved(&till.ending()));
    }
}

#[test]
fn a_new_connection_ends_what_ran() {
    let mut till = paying(Framing::Tcp);
    till.apply(Op::Connected).unwrap();
    till.expect_unit("06 00 06 00 00 00 BE 09 78");
    assert_eq!(till.ending(), Ending::InDoubt);
}

/// The end of a registration can list all that the terminal knows: more than 254 bytes, in pieces.
#[test]
fn a_long_completion_comes_in_pieces() {
    for framing in BOTH {
        let mut till = Till::new(Config::new(framing, Currency::EUR));
        till.apply(Op::Connected).unwrap();
        till.expect_unit("06 00 14 00 00 00 BE 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00");
        till.unit(OK);
        let lists = ["0A 02 06 01"; 75].join(" ");
        let long = format!("06 0F FF 3B 01 19 00 29 68 00 12 34 06 82 01 30 26 82 01 2C {lists}");
        assert_eq!(hex(&long).len(), 5 + 0x013B);
        let wire = match framing {
            Framing::Serial => encode_frame(&hex(&long)),
            Framing::Tcp => hex(&long),
        };
        for piece in wire.chunks(100) {
            till.apply(Op::Input(piece.to_vec())).unwrap();
        }
        if framing == Framing::Serial {
            till.seen.retain(|seen| *seen != Seen::Send(vec![0x06]));
        }
        till.expect_unit(OK);
        till.expect_unit("05 01 03 00 00 00");
    }
}

#[test]
fn a_half_unit_over_tcp_stalls() {
    let mut till = paying(Framing::Tcp);
    till.feed("04 0F 0C 27 00");
    till.pass(Duration::from_secs(5));
    assert!(till.closed());
    assert_eq!(till.ending(), Ending::InDoubt);
}
