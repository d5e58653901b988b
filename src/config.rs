//! The configuration file (TOML): read, checked and turned into what the rooms need. Unknown keys
//! are refused, so that a misspelt one does not go unnoticed.

mod file;
mod page;
mod port;
mod problem;
mod reader;
mod reload;
mod terminal;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::zvt::Password;

use crate::domain::directory::{
    Directory, Offline, OfflineLimit, PartialCapture, TerminalCapabilities, TerminalProfile,
};
use crate::domain::id::{ClientName, MerchantAccountId, PoolId, ReaderId, TerminalId};
use crate::outcome::text::Language;

use file::{Account, Captures, ConnectorName, File, LimitsFile, Network, OfflineFile};
use problem::Wrong;

pub use file::LogFormat;
pub use page::{page, schema};
pub use port::{PortName, UsbId, UsbName};
pub use problem::Problem;
pub use reader::ReaderConfig;
pub use reload::{Change, Reload, Running};
pub use terminal::{factory_password, password_in};

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of this station, shown to apps.
    pub station: String,
    /// Where apps connect; loopback only.
    pub listen: SocketAddr,
    /// Where the journal and the token key are.
    pub data_dir: PathBuf,
    /// What apps are answered in when they name no language.
    pub language: Language,
    /// Card type ids that are taken here; all when absent.
    pub card_types: Option<BTreeSet<String>>,
    /// Tender type ids that are taken here; all when absent.
    pub tender_types: Option<BTreeSet<String>>,
    /// Store ids that lines may be fetched at; all when absent.
    pub stores: Option<BTreeSet<String>>,
    /// Terminals by id.
    pub terminals: BTreeMap<TerminalId, TerminalConfig>,
    /// Contactless readers by id.
    pub readers: BTreeMap<ReaderId, ReaderConfig>,
    /// Merchant accounts by id.
    pub accounts: BTreeMap<MerchantAccountId, AccountConfig>,
    /// What may be promised while a processor cannot be reached.
    pub offline: Offline,
    /// Where apps on other machines connect, if any do.
    pub network: Option<NetworkConfig>,
    /// What apps may take up.
    pub limits: Limits,
    /// How long an app that is no longer connected keeps its terminals.
    pub lease_grace: Duration,
    /// What is logged, and how.
    pub log: LogConfig,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// A filter, such as `info` or `warn,posd::api=debug`.
    pub level: String,
    /// How.
    pub format: LogFormat,
}

/// Where apps on other machines connect: over TLS only.
#[derive(Clone, Debug)]
pub struct NetworkConfig {
    /// Address.
    pub listen: SocketAddr,
    /// By which names they address the station.
    pub names: Vec<String>,
    /// Certificate chain, a PEM file.
    pub certificate: PathBuf,
    /// Its key, a PEM file.
    pub key: PathBuf,
}

/// What apps may take up, so that none of them is in the way of the others.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Bytes of one request.
    pub frame_bytes: usize,
    /// Requests of one connection that are being worked on; further ones wait in its socket.
    pub in_flight: usize,
    /// How long a connection may leave a frame unread.
    pub unread: Duration,
}

/// A terminal.
#[derive(Clone, Debug)]
pub struct TerminalConfig {
    /// Where it is.
    pub line: LineConfig,
    /// Currency that it takes.
    pub currency: Currency,
    /// Password of the terminal (ZVT: registration).
    pub password: Password,
    /// How long it may take to answer a command (ZVT: T3).
    pub response_timeout: Duration,
    /// How long a payment may take without a sign of life (ZVT: T4).
    pub completion_timeout: Duration,
    /// Merchant account that can follow up on its payments.
    pub account: Option<MerchantAccountId>,
    /// Whether it may hold money without taking it.
    pub pre_authorization: bool,
    /// Whether it gives card tokens.
    pub card_token: bool,
    /// The only app that it works for; any when absent.
    pub app: Option<ClientName>,
    /// The pools that it belongs to.
    pub pools: BTreeSet<PoolId>,
}

impl TerminalConfig {
    /// Whether whoever drives the terminal so need not notice that it is to be driven like the other.
    #[must_use]
    pub fn is_driven_as(&self, other: &Self) -> bool {
        self.line == other.line
            && self.currency == other.currency
            && self.password == other.password
            && self.response_timeout == other.response_timeout
            && self.completion_timeout == other.completion_timeout
    }

    /// The same terminal, driven as before, under the rules of another configuration.
    #[must_use]
    pub fn with_rules_of(&self, other: &Self) -> Self {
        Self {
            line: self.line.clone(),
            currency: self.currency,
            password: self.password,
            response_timeout: self.response_timeout,
            completion_timeout: self.completion_timeout,
            ..other.clone()
        }
    }
}

/// How a terminal is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineConfig {
    /// A serial line, or USB that looks like one.
    Serial {
        /// Which port.
        port: PortName,
        /// Speed.
        baud: u32,
    },
    /// TCP.
    Tcp {
        /// `host:port`.
        address: String,
    },
}

/// A merchant account: connector and merchant properties.
#[derive(Clone, Debug)]
pub struct AccountConfig {
    /// Base URL of the processor.
    pub url: String,
    /// Merchant name at the processor.
    pub merchant: String,
    /// How long a call may take.
    pub timeout: Duration,
    /// Whether the processor knows what this account's terminals have authorized.
    pub follows_up_terminals: bool,
    /// How often the processor captures one authorization.
    pub partial_capture: PartialCapture,
}

/// What is wrong with a configuration file.
#[derive(Debug)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some(line) = self.problem.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.problem.what)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads and checks a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = read_text(path)?;
        Self::parse(&text).map_err(|problem| problem.of(path))
    }

    /// Checks a configuration text.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let document = toml::Deserializer::parse(text);
        let document = document.map_err(|error| problem::not_toml(text, &error))?;
        let file: File = serde_path_to_error::deserialize(document)
            .map_err(|error| problem::not_understood(text, &error))?;
        Self::check(file).map_err(|wrong| wrong.in_text(text))
    }

    fn check(file: File) -> Result<Self, Wrong> {
        let station = file.station;
        let listen = address("station.listen", &station.listen)?;
        if !listen.ip().is_loopback() {
            let what = "is not on loopback; apps on other machines connect by [network]";
            let what = format!("station.listen: {listen} {what}");
            return Err(Wrong::at("station.listen", what));
        }
        let language = Language::by_tag(&station.language).ok_or_else(|| {
            let (tag, tags) = (&station.language, Language::tags());
            let what = format!("station.language: `{tag}` is none of {tags}");
            Wrong::at("station.language", what)
        })?;
        let accounts = accounts(file.merchant_account)?;
        let terminals = terminal::terminals(file.terminal, &accounts)?;
        Ok(Self {
            station: station.name,
            listen,
            data_dir: station.data_dir,
            language,
            card_types: station.card_types,
            tender_types: station.tender_types,
            stores: station.stores,
            readers: reader::readers(file.reader, &terminals)?,
            terminals,
            accounts,
            offline: offline(file.offline)?,
            network: file.network.map(network).transpose()?,
            limits: limits(&file.limits)?,
            lease_grace: Duration::from_millis(station.lease_grace_ms),
            log: log(file.log)?,
        })
    }

    /// What the domain needs to know of it.
    #[must_use]
    pub fn directory(&self) -> Directory {
        let terminals = self.terminals.iter().map(|(id, terminal)| {
            let profile = TerminalProfile {
                currency: terminal.currency,
                account: terminal.account.clone(),
                app: terminal.app.clone(),
                pools: terminal.pools.clone(),
                capabilities: TerminalCapabilities {
                    pre_authorization: terminal.pre_authorization,
                    card_token: terminal.card_token,
                    partial_capture: true,
                    last_transaction: true,
                },
            };
            (id.clone(), profile)
        });
        let accounts = self
            .accounts
            .iter()
            .map(|(id, account)| (id.clone(), crate::processor::capabilities(account)));
        Directory {
            terminals: terminals.collect(),
            accounts: accounts.collect(),
            card_types: self.card_types.clone(),
            tender_types: self.tender_types.clone(),
            stores: self.stores.clone(),
            offline: self.offline.clone(),
        }
    }
}

/// The text of a file.
pub fn read_text(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        let problem = Problem {
            line: None,
            what: format!("cannot be read: {error}"),
        };
        problem.of(path)
    })
}

fn address(key: &str, text: &str) -> Result<SocketAddr, Wrong> {
    let what = || format!("{key}: `{text}` is not an address such as 127.0.0.1:8471");
    text.parse().map_err(|_| Wrong::at(key, what()))
}

fn network(file: Network) -> Result<NetworkConfig, Wrong> {
    Ok(NetworkConfig {
        listen: address("network.listen", &file.listen)?,
        names: file.names,
        certificate: file.certificate,
        key: file.key,
    })
}

fn log(file: file::LogFile) -> Result<LogConfig, Wrong> {
    let filter = tracing_subscriber::EnvFilter::try_new(&file.level);
    filter.map_err(|error| Wrong::at("log.level", format!("log.level: {error}")))?;
    Ok(LogConfig {
        level: file.level,
        format: file.format,
    })
}

fn accounts(files: Vec<Account>) -> Result<BTreeMap<MerchantAccountId, AccountConfig>, Wrong> {
    let mut accounts = BTreeMap::new();
    for (row, file) in files.into_iter().enumerate() {
        let ConnectorName::Sim = file.connector;
        let wrong = |key: &str, problem: &str| {
            let what = format!("merchant_account `{}`{problem}", file.id);
            Wrong::at(format!("merchant_account.{row}.{key}"), what)
        };
        let Some(rest) = file.url.strip_prefix("http://") else {
            return Err(wrong("url", ": url must begin with http://"));
        };
        if rest.contains('@') {
            let problem = ": url must not hold a user name or password; secrets do not belong here";
            return Err(wrong("url", problem));
        }
        let account = AccountConfig {
            url: file.url.trim_end_matches('/').to_owned(),
            merchant: file.merchant,
            timeout: Duration::from_millis(file.timeout_ms),
            follows_up_terminals: file.follows_up_terminals,
            partial_capture: match file.partial_capture {
                Captures::None => PartialCapture::None,
                Captures::Once => PartialCapture::Once,
                Captures::Many => PartialCapture::Many,
            },
        };
        let id = MerchantAccountId::new(&*file.id);
        if accounts.contains_key(&id) {
            return Err(wrong("id", " is there twice"));
        }
        accounts.insert(id, account);
    }
    Ok(accounts)
}

fn offline(file: OfflineFile) -> Result<Offline, Wrong> {
    let mut offline = Offline {
        retry_first: Duration::from_millis(file.retry_first_ms),
        retry_for: Duration::from_secs(file.retry_for_s),
        ..Offline::default()
    };
    if offline.retry_first.is_zero() || offline.retry_for < offline.retry_first {
        let what = "offline: retry_first_ms must be positive and within retry_for_s";
        return Err(Wrong::at("offline.retry_first_ms", what));
    }
    for (row, limit) in file.limit.into_iter().enumerate() {
        let age = limit.authorization_age_h;
        let limits = OfflineLimit {
            capture: limit.capture_minor,
            total: limit.total_minor,
            authorization_age: age.map(|hours| Duration::from_secs(hours.saturating_mul(3600))),
        };
        if offline.limits.insert(limit.currency, limits).is_some() {
            let what = format!("offline.limit: {} is there twice", limit.currency.code());
            return Err(Wrong::at(format!("offline.limit.{row}.currency"), what));
        }
    }
    Ok(offline)
}

fn limits(file: &LimitsFile) -> Result<Limits, Wrong> {
    let at_least = |key: &str, least: usize, given: usize| match given < least {
        true => {
            let what = format!("limits: {key} must be at least {least}");
            Err(Wrong::at(format!("limits.{key}"), what))
        }
        false => Ok(given),
    };
    Ok(Limits {
        connections: at_least("connections", 1, file.connections)?,
        frame_bytes: at_least("frame_bytes", 4096, file.frame_bytes)?,
        in_flight: at_least("in_flight", 1, file.in_flight)?,
        unread: Duration::from_millis(file.unread_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[station]
name = "oslo"
data_dir = "data"

[[merchant_account]]
id = "nordic"
connector = "sim"
url = "http://127.0.0.1:9100/"
merchant = "M-1"

[[terminal]]
id = "till-1"
protocol = "zvt"
device = "/dev/ttyACM0"
currency = "NOK"
merchant_account = "nordic"
"#;

    #[test]
    fn defaults_are_filled_in() {
        let config = Config::parse(GOOD).unwrap();
        assert_eq!(config.listen.port(), 8471);
        assert_eq!(config.language, Language::English);
        let terminal = config.terminals.values().next().unwrap();
        assert_eq!(
            terminal.line,
            LineConfig::Serial {
                port: PortName::Path("/dev/ttyACM0".into()),
                baud: 9600
            }
        );
        assert_eq!(terminal.password, Password::ZERO);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (from, to, line, named) in [
            ("name =", "nme =", 3, "did you mean `name`?"),
            ("name = \"oslo\"", "", 2, "missing field `name`"),
            ("\"NOK\"", "\"XXZ\"", 16, "currency"),
            (
                "merchant_account = \"nordic\"",
                "merchant_account = \"other\"",
                17,
                "`other`",
            ),
            ("device = \"/dev/ttyACM0\"", "", 12, "usb or address"),
            ("\"zvt\"", "\"zvtt\"", 14, "did you mean `zvt`?"),
            ("\"zvt\"", "\"zvt\"\npassword = \"12\"", 15, "six digits"),
            (
                "\"zvt\"",
                "\"zvt\"\npassword = \"482913\"",
                15,
                "password_file",
            ),
            (
                "\"zvt\"",
                "\"zvt\"\nlanguage = \"en\"",
                15,
                "belongs to [station]",
            ),
            ("\"M-1\"", "\"M-1\"\napi_key = \"x\"", 11, "secrets do not"),
            ("http://", "http://me:secret@", 9, "must not hold"),
            (
                "\"oslo\"",
                "\"oslo\"\nlisten = \"0.0.0.0:1\"",
                4,
                "loopback",
            ),
            (
                "\"oslo\"",
                "\"oslo\"\nlanguage = \"no\"",
                4,
                "station.language",
            ),
            ("\"oslo\"", "\"oslo", 3, "string"),
            ("http://", "ftp://", 9, "http://"),
            ("id = \"till-1\"", "id = \"\"", 13, "terminal: id"),
            (
                "[[terminal]]",
                "[limits]\nin_flight = 0\n[[terminal]]",
                13,
                "limits: in_flight",
            ),
            (
                "[[terminal]]",
                "[log]\nlevel = \"a=b=c\"\n[[terminal]]",
                13,
                "log.level",
            ),
            (
                "[[terminal]]",
                "[log]\nformat = \"yaml\"\n[[terminal]]",
                13,
                "journald",
            ),
        ] {
            let error = Config::parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.what.contains(named), "{error}");
            assert_eq!(error.line, Some(line), "{error}");
            assert!(
                !error.what.contains("482913") && !error.what.contains(":secret"),
                "{error}"
            );
        }
    }
}
