//! `posd orders`: many orders at once, from a file and into one (docs/orders.md).

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{File, Permissions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;

use clap::{Subcommand, ValueEnum};

use super::{say, say_error};
use crate::api::file::{self, Problem};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::arrival;
use crate::domain::draft::Decision;
use crate::domain::id::{PaymentId, Timestamp};
use crate::domain::order::Order;
use crate::domain::payment::Payment;
use crate::domain::state::{Aggregates, State};
use crate::journal::{Batch, Bodies, Bulk, JournalError, Reader, Writer};
use crate::station::data_dir::{self, DataDir, StartError};
use crate::vault::Vault;

/// Bytes of the longest line: several times the largest order that `order.put` takes.
const LINE_MAX: u64 = 1024 * 1024;

/// So many lines are handed over at once, and so many hand-overs may wait.
const LINES_AT_ONCE: usize = 64;
const HAND_OVERS_WAITING: usize = 8;

/// With `--on-error skip` as many lines become durable together as were before, within these: the
/// larger the group, the less often the pages of the index are written.
const LINES_PER_COMMIT: (u64, u64) = (1_000, 50_000);

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Take in orders from a file, one line of JSON each, by the rules of `order.put`. The station
    /// must not be running.
    Import {
        /// The configuration of the station.
        #[arg(long, value_name = "FILE", default_value = super::CONFIG)]
        config: PathBuf,
        /// The orders; `-` for the standard input.
        orders: PathBuf,
        /// What a line that is refused does to the others.
        #[arg(long, value_enum, default_value_t = OnError::Stop)]
        on_error: OnError,
    },
    /// Write all orders, one line of JSON each, as `order.put` takes them. The station may be running.
    Export {
        /// The configuration of the station.
        #[arg(long, value_name = "FILE", default_value = super::CONFIG)]
        config: PathBuf,
        /// The new file, which only its owner may read; the standard output without one.
        orders: Option<PathBuf>,
        /// With tokens in the clear, as another store needs them to take the money. Keep such a file
        /// as you keep the token key.
        #[arg(long)]
        with_tokens: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OnError {
    /// Nothing of the file is imported.
    Stop,
    /// The line is named and left out.
    Skip,
}

pub(super) fn run(what: &What) -> Result<ExitCode, String> {
    match what {
        What::Import {
            config,
            orders,
            on_error,
        } => import(config, orders, *on_error),
        What::Export {
            config,
            orders,
            with_tokens,
        } => export(config, orders.as_deref(), *with_tokens),
    }
}

fn import(config: &Path, orders: &Path, on_error: OnError) -> Result<ExitCode, String> {
    let config = Config::read(config).map_err(|error| error.to_string())?;
    let name = orders.display().to_string();
    let source: Box<dyn io::Read + Send> = if orders == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(orders).map_err(|error| format!("{name}: {error}"))?)
    };
    let DataDir {
        vault,
        mut writer,
        reader,
        lock: _lock,
    } = DataDir::open(&config).map_err(|error| {
        let advice = if matches!(error, StartError::InUse(_)) {
            ": stop it for the import, or give it the orders one by one with order.put"
        } else {
            ""
        };
        format!("{error}{advice}")
    })?;
    let mut import = Import::new(&config, &reader, name, on_error)?;
    drop(reader);
    writer.alone().map_err(|error| error.to_string())?;
    let preparation = Preparation {
        vault,
        state: import.state.clone(),
        clock: Clock::start(),
    };
    let ended = std::thread::scope(|scope| {
        let (lines, waiting) = mpsc::sync_channel(HAND_OVERS_WAITING);
        let (done, used) = mpsc::channel();
        scope.spawn(move || read_lines(source, &preparation, &lines, &used));
        import.run(&mut writer, &waiting, &done)
    });
    // Were it to fail, the next station would do it.
    let _ = writer.shared();
    match ended {
        Ok(()) if import.done.lines == 0 => Err(format!("{}: holds no order", import.name)),
        Ok(()) => {
            say(&format!("imported {}", import.durable));
            Ok(if import.durable.refused == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Err(Stop(why)) if import.durable.lines == 0 => {
            Err(format!("{why}\nposd: nothing was imported"))
        }
        Err(Stop(why)) => {
            let durable = import.durable;
            let advice = "what was imported stays; importing the file again goes on from there";
            Err(format!(
                "{why}\nposd: imported {durable}, then it ended; {advice}"
            ))
        }
    }
}

/// Why an import ends before its file.
struct Stop(String);

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Self {
        Self(error.to_string())
    }
}

/// A line: its number, and what stands in it.
type Line = (u64, Result<Incoming, Problem>);

/// An order that was read.
struct Incoming {
    order: Order,
    payments: Vec<Payment>,
    now: Timestamp,
    /// What is to be written if neither it nor its payments are known; nearly always they are not.
    as_new: Option<(Batch, Bodies)>,
}

/// What can be done with a line before it is its turn: two threads share the work.
struct Preparation {
    vault: Vault,
    /// As before the import. Only its directory and its operations count for an order that is new, and
    /// those that an import begins, reviews of payments, hold nothing.
    state: State,
    clock: Clock,
}

/// Lines in sequence; an error where the file cannot be read further.
type HandOver = Result<Vec<Line>, io::Error>;

struct Import {
    name: String,
    on_error: OnError,
    /// What is configured, the operations that had not ended when the station was stopped, and the
    /// order that is being taken in.
    state: State,
    last_event: u64,
    done: Count,
    /// As far as it is on the disk.
    durable: Count,
}

/// What has become of the lines.
#[derive(Clone, Debug, Default)]
struct Count {
    lines: u64,
    new: u64,
    newer: u64,
    unchanged: u64,
    refused: u64,
}

impl Import {
    fn new(
        config: &Config,
        reader: &Reader,
        name: String,
        on_error: OnError,
    ) -> Result<Self, String> {
        let failed = |error: JournalError| error.to_string();
        let mut state = State {
            directory: config.directory(),
            ..State::default()
        };
        for entry in reader.open_entries().map_err(failed)? {
            state.books.apply(&entry);
        }
        // They are looked up when they come.
        state.books.orders.clear();
        state.books.payments.clear();
        Ok(Self {
            name,
            on_error,
            state,
            last_event: reader.last_event().map_err(failed)?,
            done: Count::default(),
            durable: Count::default(),
        })
    }

    /// What is done with goes back to the thread that it came from: were it freed here, the two would
    /// wait for each other at the allocator more than they work.
    fn run(
        &mut self,
        writer: &mut Writer,
        waiting: &mpsc::Receiver<HandOver>,
        done: &mpsc::Sender<Vec<Line>>,
    ) -> Result<(), Stop> {
        let mut bulk = writer.begin()?;
        for lines in waiting {
            let mut lines = lines.map_err(|error| Stop(format!("{}: {error}", self.name)))?;
            for (number, line) in &mut lines {
                self.done.lines = self.done.lines.saturating_add(1);
                let taken = match line {
                    Ok(incoming) => self.take(&mut bulk, incoming)?,
                    Err(problem) => Err(problem.clone()),
                };
                if let Err(problem) = taken {
                    self.refuse(*number, &problem)?;
                }
                let (least, most) = LINES_PER_COMMIT;
                let group = self.durable.lines.clamp(least, most);
                let is_due = self.done.lines >= self.durable.lines.saturating_add(group);
                if is_due && self.on_error == OnError::Skip {
                    bulk.commit()?;
                    self.durable = self.done.clone();
                    bulk = writer.begin()?;
                }
            }
            let _ = done.send(lines);
        }
        bulk.commit()?;
        self.durable = self.done.clone();
        Ok(())
    }

    /// Adds one order to the transaction, unless the rules refuse it.
    fn take(
        &mut self,
        bulk: &mut Bulk<'_>,
        incoming: &mut Incoming,
    ) -> Result<Result<(), Problem>, JournalError> {
        let (order, now) = (&incoming.order, incoming.now);
        let books = &mut self.state.books;
        books.orders.clear();
        books.payments.clear();
        let known = bulk.order(&order.id)?;
        let is_new = known.is_none();
        let tenders = known.iter().chain([order]);
        let wanted = tenders.flat_map(|order| &order.tenders);
        let wanted: BTreeSet<PaymentId> = wanted.map(|it| it.payment.clone()).collect();
        for id in wanted {
            books.payments.extend(bulk.payment(&id)?.map(|it| (id, it)));
        }
        if let Some((batch, bodies)) = &mut incoming.as_new
            && is_new
            && books.payments.is_empty()
        {
            self.done.new = self.done.new.saturating_add(1);
            self.number(batch);
            bulk.put(batch, bodies)?;
            return Ok(Ok(()));
        }
        books.orders.extend(known.map(|it| (it.id.clone(), it)));
        let decision = match arrival::take_in(&self.state, order, &incoming.payments, now) {
            Ok(decision) => decision,
            Err(rejection) => return Ok(Err(rejection.into())),
        };
        let count = match (decision.entries.is_empty(), is_new) {
            (true, _) => &mut self.done.unchanged,
            (false, true) => &mut self.done.new,
            (false, false) => &mut self.done.newer,
        };
        *count = count.saturating_add(1);
        if decision.entries.is_empty() {
            return Ok(Ok(()));
        }
        let mut batch = batch_of(&mut self.state.books, decision, now);
        self.number(&mut batch);
        bulk.put(&batch, &Bodies::of(&batch)?)?;
        Ok(Ok(()))
    }

    /// Gives the events of a batch their places.
    fn number(&mut self, batch: &mut Batch) {
        for (seq, _) in &mut batch.events {
            self.last_event = self.last_event.saturating_add(1);
            *seq = self.last_event;
        }
    }

    /// Names a line that is not taken in; the end of it all, where that was asked for.
    fn refuse(&mut self, number: u64, problem: &Problem) -> Result<(), Stop> {
        self.done.refused = self.done.refused.saturating_add(1);
        let named = match &problem.field {
            Some(field) => format!("{}:{number}: {field}: {}", self.name, problem.reason),
            None => format!("{}:{number}: {}", self.name, problem.reason),
        };
        match self.on_error {
            OnError::Stop => Err(Stop(named)),
            OnError::Skip => {
                say_error(&named);
                Ok(())
            }
        }
    }
}

/// What a decision writes, its events without their places yet.
fn batch_of(books: &mut Aggregates, decision: Decision, now: Timestamp) -> Batch {
    for entry in &decision.entries {
        books.apply(entry);
    }
    let changed: BTreeSet<_> = decision
        .entries
        .iter()
        .filter_map(|it| it.payment())
        .collect();
    let payments = books
        .payments
        .values()
        .filter(|it| changed.contains(&it.id));
    Batch {
        ticket: 0,
        at: now,
        events: decision.events.into_iter().map(|it| (0, it)).collect(),
        payments: payments.cloned().collect(),
        orders: books.orders.values().cloned().collect(),
        entries: decision.entries,
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let orders = self.new.saturating_add(self.newer);
        write!(
            f,
            "{orders} orders ({} new, {} newer), {} unchanged, {} refused",
            self.new, self.newer, self.unchanged, self.refused
        )
    }
}

/// Reads, checks and seals line by line, until the file ends or nobody listens any more.
fn read_lines(
    source: Box<dyn io::Read + Send>,
    preparation: &Preparation,
    to: &mpsc::SyncSender<HandOver>,
    used: &mpsc::Receiver<Vec<Line>>,
) {
    let mut source = BufReader::with_capacity(256 * 1024, source);
    let mut bytes = Vec::new();
    let mut number = 0_u64;
    loop {
        let mut lines = Vec::with_capacity(LINES_AT_ONCE);
        while lines.len() < LINES_AT_ONCE {
            number = number.saturating_add(1);
            match read_line(&mut source, &mut bytes) {
                Err(error) => {
                    let _ = to.send(Ok(lines));
                    let _ = to.send(Err(error));
                    return;
                }
                Ok(Read::End) => {
                    let _ = to.send(Ok(lines));
                    return;
                }
                Ok(Read::Blank) => {}
                Ok(Read::TooLong) => {
                    let problem = Problem::of(&format!("is longer than {LINE_MAX} bytes"));
                    lines.push((number, Err(problem)));
                }
                Ok(Read::Line) => lines.push((number, preparation.read(&bytes))),
            }
        }
        if to.send(Ok(lines)).is_err() {
            return;
        }
        used.try_iter().for_each(drop);
    }
}

impl Preparation {
    fn read(&self, bytes: &[u8]) -> Result<Incoming, Problem> {
        let text =
            std::str::from_utf8(bytes.trim_ascii_end()).map_err(|_| Problem::of("is not UTF-8"))?;
        let (order, payments) = file::read(&self.vault, text)?;
        let now = self.clock.utc();
        Ok(Incoming {
            as_new: self.as_new(&order, &payments, now),
            order,
            payments,
            now,
        })
    }

    /// Nothing where more than the order comes of it, or where it is refused: that is decided when it
    /// is its turn.
    fn as_new(
        &self,
        order: &Order,
        payments: &[Payment],
        now: Timestamp,
    ) -> Option<(Batch, Bodies)> {
        let decision = arrival::take_in(&self.state, order, payments, now).ok()?;
        if decision.entries.iter().any(|it| it.operation().is_some()) {
            return None;
        }
        let batch = batch_of(&mut Aggregates::default(), decision, now);
        let bodies = Bodies::of(&batch).ok()?;
        Some((batch, bodies))
    }
}

/// What was read.
enum Read {
    Line,
    Blank,
    TooLong,
    End,
}

/// Reads a line into `bytes`, never more than [`LINE_MAX`] of it.
fn read_line(source: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<Read> {
    bytes.clear();
    let read = io::Read::take(&mut *source, LINE_MAX).read_until(b'\n', bytes)?;
    let is_whole = bytes.last() == Some(&b'\n');
    if read == 0 {
        Ok(Read::End)
    } else if !is_whole && u64::try_from(read).is_ok_and(|read| read == LINE_MAX) {
        source.skip_until(b'\n')?;
        Ok(Read::TooLong)
    } else if bytes.trim_ascii().is_empty() {
        Ok(Read::Blank)
    } else {
        Ok(Read::Line)
    }
}

fn export(config: &Path, orders: Option<&Path>, with_tokens: bool) -> Result<ExitCode, String> {
    let config = Config::read(config).map_err(|error| error.to_string())?;
    let reader = Reader::open(&config.data_dir.join("journal.db"));
    let reader = reader.map_err(|error| error.to_string())?;
    let vault = with_tokens.then(|| data_dir::open_vault(&config, &reader));
    let vault = vault.transpose().map_err(|error| error.to_string())?;
    let Some(path) = orders else {
        let mut out = BufWriter::new(io::stdout().lock());
        write_orders(&reader, vault.as_ref(), &mut out).map_err(|Stop(why)| why)?;
        return Ok(ExitCode::SUCCESS);
    };
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    // Made beside its place and put there in one go; what is there already stays as it is.
    let whole = tempfile::Builder::new()
        .prefix(".posd-orders-")
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(directory)
        .map_err(failed)?;
    let mut out = BufWriter::with_capacity(256 * 1024, whole.as_file());
    let count = write_orders(&reader, vault.as_ref(), &mut out).map_err(|Stop(why)| why)?;
    drop(out);
    whole.as_file().sync_all().map_err(failed)?;
    whole
        .persist_noclobber(path)
        .map_err(|error| failed(error.error))?;
    say(&format!("exported {count} orders to {}", path.display()));
    Ok(ExitCode::SUCCESS)
}

fn write_orders(reader: &Reader, vault: Option<&Vault>, out: &mut impl Write) -> Result<u64, Stop> {
    let failed = |error: io::Error| Stop(format!("export: {error}"));
    let mut count = 0_u64;
    reader.each_order(|order, payments| {
        count = count.saturating_add(1);
        let line = file::write(&order, &payments, vault);
        writeln!(out, "{line}").map_err(failed)
    })?;
    out.flush().map_err(failed)?;
    Ok(count)
}
