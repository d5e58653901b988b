#![no_main]

use firmware_protocols::oracle;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    assert_eq!(oracle::frames(input), Ok(()));
});
