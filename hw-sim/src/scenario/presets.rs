//! Scenarios that are there, by name.

/// A scenario that is there.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// How people call it.
    pub name: &'static str,
    /// The scenario; its first line says what it is.
    pub text: &'static str,
}

impl Preset {
    /// What it is, in one sentence.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        let line = self.text.lines().next().unwrap_or_default();
        line.trim_start_matches(['#', ' '])
    }
}

/// The scenario of this name.
#[must_use]
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

macro_rules! presets {
    ($($name:literal),* $(,)?) => {
        [$(Preset { name: $name, text: include_str!(concat!("presets/", $name, ".txt")) }),*]
    };
}

/// All of them.
pub static PRESETS: [Preset; 16] = presets![
    "approve",
    "decline",
    "insufficient-funds",
    "expired",
    "wrong-pin",
    "pin-tries-exceeded",
    "cancel-by-customer",
    "timeout",
    "no-token",
    "partial-approval",
    "busy",
    "host-unreachable",
    "printer-out-of-paper",
    "late-approval",
    "approval-never-delivered",
    "reboot-in-mid-payment",
];
