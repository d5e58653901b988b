//! `[[reader]]`: contactless readers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::file::Reader;
use super::problem::Wrong;
use super::{LineConfig, PortName, TerminalConfig};
use crate::domain::id::{ReaderId, TerminalId};
use crate::nfc::words::Connection;

/// A contactless reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderConfig {
    /// Where it is, in libnfc's words.
    pub connection: Connection,
    /// The program that drives it.
    pub helper: PathBuf,
}

pub(super) fn readers(
    files: Vec<Reader>,
    terminals: &BTreeMap<TerminalId, TerminalConfig>,
) -> Result<BTreeMap<ReaderId, ReaderConfig>, Wrong> {
    let mut readers = BTreeMap::new();
    for (row, file) in files.into_iter().enumerate() {
        let id = ReaderId::new(&*file.id);
        let wrong = |key: &str, problem: &str| {
            let what = format!("reader `{id}`{problem}");
            Wrong::at(format!("reader.{row}.{key}"), what)
        };
        if file.id.is_empty() {
            let place = format!("reader.{row}.id");
            return Err(Wrong::at(place, "reader: id must not be empty"));
        }
        let connection = Connection::parse(&file.connection)
            .map_err(|problem| wrong("connection", &format!(": connection {problem}")))?;
        let is_taken = terminals.values().any(|terminal| match &terminal.line {
            LineConfig::Serial { port, .. } => match port {
                PortName::Path(path) => connection.device() == Some(path),
                PortName::Usb(_) => false,
            },
            LineConfig::Tcp { .. } => false,
        });
        if is_taken {
            let problem = ": connection names the device of a terminal";
            return Err(wrong("connection", problem));
        }
        let reader = ReaderConfig {
            connection,
            helper: file.helper.unwrap_or_else(beside_us),
        };
        if readers.contains_key(&id) {
            return Err(wrong("id", " is there twice"));
        }
        readers.insert(id, reader);
    }
    Ok(readers)
}

/// It is installed where `posd` is.
fn beside_us() -> PathBuf {
    let us = std::env::current_exe().unwrap_or_else(|_| "/usr/bin/posd".into());
    us.with_file_name("posd-nfc")
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Problem};

    fn parse(rows: &str) -> Result<Config, Problem> {
        Config::parse(&format!(
            r#"
[station]
name = "oslo"
data_dir = "data"
[[terminal]]
id = "till-1"
protocol = "zvt"
device = "/dev/ttyUSB0"
currency = "NOK"
{rows}"#
        ))
    }

    #[test]
    fn a_reader_is_named_and_no_terminal() {
        let good = r#"
[[reader]]
id = "counter"
connection = "pn532_uart:/dev/ttyUSB1:115200"
"#;
        let config = parse(good).unwrap();
        let reader = config.readers.values().next().unwrap();
        assert!(reader.helper.ends_with("posd-nfc"));
        for (from, to, named) in [
            ("ttyUSB1", "ttyUSB0", "device of a terminal"),
            (
                "pn532_uart:/dev/ttyUSB1:115200",
                "usb",
                "must be pn532_uart",
            ),
            ("\"counter\"", "\"\"", "must not be empty"),
            ("connection =", "conection =", "conection"),
        ] {
            let error = parse(&good.replace(from, to)).unwrap_err();
            assert!(error.what.contains(named), "{error}");
            assert!(error.line.is_some_and(|line| line >= 10), "{error}");
        }
        let twice = parse(&format!("{good}{good}")).unwrap_err();
        assert!(twice.what.contains("twice"), "{twice}");
        assert!(parse("").unwrap().readers.is_empty());
    }
}
