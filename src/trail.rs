//! What went over the wires of an operation, for whoever follows it later (`posd operation show`): in
//! two files of bounded size beside the journal, masked by the codec before it is text.
//!
//! Nobody waits for it. Whoever moves bytes leaves a copy with a [`Pen`]; a thread of its own makes lines
//! of them. What it cannot keep up with is left out, and so is what the disk does not take: nothing is
//! decided by it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use firmware_protocols::capture::Sender;
use firmware_protocols::time::Instant;
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::recorder::Recorder;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, format_utc, parse_utc};
use crate::domain::id::{EffectId, OperationId, Timestamp};

/// Its file in the data directory; the one before it has `.1` behind its name.
const FILE: &str = "wire.log";

/// Bytes of one file: of some thousand payments.
const FILE_MAX: u64 = 4 * 1024 * 1024;

/// So much may wait for the disk.
const WAITING_MAX: usize = 512;

/// Leaves copies of what goes over a wire.
#[derive(Clone, Debug)]
pub struct Pen {
    pieces: Option<SyncSender<Piece>>,
    clock: Clock,
}

/// What the thread is given.
enum Piece {
    Note(Note),
    /// The line to this terminal is closed: what was said half is not said to its end.
    Closed(String),
}

/// One thing to be written down.
struct Note {
    effect: EffectId,
    at: Timestamp,
    with: String,
    what: What,
}

enum What {
    /// Of a terminal's line; not masked yet.
    Bytes(Framing, Sender, Vec<u8>),
    /// Of a call to a processor: nothing of what is in it.
    Call(String),
}

/// Bytes are not masked yet, and not shown.
impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Note({}, {})", self.effect, self.with)
    }
}

/// A line, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When, RFC 3339.
    at: String,
    /// Of which operation.
    pub operation: OperationId,
    /// Its step.
    pub step: usize,
    /// With whom: a terminal or a merchant account.
    pub with: String,
    /// What: `>` from here or `<` from there, bytes, and what they say.
    pub text: String,
}

impl Line {
    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        parse_utc(&self.at).unwrap_or_default()
    }
}

impl Pen {
    /// Begins to write in a data directory.
    #[must_use]
    pub fn start(data_dir: &Path, clock: Clock) -> Self {
        let (pieces, waiting) = sync_channel(WAITING_MAX);
        let path = data_dir.join(FILE);
        let thread = std::thread::Builder::new().name("wire".to_owned());
        let thread = thread.spawn(move || write_down(&path, &waiting));
        let pieces = thread
            .inspect_err(|error| tracing::warn!(%error, "what goes over the wires is not kept"))
            .ok()
            .map(|_| pieces);
        Self { pieces, clock }
    }

    /// Bytes went over the line of a terminal.
    pub fn bytes(
        &self,
        effect: &EffectId,
        with: &str,
        framing: Framing,
        sender: Sender,
        bytes: Vec<u8>,
    ) {
        self.note(effect, with, || What::Bytes(framing, sender, bytes));
    }

    /// Something was asked of a processor, or answered. `text` has nothing of the call's content.
    pub fn call(&self, effect: &EffectId, with: &str, text: impl FnOnce() -> String) {
        self.note(effect, with, || What::Call(text()));
    }

    /// The line of a terminal is closed.
    pub fn closed(&self, with: &str) {
        if let Some(pieces) = &self.pieces
            && pieces.try_send(Piece::Closed(with.to_owned())).is_err()
        {
            tracing::debug!(with, "the end of a line is not kept");
        }
    }

    fn note(&self, effect: &EffectId, with: &str, what: impl FnOnce() -> What) {
        let Some(pieces) = &self.pieces else { return };
        let note = Note {
            effect: effect.clone(),
            at: self.clock.utc(),
            with: with.to_owned(),
            what: what(),
        };
        if pieces.try_send(Piece::Note(note)).is_err() {
            tracing::debug!(%effect, "a piece of the wire is not kept");
        }
    }
}

/// What is kept of an operation, in order.
pub fn read(data_dir: &Path, operation: &OperationId) -> io::Result<Vec<Line>> {
    let path = data_dir.join(FILE);
    let mut found = Vec::new();
    for path in [older(&path), path] {
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for line in BufReader::new(file).lines() {
            // The last line may be half written.
            let line = serde_json::from_str::<Line>(&line?);
            found.extend(line.ok().filter(|line| line.operation == *operation));
        }
    }
    Ok(found)
}

fn older(path: &Path) -> PathBuf {
    path.with_extension("log.1")
}

/// Until nobody has a pen any more.
fn write_down(path: &Path, pieces: &Receiver<Piece>) {
    let mut book = Book::new(path);
    let mut lines = Lines::default();
    while let Ok(first) = pieces.recv() {
        let mut text = String::new();
        for piece in std::iter::once(first).chain(pieces.try_iter()) {
            match piece {
                Piece::Note(note) => lines.add(note, &mut text),
                Piece::Closed(with) => _ = lines.recorders.remove(&with),
            }
        }
        book.write(&text);
    }
}

/// Makes lines of notes. Each terminal has a recorder, because units come in pieces.
#[derive(Default)]
struct Lines {
    recorders: BTreeMap<String, Recorder>,
}

impl Lines {
    fn add(&mut self, note: Note, out: &mut String) {
        let Note {
            effect,
            at,
            with,
            what,
        } = note;
        let texts = match what {
            What::Call(text) => vec![text],
            What::Bytes(framing, sender, bytes) => {
                let recorder = self.recorders.entry(with.clone());
                let recorder = recorder.or_insert_with(|| Recorder::new(framing));
                recorder.hear(sender, &bytes, Instant(0))
            }
        };
        for text in texts {
            let line = Line {
                at: format_utc(at),
                operation: effect.operation.clone(),
                step: effect.step,
                with: with.clone(),
                text: text.strip_prefix("0.000 ").unwrap_or(&text).to_owned(),
            };
            if let Ok(json) = serde_json::to_string(&line) {
                out.push_str(&json);
                out.push('\n');
            }
        }
    }
}

/// The file that is written.
struct Book {
    path: PathBuf,
    file: Option<File>,
    is_failing: bool,
}

impl Book {
    fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: None,
            is_failing: false,
        }
    }

    fn write(&mut self, text: &str) {
        let written = self.try_write(text);
        if let Err(error) = &written
            && !self.is_failing
        {
            tracing::warn!(%error, "what goes over the wires is not kept");
        }
        self.is_failing = written.is_err();
        if self.is_failing {
            self.file = None;
        }
    }

    fn try_write(&mut self, text: &str) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(
                OpenOptions::new()
                    .create(true)
                    .append(true)
                    .mode(0o600)
                    .open(&self.path)?,
            ),
        };
        file.write_all(text.as_bytes())?;
        if file.metadata()?.len() >= FILE_MAX {
            self.file = None;
            fs::rename(&self.path, older(&self.path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(operation: &str, what: What) -> Piece {
        let operation = OperationId::new(operation);
        Piece::Note(Note {
            effect: EffectId { operation, step: 1 },
            at: Timestamp(1_000),
            with: "till".to_owned(),
            what,
        })
    }

    #[test]
    fn what_is_kept_is_masked_found_again_and_bounded() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let (notes, waiting) = sync_channel(WAITING_MAX);
        let result = [
            0x04, 0x0F, 0x0D, 0x27, 0x00, 0x22, 0xF0, 0xF8, 0x47, 0x11, 0x12, 0x34, 0x56, 0x78,
            0x11, 0x12,
        ];
        // Half of it, then a new connection on which it comes whole.
        let said = |bytes: &[u8]| {
            note(
                "a",
                What::Bytes(Framing::Tcp, Sender::Terminal, bytes.to_vec()),
            )
        };
        notes.try_send(said(&result[..12])).unwrap();
        notes.try_send(Piece::Closed("till".to_owned())).unwrap();
        for byte in result {
            notes.try_send(said(&[byte])).unwrap();
        }
        let text = "> POST capture".to_owned();
        notes.try_send(note("b", What::Call(text))).unwrap();
        drop(notes);
        write_down(&path, &waiting);
        let found = read(directory.path(), &OperationId::new("a")).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].text.starts_with("< 04 0F 0D"), "{found:?}");
        assert!(found[0].text.ends_with("471112******1112"), "{found:?}");
        assert_eq!(found[0].at(), Timestamp(1_000));

        let mut book = Book::new(&path);
        let filler = format!("{}\n", "x".repeat(1_000_000));
        for _ in 0..12 {
            book.write(&filler);
        }
        let sizes = [older(&path), path.clone()].map(|path| fs::metadata(path).map(|it| it.len()));
        for size in sizes.into_iter().flatten() {
            assert!(size < FILE_MAX + 2_000_000);
        }
        assert!(
            read(directory.path(), &OperationId::new("a"))
                .unwrap()
                .is_empty()
        );
    }
}
