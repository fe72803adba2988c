//! Cells in aligned columns for a terminal: what is too wide is cut so that what differs still looks different. Pure.

use std::collections::HashSet;

use super::table::NONE;

/// The most letters of a line.
pub(super) const WIDTH: usize = 100;
/// No column is cut narrower than this.
const NARROWEST: usize = 8;
/// Columns that are cut last: without their end they say something else.
const WHOLE: [&str; 2] = ["when_utc", "state"];

/// Rows of cells, aligned; the widest texts are cut (`..`) until a line fits, and what is no letter to see is a dot.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| plain(cell)).collect())
        .collect();
    let widths = widths(&rows);
    let cuts: Vec<Cut> = widths
        .iter()
        .enumerate()
        .map(|(column, width)| telling_cut(rows.iter().filter_map(|row| row.get(column)), *width))
        .collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row
            .iter()
            .zip(widths.iter().zip(&cuts))
            .map(|(cell, (width, cut))| {
                let cell = cut(cell, *width);
                if is_number(&cell) {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            });
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A text from outside as a terminal may have it.
pub(super) fn plain(text: &str) -> String {
    let seen = |letter: char| {
        if letter.is_control() {
            '\u{b7}'
        } else {
            letter
        }
    };
    text.chars().map(seen).collect()
}

/// A number, or the dash in the place of one.
fn is_number(cell: &str) -> bool {
    cell == NONE
        || cell
            .strip_suffix('%')
            .unwrap_or(cell)
            .parse::<f64>()
            .is_ok()
}

/// How wide every column may be.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let mut widths: Vec<usize> = (0..columns)
        .map(|column| {
            cells(column)
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let texts: Vec<usize> = (0..columns)
        .filter(|column| cells(*column).skip(1).any(|cell| !is_number(cell)))
        .collect();
    let is_whole = |column: usize| {
        cells(column)
            .next()
            .is_some_and(|head| WHOLE.contains(&head.as_str()))
    };
    loop {
        let line = widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1);
        let over = line.saturating_sub(WIDTH);
        let widest = texts.iter().copied().max_by_key(|column| {
            let width = widths.get(*column).copied().unwrap_or_default();
            (width > NARROWEST && !is_whole(*column), width)
        });
        let Some(width) = widest.and_then(|column| widths.get_mut(column)) else {
            return widths;
        };
        if over == 0 || *width <= NARROWEST {
            return widths;
        }
        // One by one: two wide columns share what must go.
        *width -= 1;
    }
}

pub(super) fn cut(cell: &str, width: usize) -> String {
    if cell.chars().count() <= width {
        return cell.to_owned();
    }
    let kept: String = cell.chars().take(width.saturating_sub(2)).collect();
    kept + ".."
}

type Cut = fn(&str, usize) -> String;

/// The cut under which what differs looks different: `history.csv` and `history.rejects.csv` begin alike.
fn telling_cut<'c>(cells: impl Iterator<Item = &'c String>, width: usize) -> Cut {
    let whole: HashSet<&String> = cells.collect();
    let tells = |cut: &Cut| {
        let seen: HashSet<String> = whole.iter().map(|cell| cut(cell, width)).collect();
        seen.len() == whole.len()
    };
    let cuts: [Cut; 3] = [cut, cut_middle, cut_start];
    cuts.into_iter().find(tells).unwrap_or(cut)
}

fn cut_middle(cell: &str, width: usize) -> String {
    let letters: Vec<char> = cell.chars().collect();
    if letters.len() <= width {
        return cell.to_owned();
    }
    let kept = width.saturating_sub(2);
    let (first, last) = (kept.div_ceil(2), kept / 2);
    let begin = letters.iter().take(first);
    let end = letters.iter().skip(letters.len() - last);
    begin.chain(&['.', '.']).chain(end).collect()
}

fn cut_start(cell: &str, width: usize) -> String {
    let letters = cell.chars().count();
    if letters <= width {
        return cell.to_owned();
    }
    let kept = cell.chars().skip(letters - width.saturating_sub(2));
    "..".chars().chain(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_looks_different_when_it_is_cut() {
        #[track_caller]
        fn check(cells: &[&str], width: usize, expected: &[&str]) {
            let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
            let cut = telling_cut(cells.iter(), width);
            let seen: Vec<String> = cells.iter().map(|cell| cut(cell, width)).collect();
            assert_eq!(seen, expected);
        }
        check(&["kassa-utrecht", "kaart"], 8, &["kassa-..", "kaart"]);
        let files = ["history.csv", "history.rejects.csv", "history.csv"];
        check(&files, 8, &["..ry.csv", "..ts.csv", "..ry.csv"]);
        let years = ["history-of-2024-a.csv", "history-of-2025-b.xls"];
        check(&years, 10, &["hist...csv", "hist...xls"]);
        check(&["aaaaaaaaaab", "aaaaaaaaaaaaab"], 4, &["aa..", "aa.."]);
    }
}
