//! A bug planted on purpose: `cargo xtask fuzz` wants it found, or the fuzzer is blind. Chance
//! alone does not find it, only coverage that is followed.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let planted = b"KLR:";
    let known = bytes
        .iter()
        .zip(planted)
        .take_while(|(a, b)| a == b)
        .count();
    match known {
        0 | 1 => {}
        2 => assert!(bytes.len() < 4_096, "never"),
        3 => assert!(bytes.len() < 4_097, "never"),
        _ => panic!("the planted bug"),
    }
});
