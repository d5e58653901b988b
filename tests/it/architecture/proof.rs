//! Small fake sources that show that the checker can fail, and that it does not fail too much.

use std::error::Error;

use super::rules::RULES;
use super::{faults_of, libraries, untidy};
use crate::source::Source;

#[test]
fn the_checker_finds_what_it_should() -> Result<(), Box<dyn Error>> {
    let libraries = libraries()?;
    for (file, text, expected) in REPORTED {
        let source = Source::new(file, text);
        let found: Vec<_> = RULES
            .iter()
            .flat_map(|rule| faults_of(&source, rule, &libraries))
            .collect();
        assert!(
            found.iter().any(|fault| fault.contains(expected)),
            "{file} with {text:?} should be reported as {expected:?}, got {found:?}"
        );
    }
    Ok(())
}

#[test]
fn every_rule_can_fail() -> Result<(), Box<dyn Error>> {
    let libraries = libraries()?;
    for rule in RULES {
        let fails = |(file, text, _): &(&str, &str, &str)| {
            !faults_of(&Source::new(file, text), rule, &libraries).is_empty()
        };
        assert!(
            REPORTED.iter().any(fails),
            "no row of REPORTED breaks the rule for {:?}: {}",
            rule.files,
            rule.reason
        );
    }
    Ok(())
}

#[test]
fn the_checker_lets_the_rest_pass() -> Result<(), Box<dyn Error>> {
    let libraries = libraries()?;
    for (file, text) in PASSING {
        let source = Source::new(file, text);
        for rule in RULES {
            assert_eq!(
                faults_of(&source, rule, &libraries),
                Vec::<String>::new(),
                "{file}: {text}"
            );
        }
    }
    Ok(())
}

#[test]
fn untidiness_is_found() {
    for (text, expected) in [
        ("#[allow(dead_code)]\nfn f() {}", "file.rs:1: #[allow(…)]"),
        ("\n#![allow(dead_code)]", "file.rs:2: #[allow(…)]"),
        ("fn f() { todo!() }", "file.rs:1: todo!"),
        (
            "fn f() { unimplemented!(\"later\") }",
            "file.rs:1: unimplemented!",
        ),
        ("fn f() { dbg!(1); }", "file.rs:1: dbg!"),
        (&"\n".repeat(701), "file.rs:701: longer than 700 lines"),
    ] {
        let found = untidy(&Source::new("src/file.rs", text));
        assert!(
            found.iter().any(|fault| fault.contains(expected)),
            "{expected}: {found:?}"
        );
    }
    for text in [
        "#[allow(dead_code, reason = \"the other half comes with the next protocol\")]",
        "#[expect(dead_code, reason = \"why\")] fn todo() {} // todo!()",
        &"\n".repeat(700),
    ] {
        assert_eq!(
            untidy(&Source::new("src/file.rs", text)),
            Vec::<String>::new()
        );
    }
}

/// File, source, and what must be in the report.
const REPORTED: &[(&str, &str, &str)] = &[
    (
        "src/page.rs",
        "use crate::api::Gateway;",
        "names crate::api::Gateway",
    ),
    ("src/station.rs", "use crate::page;", "names crate::page"),
    (
        "src/devices.rs",
        "use crate::terminal::Handle;",
        "devices.rs:1: names crate::terminal::Handle",
    ),
    (
        "src/domain/order.rs",
        "use rusqlite::Connection;",
        "order.rs:1: names rusqlite::Connection",
    ),
    (
        "src/domain.rs",
        "\nuse crate::journal::Journal;",
        "domain.rs:2: names crate::journal::Journal",
    ),
    (
        "src/domain/order.rs",
        "use crate::{domain::id::OrderId, api};",
        "names crate::api",
    ),
    (
        "src/domain/order.rs",
        "use super::super::station::Event;",
        "names crate::station::Event",
    ),
    (
        "src/domain/a.rs",
        "mod b { use super::super::super::api; }",
        "names crate::api",
    ),
    (
        "src/domain/order.rs",
        "use std::{fmt, time::{self}};",
        "names std::time",
    ),
    (
        "src/domain/order.rs",
        "fn f() { ::std::fs::read(p); }",
        "names std::fs::read",
    ),
    ("src/domain/order.rs", "use crate::*;", "names crate::*"),
    (
        "src/domain/order.rs",
        "use firmware_protocols::link::Link;",
        "names firmware_protocols::link",
    ),
    (
        "src/domain/order.rs",
        "fn f(a: HashMap<u8, u8>) {}",
        "says HashMap",
    ),
    ("src/domain/order.rs", "const A: u8 = g(0.5);", "says 0.5"),
    (
        "src/domain/order.rs",
        "fn f() { getrandom::fill(b) }",
        "names getrandom::fill",
    ),
    (
        "src/domain/order.rs",
        "fn f() { serde_json::to_string(b) }",
        "names serde_json::to_string",
    ),
    (
        "src/outcome/code.rs",
        "use crate::domain::payment::Payment;",
        "names crate::domain::payment::Payment",
    ),
    (
        "src/outcome/text.rs",
        "use serde_json::Value;",
        "names serde_json::Value",
    ),
    (
        "src/station/load.rs",
        "use crate::outcome::code::Code;",
        "names crate::outcome::code::Code",
    ),
    (
        "src/api/reply.rs",
        "use fluent_bundle::FluentArgs;",
        "names fluent_bundle::FluentArgs",
    ),
    (
        "src/journal/row.rs",
        "use tokio::sync::oneshot;",
        "names tokio::sync::oneshot",
    ),
    (
        "src/journal.rs",
        "use crate::vault::Vault;",
        "names crate::vault::Vault",
    ),
    (
        "src/api.rs",
        "use crate::domain; fn f() { domain::engine::decide() }",
        "names crate::domain::engine",
    ),
    (
        "src/api.rs",
        "use crate::domain::*;",
        "names crate::domain::*",
    ),
    (
        "src/api.rs",
        "use crate::domain as d; use d::engine;",
        "names crate::domain::engine",
    ),
    (
        "src/terminal/driver.rs",
        "use crate::station::Event;",
        "names crate::station::Event",
    ),
    (
        "src/terminal.rs",
        "use crate::processor;",
        "names crate::processor",
    ),
    (
        "src/processor/sim.rs",
        "use reqwest::Client;",
        "names reqwest::Client",
    ),
    (
        "src/processor/sim.rs",
        "use crate::journal::Row;",
        "names crate::journal::Row",
    ),
    (
        "src/station/load.rs",
        "use rusqlite::params;",
        "names rusqlite::params",
    ),
    (
        "src/station/load.rs",
        "use std::time; fn f() { time::Instant::now(); }",
        "std::time::Instant::now",
    ),
    (
        "src/config.rs",
        "use crate::station;",
        "names crate::station",
    ),
    (
        "firmware-protocols/src/zvt/apdu.rs",
        "use crate::nexo::Poi;",
        "names crate::nexo::Poi",
    ),
    (
        "firmware-protocols/src/wire.rs",
        "use crate::zvt;",
        "names crate::zvt",
    ),
    (
        "firmware-protocols/src/time.rs",
        "use crate::link::Link;",
        "names crate::link::Link",
    ),
    (
        "firmware-protocols/src/link.rs",
        "extern crate std;",
        "names std",
    ),
    (
        "hw-sim/src/bank.rs",
        "use posd::domain::order;",
        "names posd::domain::order",
    ),
    (
        "firmware-protocols/src/nexo.rs",
        "use crate::zvt::apdu;",
        "names crate::zvt::apdu",
    ),
    (
        "firmware-protocols/src/ecr17.rs",
        "use crate::concert;",
        "names crate::concert",
    ),
    (
        "firmware-protocols/src/concert.rs",
        "use crate::zvt;",
        "names crate::zvt",
    ),
    (
        "src/nfc.rs",
        "use crate::domain::tap::Tap;",
        "names crate::domain::tap::Tap",
    ),
    ("src/main.rs", "use nfc1::Context;", "names nfc1::Context"),
    (
        "firmware-protocols/src/nfc/reading.rs",
        "use crate::zvt;",
        "names crate::zvt",
    ),
    (
        "hw-sim/src/bank.rs",
        "fn f() { std::time::SystemTime::now(); }",
        "names std::time::SystemTime::now",
    ),
    (
        "hw-sim/src/terminal/zvt.rs",
        "use tokio::net::TcpStream;",
        "names tokio::net::TcpStream",
    ),
];

/// File and source.
const PASSING: &[(&str, &str)] = &[
    (
        "src/domain/order.rs",
        "// use tokio::net;\n/* use /* std::fs; */ */\n/// [`crate::api`]",
    ),
    (
        "src/domain/order.rs",
        r##"const A: &str = r#"use std::io; ""#; const B: &str = "\"std::fs::x";"##,
    ),
    (
        "src/domain/order.rs",
        "const A: char = '\"'; fn f<'a>(a: &'a str) {} const B: char = '\\'';",
    ),
    (
        "src/domain/order.rs",
        "#[cfg(test)] mod tests { use std::fs; mod a { use tokio::net; } }",
    ),
    (
        "src/domain/order.rs",
        "#[cfg(test)]\nuse proptest::{prelude, num};\nuse std::fmt;",
    ),
    (
        "src/domain/order.rs",
        "use serde::{Deserialize, Serialize}; use super::id::OrderId;",
    ),
    (
        "src/domain/order.rs",
        "use firmware_protocols::{time::Duration, vocabulary::Money};",
    ),
    (
        "src/domain/order.rs",
        "fn f(t: ((u8, u8), u8)) { t.0.1; Vec::<u8>::new(); 0..10; <A as B>::c() }",
    ),
    (
        "src/outcome/code.rs",
        "use crate::domain::outcome::Reason; use super::foreign::System;",
    ),
    (
        "src/journal.rs",
        "use rusqlite::Connection; use crate::domain::entry::Entry;",
    ),
    (
        "src/station.rs",
        "use crate::{api, journal, processor, terminal}; use crate::domain::engine;",
    ),
    ("src/clock.rs", "fn now() { std::time::Instant::now(); }"),
    ("src/main.rs", "use posd::station;"),
    ("src/processor/http.rs", "use reqwest::Client;"),
    (
        "src/terminal.rs",
        "use firmware_protocols::link::Link; use tokio::net::TcpStream;",
    ),
    (
        "firmware-protocols/src/zvt/session.rs",
        "use crate::{link::Link, zvt::apdu, wire};",
    ),
    (
        "hw-sim/src/terminal/zvt.rs",
        "use firmware_protocols::zvt; use crate::bank;",
    ),
    (
        "hw-sim/src/serve/processor.rs",
        "use std::time::SystemTime; use axum::Router; fn f() { SystemTime::now(); }",
    ),
];
