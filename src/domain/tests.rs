//! The rules, driven from outside: a world without a clock, and a bank that knows what really moved.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows fails, as it should"
)]

mod bank;
mod cancel;
mod combinations;
mod deposit;
mod end_of_day;
mod missing;
mod operations;
mod orders;
mod outside;
mod park;
mod payments;
mod pickup;
mod properties;
mod queue;
mod reauthorize;
mod reconciliation;
mod recovery;
mod refusal;
mod returns;
mod review;
mod samples;
mod ship;
mod tokenize;
mod whole;
mod world;
