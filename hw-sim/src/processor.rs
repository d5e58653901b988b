//! The acquirer's HTTP API as values: what a request means, what an answer looks like, and which
//! faults are due. No sockets; see [`crate::serve`].

mod fault;
mod reading;
mod writing;

pub use fault::{Fault, FaultKind, Faults};
pub use reading::{Invalid, authorize, capture, decline_rule, fault, increment, limit, refund};
pub use reading::{
    host_answer, number, optional_text, parse, review, terminal_transaction, text_field, void,
};
pub use writing::{answer, authorization, books, status_code, terminal_request};
