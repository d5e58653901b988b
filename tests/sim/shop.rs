//! The real station, its journal, its drivers and its connectors: what a crash takes away, and what
//! it leaves on the disk.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use posd::config::Config;
use posd::domain::id::{EffectId, TerminalId, Timestamp};
use posd::journal::{self, Batch, Reader, Writer};
use posd::processor::{Asking, Connectors};
use posd::station::Station;
use posd::terminal::Order;
use posd::terminal::driver::Driver;
use posd::vault::{TokenKind, Vault};
use tempfile::TempDir;

use crate::plan::Setup;

/// What survives every crash: the disk, the key and the configuration.
pub(crate) struct Home {
    directory: TempDir,
    pub(crate) config: Config,
    pub(crate) vault: Arc<Vault>,
}

/// One run of the station's process.
pub(crate) struct Shop {
    pub(crate) station: Station,
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
    /// Handed to the writer, not yet durable.
    pub(crate) pending: Vec<Batch>,
    pub(crate) is_committing: bool,
    /// A commit has failed.
    pub(crate) is_dead: bool,
    pub(crate) drivers: Vec<DriverSide>,
    pub(crate) connectors: Connectors,
    pub(crate) asking: BTreeMap<u64, (EffectId, Asking)>,
}

pub(crate) struct DriverSide {
    pub(crate) id: TerminalId,
    pub(crate) machine: Driver,
    /// Orders that wait while the line is being opened.
    pub(crate) backlog: VecDeque<Order>,
    pub(crate) is_opening: bool,
    /// The instant for which it is called next.
    pub(crate) wake: Option<u64>,
    /// When the last order and the last report arrive: none overtakes another.
    pub(crate) last_order: u64,
    pub(crate) last_report: u64,
    /// The money request that it was told to start last.
    pub(crate) money: Option<EffectId>,
}

impl Home {
    pub(crate) fn new(setup: &Setup) -> Self {
        // In memory where the system has such a place: what is lost in a crash is up to the
        // simulation, not to the disk.
        let memory = Path::new("/dev/shm");
        let directory = if memory.is_dir() {
            TempDir::new_in(memory)
        } else {
            TempDir::new()
        };
        let directory = directory.unwrap();
        let vault = Arc::new(Vault::open(&directory.path().join("token.key")).unwrap());
        let config = Config::parse(&configuration(setup, directory.path())).unwrap();
        Self {
            directory,
            config,
            vault,
        }
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.directory.path().join("journal.db")
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(&self.journal()).unwrap()
    }

    /// Starts the process.
    pub(crate) fn open(&self, now: Timestamp) -> Shop {
        let stamp = self.vault.seal(TokenKind::Check, "check").unwrap();
        let (writer, reader) = journal::open(&self.journal(), &stamp).unwrap();
        let mut station = Station::new(&self.config, Arc::clone(&self.vault), reader).unwrap();
        station.handle_start(now);
        let drivers = self.config.terminals.iter().map(|(id, config)| DriverSide {
            id: id.clone(),
            machine: Driver::new(config.clone()),
            backlog: VecDeque::new(),
            is_opening: false,
            wake: None,
            last_order: 0,
            last_report: 0,
            money: None,
        });
        Shop {
            station,
            writer,
            reader: self.reader(),
            pending: Vec::new(),
            is_committing: false,
            is_dead: false,
            drivers: drivers.collect(),
            connectors: Connectors::new(self.config.accounts.clone(), Arc::clone(&self.vault)),
            asking: BTreeMap::new(),
        }
    }

    /// Everything on the disk, byte by byte.
    pub(crate) fn disk(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for file in std::fs::read_dir(self.directory.path()).unwrap() {
            all.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        all
    }
}

fn configuration(setup: &Setup, directory: &Path) -> String {
    let mut text = format!(
        "[station]\nname = \"sim\"\ndata_dir = {:?}\nlease_grace_ms = {}\n\
         [[merchant_account]]\nid = \"nordic\"\nconnector = \"sim\"\nurl = \"http://sim\"\n\
         merchant = {:?}\nfollows_up_terminals = {}\npartial_capture = {:?}\n",
        directory.display().to_string(),
        crate::leases::GRACE.as_millis(),
        crate::outside::MERCHANT,
        setup.follows_up_terminals,
        if setup.several_captures {
            "many"
        } else {
            "once"
        },
    );
    if setup.queues {
        text.push_str(
            "[[offline.limit]]\ncurrency = \"NOK\"\ncapture_minor = 30000\n\
             total_minor = 100000\n",
        );
    }
    for (at, terminal) in setup.terminals.iter().enumerate() {
        let line = if terminal.is_serial {
            "device = \"/dev/sim\""
        } else {
            "address = \"sim:1\""
        };
        let _ = write!(
            text,
            "[[terminal]]\nid = \"till-{at}\"\nprotocol = \"zvt\"\n{line}\ncurrency = \"NOK\"\n\
             merchant_account = \"nordic\"\npre_authorization = {}\ncard_token = {}\n",
            terminal.pre_authorization, terminal.card_token,
        );
        let _ = match terminal.works_for {
            Some(at) => writeln!(text, "app = {:?}", crate::leases::app(at).as_str()),
            None => writeln!(text, "pools = [{:?}]", crate::leases::POOL),
        };
    }
    text
}
