//! Each entry carries a digest of itself and of all entries before it, so that an entry that was
//! changed, taken out or slipped in is found by whoever goes through them again.
//!
//! The digests are not keyed: somebody who rewrites every later entry as well is found only by
//! comparing the head with one that was noted elsewhere, such as beside a backup.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::domain::id::Timestamp;

/// The digest that an entry carries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Link([u8; 32]);

impl Link {
    /// As it is stored.
    pub(super) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it was stored; `None` when that is no digest.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// The last entry of a chain. Its text is `number:digest`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub(super) seq: i64,
    pub(super) link: Link,
}

impl Head {
    /// Before the first entry.
    pub(super) const START: Self = Self {
        seq: 0,
        link: Link([0; 32]),
    };

    /// The head once an entry with this body follows.
    pub(super) fn followed_by(self, at: Timestamp, body: &str) -> Self {
        let seq = self.seq.saturating_add(1);
        let mut digest = Sha256::new();
        digest.update(self.link.0);
        // Both numbers are of fixed width, so no two entries give the same bytes.
        digest.update(seq.to_be_bytes());
        digest.update(at.0.to_be_bytes());
        digest.update(body.as_bytes());
        Self {
            seq,
            link: Link(digest.finalize().into()),
        }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.seq)?;
        self.link
            .0
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
