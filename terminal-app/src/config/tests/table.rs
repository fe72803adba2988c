//! The table of all settings in hardware.md, held to what is read.

use std::collections::BTreeMap;
use std::path::Path;

use super::Config;

/// The table of hardware.md has the keys that the till reads, no other, and none is missing.
#[test]
fn the_table_of_settings_is_whole() {
    let text = include_str!("../../../../hardware.md");
    let (_, table) = text
        .split_once("| section | key | default | what |")
        .expect("the table");
    let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in table.lines().skip(2).take_while(|row| row.starts_with('|')) {
        let mut cells = row.split('`').skip(1).step_by(2);
        let (Some(section), Some(key)) = (cells.next(), cells.next()) else {
            panic!("{row}");
        };
        told.entry(section).or_default().push(key);
    }
    let sections: Vec<&str> = told
        .keys()
        .map(|name| name.trim_matches(['[', ']']))
        .collect();
    check("[zzzzzzzzzzzz]\n", sections);
    for (section, keys) in told {
        check(&format!("{section}\nzzzzzzzzzzzz = 1\n"), keys);
    }
}

/// What is not known is answered with everything that is.
#[track_caller]
fn check(wrong: &str, mut told: Vec<&str>) {
    let error = Config::parse(Path::new("till.toml"), wrong).expect_err("no such setting");
    let mut known: Vec<&str> = error.cure.split('`').skip(1).step_by(2).collect();
    told.sort_unstable();
    known.sort_unstable();
    assert_eq!(told, known, "{wrong}");
}
