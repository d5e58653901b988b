//! The worked exchange, from either end, over either transport, however it is split.

use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::card::{Card, MaskedPan};
use firmware_protocols::vocabulary::terminal::{
    DeclineReason, Ending, PromptKind, ReceiptKind, Report, Reservation, TerminalEvent,
    TerminalRequest, Verdict,
};
use firmware_protocols::zvt::line::{Framing, Timers};
use firmware_protocols::zvt::message::ConfigByte;
use firmware_protocols::zvt::serial::encode_frame;
use firmware_protocols::zvt::terminal_side::{Answer, Command, Event, Output, TerminalSide};
use firmware_protocols::zvt::{Config, Session};

use super::corpus::{WORKED_EXCHANGE, hex};
use super::till::{Op, Seen, Till, eur, sale};

const BOTH: [Framing; 2] = [Framing::Serial, Framing::Tcp];

fn config(framing: Framing) -> Config {
    let config_byte = ConfigByte(0xDE);
    Config {
        config_byte,
        tlv: false,
        ..Config::new(framing, Currency::EUR)
    }
}

/// Plays the terminal's lines to a till, and checks the till's lines.
fn play_to_till(framing: Framing) -> (Till, Vec<TerminalEvent>) {
    let mut till = Till::new(config(framing));
    for line in WORKED_EXCHANGE.lines() {
        let (kind, rest) = line.split_once(' ').unwrap();
        match kind {
            "#" => (),
            "=" => till.apply(op(rest)).unwrap(),
            "<" => till.unit(rest),
            ">" => till.expect_unit(rest),
            _ => panic!("{line}"),
        }
    }
    let events = till.events();
    (till, events)
}

fn op(words: &str) -> Op {
    let words: Vec<&str> = words.split(' ').collect();
    let reservation = |receipt: &str| Reservation {
        receipt_number: receipt.to_owned(),
        trace_number: Some("000002".to_owned()),
        authorization_code: None,
        amount: eur(5000),
    };
    let request = match words[..] {
        ["connect"] => return Op::Connected,
        ["acknowledge"] => return Op::Acknowledge,
        ["sale", amount] => sale(amount.parse().unwrap()),
        ["authorize", amount] => TerminalRequest::Authorize {
            amount: eur(amount.parse().unwrap()),
            want_token: false,
        },
        ["open"] => TerminalRequest::OpenReservations,
        ["reduce", receipt, unused] => TerminalRequest::ReduceReservation {
            reservation: reservation(receipt),
            unused: eur(unused.parse().unwrap()),
        },
        ["reverse", receipt] => TerminalRequest::Reverse {
            receipt_number: receipt.to_owned(),
            amount: eur(1234),
        },
        ["reconcile"] => TerminalRequest::Reconcile,
        _ => panic!("{words:?}"),
    };
    Op::Start(request, None)
}

#[test]
fn the_till_holds_its_end() {
    let (_, events) = play_to_till(Framing::Tcp);
    assert_eq!(play_to_till(Framing::Serial).1, events);

    let mut finished = events.iter().filter_map(|event| match event {
        TerminalEvent::Finished(ending) => Some(ending),
        TerminalEvent::Ready { .. }
        | TerminalEvent::Prompt(_)
        | TerminalEvent::Receipt(_)
        | TerminalEvent::Result(_) => None,
    });
    let Some(Ending::Completed(Report::Approved(paid))) = finished.next() else {
        panic!("{events:?}");
    };
    assert_eq!(paid.verdict, Verdict::Approved);
    assert_eq!(
        (paid.amount_minor, paid.currency),
        (Some(1234), Some(Currency::EUR))
    );
    assert_eq!(paid.receipt_number.as_deref(), Some("0001"));
    assert_eq!(paid.trace_number.as_deref(), Some("000001"));
    assert_eq!(paid.authorization_code.as_deref(), Some("A1B2C3"));
    assert_eq!(paid.terminal_id.as_deref(), Some("68001234"));
    assert_eq!(paid.merchant_id.as_deref(), Some("VU1234567"));
    assert_eq!(
        (paid.date.as_deref(), paid.time.as_deref()),
        (Some("1122"), Some("095821"))
    );
    let masked_pan = Some(MaskedPan::of("47110EEEEEEEE124"));
    let brand = Some("VISA".to_owned());
    assert_eq!(
        paid.card,
        Some(Card {
            masked_pan,
            brand,
            entry_mode: None
        })
    );

    assert!(
        matches!(finished.next(), Some(Ending::Completed(Report::Approved(held)))
        if held.receipt_number.as_deref() == Some("0002"))
    );
    let open = Ending::Completed(Report::OpenReservations(vec!["0002".to_owned()]));
    assert_eq!(finished.next(), Some(&open));
    assert!(matches!(
        finished.next(),
        Some(Ending::Completed(Report::Approved(_)))
    ));
    assert!(matches!(
        finished.next(),
        Some(Ending::Completed(Report::Approved(_)))
    ));
    assert_eq!(finished.next(), Some(&Ending::Aborted));
    let Some(Ending::Completed(Report::Reconciled(totals))) = finished.next() else {
        panic!("{events:?}");
    };
    assert_eq!(totals.total_minor, Some(4634));
    assert_eq!(totals.first_receipt.as_deref(), Some("0001"));
    assert_eq!(totals.groups[4], ("VISA".to_owned(), 2, 4634));
    assert_eq!(finished.next(), None);
}

#[test]
fn the_till_tells_what_happens_meanwhile() {
    let (_, events) = play_to_till(Framing::Tcp);
    let TerminalEvent::Ready {
        identity,
        last: None,
    } = &events[0]
    else {
        panic!("{events:?}");
    };
    assert_eq!(identity.terminal_id.as_deref(), Some("68001234"));
    assert_eq!(identity.software.as_deref(), Some("2.14.15"));
    assert_eq!(identity.status, 0);
    let TerminalEvent::Prompt(prompt) = &events[1] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (prompt.kind, prompt.text.as_deref()),
        (PromptKind::PresentCard, Some("insert card"))
    );
    let TerminalEvent::Prompt(prompt) = &events[2] else {
        panic!("{events:?}")
    };
    assert_eq!(prompt.kind, PromptKind::Processing);
    assert!(matches!(&events[3], TerminalEvent::Result(paid) if paid.verdict == Verdict::Approved));
    let TerminalEvent::Receipt(receipt) = &events[4] else {
        panic!("{events:?}")
    };
    assert_eq!(receipt.kind, ReceiptKind::Unknown);
    assert_eq!(receipt.lines, ["FAKE TERMINAL", "", "THANK YOU"]);
    let declined = Verdict::Declined {
        reason: DeclineReason::Other,
        code: 0x6C,
    };
    let is_declined = |event: &TerminalEvent| matches!(event, TerminalEvent::Result(it) if it.verdict == declined);
    assert_eq!(events.iter().filter(|event| is_declined(event)).count(), 1);
}

/// Replays what was done to a till, with its input cut by `cut`.
fn replay(recorded: &Till, cut: impl Fn(usize, &[u8]) -> Vec<Vec<u8>>) -> Vec<Seen> {
    let mut till = Till::new(config(recorded.framing));
    for (at, (now, op)) in recorded.ops.iter().enumerate() {
        till.now = *now;
        match op {
            Op::Input(bytes) => {
                for part in cut(at, bytes) {
                    till.apply(Op::Input(part)).unwrap();
                }
            }
            Op::Connected
            | Op::Disconnected
            | Op::Timeout
            | Op::Start(..)
            | Op::Acknowledge
            | Op::Abort => till.apply(op.clone()).unwrap(),
        }
    }
    till.seen
}

#[test]
fn splits_make_no_difference() {
    for framing in BOTH {
        let (recorded, _) = play_to_till(framing);
        let whole = replay(&recorded, |_, bytes| vec![bytes.to_vec()]);
        let bytewise = replay(&recorded, |_, bytes| {
            bytes.iter().map(|it| vec![*it]).collect()
        });
        assert_eq!(bytewise, whole);
        for (at, (_, op)) in recorded.ops.iter().enumerate() {
            let Op::Input(input) = op else { continue };
            for split in 1..input.len() {
                let two = replay(&recorded, |this, bytes| match this == at {
                    true => vec![bytes[..split].to_vec(), bytes[split..].to_vec()],
                    false => vec![bytes.to_vec()],
                });
                assert_eq!(two, whole, "input {at} split at {split}");
            }
        }
    }
}

/// Several units in one packet are handled one after the other, the reaction to each before the
/// next.
#[test]
fn merged_packets_make_no_difference() {
    let together = "80 00 00 04 FF 01 0A 04 FF 01 17";
    let mut merged = super::till::ready(Framing::Tcp);
    merged.start(sale(1));
    let mut single = super::till::ready(Framing::Tcp);
    single.start(sale(1));
    merged.feed(together);
    for unit in ["80 00 00", "04 FF 01 0A", "04 FF 01 17"] {
        single.feed(unit);
    }
    assert_eq!(merged.seen, single.seen);
}

/// Plays the till's lines to a terminal, and checks the terminal's lines.
fn play_to_terminal(framing: Framing, cut: fn(&[u8]) -> Vec<Vec<u8>>) -> Vec<Event> {
    let now = Instant(0);
    let mut terminal = TerminalSide::new(framing, Timers::default());
    terminal.handle_connected(now);
    let (mut sent, mut events) = (Vec::new(), Vec::new());
    for line in WORKED_EXCHANGE.lines() {
        let (kind, rest) = line.split_once(' ').unwrap();
        match kind {
            ">" => {
                let unit = hex(rest);
                let bytes = if framing == Framing::Tcp {
                    unit
                } else {
                    encode_frame(&unit)
                };
                for part in cut(&bytes) {
                    terminal.handle_input(&part, now);
                    drain(&mut terminal, &mut sent, &mut events);
                }
                if framing == Framing::Serial {
                    assert_eq!(sent.remove(0), [0x06]);
                }
                assert!(sent.is_empty());
            }
            "<" => {
                let unit = hex(rest);
                let ends = matches!(unit[..2], [0x06, 0x0F] | [0x06, 0x1E]);
                match unit[0] {
                    0x80 => terminal.accept(now).unwrap(),
                    _ => terminal.send_raw(unit.clone(), ends, now).unwrap(),
                }
                drain(&mut terminal, &mut sent, &mut events);
                let bytes = if framing == Framing::Tcp {
                    unit
                } else {
                    encode_frame(&unit)
                };
                assert_eq!(sent.remove(0), bytes);
                if framing == Framing::Serial {
                    terminal.handle_input(&[0x06], now);
                    drain(&mut terminal, &mut sent, &mut events);
                }
            }
            _ => (),
        }
    }
    events
}

fn drain(terminal: &mut TerminalSide, sent: &mut Vec<Vec<u8>>, events: &mut Vec<Event>) {
    loop {
        match terminal.poll() {
            Output::Send(bytes) => sent.push(bytes),
            Output::Event(event) => events.push(event),
            Output::Close => panic!("closed"),
            Output::Wait(_) => return,
        }
    }
}

#[test]
fn the_terminal_holds_its_end() {
    let whole = |bytes: &[u8]| vec![bytes.to_vec()];
    let bytewise = |bytes: &[u8]| bytes.iter().map(|it| vec![*it]).collect();
    let events = play_to_terminal(Framing::Tcp, whole);
    for framing in BOTH {
        assert_eq!(play_to_terminal(framing, whole), events);
        assert_eq!(play_to_terminal(framing, bytewise), events);
    }
    let commands: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Command(command) => Some(command),
            Event::Answered(answer) => {
                assert_eq!(*answer, Answer::Accepted);
                None
            }
            Event::AbortRequested | Event::LineFailed(_) => panic!("{event:?}"),
        })
        .collect();
    assert!(matches!(
        commands[..],
        [
            Command::Registration(_),
            Command::StatusEnquiry(_),
            Command::RepeatReceipt(_),
            Command::Authorization(_),
            Command::Reservation(_),
            Command::OpenReservations,
            Command::PartialReversal(_),
            Command::Reversal(_),
            Command::Authorization(_),
            Command::EndOfDay(_),
        ]
    ));
    let Command::Registration(registration) = commands[0] else {
        panic!()
    };
    assert!(
        registration
            .config
            .has(ConfigByte::PRINT_LINES | ConfigByte::INTERMEDIATE_STATUS)
    );
    let Command::PartialReversal(partial) = commands[6] else {
        panic!()
    };
    assert_eq!(partial.amount.unwrap().number(), Some(1600));
    assert_eq!(partial.key.receipt.unwrap().digits(), "0002");
}

#[test]
fn nothing_starts_before_ready() {
    let mut session = Session::new(config(Framing::Tcp));
    use firmware_protocols::link::{Busy, Link as _};
    assert_eq!(session.start(sale(1), None, Instant(0)), Err(Busy));
    session.handle_connected(Instant(0));
    assert_eq!(session.start(sale(1), None, Instant(0)), Err(Busy));
}
