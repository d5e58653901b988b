//! What the program says of itself: to the system's journal with fields, as JSON, or as text. Whatever
//! is written passes [`masked`] last, so that a card number in somebody's text is not kept even here.

use std::fmt::{self, Write as _};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, reload};

use crate::config::{LogConfig, LogFormat};
use crate::masking::masked;

/// Where journald takes messages with fields.
const JOURNAL: &str = "/run/systemd/journal/socket";

/// Goes before the level of the configuration.
const LEVEL_VARIABLE: &str = "POSD_LOG";

/// The log of this process.
#[derive(Debug)]
pub struct Log {
    filter: reload::Handle<EnvFilter, Registry>,
}

impl Log {
    /// Starts the log, and lets panics be told in it. Only once in a process.
    pub fn start(config: &LogConfig) -> Result<Self, String> {
        let (filter, handle) = reload::Layer::new(filter(&config.level)?);
        let (format, sink) = match config.format {
            LogFormat::Auto if leads_to_journal() => Sink::journal(Path::new(JOURNAL))
                .map_or((LogFormat::Text, Sink::Stderr), |sink| {
                    (LogFormat::Journald, sink)
                }),
            LogFormat::Auto => (LogFormat::Text, Sink::Stderr),
            LogFormat::Journald => {
                let sink = Sink::journal(Path::new(JOURNAL));
                let sink = sink.map_err(|error| format!("log: {JOURNAL}: {error}"))?;
                (LogFormat::Journald, sink)
            }
            LogFormat::Json | LogFormat::Text => (config.format, Sink::Stderr),
        };
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(sink);
        let lines = match format {
            LogFormat::Journald => lines.event_format(Fields).boxed(),
            LogFormat::Json => lines
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false)
                .boxed(),
            LogFormat::Text | LogFormat::Auto => lines.boxed(),
        };
        let registry = tracing_subscriber::registry().with(filter).with(lines);
        registry.try_init().map_err(|error| error.to_string())?;
        tell_panics();
        Ok(Self { filter: handle })
    }

    /// Logs at another level from now on, unless the environment has chosen one.
    pub fn set_level(&self, level: &str) -> Result<(), String> {
        let filter = filter(level)?;
        let done = self.filter.reload(filter);
        done.map_err(|error| error.to_string())
    }
}

fn filter(level: &str) -> Result<EnvFilter, String> {
    if let Ok(filter) = EnvFilter::try_from_env(LEVEL_VARIABLE) {
        return Ok(filter);
    }
    EnvFilter::try_new(level).map_err(|error| format!("log.level: {error}"))
}

/// Whether the standard error stream is the one that systemd has tied to its journal.
fn leads_to_journal() -> bool {
    let Ok(told) = std::env::var("JOURNAL_STREAM") else {
        return false;
    };
    let stderr = io::stderr().as_fd().try_clone_to_owned();
    let stream = stderr.and_then(|stream| std::fs::File::from(stream).metadata());
    stream.is_ok_and(|stream| told == format!("{}:{}", stream.dev(), stream.ino()))
}

/// A panic is one line of the log, wherever it was. Its message may hold what somebody has sent.
fn tell_panics() {
    std::panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let problem = one_line(text.unwrap_or("no message"));
        let place = info.location().map(ToString::to_string);
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        let trace = std::backtrace::Backtrace::capture();
        let trace = (trace.status() == std::backtrace::BacktraceStatus::Captured)
            .then(|| one_line(&trace.to_string()));
        tracing::error!(place, thread, trace, "panic: {problem}");
    }));
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where lines go. One that cannot be written, be the disk full or the reader gone, is no reason to
/// stop taking payments: it is lost.
#[derive(Clone, Debug)]
enum Sink {
    Stderr,
    Journal(Arc<UnixDatagram>),
}

impl Sink {
    fn journal(path: &Path) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.connect(path)?;
        // A journal that is stuck holds up nobody.
        socket.set_nonblocking(true)?;
        Ok(Self::Journal(Arc::new(socket)))
    }
}

impl MakeWriter<'_> for Sink {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl io::Write for Sink {
    /// Gets a whole event at a time.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = masked(&String::from_utf8_lossy(event));
        match self {
            Self::Stderr => {
                let _ = io::Write::write_all(&mut io::stderr(), text.as_bytes());
            }
            Self::Journal(socket) => {
                let _ = socket.send(text.as_bytes());
            }
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An event as journald takes it: a field on each line. `POSD_` stands before the names of ours.
#[derive(Debug)]
struct Fields;

impl<S, N> FormatEvent<S, N> for Fields
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        // syslog's numbers.
        let priority = match *metadata.level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            Level::DEBUG | Level::TRACE => 7,
        };
        writeln!(writer, "PRIORITY={priority}")?;
        writeln!(writer, "SYSLOG_IDENTIFIER=posd")?;
        writeln!(writer, "TARGET={}", metadata.target())?;
        let mut found = Found::default();
        event.record(&mut found);
        for (name, value) in &found.fields {
            writeln!(writer, "POSD_{}={value}", name.to_ascii_uppercase())?;
        }
        let Found {
            mut message,
            fields,
        } = found;
        for (name, value) in &fields {
            write!(message, " {name}={value}")?;
        }
        writeln!(writer, "MESSAGE={message}")
    }
}

/// What an event holds, each value on one line.
#[derive(Default)]
struct Found {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl Found {
    fn put(&mut self, field: &Field, value: &str) {
        let value = value.replace('\n', " ");
        match field.name() {
            "message" => self.message = value,
            name => self.fields.push((name, value)),
        }
    }
}

impl Visit for Found {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one datagram that reaches journald while `log` runs.
    fn what_journald_gets(log: impl FnOnce()) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let journal = UnixDatagram::bind(&path).unwrap();
        let lines = tracing_subscriber::fmt::layer()
            .event_format(Fields)
            .with_writer(Sink::journal(&path).unwrap());
        let subscriber = tracing_subscriber::registry().with(lines);
        tracing::subscriber::with_default(subscriber, log);
        let mut bytes = vec![0; 64 * 1024];
        let length = journal.recv(&mut bytes).unwrap();
        bytes.truncate(length);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn journald_gets_an_event_with_its_fields_and_no_card_number() {
        let text = what_journald_gets(|| {
            let absent: Option<&str> = None;
            tracing::warn!(operation = %"0198-1", absent, "card\n4111 1111 1111 1111 seen");
        });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "PRIORITY=4",
                "SYSLOG_IDENTIFIER=posd",
                "TARGET=posd::logging::tests",
                "POSD_OPERATION=0198-1",
                "MESSAGE=card **** **** **** **** seen operation=0198-1",
            ]
        );
    }

    #[test]
    fn a_panic_is_one_line_without_a_card_number() {
        let before = std::panic::take_hook();
        tell_panics();
        let text = what_journald_gets(|| {
            let text = "4111 1111\n1111 1111";
            std::panic::catch_unwind(|| panic!("no such card: {text}")).unwrap_err();
        });
        std::panic::set_hook(before);
        let told = text.lines().find(|line| line.starts_with("MESSAGE="));
        let told = told.unwrap();
        assert!(
            told.starts_with("MESSAGE=panic: no such card: **** **** **** **** place="),
            "{told}"
        );
        assert!(told.contains("src/logging.rs:"), "{told}");
    }
}
