//! `posd`: arguments to a command, nothing else.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Memory is wiped when it is given back, whoever had it: card numbers, tokens and keys do not stay
/// behind in it (docs/security.md).
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    posd::cli::main()
}
