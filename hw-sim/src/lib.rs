//! The other side of every wire, for tests and for hands.
