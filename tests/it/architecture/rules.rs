//! The rules of ARCHITECTURE.md, "Who may import whom", as a table.

const EVERYWHERE: &[&str] = &["src", "firmware-protocols/src", "hw-sim/src"];

/// What some files must not name.
pub(super) struct Rule {
    /// Modules as paths without `.rs`: `src/api` means `src/api.rs` and everything below `src/api/`.
    pub(super) files: &'static [&'static str],
    pub(super) not_in: &'static [&'static str],
    /// Paths, each with everything below it.
    pub(super) never: &'static [&'static str],
    /// What is allowed although `never` covers it.
    pub(super) except: &'static [&'static str],
    /// How a path must not end.
    pub(super) never_ending: &'static [&'static str],
    /// The only crates that may be named; empty means any.
    pub(super) crates: &'static [&'static str],
    /// Single words; `1.0` stands for any float literal.
    pub(super) words: &'static [&'static str],
    pub(super) reason: &'static str,
}

const ANY: Rule = Rule {
    files: &[],
    not_in: &[],
    never: &[],
    except: &[],
    never_ending: &[],
    crates: &[],
    words: &[],
    reason: "",
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        files: &["src/domain"],
        never: &["crate", "posd", "firmware_protocols"],
        except: &[
            "crate::domain",
            "firmware_protocols::vocabulary",
            "firmware_protocols::time",
        ],
        reason: "domain knows itself and the shared vocabulary, nothing else",
        ..ANY
    },
    Rule {
        files: &["src/domain"],
        crates: &["alloc", "core", "firmware_protocols", "serde", "std"],
        reason: "domain is pure: serde derives for stored entries are its only library",
        ..ANY
    },
    Rule {
        files: &["src/domain"],
        never: &[
            "std::env",
            "std::fs",
            "std::io",
            "std::net",
            "std::os",
            "std::process",
            "std::thread",
            "std::time",
        ],
        reason: "domain does no input or output; time and random numbers are arguments",
        ..ANY
    },
    Rule {
        files: &["src/domain"],
        words: &["HashMap", "HashSet", "f32", "f64", "1.0"],
        reason: "domain is deterministic: BTreeMap and BTreeSet, integers only",
        ..ANY
    },
    Rule {
        files: &["src/outcome"],
        never: &[
            "crate",
            "posd",
            "firmware_protocols",
            "std::env",
            "std::fs",
            "std::io",
            "std::net",
            "std::process",
            "std::thread",
            "std::time",
        ],
        except: &[
            "crate::outcome",
            "crate::domain::outcome",
            "crate::domain::rejection",
            "firmware_protocols::vocabulary",
        ],
        reason: "the catalogue knows what can go wrong and how to say it, nothing else",
        ..ANY
    },
    Rule {
        files: &["src/outcome"],
        crates: &[
            "alloc",
            "core",
            "firmware_protocols",
            "fluent_bundle",
            "serde",
            "std",
            "unic_langid",
        ],
        reason: "the catalogue is pure: its sentences are its only library",
        ..ANY
    },
    Rule {
        files: &["src"],
        not_in: &["src/api", "src/cli", "src/config", "src/outcome"],
        never: &["crate::outcome"],
        reason: "words are for the edge: only api and cli tell people, config knows the languages",
        ..ANY
    },
    Rule {
        files: &["src"],
        not_in: &["src/outcome"],
        never: &["fluent_bundle", "unic_langid"],
        reason: "only the catalogue knows where sentences come from",
        ..ANY
    },
    Rule {
        files: &["src/journal"],
        never: &[
            "tokio",
            "crate::api",
            "crate::nfc",
            "crate::processor",
            "crate::station",
            "crate::terminal",
            "crate::vault",
        ],
        reason: "journal stores entries on its own thread; it knows no runtime, sibling or clear token",
        ..ANY
    },
    Rule {
        files: &["src/api"],
        never: &[
            "crate::domain::engine",
            "crate::journal",
            "crate::nfc",
            "crate::processor",
            "crate::station",
            "crate::terminal",
        ],
        reason: "api turns frames into commands; siblings meet only in the station",
        ..ANY
    },
    Rule {
        files: &["src/page"],
        never: &["crate", "std", "serde", "tokio"],
        reason: "page is a table of files; who may fetch them is asked in api",
        ..ANY
    },
    Rule {
        files: &["src"],
        not_in: &["src/api", "src/page"],
        never: &["crate::page"],
        reason: "only api sends pages",
        ..ANY
    },
    Rule {
        files: &["src/terminal"],
        never: &[
            "crate::api",
            "crate::domain::engine",
            "crate::journal",
            "crate::nfc",
            "crate::processor",
            "crate::station",
        ],
        reason: "terminal moves bytes; siblings meet only in the station",
        ..ANY
    },
    Rule {
        files: &["src/devices"],
        never: &["crate"],
        except: &["crate::config"],
        reason: "devices tells what is plugged in, and nobody's business with it",
        ..ANY
    },
    Rule {
        files: &["src/nfc"],
        never: &[
            "crate::api",
            "crate::domain",
            "crate::journal",
            "crate::processor",
            "crate::station",
            "crate::terminal",
            "crate::vault",
        ],
        except: &["crate::domain::id"],
        reason: "nfc keeps a helper running and passes its words on; siblings meet only in the station",
        ..ANY
    },
    Rule {
        files: EVERYWHERE,
        not_in: &["src/bin/posd-nfc"],
        never: &["nfc1"],
        reason: "libnfc can end its process: only the helper links it",
        ..ANY
    },
    Rule {
        files: &["src/processor"],
        never: &[
            "crate::api",
            "crate::domain::engine",
            "crate::journal",
            "crate::nfc",
            "crate::station",
            "crate::terminal",
        ],
        reason: "a connector builds requests and reads answers; siblings meet only in the station",
        ..ANY
    },
    Rule {
        files: &["src"],
        not_in: &["src/processor/http", "src/cli"],
        never: &["reqwest"],
        reason: "only processor/http.rs does a request",
        ..ANY
    },
    Rule {
        files: EVERYWHERE,
        not_in: &["src/journal"],
        never: &["rusqlite"],
        reason: "only journal knows SQL",
        ..ANY
    },
    Rule {
        files: &["src"],
        not_in: &["src/station", "src/cli", "src/main", "src/bin"],
        never: &["crate::station", "posd::station"],
        reason: "the station imports everybody; only main.rs and cli may start it",
        ..ANY
    },
    Rule {
        files: EVERYWHERE,
        not_in: &[
            "src/clock",
            "src/cli",
            "src/main",
            "src/bin",
            "hw-sim/src/serve",
            "hw-sim/src/cli",
            "hw-sim/src/main",
            "hw-sim/src/bin",
        ],
        never_ending: &["Instant::now", "SystemTime::now"],
        reason: "only clock.rs and the edge of a program read a clock",
        ..ANY
    },
    Rule {
        files: &["firmware-protocols/src"],
        never: &["std", "getrandom", "rustix", "serialport", "tokio"],
        reason: "protocols do no input or output",
        ..ANY
    },
    Rule {
        files: &[
            "firmware-protocols/src/error",
            "firmware-protocols/src/time",
            "firmware-protocols/src/vocabulary",
        ],
        never: &["crate"],
        except: &["crate::error", "crate::time", "crate::vocabulary"],
        reason: "the vocabulary stands below everything else",
        ..ANY
    },
    Rule {
        files: &[
            "firmware-protocols/src/capture",
            "firmware-protocols/src/link",
            "firmware-protocols/src/wire",
        ],
        never: &[
            "crate::concert",
            "crate::ecr17",
            "crate::nexo",
            "crate::nfc",
            "crate::zvt",
        ],
        reason: "shared parts know no protocol",
        ..ANY
    },
    Rule {
        files: &["firmware-protocols/src/zvt"],
        never: &[
            "crate::concert",
            "crate::ecr17",
            "crate::nexo",
            "crate::nfc",
        ],
        reason: "protocols do not know each other",
        ..ANY
    },
    Rule {
        files: &["firmware-protocols/src/nexo"],
        never: &["crate::concert", "crate::ecr17", "crate::nfc", "crate::zvt"],
        reason: "protocols do not know each other",
        ..ANY
    },
    Rule {
        files: &["firmware-protocols/src/ecr17"],
        never: &["crate::concert", "crate::nexo", "crate::nfc", "crate::zvt"],
        reason: "protocols do not know each other",
        ..ANY
    },
    Rule {
        files: &["firmware-protocols/src/concert"],
        never: &["crate::ecr17", "crate::nexo", "crate::nfc", "crate::zvt"],
        reason: "protocols do not know each other",
        ..ANY
    },
    Rule {
        files: &["firmware-protocols/src/nfc"],
        never: &[
            "crate::concert",
            "crate::ecr17",
            "crate::nexo",
            "crate::zvt",
        ],
        reason: "protocols do not know each other",
        ..ANY
    },
    Rule {
        files: &["hw-sim/src"],
        not_in: &[
            "hw-sim/src/serve",
            "hw-sim/src/cli",
            "hw-sim/src/main",
            "hw-sim/src/bin",
        ],
        never: &[
            "axum",
            "reqwest",
            "rustix",
            "std::env",
            "std::fs",
            "std::io",
            "std::net",
            "std::process",
            "std::thread",
            "tokio",
        ],
        reason: "simulated parties are pure, so that tests own the time; only serve has sockets",
        ..ANY
    },
    Rule {
        files: &["hw-sim/src", "firmware-protocols/src"],
        never: &["posd"],
        reason: "the simulator keeps its own books and never sees ours",
        ..ANY
    },
];
