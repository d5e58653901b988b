//! The catalogue of outcomes as people see it: the page and the command.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Output};
use std::{fs, io};

#[test]
fn the_page_is_what_the_command_prints() -> Result<(), Box<dyn Error>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/outcomes.md");
    assert_eq!(
        fs::read_to_string(page)?,
        printed(&["--markdown"])?,
        "run: posd outcomes --markdown > docs/outcomes.md"
    );
    Ok(())
}

#[test]
fn one_code_one_system_or_all() -> Result<(), Box<dyn Error>> {
    let all = printed(&[])?;
    assert!(
        all.lines().any(|line| line.starts_with("in_doubt ")),
        "{all}"
    );
    let one = printed(&["order_changed"])?;
    assert!(one.contains("CCR027"), "{one}");
    assert!(one.contains("  de cashier "), "{one}");
    let system = printed(&["onlinefundraising"])?;
    assert_eq!(system.lines().count(), 19, "{system}");
    assert!(system.contains("300001 AwaitingRetry"), "{system}");
    let foreign = printed(&["CCR023"])?;
    assert!(foreign.contains("payment_already_voided"), "{foreign}");
    let unknown = outcomes(&["nonsense"])?;
    assert!(!unknown.status.success());
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("onlinefundraising"));
    Ok(())
}

fn printed(arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = outcomes(arguments)?;
    assert!(output.status.success(), "{output:?}");
    Ok(String::from_utf8(output.stdout)?)
}

fn outcomes(arguments: &[&str]) -> io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_posd"))
        .arg("outcomes")
        .args(arguments)
        .output()
}
