//! The configuration file (TOML): read, checked and turned into what the rooms need. Unknown keys
//! are refused, so that a misspelt one does not go unnoticed.

mod reader;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use firmware_protocols::vocabulary::Currency;
use serde::Deserialize;

use crate::domain::directory::{
    Directory, Offline, OfflineLimit, PartialCapture, TerminalCapabilities, TerminalProfile,
};
use crate::domain::id::{ClientName, MerchantAccountId, PoolId, ReaderId, TerminalId};
use crate::outcome::text::Language;

pub use reader::ReaderConfig;

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
}

/// Where apps on other machines connect: over TLS only.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Password of the terminal, 6 digits (ZVT: registration).
    pub password: String,
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

/// How a terminal is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineConfig {
    /// A serial line, or USB that looks like one.
    Serial {
        /// Device, such as `/dev/posd/till-1`.
        device: PathBuf,
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

/// What is wrong with a configuration.
#[derive(Debug)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Which key, and why.
    pub problem: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "configuration {}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads and checks a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let failed = |problem: String| ConfigError {
            path: path.to_owned(),
            problem,
        };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        Self::parse(&text).map_err(failed)
    }

    /// Checks a configuration text; the error names the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let listen = file
            .station
            .listen
            .unwrap_or_else(|| "127.0.0.1:8471".to_owned());
        let listen: SocketAddr = listen.parse().map_err(|_| {
            format!("station.listen: `{listen}` is not an address such as 127.0.0.1:8471")
        })?;
        if !listen.ip().is_loopback() {
            return Err(format!(
                "station.listen: {listen} is not on loopback; apps on other machines connect by [network]"
            ));
        }
        let language = match file.station.language {
            None => Language::default(),
            Some(tag) => Language::by_tag(&tag).ok_or_else(|| {
                format!("station.language: `{tag}` is none of {}", Language::tags())
            })?,
        };
        let accounts = accounts(file.merchant_account)?;
        let terminals = terminals(file.terminal, &accounts)?;
        Ok(Self {
            station: file.station.name,
            listen,
            data_dir: file.station.data_dir,
            language,
            card_types: file.station.card_types,
            tender_types: file.station.tender_types,
            stores: file.station.stores,
            readers: reader::readers(file.reader, &terminals)?,
            terminals,
            accounts,
            offline: offline(file.offline)?,
            network: file.network,
            limits: limits(&file.limits)?,
            lease_grace: Duration::from_millis(file.station.lease_grace_ms.unwrap_or(10_000)),
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    station: Station,
    #[serde(default)]
    terminal: Vec<Terminal>,
    #[serde(default)]
    reader: Vec<reader::Reader>,
    #[serde(default)]
    merchant_account: Vec<Account>,
    #[serde(default)]
    offline: OfflineFile,
    #[serde(default)]
    limits: LimitsFile,
    network: Option<NetworkConfig>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Station {
    name: String,
    listen: Option<String>,
    data_dir: PathBuf,
    language: Option<String>,
    card_types: Option<BTreeSet<String>>,
    tender_types: Option<BTreeSet<String>>,
    stores: Option<BTreeSet<String>>,
    lease_grace_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terminal {
    id: String,
    protocol: Protocol,
    device: Option<PathBuf>,
    address: Option<String>,
    baud: Option<u32>,
    currency: Currency,
    password: Option<String>,
    response_timeout_ms: Option<u64>,
    completion_timeout_ms: Option<u64>,
    merchant_account: Option<String>,
    pre_authorization: Option<bool>,
    card_token: Option<bool>,
    app: Option<String>,
    #[serde(default)]
    pools: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Protocol {
    Zvt,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    id: String,
    connector: ConnectorName,
    url: String,
    merchant: String,
    timeout_ms: Option<u64>,
    follows_up_terminals: Option<bool>,
    partial_capture: Option<Captures>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Captures {
    None,
    Once,
    Many,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfflineFile {
    retry_first_ms: Option<u64>,
    retry_for_s: Option<u64>,
    #[serde(default)]
    limit: Vec<Limit>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsFile {
    connections: Option<usize>,
    frame_bytes: Option<usize>,
    in_flight: Option<usize>,
    unread_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    currency: Currency,
    capture_minor: u64,
    total_minor: u64,
    authorization_age_h: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ConnectorName {
    Sim,
}

fn accounts(files: Vec<Account>) -> Result<BTreeMap<MerchantAccountId, AccountConfig>, String> {
    let mut accounts = BTreeMap::new();
    for file in files {
        let ConnectorName::Sim = file.connector;
        if !file.url.starts_with("http://") {
            return Err(format!(
                "merchant_account `{}`: url must begin with http://",
                file.id
            ));
        }
        let account = AccountConfig {
            url: file.url.trim_end_matches('/').to_owned(),
            merchant: file.merchant,
            timeout: Duration::from_millis(file.timeout_ms.unwrap_or(10_000)),
            follows_up_terminals: file.follows_up_terminals.unwrap_or(true),
            partial_capture: match file.partial_capture {
                Some(Captures::None) => PartialCapture::None,
                Some(Captures::Once) => PartialCapture::Once,
                Some(Captures::Many) | None => PartialCapture::Many,
            },
        };
        if accounts
            .insert(MerchantAccountId::new(&*file.id), account)
            .is_some()
        {
            return Err(format!("merchant_account `{}` is there twice", file.id));
        }
    }
    Ok(accounts)
}

fn offline(file: OfflineFile) -> Result<Offline, String> {
    let mut offline = Offline::default();
    if let Some(first) = file.retry_first_ms {
        offline.retry_first = Duration::from_millis(first);
    }
    if let Some(all) = file.retry_for_s {
        offline.retry_for = Duration::from_secs(all);
    }
    if offline.retry_first.is_zero() || offline.retry_for < offline.retry_first {
        return Err("offline: retry_first_ms must be positive and within retry_for_s".to_owned());
    }
    for limit in file.limit {
        let age = limit.authorization_age_h;
        let limits = OfflineLimit {
            capture: limit.capture_minor,
            total: limit.total_minor,
            authorization_age: age.map(|hours| Duration::from_secs(hours.saturating_mul(3600))),
        };
        if offline.limits.insert(limit.currency, limits).is_some() {
            let currency = limit.currency.code();
            return Err(format!("offline.limit: {currency} is there twice"));
        }
    }
    Ok(offline)
}

fn limits(file: &LimitsFile) -> Result<Limits, String> {
    let at_least = |key: &str, least: usize, given: Option<usize>, default| match given {
        Some(given) if given < least => Err(format!("limits: {key} must be at least {least}")),
        Some(given) => Ok(given),
        None => Ok(default),
    };
    Ok(Limits {
        connections: at_least("connections", 1, file.connections, 256)?,
        frame_bytes: at_least("frame_bytes", 4096, file.frame_bytes, 256 * 1024)?,
        in_flight: at_least("in_flight", 1, file.in_flight, 64)?,
        unread: Duration::from_millis(file.unread_ms.unwrap_or(30_000)),
    })
}

fn terminals(
    files: Vec<Terminal>,
    accounts: &BTreeMap<MerchantAccountId, AccountConfig>,
) -> Result<BTreeMap<TerminalId, TerminalConfig>, String> {
    let mut terminals = BTreeMap::new();
    for file in files {
        let id = TerminalId::new(&*file.id);
        if id == TerminalId::elsewhere() {
            return Err("terminal: id must not be empty".to_owned());
        }
        let terminal =
            terminal(file, accounts).map_err(|problem| format!("terminal `{id}`: {problem}"))?;
        if terminals.insert(id.clone(), terminal).is_some() {
            return Err(format!("terminal `{id}` is there twice"));
        }
    }
    Ok(terminals)
}

fn terminal(
    file: Terminal,
    accounts: &BTreeMap<MerchantAccountId, AccountConfig>,
) -> Result<TerminalConfig, String> {
    let Protocol::Zvt = file.protocol;
    let line = match (file.device, file.address) {
        (Some(device), None) => LineConfig::Serial {
            device,
            baud: file.baud.unwrap_or(9600),
        },
        (None, Some(_)) if file.baud.is_some() => {
            return Err("baud belongs to a device, not to an address".to_owned());
        }
        (None, Some(address)) => LineConfig::Tcp { address },
        (Some(_), Some(_)) | (None, None) => {
            return Err("needs either device or address".to_owned());
        }
    };
    let password = file.password.unwrap_or_else(|| "000000".to_owned());
    if password.len() != 6 || !password.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("password must be 6 digits".to_owned());
    }
    let account = file.merchant_account.map(MerchantAccountId::new);
    if let Some(account) = account
        .as_ref()
        .filter(|account| !accounts.contains_key(account))
    {
        return Err(format!("merchant_account `{account}` is not configured"));
    }
    Ok(TerminalConfig {
        line,
        currency: file.currency,
        password,
        response_timeout: Duration::from_millis(file.response_timeout_ms.unwrap_or(5_000)),
        completion_timeout: Duration::from_millis(file.completion_timeout_ms.unwrap_or(180_000)),
        account,
        pre_authorization: file.pre_authorization.unwrap_or(true),
        card_token: file.card_token.unwrap_or(true),
        app: file.app.map(ClientName::new),
        pools: file.pools.into_iter().map(PoolId::new).collect(),
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
                device: "/dev/ttyACM0".into(),
                baud: 9600
            }
        );
        assert_eq!(terminal.password, "000000");
    }

    #[test]
    fn mistakes_are_named() {
        for (from, to, named) in [
            ("name =", "nme =", "nme"),
            ("\"NOK\"", "\"XXZ\"", "currency"),
            (
                "merchant_account = \"nordic\"",
                "merchant_account = \"other\"",
                "`other`",
            ),
            ("device = \"/dev/ttyACM0\"", "", "device or address"),
            ("protocol = \"zvt\"", "protocol = \"abc\"", "protocol"),
            (
                "protocol = \"zvt\"",
                "protocol = \"zvt\"\npassword = \"12\"",
                "6 digits",
            ),
            (
                "name = \"oslo\"",
                "name = \"oslo\"\nlisten = \"0.0.0.0:1\"",
                "loopback",
            ),
            (
                "name = \"oslo\"",
                "name = \"oslo\"\nlanguage = \"no\"",
                "station.language",
            ),
            ("http://", "ftp://", "http://"),
            ("id = \"till-1\"", "id = \"\"", "terminal: id"),
            (
                "[[terminal]]",
                "[limits]\nin_flight = 0\n[[terminal]]",
                "limits: in_flight",
            ),
        ] {
            let error = Config::parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }
}
