//! Quotes, line ends, broken lines, and that both ways of reading say the same.

use super::fields::each_comma;
use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Everything in a text, by line: read one by one, or some at once where that can be done.
fn read(text: &[u8], some: bool, buffer: usize) -> Vec<(u64, Result<Vec<String>, &'static str>)> {
    let mut records = Records::new(io::BufReader::with_capacity(buffer, text));
    let mut lines = Lines::default();
    let mut fields = Fields::default();
    let mut found = Vec::new();
    loop {
        let mut taken = |line, record| {
            found.push((line, Ok(fields.of(record).map(str::to_owned).collect())));
        };
        if some && records.take_some(&mut lines).unwrap() {
            lines.iter().for_each(|(line, record)| taken(line, record));
            continue;
        }
        match records.take().unwrap() {
            Some(Taken::Record(line, record)) => taken(line, record),
            Some(Taken::Broken(line, why, _)) => found.push((line, Err(why))),
            None => {
                assert_eq!(records.bytes(), text.len() as u64);
                return found;
            }
        }
    }
}

#[track_caller]
fn check(text: &str, expected: &[(u64, Result<&[&str], &str>)]) {
    let found = read(text.as_bytes(), false, 8);
    let expected: Vec<_> = expected
        .iter()
        .map(|(line, row)| {
            (
                *line,
                row.map(|fields| fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>()),
            )
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!(read(text.as_bytes(), true, 1 << 20), expected);
}

/// Where fields, lines and letters begin and end.
const PIECES: &[&[u8]] = &[
    b"a",
    b"1234567",
    b",",
    b",,",
    b"\"",
    b"\r",
    b"\n",
    b"\n\n",
    b"\r\n",
    b"\xc3\xa9",
    b"\xff",
    b"\xef\xbb\xbf",
];

proptest! {
    #[test]
    fn some_at_once_are_the_same_as_one_by_one(
        pieces in vec(select(PIECES), 0..80),
        buffer in 1_usize..64,
    ) {
        let text = pieces.concat();
        prop_assert_eq!(read(&text, true, buffer), read(&text, false, 1 << 20));
    }

    #[test]
    fn commas_are_found_where_they_are(record in vec(any::<u8>().prop_map(|byte| if byte < 64 { b',' } else { byte }), 0..40)) {
        let mut found = Vec::new();
        each_comma(&record, |at| found.push(at));
        let are: Vec<usize> = (0..record.len()).filter(|at| record[*at] == b',').collect();
        prop_assert_eq!(found, are);
    }
}

#[test]
fn quotes_lines_and_ends() {
    check(
        "\u{feff}a,b\r\n\"x, \"\"y\"\"\nz\",\r\n\n,42\" scherm",
        &[
            (1, Ok(&["a", "b"])),
            (2, Ok(&["x, \"y\"\nz", ""])),
            (5, Ok(&["", "42\" scherm"])),
        ],
    );
}

#[test]
fn a_record_is_given_as_it_stands_too() {
    let text = "\u{feff}a,b\r\n\"x,\ny\",1\r\nu1,\"K,1\nu2,\"K\"x\n";
    let mut records = Records::new(text.as_bytes());
    let mut found = Vec::new();
    while let Some(taken) = records.take().unwrap() {
        found.push(match taken {
            Taken::Record(_, record) => record.to_owned(),
            Taken::Broken(_, _, bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        });
    }
    assert_eq!(found, ["a,b", "\"x,\ny\",1", "u1,\"K,1", "u2,\"K\"x"]);
}

#[test]
fn a_stray_quote_breaks_its_own_line_and_no_other() {
    let open = "a quote is never closed";
    let behind = "text stands behind a closing quote";
    check(
        "u1,\"K,1\nu2,K,1\n",
        &[(1, Err(open)), (2, Ok(&["u2", "K", "1"]))],
    );
    check(
        "u1,\"K,1\nu2,\"K,1\nu3,K,1\n",
        &[(1, Err(behind)), (2, Err(open)), (3, Ok(&["u3", "K", "1"]))],
    );
    check(
        "u1,\"K\"x,1\nu2,K,1\n",
        &[(1, Err(behind)), (2, Ok(&["u2", "K", "1"]))],
    );
}

#[test]
fn a_line_without_end_is_given_up_and_the_next_is_read() {
    let long = "x".repeat(MAX_RECORD + 10);
    check(
        &format!("{long}\na,b\n"),
        &[(1, Err("the line is too long")), (2, Ok(&["a", "b"]))],
    );
}

#[test]
fn only_what_has_to_be_looked_at_is() {
    let text = b"a,b\n1,2\n\n3,4\n\"5\",6\n7,8\n9,\xff\n10,11\nlast";
    let mut records = Records::new(&text[..]);
    let mut lines = Lines::default();
    assert!(!records.take_some(&mut lines).unwrap(), "the first line");
    records.take().unwrap();
    let mut some = |records: &mut Records<&[u8]>| -> Vec<(u64, String)> {
        records.take_some(&mut lines).unwrap();
        let taken = lines.iter();
        taken.map(|(line, text)| (line, text.to_owned())).collect()
    };
    let own = |line, text: &str| (line, text.to_owned());
    assert_eq!(some(&mut records), [own(2, "1,2"), own(4, "3,4")]);
    assert_eq!(some(&mut records), []);
    assert_eq!(records.take().unwrap(), Some(Taken::Record(5, "\"5\",6")));
    assert_eq!(some(&mut records), [own(6, "7,8")]);
    let broken = Taken::Broken(7, "not UTF-8", b"9,\xff");
    assert_eq!(records.take().unwrap(), Some(broken));
    assert_eq!(some(&mut records), [own(8, "10,11")]);
    assert_eq!(records.take().unwrap(), Some(Taken::Record(9, "last")));
    assert_eq!(records.take().unwrap(), None);
}
