//! `[[reader]]`: contactless readers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::{LineConfig, TerminalConfig};
use crate::domain::id::{ReaderId, TerminalId};
use crate::nfc::words::Connection;

/// A contactless reader.
#[derive(Clone, Debug)]
pub struct ReaderConfig {
    /// Where it is, in libnfc's words.
    pub connection: Connection,
    /// The program that drives it.
    pub helper: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reader {
    id: String,
    connection: String,
    helper: Option<PathBuf>,
}

pub(super) fn readers(
    files: Vec<Reader>,
    terminals: &BTreeMap<TerminalId, TerminalConfig>,
) -> Result<BTreeMap<ReaderId, ReaderConfig>, String> {
    let mut readers = BTreeMap::new();
    for file in files {
        let id = ReaderId::new(&*file.id);
        let wrong = |problem: &str| format!("reader `{id}`: {problem}");
        if file.id.is_empty() {
            return Err("reader: id must not be empty".to_owned());
        }
        let connection = Connection::parse(&file.connection)
            .map_err(|problem| wrong(&format!("connection {problem}")))?;
        let is_taken = terminals.values().any(|terminal| match &terminal.line {
            LineConfig::Serial { device, .. } => connection.device() == Some(device),
            LineConfig::Tcp { .. } => false,
        });
        if is_taken {
            return Err(wrong("connection names the device of a terminal"));
        }
        let reader = ReaderConfig {
            connection,
            helper: file.helper.unwrap_or_else(beside_us),
        };
        if readers.insert(id.clone(), reader).is_some() {
            return Err(format!("reader `{id}` is there twice"));
        }
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
    use super::super::Config;

    fn parse(rows: &str) -> Result<Config, String> {
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
            assert!(error.contains(named), "{error}");
        }
        assert!(
            parse(&format!("{good}{good}"))
                .unwrap_err()
                .contains("twice")
        );
        assert!(parse("").unwrap().readers.is_empty());
    }
}
