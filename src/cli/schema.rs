//! `posd schema`: the API described for machines, and what is made from that description.

mod markdown;
mod typescript;

use std::process::ExitCode;

use serde_json::Value;

use super::say;
use crate::api::schema::document;

/// In which form.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Form {
    /// Print the page for people: docs/api.md.
    #[arg(long, conflicts_with = "typescript")]
    markdown: bool,
    /// Print TypeScript types: clients/typescript/src/types.ts.
    #[arg(long)]
    typescript: bool,
}

/// Prints it.
pub(super) fn run(form: Form) -> Result<ExitCode, String> {
    let document = document();
    let printed = if form.markdown {
        markdown::page(&document)
    } else if form.typescript {
        typescript::types(&document)
    } else {
        serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?
    };
    say(printed.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// The text at a place of the document.
fn text<'a>(value: &'a Value, place: &str) -> Option<&'a str> {
    value.pointer(place)?.as_str()
}

/// The rows at a place of the document.
fn rows<'a>(value: &'a Value, place: &str) -> impl Iterator<Item = &'a Value> {
    let rows = value.pointer(place).and_then(Value::as_array);
    rows.into_iter().flatten()
}

/// The name that a reference ends with.
fn referred(schema: &Value) -> Option<&str> {
    let (_, name) = text(schema, "/$ref")?.rsplit_once('/')?;
    Some(name)
}
