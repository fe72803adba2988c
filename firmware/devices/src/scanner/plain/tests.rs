extern crate std;

use std::{vec, vec::Vec};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Code(Vec<u8>),
    Bad(Malformed),
}

fn drain<const N: usize>(scanner: &mut Scanner<N>, mut input: &[u8], now_ms: u64) -> Vec<Seen> {
    let mut seen = Vec::new();
    loop {
        match scanner.poll(&mut input, now_ms) {
            Frame::Code(code) => seen.push(Seen::Code(code.to_vec())),
            Frame::Malformed(reason) => seen.push(Seen::Bad(reason)),
            Frame::Incomplete => return seen,
        }
    }
}

fn code(bytes: &[u8]) -> Seen {
    Seen::Code(bytes.to_vec())
}

/// The whole input at once, byte by byte, and cut in two at every place: always the same.
#[track_caller]
fn check(settings: Settings, input: &[u8], expected: &[Seen]) {
    for cut in 0..=input.len() {
        let mut scanner = Scanner::<32>::new(settings);
        let mut seen = drain(&mut scanner, &input[..cut], 0);
        seen.extend(drain(&mut scanner, &input[cut..], 1));
        seen.extend(drain(&mut scanner, &[], 1_000));
        assert_eq!(seen, expected, "cut at {cut}");
    }
    let mut scanner = Scanner::<32>::new(settings);
    let mut seen = Vec::new();
    for byte in input {
        seen.extend(drain(&mut scanner, &[*byte], 5));
    }
    seen.extend(drain(&mut scanner, &[], 1_000));
    assert_eq!(seen, expected, "byte by byte");
}

fn with(ending: Ending) -> Settings {
    Settings {
        ending,
        ..Settings::default()
    }
}

#[test]
fn any_ending_serves_every_common_scanner() {
    let s = Settings::default();
    check(s, b"8712345678906\r", &[code(b"8712345678906")]);
    check(s, b"8712345678906\r\n", &[code(b"8712345678906")]);
    check(s, b"8712345678906\n", &[code(b"8712345678906")]);
    check(s, b"8712345678906\t", &[code(b"8712345678906")]);
    check(s, b"\x028712345678906\x03", &[code(b"8712345678906")]);
    check(s, b"\x0287\r\n06\x03\r\n", &[code(b"87\r\n06")]);
    check(s, b"]E0871\r]C0KLR\r", &[code(b"]E0871"), code(b"]C0KLR")]);
    check(s, b"\r\n\r\n\t\x02\x03", &[]);
}

#[test]
fn a_set_ending_leaves_the_others_in_the_data() {
    check(with(Ending::Cr), b"a\tb\nc\r", &[code(b"a\tb\nc")]);
    check(with(Ending::CrLf), b"a\rb\nc\r\n", &[code(b"a\rb\nc")]);
    check(with(Ending::Lf), b"a\rb\n", &[code(b"a\rb")]);
    check(with(Ending::Tab), b"a\rb\t", &[code(b"a\rb")]);
    check(
        with(Ending::StxEtx),
        b"\x02a\x03\r\n\x02b\x03",
        &[code(b"a"), code(b"b")],
    );
}

#[test]
fn the_prefix_is_taken_off_when_it_is_there() {
    let s = Settings {
        prefix: Prefix::new(b"A1:").expect("short"),
        ..Settings::default()
    };
    check(s, b"A1:]E0871\r", &[code(b"]E0871")]);
    check(s, b"]E0871\r", &[code(b"]E0871")]);
    check(s, b"A1:\x02871\x03", &[code(b"871")]);
    check(s, b"\x02A1:871\x03", &[code(b"871")]);
    check(s, b"A1:\r", &[]);
    assert_eq!(Prefix::new(&[0; PREFIX_MAX + 1]), None);
}

#[test]
fn silence_refuses_or_releases() {
    let bad = Seen::Bad(Malformed::Unterminated { bytes: 3 });
    check(Settings::default(), b"871", core::slice::from_ref(&bad));
    check(Settings::default(), b"\x02871", core::slice::from_ref(&bad));
    let release = Settings {
        on_silence: OnSilence::Release,
        ..Settings::default()
    };
    check(release, b"871", &[code(b"871")]);
    check(release, b"\x02871", core::slice::from_ref(&bad));
    check(with(Ending::Silence), b"8\r7\x021", &[code(b"8\r7\x021")]);
    let stx = Settings {
        on_silence: OnSilence::Release,
        ..with(Ending::StxEtx)
    };
    check(stx, b"871", &[bad]);
}

#[test]
fn silence_before_the_next_read_does_not_join_two_frames() {
    let mut scanner = Scanner::<32>::new(Settings::default());
    assert_eq!(drain(&mut scanner, b"871", 0), vec![]);
    assert_eq!(scanner.deadline_ms(), Some(500));
    assert_eq!(
        drain(&mut scanner, b"KLR-CASH\r", 500),
        vec![
            Seen::Bad(Malformed::Unterminated { bytes: 3 }),
            code(b"KLR-CASH")
        ]
    );
    assert_eq!(scanner.deadline_ms(), None);
}

#[test]
fn an_over_long_frame_is_skipped_up_to_the_next_suffix() {
    let mut input = vec![b'x'; 100];
    input.extend(b"\r\n8712345678906\r\n");
    check(
        Settings::default(),
        &input,
        &[
            Seen::Bad(Malformed::TooLong { limit: 32 }),
            code(b"8712345678906"),
        ],
    );
    let mut framed = vec![0x02];
    framed.extend([b'\r'; 100]);
    framed.extend(b"\x03ok\r");
    check(
        Settings::default(),
        &framed,
        &[Seen::Bad(Malformed::TooLong { limit: 32 }), code(b"ok")],
    );
    let exact = vec![b'x'; 32];
    let mut full = exact.clone();
    full.push(b'\r');
    check(Settings::default(), &full, &[Seen::Code(exact)]);
}

#[test]
fn bytes_outside_stx_etx_are_reported_once() {
    check(
        with(Ending::StxEtx),
        b"noise\x02871\x03",
        &[
            Seen::Bad(Malformed::OutsideFrame { bytes: 5 }),
            code(b"871"),
        ],
    );
    check(
        Settings::default(),
        b"\x028\x02871\x03",
        &[
            Seen::Bad(Malformed::OutsideFrame { bytes: 1 }),
            code(b"871"),
        ],
    );
}

#[test]
fn an_unplugged_cable_never_shortens_a_code() {
    let mut scanner = Scanner::<32>::new(Settings {
        on_silence: OnSilence::Release,
        ..Settings::default()
    });
    assert_eq!(drain(&mut scanner, b"8712345", 0), vec![]);
    assert_eq!(
        scanner.hang_up(),
        Some(Malformed::Unterminated { bytes: 7 })
    );
    assert_eq!(scanner.hang_up(), None);
    assert_eq!(
        drain(&mut scanner, b"8712345678906\r", 10),
        vec![code(b"8712345678906")]
    );
}

fn any_settings() -> impl Strategy<Value = Settings> {
    (0..7_u8, any::<bool>(), any::<bool>()).prop_map(|(ending, release, prefixed)| Settings {
        prefix: Prefix::new(if prefixed { b"A" } else { b"" }).unwrap_or_default(),
        ending: match ending {
            0 => Ending::Any,
            1 => Ending::Cr,
            2 => Ending::CrLf,
            3 => Ending::Lf,
            4 => Ending::Tab,
            5 => Ending::StxEtx,
            _ => Ending::Silence,
        },
        silence_ms: 150,
        on_silence: if release {
            OnSilence::Release
        } else {
            OnSilence::Refuse
        },
    })
}

proptest! {
    #[test]
    fn any_split_of_any_bytes_gives_the_same(
        settings in any_settings(),
        chunks in prop::collection::vec(
            prop::collection::vec(prop_oneof![any::<u8>(), Just(CR), Just(LF), Just(STX), Just(ETX), Just(b'A')], 0..12),
            0..12,
        ),
    ) {
        let whole: Vec<u8> = chunks.concat();
        let mut one = Scanner::<16>::new(settings);
        let mut expected = drain(&mut one, &whole, 7);
        expected.extend(drain(&mut one, &[], 500));
        let mut other = Scanner::<16>::new(settings);
        let mut seen = Vec::new();
        for chunk in &chunks {
            seen.extend(drain(&mut other, chunk, 7));
        }
        seen.extend(drain(&mut other, &[], 500));
        prop_assert_eq!(&seen, &expected);
        prop_assert!(seen.iter().all(|s| !matches!(s, Seen::Code(c) if c.is_empty())));
    }

    #[test]
    fn whatever_came_before_the_next_frame_after_silence_is_whole(
        garbage in prop::collection::vec(any::<u8>(), 0..100),
        silent in any::<bool>(),
    ) {
        let mut scanner = Scanner::<16>::new(Settings::default());
        drain(&mut scanner, &garbage, 0);
        if silent {
            drain(&mut scanner, &[], 600);
        }
        let seen = drain(&mut scanner, b"8712345678906\r", 600);
        prop_assert_eq!(seen.last(), Some(&code(b"8712345678906")));
    }

    #[test]
    fn times_that_run_backwards_do_no_harm(reads in prop::collection::vec((any::<u8>(), any::<u64>()), 0..50)) {
        let mut scanner = Scanner::<16>::new(Settings::default());
        for (byte, now_ms) in reads {
            drain(&mut scanner, &[byte], now_ms);
        }
    }
}
