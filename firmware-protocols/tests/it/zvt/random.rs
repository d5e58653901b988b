//! Arbitrary bytes, calls and times: no panic, one end per request, always a deadline while busy.

use proptest::prelude::*;

use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::terminal::{Ending, Report, TerminalEvent, TerminalRequest};
use firmware_protocols::zvt::Config;
use firmware_protocols::zvt::line::{Framing, Timers};
use firmware_protocols::zvt::message::StatusInformation;
use firmware_protocols::zvt::serial::encode_frame;
use firmware_protocols::zvt::terminal_side::{Answer, Event, Output, TerminalSide};

use super::corpus::{hex, units};
use super::pair::{Pair, Say, Way, done};
use super::till::{Op, Seen, Till, eur, sale};

/// Something that could be on a wire: a unit of the vectors, an answer, noise.
fn bytes(framing: Framing) -> impl Strategy<Value = Vec<u8>> {
    let units = units();
    let unit = (0..units.len()).prop_map(move |at| units[at].clone());
    let answer = prop_oneof![Just("80 00 00"), Just("84 9C 00"), Just("84 83 00")].prop_map(hex);
    let framed = prop_oneof![4 => unit, 4 => answer].prop_map(move |unit| match framing {
        Framing::Serial => encode_frame(&unit),
        Framing::Tcp => unit,
    });
    prop_oneof![
        8 => framed,
        2 => Just(vec![0x06]),
        1 => Just(vec![0x15]),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

fn request() -> impl Strategy<Value = TerminalRequest> {
    prop_oneof![
        Just(sale(1234)),
        Just(TerminalRequest::Authorize {
            amount: eur(1),
            want_token: true
        }),
        Just(TerminalRequest::Inquire),
        Just(TerminalRequest::Status),
        Just(TerminalRequest::OpenReservations),
        Just(TerminalRequest::Totals),
        Just(TerminalRequest::Reconcile),
    ]
}

#[derive(Clone, Debug)]
enum Act {
    Do(Op),
    Pass(u64),
}

fn act(framing: Framing) -> impl Strategy<Value = Act> {
    prop_oneof![
        20 => bytes(framing).prop_map(|bytes| Act::Do(Op::Input(bytes))),
        3 => request().prop_map(|request| Act::Do(Op::Start(request, None))),
        2 => Just(Act::Do(Op::Acknowledge)),
        1 => Just(Act::Do(Op::Abort)),
        1 => Just(Act::Do(Op::Timeout)),
        1 => Just(Act::Do(Op::Connected)),
        1 => Just(Act::Do(Op::Disconnected)),
        3 => (0_u64..10_000).prop_map(Act::Pass),
    ]
}

fn framing() -> impl Strategy<Value = Framing> {
    prop_oneof![Just(Framing::Serial), Just(Framing::Tcp)]
}

fn acts() -> impl Strategy<Value = (Framing, Vec<Act>)> {
    framing().prop_flat_map(|framing| (Just(framing), prop::collection::vec(act(framing), 0..60)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_till_survives_anything((framing, acts) in acts()) {
        let mut till = Till::new(Config::new(framing, Currency::EUR));
        till.apply(Op::Connected).unwrap();
        let (mut started, mut finished, mut read) = (0_u32, 0_u32, 0);
        for act in acts {
            match act {
                Act::Do(op @ Op::Start(..)) => started += u32::from(till.apply(op).is_ok()),
                Act::Do(op) => till.apply(op).unwrap(),
                Act::Pass(millis) => till.pass(Duration::from_millis(millis)),
            }
            for seen in &till.seen[read..] {
                finished += u32::from(matches!(seen, Seen::Event(TerminalEvent::Finished(_))));
            }
            read = till.seen.len();
            prop_assert!(finished <= started);
            prop_assert!(finished == started || till.deadline.is_some());
        }
        till.apply(Op::Disconnected).unwrap();
        for seen in &till.seen[read..] {
            finished += u32::from(matches!(seen, Seen::Event(TerminalEvent::Finished(_))));
        }
        prop_assert_eq!(finished, started);
        prop_assert_eq!(till.deadline, None);
    }

    #[test]
    fn a_terminal_survives_anything((framing, acts) in acts(), accepts in any::<bool>()) {
        let mut terminal = TerminalSide::new(framing, Timers::default());
        let mut now = Instant(0);
        let (mut sent, mut answered) = (0_u32, 0_u32);
        for act in acts {
            match act {
                Act::Do(Op::Input(bytes)) => terminal.handle_input(&bytes, now),
                Act::Do(Op::Connected) => terminal.handle_connected(now),
                Act::Do(Op::Disconnected) => terminal.handle_disconnected(now),
                Act::Do(Op::Start(..)) => {
                    let unit = StatusInformation::default().encode();
                    sent += u32::from(terminal.send_raw(unit, accepts, now).is_ok());
                }
                Act::Do(Op::Acknowledge) => { let _ = terminal.accept_abort(now); }
                Act::Do(Op::Abort | Op::Timeout) => terminal.handle_timeout(now),
                Act::Pass(millis) => now = now.after(Duration::from_millis(millis)),
            }
            loop {
                match terminal.poll() {
                    Output::Send(_) | Output::Close => (),
                    Output::Event(Event::Command(_)) => match accepts {
                        true => terminal.accept(now).unwrap(),
                        false => terminal.refuse(0x83, now).unwrap(),
                    },
                    Output::Event(Event::Answered(_)) => answered += 1,
                    Output::Event(Event::AbortRequested | Event::LineFailed(_)) => (),
                    Output::Wait(_) => break,
                }
            }
            prop_assert!(answered <= sent);
        }
    }

    /// A line that loses packets: whatever is lost, a sale reaches the terminal once at most, it
    /// ends once, and what the till calls approved was acknowledged to the terminal.
    #[test]
    fn a_lossy_line_moves_money_once(losses in prop::collection::vec(0_usize..60, 0..6)) {
        let config = Config { tlv: false, ..Config::new(Framing::Serial, Currency::EUR) };
        let mut pair = Pair::new(config);
        pair.connect();
        pair.events.clear();
        pair.heard.clear();
        let mut count = 0;
        pair.arrives = Box::new(move |_: Way, _: &[u8]| {
            count += 1;
            !losses.contains(&count)
        });
        let approved = hex("04 0F 0C 27 00 04 00 00 00 00 12 34 87 00 01");
        let prompt = hex("04 FF 01 0A");
        let line = hex("06 D1 02 81 41");
        let script = vec![
            Say::Accept, Say::Unit(prompt), Say::Unit(approved), Say::Unit(line), done(),
        ];
        pair.start(sale(1234), None, script);
        for _ in 0..80 {
            pair.pass(Duration::from_secs(1));
            pair.acknowledge();
        }
        pair.pass(Duration::from_secs(400));
        let commands = pair.heard.iter().filter(|it| matches!(it, Event::Command(_))).count();
        prop_assert!(commands <= 1);
        let approved = pair.events.iter().any(|event| matches!(
            event,
            TerminalEvent::Finished(Ending::Completed(Report::Approved(_)))
        ));
        let told = pair.heard.iter().filter(|it| matches!(it, Event::Answered(Answer::Accepted)));
        prop_assert!(!approved || told.count() >= 2);
        let endings = pair.events.iter().filter(|it| matches!(it, TerminalEvent::Finished(_)));
        prop_assert_eq!(endings.count(), 1);
    }
}
