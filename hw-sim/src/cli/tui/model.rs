//! What the simulator has told, and what a key asks of it; pure.

use std::collections::{BTreeMap, VecDeque};

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use serde::Deserialize;
use serde_json::{Value, json};

/// One request of the control port.
#[derive(Debug, PartialEq)]
pub(super) struct Order {
    pub(super) path: &'static str,
    pub(super) body: Value,
}

/// What has become known.
#[derive(Debug)]
pub(super) enum News {
    /// An order was done, or refused for this reason.
    Answered(Option<String>),
    Cards(Vec<Card>),
    Presets(Vec<Preset>),
    Faults(Vec<Fault>),
    State(State),
    /// All that has happened.
    Log(Vec<Entry>),
    /// What has happened since.
    More(Vec<Entry>),
    /// `None` where nobody answers for them.
    Books(Option<Books>),
    /// The simulator does not answer.
    Silence,
}

/// `GET /state`, as far as it is shown.
#[derive(Debug, Default, Deserialize)]
pub(super) struct State {
    pub(super) display: String,
    pub(super) amount: Option<String>,
    pub(super) typing: Typing,
    /// How many digits.
    pub(super) typed: usize,
    pub(super) busy: bool,
    /// The name of the card at hand.
    pub(super) card: String,
    pub(super) hold: bool,
    pub(super) plugged: bool,
}

/// What the keypad is for.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Typing {
    Pin,
    Digits,
    Key,
    Stop,
    #[default]
    Nothing,
}

/// One of `GET /log`.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) at_ms: u64,
    pub(super) kind: Kind,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Line,
    Display,
    Hand,
    Host,
}

/// One of `GET /wallet`; its number is masked.
#[derive(Debug, Deserialize)]
pub(super) struct Card {
    pub(super) name: String,
    pub(super) brand: String,
    pub(super) number: String,
    pub(super) asks_for_pin: bool,
}

/// One of `GET /scenarios`.
#[derive(Debug, Deserialize)]
pub(super) struct Preset {
    pub(super) name: String,
    pub(super) summary: String,
}

/// One of `GET /faults`.
#[derive(Debug, Deserialize)]
pub(super) struct Fault {
    pub(super) name: String,
    /// The body of `POST /fault`.
    pub(super) fault: Value,
}

/// `GET /books`, as far as they are shown.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Books {
    pub(super) authorizations: Vec<Authorization>,
    pub(super) totals: BTreeMap<String, Totals>,
}

/// In minor units.
#[derive(Debug, Deserialize)]
pub(super) struct Totals {
    pub(super) captured_minor: u64,
    pub(super) refunded_minor: u64,
    pub(super) held_minor: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Authorization {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) currency: String,
    pub(super) authorized_minor: u64,
    pub(super) captured_minor: u64,
}

/// Whether anybody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    NotYet,
    Up,
    Gone,
}

/// What lies over the panes; a list with the number of the line that is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overlay {
    Nothing,
    Help,
    Faults(usize),
    Scenarios(usize),
}

/// A pane that may have the whole height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pane {
    Timeline,
    Line,
    Books,
}

/// All that is shown.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) control: String,
    pub(super) link: Link,
    pub(super) state: State,
    pub(super) cards: Vec<Card>,
    pub(super) presets: Vec<Preset>,
    pub(super) faults: Vec<Fault>,
    pub(super) entries: VecDeque<Entry>,
    pub(super) books: Option<Books>,
    /// Why the last order was refused.
    pub(super) hint: String,
    pub(super) overlay: Overlay,
    /// The one that has the place of all three.
    pub(super) wide: Option<Pane>,
    pub(super) is_over: bool,
    /// Orders without an answer: until then the card at hand is what was chosen here.
    unanswered: usize,
}

impl Model {
    pub(super) fn new(control: String) -> Self {
        Self {
            control,
            link: Link::NotYet,
            state: State::default(),
            cards: Vec::new(),
            presets: Vec::new(),
            faults: Vec::new(),
            entries: VecDeque::new(),
            books: None,
            hint: String::new(),
            overlay: Overlay::Nothing,
            wide: None,
            is_over: false,
            unanswered: 0,
        }
    }

    pub(super) fn hear(&mut self, news: News) {
        match news {
            News::Answered(refusal) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.hint = refusal.unwrap_or_default();
            }
            News::Cards(cards) => self.cards = cards,
            News::Presets(presets) => self.presets = presets,
            News::Faults(faults) => self.faults = faults,
            News::State(state) => {
                let here = std::mem::replace(&mut self.state, state);
                if self.unanswered > 0 && self.link == Link::Up {
                    self.state.card = here.card;
                }
                self.link = Link::Up;
            }
            News::Log(entries) => self.entries = entries.into(),
            News::More(entries) => {
                self.entries.extend(entries);
                let excess = self.entries.len().saturating_sub(ENTRIES_MAX);
                self.entries.drain(..excess);
            }
            News::Books(books) => self.books = books,
            News::Silence => self.link = Link::Gone,
        }
    }

    /// Gives what the key asks of the simulator, if anything.
    pub(super) fn press(&mut self, key: KeyEvent) -> Option<Order> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            self.is_over |= key.code == KeyCode::Char('c');
            return None;
        }
        let order = match self.overlay {
            Overlay::Nothing => self.press_at_terminal(key.code),
            Overlay::Help => {
                self.overlay = Overlay::Nothing;
                None
            }
            Overlay::Faults(_) | Overlay::Scenarios(_) => self.press_in_list(key.code),
        };
        if order.is_some() {
            self.unanswered = self.unanswered.saturating_add(1);
        }
        order
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other keys of a keyboard mean nothing here"
    )]
    fn press_at_terminal(&mut self, key: KeyCode) -> Option<Order> {
        let keypad = |key: &str| order("/key", json!({ "key": key }));
        match key {
            KeyCode::Char(digit @ '0'..='9') => keypad(&digit.to_string()),
            KeyCode::Enter => keypad("ok"),
            KeyCode::Backspace => keypad("clear"),
            KeyCode::Esc => keypad("stop"),
            KeyCode::F(number @ 1..=4) => keypad(&format!("f{number}")),
            KeyCode::Char('t') => self.present("tap"),
            KeyCode::Char('i') => self.present("insert"),
            KeyCode::Char('s') => self.present("swipe"),
            KeyCode::Up => self.choose_card(usize::checked_sub),
            KeyCode::Down => self.choose_card(usize::checked_add),
            KeyCode::Char('p') if self.state.plugged => order("/unplug", json!({ "ms": A_DAY_MS })),
            KeyCode::Char('p') => order("/plug", json!({})),
            KeyCode::Char('h') => order("/hold", json!({ "hold": !self.state.hold })),
            KeyCode::Char('f') => self.open(Overlay::Faults(0)),
            KeyCode::Char('c') => self.open(Overlay::Scenarios(0)),
            KeyCode::Char('?') => self.open(Overlay::Help),
            KeyCode::Tab => {
                self.wide = match self.wide {
                    None => Some(Pane::Timeline),
                    Some(Pane::Timeline) => Some(Pane::Line),
                    Some(Pane::Line) => Some(Pane::Books),
                    Some(Pane::Books) => None,
                };
                None
            }
            KeyCode::Char('q') => {
                self.is_over = true;
                None
            }
            _ => None,
        }
    }

    fn open(&mut self, overlay: Overlay) -> Option<Order> {
        self.overlay = overlay;
        None
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other keys of a keyboard mean nothing here"
    )]
    fn press_in_list(&mut self, key: KeyCode) -> Option<Order> {
        let (Overlay::Faults(at) | Overlay::Scenarios(at)) = self.overlay else {
            return None;
        };
        let lines = self.lines().len();
        let moved = match key {
            KeyCode::Up => at.saturating_sub(1),
            KeyCode::Down => at.saturating_add(1).min(lines.saturating_sub(1)),
            KeyCode::Enter => {
                let order = self.chosen();
                self.overlay = Overlay::Nothing;
                return order;
            }
            KeyCode::Esc | KeyCode::Char('q' | 'f' | 'c') => {
                self.overlay = Overlay::Nothing;
                return None;
            }
            _ => at,
        };
        self.overlay = match self.overlay {
            Overlay::Faults(_) => Overlay::Faults(moved),
            Overlay::Scenarios(_) => Overlay::Scenarios(moved),
            Overlay::Nothing | Overlay::Help => self.overlay,
        };
        None
    }

    /// The lines of the list that is open.
    pub(super) fn lines(&self) -> Vec<String> {
        match self.overlay {
            Overlay::Nothing | Overlay::Help => Vec::new(),
            Overlay::Faults(_) => self.faults.iter().map(|it| it.name.clone()).collect(),
            Overlay::Scenarios(_) => {
                let line = |it: &Preset| format!("{}: {}", it.name, it.summary);
                self.presets.iter().map(line).collect()
            }
        }
    }

    fn chosen(&self) -> Option<Order> {
        match self.overlay {
            Overlay::Nothing | Overlay::Help => None,
            Overlay::Faults(at) => {
                let fault = self.faults.get(at)?;
                order("/fault", fault.fault.clone())
            }
            Overlay::Scenarios(at) => {
                let preset = self.presets.get(at)?;
                order("/scenario", json!({ "name": preset.name }))
            }
        }
    }

    fn present(&self, how: &str) -> Option<Order> {
        order(
            "/present",
            match self.card() {
                Some((_, card)) => json!({ "name": card.name, "how": how }),
                None => json!({ "how": how }),
            },
        )
    }

    fn choose_card(&mut self, moved: fn(usize, usize) -> Option<usize>) -> Option<Order> {
        let at = self.card().map_or(Some(0), |(at, _)| moved(at, 1))?;
        let name = self.cards.get(at)?.name.clone();
        self.state.card.clone_from(&name);
        order("/card", json!({ "name": name }))
    }

    /// The card at hand and its place in the wallet.
    pub(super) fn card(&self) -> Option<(usize, &Card)> {
        let mut cards = self.cards.iter().enumerate();
        cards.find(|(_, card)| card.name == self.state.card)
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what a key asks for, where most ask for nothing"
)]
fn order(path: &'static str, body: Value) -> Option<Order> {
    Some(Order { path, body })
}

const A_DAY_MS: u64 = 86_400_000;
const ENTRIES_MAX: usize = 500;
