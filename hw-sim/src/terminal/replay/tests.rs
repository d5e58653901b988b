use firmware_protocols::capture::Sender;
use firmware_protocols::link::{Link as _, Output as TillOutput};
use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::terminal::{Ending, Report, TerminalEvent, TerminalRequest};
use firmware_protocols::vocabulary::{Currency, Money};
use firmware_protocols::zvt::recorder::Recorder;
use firmware_protocols::zvt::session::Config as TillConfig;
use firmware_protocols::zvt::{Framing, Session, Timers};

use super::Player;
use crate::bank::Bank;
use crate::terminal::Output;
use crate::terminal::zvt::{Config, Terminal};
use crate::trace;
use crate::wallet;

/// The terminal at the other end.
enum Other {
    Live(Box<Terminal>, Bank),
    Played(Player),
}

impl Other {
    fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        match self {
            Self::Live(terminal, _) => terminal.handle_input(bytes, now),
            Self::Played(player) => player.handle_input(bytes, now),
        }
    }

    fn poll(&mut self, now: Instant) -> Output {
        match self {
            Self::Live(terminal, bank) => loop {
                match terminal.poll() {
                    Output::Host(request) => {
                        let answer = request.ask(bank, now.0);
                        terminal.handle_host(&request.key, answer, now);
                    }
                    output @ (Output::Send(_)
                    | Output::Close
                    | Output::Reboot(_)
                    | Output::Unplug(_)
                    | Output::Wait(_)) => return output,
                }
            },
            Self::Played(player) => player.poll(),
        }
    }
}

/// A till, a terminal, and somebody who listens.
struct Scene {
    till: Session,
    other: Other,
    recorder: Recorder,
    lines: Vec<String>,
    endings: Vec<Ending>,
    receipts: usize,
    is_ready: bool,
    now: Instant,
}

impl Scene {
    fn new(framing: Framing, other: Other) -> Self {
        let mut scene = Self {
            till: Session::new(TillConfig::new(framing, Currency::NOK)),
            other,
            recorder: Recorder::new(framing),
            lines: Vec::new(),
            endings: Vec::new(),
            receipts: 0,
            is_ready: false,
            now: Instant(5_000),
        };
        match &mut scene.other {
            Other::Live(terminal, _) => terminal.handle_connected(scene.now),
            Other::Played(player) => player.handle_connected(scene.now),
        }
        scene.till.handle_connected(scene.now);
        scene.settle();
        assert!(scene.is_ready);
        scene
    }

    fn ask(&mut self, request: TerminalRequest) {
        self.now = self.now.after(Duration::from_secs(1));
        self.till.start(request, None, self.now).unwrap();
        self.settle();
    }

    fn settle(&mut self) {
        loop {
            let mut is_quiet = true;
            loop {
                match self.till.poll() {
                    TillOutput::Send(bytes) => {
                        self.hear(Sender::Till, &bytes);
                        self.other.handle_input(&bytes, self.now);
                    }
                    TillOutput::Event(event) => self.on_event(event),
                    TillOutput::Close => panic!("the till gives up"),
                    TillOutput::Wait(_) => break,
                }
                is_quiet = false;
            }
            while let Output::Send(bytes) = self.other.poll(self.now) {
                is_quiet = false;
                self.hear(Sender::Terminal, &bytes);
                self.till.handle_input(&bytes, self.now);
            }
            if is_quiet {
                return;
            }
        }
    }

    fn hear(&mut self, sender: Sender, bytes: &[u8]) {
        self.lines
            .extend(self.recorder.hear(sender, bytes, self.now));
    }

    fn on_event(&mut self, event: TerminalEvent) {
        match event {
            TerminalEvent::Ready { .. } => self.is_ready = true,
            TerminalEvent::Result(_) => self.till.acknowledge(self.now),
            TerminalEvent::Finished(ending) => self.endings.push(ending),
            TerminalEvent::Receipt(_) => self.receipts = self.receipts.saturating_add(1),
            TerminalEvent::Prompt(_) => {}
        }
    }
}

/// Sales, one of them declined, a reservation and the end of the day.
fn day(scene: &mut Scene) {
    let amount = |minor| Money::new(minor, Currency::NOK);
    let want_token = false;
    for minor in [1_234, 1_051] {
        let amount = amount(minor);
        scene.ask(TerminalRequest::Sale { amount, want_token });
    }
    let amount = amount(5_000);
    scene.ask(TerminalRequest::Authorize { amount, want_token });
    scene.ask(TerminalRequest::OpenReservations);
    scene.ask(TerminalRequest::Inquire);
    scene.ask(TerminalRequest::Reconcile);
}

fn recorded(framing: Framing) -> Scene {
    let terminal = Terminal::new(Config {
        framing,
        sends_full_pan: true,
        ..Config::default()
    });
    let mut scene = Scene::new(framing, Other::Live(Box::new(terminal), Bank::default()));
    day(&mut scene);
    scene
}

fn player(framing: Framing, text: &str) -> Other {
    let script = trace::read(text).unwrap();
    Other::Played(Player::new(framing, Timers::default(), script))
}

#[test]
fn a_recorded_day_replays_to_the_same_outcome() {
    for framing in [Framing::Serial, Framing::Tcp] {
        let first = recorded(framing);
        assert!(matches!(
            first.endings[..],
            [
                Ending::Completed(Report::Approved(_)),
                Ending::Declined { .. },
                Ending::Completed(Report::Approved(_)),
                Ending::Completed(Report::OpenReservations(_)),
                Ending::Completed(Report::LastTransaction(Some(_))),
                Ending::Completed(Report::Reconciled(_)),
            ]
        ));
        let text = first.lines.join("\n");
        // The terminal sent it in the clear; it is in no encoding here.
        let pan = wallet::default_card().expose_pan();
        let packed: Vec<&str> = pan
            .as_bytes()
            .chunks(2)
            .map(|it| std::str::from_utf8(it).unwrap())
            .collect();
        assert!(!text.contains(pan) && !text.contains(&packed.join(" ")));
        assert!(text.contains("411111******1111"));

        let mut second = Scene::new(framing, player(framing, &text));
        day(&mut second);
        assert_eq!(second.endings, first.endings);
        assert_eq!(second.receipts, first.receipts);
        let Other::Played(mut player) = second.other else {
            panic!("a player");
        };
        assert!(player.is_over());
        assert_eq!(player.take_differences(), Vec::<String>::new());
        // What was played and recorded is what was recorded.
        assert_eq!(second.lines, first.lines);
    }
}

#[test]
fn a_till_that_says_something_else_is_told_apart() {
    let text = recorded(Framing::Tcp).lines.join("\n");
    let mut scene = Scene::new(Framing::Tcp, player(Framing::Tcp, &text));
    // Another amount is another wording; the answer is the recorded one.
    let amount = Money::new(777, Currency::NOK);
    let want_token = false;
    scene.ask(TerminalRequest::Sale { amount, want_token });
    // What the till did not ask then is refused.
    scene.ask(TerminalRequest::Refund { amount });
    assert!(matches!(
        scene.endings[..],
        [
            Ending::Completed(Report::Approved(_)),
            Ending::Refused { .. }
        ]
    ));
    let Other::Played(mut player) = scene.other else {
        panic!("a player");
    };
    assert!(!player.is_over());
    let differences = player.take_differences();
    // The till asks twice: a terminal may have refused no more than its TLV objects.
    assert_eq!(differences.len(), 3, "{differences:#?}");
    assert!(differences[0].contains("04 amount: 777") && differences[0].contains("1234"));
    assert!(differences[1].starts_with("06 31 Refund"));
}
