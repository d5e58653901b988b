//! What the fuzzers start from, and what they once broke something with: all of it holds.

use std::fs;
use std::path::Path;

use firmware_protocols::oracle::{self, Broken};

use super::corpus::units;

type Oracle = fn(&[u8]) -> Result<(), Broken>;

const ORACLES: [(&str, Oracle); 7] = [
    ("message", oracle::message),
    ("trace", oracle::trace),
    ("line", oracle::line),
    ("till", oracle::till),
    ("terminal", oracle::terminal),
    ("frames", oracle::frames),
    ("reading", oracle::reading),
];

/// The inputs of one folder, by name.
fn inputs(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(files) = folder.read_dir() else {
        return Vec::new();
    };
    let paths = files.map(|file| file.unwrap().path());
    paths
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn every_input_holds() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for (name, oracle) in ORACLES {
        // The same units serve both.
        let from = if name == "trace" { "message" } else { name };
        let corpus = inputs(&fuzz.join("corpus").join(from));
        assert!(!corpus.is_empty(), "no corpus for {name}");
        let regressions = inputs(&fuzz.join("regressions").join(from));
        for (path, input) in corpus.into_iter().chain(regressions) {
            assert_eq!(oracle(&input), Ok(()), "{path}");
        }
    }
}

/// All vectors, in whole frames and bare, cut at every place.
#[test]
fn every_split_means_the_same() {
    let units = units();
    for framing in [0, 1] {
        let wire: Vec<u8> = units
            .iter()
            .flat_map(|unit| match framing {
                0 => firmware_protocols::zvt::serial::encode_frame(unit),
                _ => unit.clone(),
            })
            .collect();
        for piece in [1, 2, 3, 7, 64, 127] {
            let mut input = vec![piece << 1 | framing];
            input.extend_from_slice(&wire);
            assert_eq!(oracle::line(&input), Ok(()), "{framing} {piece}");
        }
    }
}

/// A byte of a unit that is another one: it reads, or it does not, and what was read is stable.
#[test]
fn every_changed_byte_holds() {
    for unit in units().into_iter().filter(|unit| unit.len() < 150) {
        for at in 0..unit.len() {
            for change in 1..=0xFF_u8 {
                let mut changed = unit.clone();
                changed[at] ^= change;
                assert_eq!(oracle::message(&changed), Ok(()), "{changed:02X?}");
                if change.is_power_of_two() {
                    assert_eq!(oracle::trace(&changed), Ok(()), "{changed:02X?}");
                }
            }
        }
    }
}
