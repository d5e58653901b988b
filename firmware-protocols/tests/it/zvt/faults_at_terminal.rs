//! What a till does wrong, or hears again, as the terminal sees it.

use firmware_protocols::time::Instant;
use firmware_protocols::zvt::line::{Framing, Timers};
use firmware_protocols::zvt::terminal_side::{Answer, Event, Output, TerminalSide};

use super::corpus::hex;
use super::faults::{APPROVED, DONE, OK, SALE};

fn outputs(terminal: &mut TerminalSide) -> (Vec<Vec<u8>>, Vec<Event>) {
    let (mut sent, mut events) = (Vec::new(), Vec::new());
    loop {
        match terminal.poll() {
            Output::Send(bytes) => sent.push(bytes),
            Output::Event(event) => events.push(event),
            Output::Close | Output::Wait(_) => return (sent, events),
        }
    }
}

#[test]
fn the_terminal_knows_a_repeated_command() {
    let now = Instant(0);
    let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
    terminal.handle_input(&hex(SALE), now);
    assert!(matches!(outputs(&mut terminal).1[..], [Event::Command(_)]));
    terminal.accept(now).unwrap();
    let _ = outputs(&mut terminal);
    // While it is master: the same command is answered, another refused, neither executed.
    terminal.handle_input(&hex(SALE), now);
    assert_eq!(outputs(&mut terminal), (vec![hex(OK)], vec![]));
    terminal.handle_input(&hex("06 00 06 00 00 00 BE 09 78"), now);
    assert_eq!(outputs(&mut terminal), (vec![hex("84 9C 00")], vec![]));
    terminal.handle_input(&hex("06 B0 00"), now);
    assert_eq!(
        outputs(&mut terminal),
        (vec![], vec![Event::AbortRequested])
    );
    terminal.refuse_abort(0x83, now).unwrap();
    assert_eq!(outputs(&mut terminal).0, [hex("84 83 00")]);
}

/// The same command again after the end of the first is a new one.
#[test]
fn the_terminal_takes_the_same_command_again_after_its_end() {
    let now = Instant(0);
    let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
    terminal.handle_input(&hex(SALE), now);
    terminal.accept(now).unwrap();
    terminal.send_raw(hex(DONE), true, now).unwrap();
    let _ = outputs(&mut terminal);
    terminal.handle_input(&hex(SALE), now);
    let events = outputs(&mut terminal).1;
    assert!(matches!(
        events[..],
        [Event::Answered(Answer::None), Event::Command(_)]
    ));
}

#[test]
fn the_terminal_learns_every_answer() {
    let now = Instant(0);
    let amount = firmware_protocols::wire::bcd::Bcd::from_number(500).unwrap();
    for (answer, expected) in [
        ("80 00 00", Answer::Accepted),
        ("84 00 00", Answer::Accepted),
        ("84 9C 00", Answer::NotReady),
        (
            "84 9D 07 04 00 00 00 00 05 00",
            Answer::PartialIssue { amount },
        ),
        ("84 CC 00", Answer::Refused { code: 0xCC }),
    ] {
        let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
        terminal.handle_input(&hex(SALE), now);
        terminal.accept(now).unwrap();
        terminal.send_raw(hex(APPROVED), false, now).unwrap();
        let _ = outputs(&mut terminal);
        terminal.handle_input(&hex(answer), now);
        assert_eq!(outputs(&mut terminal).1, [Event::Answered(expected)]);
    }
    let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
    terminal.handle_input(&hex(SALE), now);
    terminal.accept(now).unwrap();
    terminal.send_raw(hex(APPROVED), false, now).unwrap();
    let _ = outputs(&mut terminal);
    terminal.handle_timeout(Instant(4999));
    assert_eq!(outputs(&mut terminal).1, []);
    terminal.handle_timeout(Instant(5000));
    assert_eq!(outputs(&mut terminal).1, [Event::Answered(Answer::None)]);
    assert!(terminal.may_send());
}

#[test]
fn the_terminal_refuses_unknown_bitmaps() {
    let now = Instant(0);
    let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
    for command in ["06 01 02 DD 01", "06 50 01 00", "06 22 03 04 00 00"] {
        terminal.handle_input(&hex(command), now);
        assert_eq!(
            outputs(&mut terminal),
            (vec![hex("84 83 00")], vec![]),
            "{command}"
        );
    }
}
