//! What has happened at a terminal lately, for who looks on: bytes, displays, hands, the host.

use std::collections::VecDeque;

use firmware_protocols::capture::Sender;
use firmware_protocols::time::Instant;
use firmware_protocols::zvt::recorder::Recorder;
use serde_json::{Value, json};

use crate::terminal::{HostAnswer, HostRequest};

/// The last so many happenings, numbered from 1.
#[derive(Debug)]
pub(super) struct Log {
    recorder: Recorder,
    entries: VecDeque<Entry>,
    next: u64,
    display: String,
}

#[derive(Debug)]
struct Entry {
    seq: u64,
    at: Instant,
    kind: Kind,
    text: String,
}

/// What a happening is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Bytes, as a recording has them: masked.
    Line,
    /// The display has changed.
    Display,
    /// Somebody has done something by hand.
    Hand,
    /// The host was asked.
    Host,
}

impl Log {
    pub(super) const fn new(recorder: Recorder) -> Self {
        Self {
            recorder,
            entries: VecDeque::new(),
            next: 1,
            display: String::new(),
        }
    }

    pub(super) fn note(&mut self, kind: Kind, text: String, at: Instant) {
        self.entries.push_back(Entry {
            seq: self.next,
            at,
            kind,
            text,
        });
        self.next = self.next.saturating_add(1);
        if self.entries.len() > ENTRIES_MAX {
            self.entries.pop_front();
        }
    }

    pub(super) fn note_display(&mut self, display: &str, at: Instant) {
        if self.display != display {
            display.clone_into(&mut self.display);
            self.note(Kind::Display, display.to_owned(), at);
        }
    }

    pub(super) fn note_host(&mut self, request: &HostRequest, answer: &HostAnswer, at: Instant) {
        let asked = &request.transaction;
        let answer = match answer {
            HostAnswer::Approved {
                authorization_code, ..
            } => format!("approved, {authorization_code}"),
            HostAnswer::Declined(decline) => format!("declined, {}", decline.word()),
            HostAnswer::Unreachable => "no answer".to_owned(),
        };
        let text = format!("{} {}: {answer}", asked.kind.word(), asked.money);
        self.note(Kind::Host, text, at);
    }

    /// Bytes pass.
    pub(super) fn hear(&mut self, sender: Sender, bytes: &[u8], at: Instant) {
        for line in self.recorder.hear(sender, bytes, at) {
            self.note(Kind::Line, line, at);
        }
    }

    /// The connection is another one.
    pub(super) fn restart(&mut self) {
        self.recorder.restart();
    }

    /// All after this number that are still here, oldest first.
    pub(super) fn after(&self, seq: u64) -> Value {
        let entries = self.entries.iter().filter(|entry| entry.seq > seq);
        let entries = entries.map(|entry| {
            json!({
                "seq": entry.seq,
                "at_ms": entry.at.0,
                "kind": match entry.kind {
                    Kind::Line => "line",
                    Kind::Display => "display",
                    Kind::Hand => "hand",
                    Kind::Host => "host",
                },
                "text": entry.text,
            })
        });
        entries.collect()
    }
}

const ENTRIES_MAX: usize = 500;
