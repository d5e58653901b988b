//! Integration tests of `posd`: the shape of the code, its packaging, its contract with the outside.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should panic where it stands"
)]

mod architecture;
mod commands;
mod compatibility;
mod configuration;
mod contract;
mod devices;
mod doctor;
mod examples;
mod gate;
mod links;
mod outcomes;
mod packaging;
mod page_texts;
mod probe;
mod python;
mod scenarios;
mod schema;
mod security;
mod source;
mod store;
mod stored_form;
