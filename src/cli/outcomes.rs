//! `posd outcomes`: the catalogue, for people. It is also how docs/outcomes.md is made.

use std::fmt::Write as _;
use std::process::ExitCode;

use firmware_protocols::vocabulary::{Currency, Money};

use super::say;
use crate::outcome::code::Code;
use crate::outcome::foreign::{Foreign, System, from_foreign, of_system};
use crate::outcome::text::{Audience, Facts, Language, text};

/// Prints all of it, one outcome, or what one system's codes become here.
pub(super) fn run(which: Option<&str>, markdown: bool) -> Result<ExitCode, String> {
    let printed = match which {
        None if markdown => page(),
        None => list(),
        Some(_) if markdown => return Err("--markdown prints all of it".to_owned()),
        Some(which) => one(which)?,
    };
    say(printed.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn one(which: &str) -> Result<String, String> {
    if let Some(code) = Code::by_name(which) {
        return Ok(outcome(code));
    }
    if let Some(system) = System::by_name(which) {
        return Ok(of_system(system).map(becomes).collect());
    }
    let rows = System::ALL
        .iter()
        .filter_map(|system| from_foreign(*system, which));
    let found: String = rows.map(becomes).collect();
    if found.is_empty() {
        let systems: Vec<&str> = System::ALL.iter().map(|system| system.name()).collect();
        let systems = systems.join(", ");
        return Err(format!(
            "`{which}` is no outcome, no code of another system and none of {systems}"
        ));
    }
    Ok(found)
}

fn list() -> String {
    let mut out = String::new();
    for code in Code::ALL {
        let (next, safety) = (word(&code.next_action()), word(&code.retry_safety()));
        let said = cashier(*code);
        line(
            &mut out,
            format_args!("{:<38} {next:<15} {safety:<10} {said}", code.name()),
        );
    }
    out
}

fn outcome(code: Code) -> String {
    let mut out = String::new();
    line(&mut out, format_args!("{}", code.name()));
    for (name, value) in [
        ("next_action", word(&code.next_action())),
        ("retry_safety", word(&code.retry_safety())),
        ("retryable", code.retryable().to_string()),
    ] {
        line(&mut out, format_args!("  {name:<17} {value}"));
    }
    for (system, foreign) in code.refs() {
        let state = from_foreign(*system, foreign)
            .map(state)
            .unwrap_or_default();
        line(
            &mut out,
            format_args!("  {:<17} {foreign}{state}", system.name()),
        );
    }
    for language in Language::ALL {
        for (name, audience) in [
            ("cashier", Audience::Cashier),
            ("customer", Audience::Customer),
        ] {
            let said = text(code, *language, audience, &sample());
            line(
                &mut out,
                format_args!("  {} {name:<14} {said}", language.tag()),
            );
        }
    }
    out
}

fn becomes(foreign: &Foreign) -> String {
    let here = foreign.becomes;
    let mut out = String::new();
    let name = format!(
        "{} {}{}",
        foreign.system.name(),
        foreign.code,
        state(foreign)
    );
    line(
        &mut out,
        format_args!("{name:<40} {:<38} {}", here.name(), cashier(here)),
    );
    out
}

/// docs/outcomes.md.
fn page() -> String {
    let mut out = String::from(HEAD);
    for code in Code::ALL {
        let refs: Vec<String> = code.refs().iter().map(reference).collect();
        line(
            &mut out,
            format_args!(
                "| `{}` | `{}` | `{}` | {} | {} | {} |",
                code.name(),
                word(&code.next_action()),
                word(&code.retry_safety()),
                cashier(*code),
                text(*code, Language::English, Audience::Customer, &sample()),
                refs.join(", "),
            ),
        );
    }
    out.push_str(FOREIGN_HEAD);
    for system in System::ALL {
        let name = system.name();
        line(&mut out, format_args!("\n### {name}\n\n{FOREIGN_COLUMNS}"));
        for foreign in of_system(*system) {
            let state = state(foreign);
            let becomes = foreign.becomes.name();
            line(
                &mut out,
                format_args!("| `{}`{state} | `{becomes}` |", foreign.code),
            );
        }
    }
    out
}

fn reference((system, foreign): &(System, &'static str)) -> String {
    format!("{} `{foreign}`", system.name())
}

fn state(foreign: &Foreign) -> String {
    foreign
        .state
        .map(|state| format!(" {state:?}"))
        .unwrap_or_default()
}

fn cashier(code: Code) -> String {
    text(code, Language::English, Audience::Cashier, &sample())
}

/// What a sentence may name, so that it can be read.
fn sample() -> Facts {
    Facts {
        amount: Some(Money::new(12_900, Currency::NOK)),
        currency: Some(Currency::NOK),
        line: Some("3".to_owned()),
        terminal: Some("till-1".to_owned()),
    }
}

fn word(value: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into text cannot fail.
    let _ = writeln!(out, "{text}");
}

const HEAD: &str = "\
# Outcomes

<!-- Made by `posd outcomes --markdown`; a test compares. -->

Every result and every error carries one of these codes. The codes are stable: a name is never changed and never used for
something else. `posd outcomes CODE` shows one with its sentences in all six languages.

`next_action` is what the cashier should do. `retry_safety` says whether asking again can do harm:

| `retry_safety` | meaning |
| --- | --- |
| `safe` | nothing has happened: another attempt cannot take money twice |
| `ask_first` | it may have happened, or things have changed: ask `operation.get`, `payment.get` or `order.get` first |
| `never` | it has happened, or it would be refused again: do what `next_action` says instead |

An attempt after a result needs a new idempotency key; after an error the same key may be used again. Names and amounts in the
sentences are samples.

## All outcomes

| code | `next_action` | `retry_safety` | to the cashier | to the customer | nearest elsewhere |
| --- | --- | --- | --- | --- | --- |
";

const FOREIGN_HEAD: &str = "
## What other systems' codes become

Several codes may become one of ours; the way back (`refs`) names the one that fits best.
";

const FOREIGN_COLUMNS: &str = "| there | here |\n| --- | --- |";
