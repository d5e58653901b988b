//! `posd`: arguments to a command, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    posd::cli::main()
}
