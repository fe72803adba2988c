//! `sync-server` as a process in a folder of its own, for the tests of the command line.
#![allow(dead_code, reason = "every test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The columns of an import.
pub(crate) const HEADER: &str = "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents\n";

/// Two visits of Jip and a return, and something sold to nobody in Zwolle.
pub(crate) const ROWS: &str = "\
1,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995
2,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995
3,2026-03-01T11:00:00+01:00,utrecht,1,jip,sale,r2,kaars,Wonen,2,1000
4,2026-03-02T11:00:00+01:00,zwolle,2,,sale,r3,kaars,Wonen,0.5,250
5,2026-03-03T11:00:00+01:00,utrecht,1,jip,return,r4,kaars,Wonen,-1,-500
";

/// A folder with a head office in it.
pub(crate) struct Folder(TempDir);

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a CSV file with the header line.
    pub(crate) fn csv(&self, name: &str, rows: &str) {
        fs::write(self.path(name), format!("{HEADER}{rows}")).unwrap();
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        self.with_input(args, "")
    }

    /// Runs a command that reads this on its standard input.
    pub(crate) fn with_input(&self, args: &[&str], input: &str) -> Said {
        let output = Command::cargo_bin("sync-server")
            .unwrap()
            .current_dir(self.0.path())
            .args(args)
            .write_stdin(input)
            .output()
            .unwrap();
        Said {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The output of a command that must succeed.
    #[track_caller]
    pub(crate) fn out(&self, args: &[&str]) -> String {
        self.ends(args, 0).out
    }

    /// A command that must end with this code; gives what it said.
    #[track_caller]
    pub(crate) fn ends(&self, args: &[&str], code: i32) -> Said {
        let said = self.run(args);
        assert_eq!(said.code, code, "{args:?}: {said:?}");
        said
    }

    /// A command that must fail with this code, a message and a hint.
    #[track_caller]
    pub(crate) fn fails(&self, args: &[&str], code: i32, needles: &[&str]) {
        let said = self.ends(args, code);
        assert!(said.err.contains("error:"), "{args:?}: {said:?}");
        for needle in needles {
            assert!(
                said.err.contains(needle),
                "{args:?} without {needle:?}: {said:?}"
            );
        }
    }

    #[track_caller]
    pub(crate) fn json(&self, report: &[&str]) -> Value {
        let mut args = vec!["report"];
        args.extend_from_slice(report);
        args.extend_from_slice(&["--format", "json"]);
        serde_json::from_str(&self.out(&args)).unwrap()
    }
}
