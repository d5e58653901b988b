//! The catalogue of outcomes: one closed list of everything that can be said about a request, with
//! what to do next, what the same thing is called elsewhere, and a sentence for the cashier and one
//! for the customer in six languages.
//!
//! [`code`] is the list. [`foreign`] tells what other systems' codes become here. [`text`] holds the
//! sentences. Pure: no input or output, no clock.

pub mod code;
pub mod foreign;
pub mod text;

#[cfg(test)]
mod tests;
