//! Named points at which a test can kill the process, as a power cut would.
//!
//! Compiled in only with feature `failpoints`; otherwise [`hit`] is empty. A test starts the daemon
//! with `POSD_FAILPOINT=name:n`: the n-th time that the point `name` is passed the process kills
//! itself with `SIGKILL`. With `POSD_FAILPOINT_LOG=FILE` the names that are passed are appended to
//! that file, so that a test can find every point of a scenario. With `POSD_FAILPOINT_ARMED=FILE`
//! nothing is counted or logged before that file exists: a start takes as many commits and frames
//! as it happens to take, and what a test asks for afterwards is counted from one.

/// Passes a point.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub const fn hit(_name: &str) {}

/// Passes a point.
#[cfg(feature = "failpoints")]
pub fn hit(name: &str) {
    use std::io::Write as _;
    use std::sync::atomic::{AtomicU32, Ordering};

    static PASSED: AtomicU32 = AtomicU32::new(0);

    if std::env::var("POSD_FAILPOINT_ARMED").is_ok_and(|file| !std::path::Path::new(&file).exists())
    {
        return;
    }
    if let Ok(path) = std::env::var("POSD_FAILPOINT_LOG")
        && let Ok(mut log) = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
    {
        let _ = writeln!(log, "{name}");
    }
    let Ok(wanted) = std::env::var("POSD_FAILPOINT") else {
        return;
    };
    let (wanted, count) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if wanted != name {
        return;
    }
    let passed = PASSED.fetch_add(1, Ordering::SeqCst).saturating_add(1);
    if count.parse() == Ok(passed) {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // The signal may take a moment to arrive; nothing may happen meanwhile.
        loop {
            std::thread::park();
        }
    }
}

/// Whether the bug of that name is planted on this thread. Tests plant bugs to see that the
/// simulated store finds them (docs/reliability.md).
#[cfg(not(feature = "failpoints"))]
#[inline]
#[must_use]
pub const fn is_planted(_bug: &str) -> bool {
    false
}

#[cfg(feature = "failpoints")]
thread_local! {
    static PLANTED: std::cell::Cell<&'static str> = const { std::cell::Cell::new("") };
}

/// Whether the bug of that name is planted on this thread. Tests plant bugs to see that the
/// simulated store finds them (docs/reliability.md).
#[cfg(feature = "failpoints")]
#[must_use]
pub fn is_planted(bug: &str) -> bool {
    PLANTED.with(|planted| planted.get() == bug)
}

/// Plants a bug on this thread, in place of the one before; an empty name is none.
#[cfg(feature = "failpoints")]
pub fn plant(bug: &'static str) {
    PLANTED.with(|planted| planted.set(bug));
}
