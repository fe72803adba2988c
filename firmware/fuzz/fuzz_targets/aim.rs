//! Any bytes: what is split off is put together again to the same bytes; and whatever code type
//! an SSI scanner names, its data come out behind an identifier that can be split off.
#![no_main]

use devices::scanner::aim;
use devices::scanner::ssi::code_type::CodeType;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (code_type, bytes) = input;
    match aim::split(bytes) {
        Some((identifier, data)) => assert_eq!([&identifier[..], data].concat(), bytes),
        None => assert!(bytes.len() < 3 || bytes[0] != b']' || !plain(&bytes[1..3])),
    }
    let mut out = vec![0; bytes.len() + 16];
    if let Some(text) = CodeType::from_byte(code_type).write_aim(bytes, &mut out)
        && text.first() == Some(&b']')
        && bytes.first() != Some(&b']')
    {
        assert!(aim::split(text).is_some(), "{text:?}");
    }
    // A buffer of any size: refused or whole, never a panic.
    let mut short = vec![0; bytes.len() / 2];
    CodeType::from_byte(code_type).write_aim(bytes, &mut short);
});

fn plain(bytes: &[u8]) -> bool {
    bytes[0].is_ascii_alphabetic() && bytes[1].is_ascii_alphanumeric()
}
