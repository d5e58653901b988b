//! How far the station's end is. Nothing in flight is cut: payments end first, then the terminals are
//! left alone when they are idle, then apps get the answers that are on their way.

use std::pin::Pin;
use std::time::Duration;

/// A terminal that is not idle by then is at something that is not ours, or gone.
pub(super) const TERMINALS_END: Duration = Duration::from_secs(5);

/// An app that has not taken its answers by then asks again by its idempotency keys.
pub(super) const APPS_END: Duration = Duration::from_secs(3);

type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the station does until it ends.
pub(super) enum Stage {
    /// It serves.
    Serving,
    /// It waits for what is on its way.
    Payments,
    /// It waits until the terminals are idle and left alone, or for too long.
    Terminals(Waiting),
    /// It waits until the apps have heard all and are gone, or for too long.
    Apps(Waiting),
}

impl Stage {
    /// Comes back when a stage that waits for something has waited enough.
    pub(super) async fn is_over(&mut self) {
        match self {
            Self::Serving | Self::Payments => std::future::pending().await,
            Self::Terminals(waiting) | Self::Apps(waiting) => waiting.await,
        }
    }
}
