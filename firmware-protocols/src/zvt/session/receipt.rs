//! Receipts that arrive in pieces (PA00P015, "Print Line on ECR", "Print Text-Block").

use alloc::string::String;
use alloc::vec::Vec;

use crate::vocabulary::terminal::{Receipt, ReceiptKind};
use crate::zvt::message::{PrintLine, PrintTextBlock};
use crate::zvt::text::Charset;

/// No receipt has more lines; what comes beyond is dropped, not kept for ever.
const MOST_LINES: usize = 2000;

/// The receipt that is being printed.
#[derive(Debug)]
pub(super) struct ReceiptPrinter {
    charset: Charset,
    kind: ReceiptKind,
    lines: Vec<String>,
}

impl ReceiptPrinter {
    pub(super) const fn new(charset: Charset) -> Self {
        Self {
            charset,
            kind: ReceiptKind::Unknown,
            lines: Vec::new(),
        }
    }

    /// One line; the receipt if it was the last.
    pub(super) fn line(&mut self, line: &PrintLine<'_>) -> Option<Receipt> {
        if let Some(feeds) = line.feeds() {
            for _ in 0..feeds {
                self.push(String::new());
            }
            return None;
        }
        self.push(line.text.decode(self.charset));
        if line.is_last() {
            self.tear_off()
        } else {
            None
        }
    }

    /// A block; what it completes, which can be two receipts when it begins a new one.
    pub(super) fn block(&mut self, block: &PrintTextBlock<'_>) -> [Option<Receipt>; 2] {
        let before = if block.kind == self.kind {
            None
        } else {
            self.tear_off()
        };
        self.kind = block.kind;
        for line in &block.lines {
            self.push(line.text.decode(block.charset.unwrap_or(self.charset)));
        }
        [before, if block.is_last { self.tear_off() } else { None }]
    }

    /// What there is, finished or not.
    pub(super) fn tear_off(&mut self) -> Option<Receipt> {
        let kind = core::mem::replace(&mut self.kind, ReceiptKind::Unknown);
        let lines = core::mem::take(&mut self.lines);
        (!lines.is_empty()).then_some(Receipt { kind, lines })
    }

    fn push(&mut self, line: String) {
        if self.lines.len() < MOST_LINES {
            self.lines.push(line);
        }
    }
}
