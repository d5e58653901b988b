//! The configuration file as it is written. What is said here of a key is what `posd config docs`
//! (docs/configuration.md) and `posd config schema` say of it. `reload` marks the tables and keys that
//! SIGHUP reloads; all others need a restart.

use std::collections::BTreeSet;
use std::path::PathBuf;

use firmware_protocols::vocabulary::Currency;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::UsbName;

/// Speed of a serial line that is not told.
pub(super) const BAUD: u32 = 9600;

/// What a ZVT terminal is delivered with, and what its manual says.
pub(super) const FACTORY_PASSWORD: &str = "000000";

/// The configuration of a station.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) station: Station,
    #[serde(default)]
    #[schemars(extend("reload" = true))]
    pub(super) terminal: Vec<Terminal>,
    #[serde(default)]
    #[schemars(extend("reload" = true))]
    pub(super) reader: Vec<Reader>,
    #[serde(default)]
    #[schemars(extend("reload" = true))]
    pub(super) merchant_account: Vec<Account>,
    #[serde(default)]
    #[schemars(extend("reload" = true))]
    pub(super) offline: OfflineFile,
    pub(super) network: Option<Network>,
    #[serde(default)]
    pub(super) limits: LimitsFile,
    #[serde(default)]
    pub(super) log: LogFile,
}

/// The station itself.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Station {
    /// name of this station, shown to apps
    #[schemars(extend("reload" = true))]
    pub(super) name: String,
    /// where the journal (`journal.db`), the token key (`token.key`) and the key of the machine itself
    /// (`local.key`, [security.md](security.md)) are; created when missing; one station per directory
    pub(super) data_dir: PathBuf,
    /// language of what apps are told when they name none: `en`, `nb`, `da`, `sv`, `lt`, `de`
    #[serde(default = "language")]
    #[schemars(extend("reload" = true))]
    pub(super) language: String,
    /// where apps on this machine connect; loopback only
    #[serde(default = "listen")]
    pub(super) listen: String,
    /// how long an app that is no longer connected keeps the terminals that it has acquired
    #[serde(default = "number::<10_000>")]
    #[schemars(extend("reload" = true))]
    pub(super) lease_grace_ms: u64,
    /// ids of the surrounding system for the stores at which lines may be fetched; an order that names
    /// another one is refused. Without it all are taken
    #[schemars(extend("reload" = true))]
    pub(super) stores: Option<BTreeSet<String>>,
    /// ids of the surrounding system that are taken here, such as `["VISA", "MC"]`; a tender of an
    /// order with another id is refused. Without it all are taken
    #[schemars(extend("reload" = true))]
    pub(super) card_types: Option<BTreeSet<String>>,
    /// the same for types of tenders
    #[schemars(extend("reload" = true))]
    pub(super) tender_types: Option<BTreeSet<String>>,
}

/// A card terminal. One that is new gets to work at once; one that is gone, or is reached in another way, is
/// left when no open operation needs it any more: the log says so.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Terminal {
    /// name in requests; may be left out of requests when there is only one terminal
    pub(super) id: String,
    /// what it speaks
    pub(super) protocol: Protocol,
    /// serial device, such as `/dev/ttyS0`. This, `usb` or `address` is needed
    pub(super) device: Option<PathBuf>,
    /// a USB device with a serial port, found wherever it is plugged in ([devices.md](devices.md)), such
    /// as `{ vendor = "0b00", product = "0080", serial = "SN123" }`
    pub(super) usb: Option<UsbName>,
    /// `host:port`, on the network
    pub(super) address: Option<String>,
    /// speed of a serial line
    #[schemars(extend("default" = BAUD))]
    pub(super) baud: Option<u32>,
    /// the currency that it takes, such as `NOK`
    #[schemars(with = "String")]
    pub(super) currency: Currency,
    /// `000000` or `010203`, the passwords of the manuals, if the terminal is still set to one of them.
    /// Its own password goes into a file: `password_file`
    #[schemars(extend("default" = FACTORY_PASSWORD))]
    pub(super) password: Option<String>,
    /// file that holds the terminal's password, six digits; nobody else may be able to read it. With
    /// systemd: `LoadCredential=till-1:/etc/posd/till-1.password` in the unit, and
    /// `/run/credentials/posd.service/till-1` here
    pub(super) password_file: Option<PathBuf>,
    /// the account whose processor can capture, void and refund what this terminal authorizes
    pub(super) merchant_account: Option<String>,
    /// whether it may hold money without taking it; `false` makes deposits go by card token
    #[serde(default = "yes")]
    pub(super) pre_authorization: bool,
    /// whether it gives reusable card tokens
    #[serde(default = "yes")]
    pub(super) card_token: bool,
    /// the paired app that this terminal works for, and no other (a till of its own); shared by all
    /// without it
    pub(super) app: Option<String>,
    /// pools that it belongs to, such as `["counter"]`: requests may name a pool, and any free terminal
    /// of it is taken
    #[serde(default)]
    pub(super) pools: BTreeSet<String>,
    /// how long it may take to answer a command (ZVT: T3)
    #[serde(default = "number::<5_000>")]
    pub(super) response_timeout_ms: u64,
    /// how long a payment may go on without a sign of life (ZVT: T4)
    #[serde(default = "number::<180_000>")]
    pub(super) completion_timeout_ms: u64,
}

/// What a terminal speaks.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Protocol {
    Zvt,
}

/// A contactless reader, to find orders by ([nfc.md](nfc.md)).
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reader {
    /// name in requests; may be left out of requests when there is only one reader
    pub(super) id: String,
    /// `pn532_uart:DEVICE:BAUD`, `pn53x_usb[:BUS:DEVICE]` or `acr122_usb[:BUS:DEVICE]`; never the device
    /// of a terminal
    pub(super) connection: String,
    /// the program that drives it. Without it: `posd-nfc`, beside `posd`
    pub(super) helper: Option<PathBuf>,
}

/// A merchant account: a processor, and who one is there.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// name in orders; the same in all stores that share orders
    pub(super) id: String,
    /// what the processor speaks. `sim`: hw-sim's processor
    pub(super) connector: ConnectorName,
    /// base URL of the processor, `http://…`, without user name and password
    pub(super) url: String,
    /// merchant name at the processor
    pub(super) merchant: String,
    /// how long one call may take; after that the processor is asked by idempotency key
    #[serde(default = "number::<10_000>")]
    pub(super) timeout_ms: u64,
    /// whether the processor knows what this account's terminals have authorized
    #[serde(default = "yes")]
    pub(super) follows_up_terminals: bool,
    /// how often one authorization can be captured. `many`: as long as something is left. `once`: the processor releases the rest; what the
    /// order still needs is then authorized anew by card token. `none`: it captures only the whole
    /// authorization; a part is then taken by a new authorization with the card token
    #[serde(default)]
    pub(super) partial_capture: Captures,
}

/// How often one authorization can be captured.
#[derive(Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Captures {
    None,
    Once,
    #[default]
    Many,
}

/// Kinds of processors.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ConnectorName {
    Sim,
}

/// What may be promised while a processor cannot be reached ([offline.md](offline.md)). Nothing,
/// without a limit.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OfflineFile {
    /// how long after the first try in vain the next one follows; then twice as long each time, up to
    /// sixty times as long. Reviews of the processor are asked about as often
    pub(super) retry_first_ms: u64,
    /// how long a capture is retried, from when it was queued (7 days)
    pub(super) retry_for_s: u64,
    /// what may be queued, one table for each currency
    pub(super) limit: Vec<Limit>,
}

impl Default for OfflineFile {
    fn default() -> Self {
        Self {
            retry_first_ms: 60_000,
            retry_for_s: 7 * 24 * 60 * 60,
            limit: Vec::new(),
        }
    }
}

/// What may be queued in one currency.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    /// such as `NOK`
    #[schemars(with = "String")]
    pub(super) currency: Currency,
    /// the most that one capture may be, in minor units
    pub(super) capture_minor: u64,
    /// the most that this station may have queued at a time
    pub(super) total_minor: u64,
    /// how old an authorization may be, in hours; one of unknown age is too old then. Without it any is
    /// young enough
    pub(super) authorization_age_h: Option<u64>,
}

/// Where apps on other machines connect: over TLS only. Without it there is nothing to connect to but
/// loopback.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Network {
    /// such as `0.0.0.0:8472`; loopback stays where it is
    pub(super) listen: String,
    /// the names (and addresses) by which apps address the station, as the certificate has them:
    /// `wss://pos-1.example:8472/v1`
    #[schemars(extend("reload" = true))]
    pub(super) names: Vec<String>,
    /// PEM file: the chain, the station's own certificate first. When it or its key changes, the next
    /// connection gets the new one, without a restart or signal; should they not fit each other, the old
    /// ones stay and the log says why
    pub(super) certificate: PathBuf,
    /// PEM file: the key of the certificate, which must not be readable by everybody
    pub(super) key: PathBuf,
}

/// What apps may take up, so that none of them is in the way of the others. The defaults fit a store
/// with some dozen tills. What is reloaded holds for new connections.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsFile {
    /// connections of apps at a time; a further one gets `too_many_connections`. Beside them 64 may be
    /// open that have not shown a key; one more shows out the oldest
    pub(super) connections: usize,
    /// bytes of one request; whoever sends more is cut off. Raise it for orders of a thousand lines
    #[schemars(extend("reload" = true))]
    pub(super) frame_bytes: usize,
    /// requests of one connection that are being worked on; further ones wait
    #[schemars(extend("reload" = true))]
    pub(super) in_flight: usize,
    /// how long one frame may stay unread before its connection is cut off
    #[schemars(extend("reload" = true))]
    pub(super) unread_ms: u64,
}

impl Default for LimitsFile {
    fn default() -> Self {
        Self {
            connections: 256,
            frame_bytes: 256 * 1024,
            in_flight: 64,
            unread_ms: 30_000,
        }
    }
}

/// What is logged, and how ([monitoring.md](monitoring.md)).
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LogFile {
    /// what is logged: `error`, `warn`, `info`, `debug` or `trace`, or more exactly, such as
    /// `warn,posd::api=debug`. The variable `POSD_LOG` goes before it
    #[schemars(extend("reload" = true))]
    pub(super) level: String,
    /// how. `journald`: to the system's journal, with fields; `json`: a JSON object on each line of the
    /// standard error stream; `text`: for people, there; `auto`: `journald` where the standard error
    /// stream leads to it, else `text`
    pub(super) format: LogFormat,
}

impl Default for LogFile {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Auto,
        }
    }
}

/// How a log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// By where the standard error stream leads.
    #[default]
    Auto,
    /// With fields, to the system's journal.
    Journald,
    /// One JSON object on each line.
    Json,
    /// For people.
    Text,
}

fn language() -> String {
    "en".to_owned()
}

fn listen() -> String {
    "127.0.0.1:8471".to_owned()
}

const fn yes() -> bool {
    true
}

const fn number<const N: u64>() -> u64 {
    N
}
