//! Terminal drivers: one task per terminal, so that a hung line stops nobody else.
//!
//! A [`driver::Driver`] holds the protocol session and `pump` moves its bytes. The station tells it
//! what to start and when a result is durable; it reports what the terminal says, tokens still in
//! the clear.

pub mod driver;
pub mod holders;
pub mod probe;
mod pump;
mod transport;

use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::config::TerminalConfig;
use crate::devices::Devices;
use crate::domain::id::{EffectId, TerminalId};
use crate::trail::Pen;
use firmware_protocols::vocabulary::terminal::{
    Ending, Prompt, Receipt, SyncId, TerminalRequest, Transaction,
};

/// What the station tells a driver.
#[derive(Clone, Debug)]
pub enum Order {
    /// Begin a request, as soon as the terminal is ready.
    Start {
        /// Under which name its reports come back.
        effect: EffectId,
        /// What.
        request: TerminalRequest,
        /// Last durable transaction-sync value.
        sync: Option<SyncId>,
    },
    /// What the terminal said when it got ready is durable.
    Proceed,
    /// The result of the running request is durable.
    Acknowledge {
        /// Of which effect.
        effect: EffectId,
    },
    /// The cashier wants the running request to stop.
    Abort,
    /// Leave the terminal alone for good, as soon as it is idle.
    Leave,
}

/// What a driver reports.
#[derive(Clone, Debug)]
pub enum Report {
    /// The terminal is registered and idle. Nothing starts before [`Order::Proceed`].
    Ready {
        /// Its last stored transaction.
        last: Option<Box<Transaction>>,
    },
    /// The line is down.
    Down {
        /// Why, for a technician.
        cause: String,
    },
    /// Something for the cashier to see.
    Prompt {
        /// For which effect.
        effect: EffectId,
        /// What.
        prompt: Prompt,
    },
    /// A result that waits for [`Order::Acknowledge`].
    Result {
        /// Of which effect.
        effect: EffectId,
        /// What.
        transaction: Box<Transaction>,
    },
    /// A request is over. Comes exactly once for each start.
    Finished {
        /// Of which effect.
        effect: EffectId,
        /// How.
        ending: Box<Ending>,
        /// Receipts printed meanwhile.
        receipts: Vec<Receipt>,
    },
    /// The terminal was left, as [`Order::Leave`] wanted. Nothing comes after it.
    Left,
}

/// The station's end of a driver.
#[derive(Clone, Debug)]
pub struct Handle {
    orders: mpsc::UnboundedSender<Order>,
}

impl Handle {
    /// Tells the driver. A driver lives as long as the station.
    pub fn tell(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    /// Comes back when the driver, having been told so, has left its terminal.
    pub async fn has_left(&self) {
        self.orders.closed().await;
    }
}

/// Starts a driver on the current runtime. Its reports go to `report`.
pub fn spawn(
    id: TerminalId,
    config: TerminalConfig,
    devices: Devices,
    clock: Clock,
    pen: Pen,
    report: impl Fn(TerminalId, Report) + Send + 'static,
) -> Handle {
    let (orders, waiting) = mpsc::unbounded_channel();
    let wire = pump::Wire::new(id.clone(), pen);
    let report = move |what| report(id.clone(), what);
    tokio::spawn(pump::run(config, devices, clock, wire, waiting, report));
    Handle { orders }
}
