//! Draws the model; pure.

use firmware_protocols::vocabulary::{Currency, Money};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Style, Stylize as _};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Block, Clear, List, ListState, Paragraph, Wrap};

use super::model::{Books, Entry, Kind, Link, Model, Overlay, Pane, Typing};

/// Draws all of it.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < WIDTH_MIN || area.height < HEIGHT_MIN {
        let text = format!("Make this window larger: {WIDTH_MIN} x {HEIGHT_MIN} at least.");
        frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }), area);
        return;
    }
    let [head, body, hint, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(area);
    let [left, right] =
        Layout::horizontal([Constraint::Length(38), Constraint::Fill(1)]).areas(body);
    let [face, wallet] = Layout::vertical([Constraint::Length(7), Constraint::Fill(1)]).areas(left);
    frame.render_widget(title(model), head);
    draw_face(model, frame, face);
    draw_wallet(model, frame, wallet);
    draw_right(model, frame, right);
    frame.render_widget(model.hint.as_str().yellow(), hint);
    frame.render_widget(KEYS.dim(), foot);
    draw_overlay(model, frame, area);
}

fn title(model: &Model) -> Line<'static> {
    let name = format!("Terminal at {}  ", model.control).bold();
    let link = match model.link {
        Link::NotYet => return Line::from(vec![name, "…".into()]),
        Link::Gone => return Line::from(vec![name, SILENT.red().bold()]),
        Link::Up if model.state.busy => "busy",
        Link::Up => "ready",
    };
    let hold = match model.state.hold {
        true => "waits for your hand",
        false => "presents the card by itself",
    };
    let mut line = Line::from(vec![name, format!("{link}, {hold}").into()]);
    if !model.state.plugged {
        line.push_span("  CABLE OUT".red().bold());
    }
    line
}

fn draw_face(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let block = Block::bordered().title("Display");
    if model.link == Link::Gone {
        let text = format!("{SILENT}\nIt is asked again and again.");
        let told = Paragraph::new(text).wrap(Wrap { trim: true });
        frame.render_widget(told.block(block), area);
        return;
    }
    let state = &model.state;
    let mut text = Text::from(state.display.as_str()).bold();
    if let Some(amount) = &state.amount {
        text.push_line(amount.as_str().cyan().bold());
    }
    if let Typing::Pin | Typing::Digits = state.typing {
        text.push_line("•".repeat(state.typed));
    }
    let prompt = match state.typing {
        Typing::Pin => "Type the PIN and press Enter.",
        Typing::Digits => "Type digits and press Enter.",
        Typing::Key => "The till asks for a key.",
        Typing::Stop => "Present a card: t, i or s.",
        Typing::Nothing => "",
    };
    text.push_line(prompt.green());
    frame.render_widget(Paragraph::new(text).block(block), area);
}

fn draw_wallet(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let lines = model.cards.iter().map(|card| {
        let pin = if card.asks_for_pin { " PIN" } else { "" };
        let last = card.number.trim_start_matches(|it: char| it != '*');
        let last = last.trim_start_matches('*');
        let brand = card.brand.split(' ').next().unwrap_or_default();
        format!("{:<18} …{last}{pin:<4} {brand}", card.name)
    });
    let list = List::new(lines)
        .block(Block::bordered().title("Wallet"))
        .highlight_style(Style::new().reversed());
    let mut at = ListState::default().with_selected(model.card().map(|(at, _)| at));
    frame.render_stateful_widget(list, area, &mut at);
}

fn draw_right(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let shares = [(Pane::Timeline, 3), (Pane::Line, 4), (Pane::Books, 2)];
    let heights = shares.map(|(pane, share)| match model.wide {
        None => Constraint::Fill(share),
        Some(wide) if wide == pane => Constraint::Fill(1),
        Some(_) => Constraint::Length(0),
    });
    let [timeline, line, books] = Layout::vertical(heights).areas(area);
    draw_tail(model, frame, timeline, "Timeline", happening);
    draw_tail(model, frame, line, "Line", on_line);
    draw_books(model.books.as_ref(), frame, books);
}

/// The last of these entries that have a place.
fn draw_tail(
    model: &Model,
    frame: &mut Frame<'_>,
    area: Rect,
    name: &'static str,
    lines: fn(&Entry, usize) -> Vec<Line<'static>>,
) {
    let block = Block::bordered().title(name);
    let inner = block.inner(area);
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    let mut shown: Vec<Line<'static>> = Vec::new();
    for entry in model.entries.iter().rev() {
        if shown.len() >= height {
            break;
        }
        shown.extend(lines(entry, width).into_iter().rev());
    }
    shown.truncate(height);
    shown.reverse();
    frame.render_widget(Paragraph::new(shown).block(block), area);
}

fn happening(entry: &Entry, width: usize) -> Vec<Line<'static>> {
    let word = match entry.kind {
        Kind::Line => return Vec::new(),
        Kind::Display => "shows",
        Kind::Hand => "hand",
        Kind::Host => "host",
    };
    let (seconds, rest) = (entry.at_ms / 1000, entry.at_ms % 1000);
    let text = entry.text.replace('\n', " / ");
    let text = format!("{seconds}.{rest:03} {word}: {text}");
    wrapped(&text, width).map(Line::from).collect()
}

/// Bytes, and below them what they mean.
fn on_line(entry: &Entry, width: usize) -> Vec<Line<'static>> {
    if entry.kind != Kind::Line {
        return Vec::new();
    }
    let (bytes, meaning) = entry.text.split_once(" | ").unwrap_or((&entry.text, ""));
    let meaning = wrapped(meaning.trim(), width.saturating_sub(2));
    let meaning = meaning.map(|part| Line::from(format!("  {part}")).green());
    wrapped(bytes.trim(), width)
        .map(Line::from)
        .chain(meaning)
        .collect()
}

/// In lines of this width, broken between words where there are any.
fn wrapped(text: &str, width: usize) -> impl Iterator<Item = String> {
    let mut lines: Vec<Vec<char>> = Vec::new();
    for word in text.split_whitespace() {
        let word: Vec<char> = word.chars().collect();
        if let Some(line) = lines.last_mut()
            && line.len().saturating_add(word.len()) < width
        {
            line.push(' ');
            line.extend(word);
        } else {
            lines.extend(word.chunks(width.max(1)).map(<[char]>::to_vec));
        }
    }
    lines.into_iter().map(String::from_iter)
}

fn draw_books(books: Option<&Books>, frame: &mut Frame<'_>, area: Rect) {
    let mut lines = Vec::new();
    for (code, totals) in books.iter().flat_map(|books| &books.totals) {
        let money = |minor| money(minor, code);
        lines.push(Line::from(format!(
            "captured {}, held {}, refunded {}",
            money(totals.captured_minor),
            money(totals.held_minor),
            money(totals.refunded_minor),
        )));
    }
    for one in books
        .iter()
        .flat_map(|books| books.authorizations.iter().rev())
    {
        let money = |minor| money(minor, &one.currency);
        lines.push(Line::from(format!(
            "{} {} {}, captured {}",
            one.id,
            one.status,
            money(one.authorized_minor),
            money(one.captured_minor),
        )));
    }
    if books.is_none() {
        lines.push(Line::from("Nobody answers for the books."));
    }
    let text = Paragraph::new(lines).wrap(Wrap { trim: true });
    frame.render_widget(text.block(Block::bordered().title("Books")), area);
}

fn money(minor: u64, code: &str) -> String {
    match Currency::from_code(code) {
        Some(currency) => Money::new(minor, currency).to_string(),
        None => format!("{minor} {code}"),
    }
}

fn draw_overlay(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let (title, at) = match model.overlay {
        Overlay::Nothing => return,
        Overlay::Help => {
            let area = area.centered(Constraint::Length(64), Constraint::Length(18));
            frame.render_widget(Clear, area);
            let block = Block::bordered().title("Keys (any key closes this)");
            frame.render_widget(Paragraph::new(HELP).block(block), area);
            return;
        }
        Overlay::Faults(at) => ("What is to go wrong (Enter, Esc)", at),
        Overlay::Scenarios(at) => ("Scenarios (Enter plays one, Esc)", at),
    };
    let area = area.centered(Constraint::Length(76), Constraint::Length(20));
    frame.render_widget(Clear, area);
    let list = List::new(model.lines())
        .block(Block::bordered().title(title))
        .highlight_style(Style::new().reversed());
    let mut at = ListState::default().with_selected(Some(at));
    frame.render_stateful_widget(list, area, &mut at);
}

const WIDTH_MIN: u16 = 80;
const HEIGHT_MIN: u16 = 24;
const SILENT: &str = "The simulator does not answer.";
const KEYS: &str =
    "0-9 Enter Bksp Esc  t i s card  ↑ ↓ wallet  p cable  h hold  f c  ? help  q quit";
const HELP: &str = "\
0 to 9       the keypad's digits; F1 to F4 its function keys
Enter        OK
Backspace    correct
Esc          cancel

Up, Down     choose a card of the wallet
t, i, s      tap, insert or swipe it (the PIN of all is 1234)
h            wait for your hand, or present the card by itself
p            pull the cable, or plug it in

f            let something go wrong
c            play a scenario
Tab          one of timeline, line and books alone, or all three

q, Ctrl-C    quit; the simulator runs on
";
