//! What became of a file's rows, and what is odd about those that went in. Never refuses anything.

use std::collections::BTreeMap;

use journey::import::Remark;

use crate::out;

/// Lines that are named of one oddity.
const MOST_LINES: usize = 5;
/// Unknown kinds that are told apart.
const MOST_KINDS: usize = 20;

/// How often something was seen, and where first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often.
    pub count: u64,
    /// The first lines, at most five.
    pub lines: Vec<u64>,
}

impl Seen {
    fn at(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < MOST_LINES {
            self.lines.push(line);
        }
    }
}

/// What became of a file's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The number under which the import can be taken back.
    pub id: i64,
    /// Rows read.
    pub rows: u64,
    /// Of which new.
    pub added: u64,
    /// Of which there already.
    pub known: u64,
    /// Of which rejected.
    pub rejected: u64,
    /// Rows of forgotten customers, taken in without them.
    pub forgotten: u64,
    /// Rows that lie ahead of the clock of head office.
    pub future: Seen,
    /// Of which went in with this import.
    pub future_added: u64,
    /// Returns with a positive sign.
    pub positive_returns: Seen,
    /// Sales with a negative sign.
    pub negative_sales: Seen,
    /// Lines with an amount and the quantity 0.
    pub amounts_without_quantity: Seen,
    /// Kinds without a meaning here.
    pub unknown_kinds: BTreeMap<String, Seen>,
    /// Rows of unknown kinds beyond the twenty that are told apart.
    pub more_unknown_kinds: u64,
}

impl Summary {
    pub(super) fn remark(&mut self, remark: Remark, kind: &str, line: u64) {
        match remark {
            Remark::PositiveReturn => self.positive_returns.at(line),
            Remark::NegativeSale => self.negative_sales.at(line),
            Remark::AmountWithoutQuantity => self.amounts_without_quantity.at(line),
            Remark::UnknownKind if self.unknown_kinds.contains_key(kind) => {
                self.unknown_kinds
                    .entry(kind.to_owned())
                    .or_default()
                    .at(line);
            }
            Remark::UnknownKind if self.unknown_kinds.len() < MOST_KINDS => {
                self.unknown_kinds
                    .entry(kind.to_owned())
                    .or_default()
                    .at(line);
            }
            Remark::UnknownKind => self.more_unknown_kinds += 1,
        }
    }

    /// A row ahead of the clock, and whether this import brought it.
    pub(super) fn in_future(&mut self, line: u64, is_new: bool) {
        self.future.at(line);
        self.future_added += u64::from(is_new);
    }

    /// What somebody should look at, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut found = Vec::new();
        // To take back an import that found them there takes back none of them.
        let cure = if self.future_added > 0 {
            format!(
                "`sync-server import --undo {}` takes the import back",
                self.id
            )
        } else {
            "`import --undo` takes back the import that brought them (`import --list`)".to_owned()
        };
        let tail = format!(
            "in reports: the last sale day, at which paths are seen, may move; where a year was mistyped, {cure}"
        );
        let mut odd = |seen: &Seen, one: &str, many: &str| {
            if seen.count > 0 {
                let what = out::count(seen.count, one, many);
                found.push(format!("{what} ({})", lines(seen)));
            }
        };
        odd(
            &self.future,
            &format!("row lies in the future and counts {tail}"),
            &format!("rows lie in the future and count {tail}"),
        );
        odd(
            &self.positive_returns,
            "return has a positive sign and counts as it stands: returns are negative in quantity and amount",
            "returns have a positive sign and count as they stand: returns are negative in quantity and amount",
        );
        odd(
            &self.negative_sales,
            "sale has a negative quantity or amount and counts as it stands: a discount or a correction, or a return under the wrong kind",
            "sales have a negative quantity or amount and count as they stand: discounts or corrections, or returns under the wrong kind",
        );
        odd(
            &self.amounts_without_quantity,
            "line has an amount and the quantity 0, and counts as it stands",
            "lines have an amount and the quantity 0, and count as they stand",
        );
        for (kind, seen) in &self.unknown_kinds {
            odd(
                seen,
                &format!(
                    "row of the unknown kind {kind:?} is kept and counted, and takes no part in sales figures"
                ),
                &format!(
                    "rows of the unknown kind {kind:?} are kept and counted, and take no part in sales figures"
                ),
            );
        }
        if self.more_unknown_kinds > 0 {
            let rows = out::count(
                self.more_unknown_kinds,
                "row of yet another unknown kind is",
                "rows of yet other unknown kinds are",
            );
            found.push(format!(
                "{rows} kept and counted: is the column kind the right one?"
            ));
        }
        if self.forgotten > 0 {
            let rows = out::count(
                self.forgotten,
                "row of a forgotten customer was taken in without that customer",
                "rows of forgotten customers were taken in without them",
            );
            found.push(rows);
        }
        found
    }
}

fn lines(seen: &Seen) -> String {
    let numbers: Vec<String> = seen.lines.iter().map(u64::to_string).collect();
    let more = u64::try_from(seen.lines.len()).is_ok_and(|named| named < seen.count);
    format!(
        "line{} {}{}",
        if numbers.len() == 1 { "" } else { "s" },
        numbers.join(", "),
        if more { ", .." } else { "" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oddities_are_told_with_their_count_and_first_lines() {
        let mut summary = Summary::default();
        assert!(summary.warnings().is_empty());
        summary.in_future(7, true);
        for line in 2..10 {
            summary.remark(Remark::UnknownKind, "adjustment", line);
        }
        let told = summary.warnings();
        assert!(told[0].starts_with("1 row lies in the future"), "{told:?}");
        assert!(told[0].ends_with("(line 7)"), "{told:?}");
        assert!(told[1].starts_with("8 rows of the unknown kind \"adjustment\""));
        assert!(told[1].ends_with("(lines 2, 3, 4, 5, 6, ..)"), "{told:?}");
    }

    #[test]
    fn a_column_of_nothing_but_kinds_stays_short() {
        let mut summary = Summary::default();
        for line in 0..1_000 {
            summary.remark(Remark::UnknownKind, &format!("k{line}"), line);
        }
        let told = summary.warnings();
        assert_eq!(told.len(), MOST_KINDS + 1);
        assert!(told[MOST_KINDS].starts_with("980 rows of yet other"));
    }
}
