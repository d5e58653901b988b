//! Names of things. Each kind has its own type, so that none can be taken for another.

use std::fmt;

use firmware_protocols::time::Duration;
use serde::{Deserialize, Serialize};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a name; the boundary that received it has checked its length and characters.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// One operation, made by the station; the support reference of whatever goes wrong in it.
    OperationId;
    /// Made by the app before it asks; names one operation for ever.
    IdempotencyKey;
    /// One authorization and what follows from it; the same in every store that knows the order.
    PaymentId;
    /// What the customer bought, named by whoever made the order.
    OrderId;
    /// A line of an order.
    LineId;
    /// What a payment is for, named by the app: its basket or receipt.
    Reference;
    /// A configured terminal.
    TerminalId;
    /// Configured terminals of which any will do.
    PoolId;
    /// A configured connector with its merchant properties.
    MerchantAccountId;
    /// A configured contactless reader.
    ReaderId;
    /// Something that was held against a reader, made by the station.
    TapId;
    /// The app that asked, by the name under which it has paired.
    ClientName;
    /// Digest of a method and its parameters: tells a repeat from a key used for something else.
    Fingerprint;
}

impl ClientName {
    /// Whoever has the key of the machine itself; no app can pair under this name.
    #[must_use]
    pub fn local() -> Self {
        Self("local".to_owned())
    }
}

impl TerminalId {
    /// A terminal of another store: none that is configured here has this name.
    #[must_use]
    pub const fn elsewhere() -> Self {
        Self(String::new())
    }
}

/// One effect of an operation: the step of that number. Its text is the idempotency key that a
/// processor sees, so it is the same after a restart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EffectId {
    /// The operation.
    pub operation: OperationId,
    /// The step, counted from 0.
    pub step: usize,
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.operation, self.step)
    }
}

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// So much later.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(delay))
    }

    /// How long after `earlier` it is; nothing if it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let between = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(between).unwrap_or(0))
    }
}

/// A token as the domain and the journal see it: sealed by `vault`, opened only by the adapter that
/// sends it. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedToken(String);

impl SealedToken {
    /// Wraps what `vault` has sealed.
    #[must_use]
    pub const fn new(sealed: String) -> Self {
        Self(sealed)
    }

    /// The sealed text, for the vault and the journal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SealedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedToken(..)")
    }
}
