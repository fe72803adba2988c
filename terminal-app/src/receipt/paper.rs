//! A paper document: rows that know their meaning (a pair of text and amount, a table row, a rule, a barcode), and
//! their layout into lines of a fixed number of columns. Text from outside is cleaned here, once ([`super::text`]).

use super::text::clean;

/// How large and dark a line is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Emphasised.
    pub bold: bool,
    /// Twice as wide: half as many characters.
    pub wide: bool,
    /// Twice as high.
    pub tall: bool,
}

impl Style {
    /// Normal print.
    pub const PLAIN: Self = Self {
        bold: false,
        wide: false,
        tall: false,
    };
    /// Emphasised.
    pub const BOLD: Self = Self {
        bold: true,
        ..Self::PLAIN
    };
    /// Emphasised and high.
    pub const TALL: Self = Self {
        tall: true,
        ..Self::BOLD
    };
    /// Emphasised, high and wide.
    pub const LARGE: Self = Self {
        wide: true,
        ..Self::TALL
    };
}

/// One row of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Text in the middle, wrapped.
    Centred(String, Style),
    /// Text on the left, wrapped.
    Text(String),
    /// Text on the left, an amount on the right; the text is wrapped beside the amount's column.
    Pair(String, String, Style),
    /// Four columns of the VAT table; the first on the left, the others on the right.
    Table([String; 4], Style),
    /// A line across the paper.
    Rule,
    /// An empty line.
    Blank,
    /// Code 128 C of an even number of digits.
    Barcode(String),
}

/// A document, from top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// At most `columns` characters (half of that when wide), all of CP858.
    Text {
        /// The characters.
        text: String,
        /// In the middle of the paper.
        centred: bool,
        /// How they are printed.
        style: Style,
    },
    /// Digits, an even number.
    Barcode(String),
}

impl Paper {
    /// The lines of this document on paper of `columns` characters (at least 16).
    #[must_use]
    pub fn lines(&self, columns: usize) -> Vec<Line> {
        let columns = columns.max(16);
        let mut lines = Vec::new();
        for row in &self.rows {
            lay_out(row, columns, &mut lines);
        }
        lines
    }
}

fn lay_out(row: &Row, columns: usize, lines: &mut Vec<Line>) {
    let mut push = |text: String, centred: bool, style: Style| {
        lines.push(Line::Text {
            text,
            centred,
            style,
        });
    };
    match row {
        Row::Centred(text, style) => {
            let width = if style.wide { columns / 2 } else { columns };
            for part in wrap(&clean(text), width) {
                push(part, true, *style);
            }
        }
        Row::Text(text) => {
            for part in wrap(&clean(text), columns) {
                push(part, false, Style::PLAIN);
            }
        }
        Row::Pair(left, right, style) => {
            for line in pair(&clean(left), &clean(right), columns) {
                push(line, false, *style);
            }
        }
        Row::Table(cells, style) => {
            for line in table_row(cells, columns) {
                push(line, false, *style);
            }
        }
        Row::Rule => push("-".repeat(columns), false, Style::PLAIN),
        Row::Blank => push(String::new(), false, Style::PLAIN),
        Row::Barcode(digits) => lines.push(Line::Barcode(digits.clone())),
    }
}

/// Text on the left and an amount on the right, at least one space between them. The amount stands beside the last
/// line of the text, or on a line of its own when it does not fit there.
fn pair(left: &str, right: &str, columns: usize) -> Vec<String> {
    let right_width = right.chars().count();
    if right_width + 1 >= columns {
        let mut lines = wrap(left, columns);
        lines.extend(wrap(right, columns));
        return lines;
    }
    let mut lines = wrap(left, columns - right_width - 1);
    if let Some(last) = lines.pop() {
        let room = columns - last.chars().count();
        lines.push(format!("{last}{right:>room$}"));
    }
    lines
}

/// Amounts end at fixed places, with at least one space before them; a row that is too wide even so is wrapped.
fn table_row(cells: &[String; 4], columns: usize) -> Vec<String> {
    let column = if columns < 40 {
        (columns - 5) / 3
    } else {
        columns / 4
    };
    let [name, rest @ ..] = cells;
    let mut line = clean(name);
    for (cell, columns_behind) in rest.iter().zip([2, 1, 0]) {
        let end = columns - columns_behind * column;
        let room = end.saturating_sub(line.chars().count() + 1);
        line.push_str(&format!(" {:>room$}", clean(cell)));
    }
    if line.chars().count() <= columns {
        vec![line]
    } else {
        wrap(&line, columns)
    }
}

/// Breaks text at spaces into lines of at most `width` characters; a word that is longer is broken anywhere. At least
/// one line, without spaces at either end except for an indent of the text itself.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let indent: String = text
        .chars()
        .take_while(|c| *c == ' ')
        .take(width / 2)
        .collect();
    let mut lines = Vec::new();
    let mut line = indent.clone();
    let mut empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let used = line.chars().count() + usize::from(!empty);
            if used + word.len() <= width {
                if !empty {
                    line.push(' ');
                }
                line.extend(&word);
                empty = false;
                break;
            }
            if empty {
                let rest = word.split_off((width - indent.len()).min(word.len()));
                line.extend(&word);
                word = rest;
            }
            lines.push(std::mem::replace(&mut line, indent.clone()));
            empty = true;
        }
    }
    if !empty || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_names_are_wrapped_beside_the_amount() {
        assert_eq!(
            pair("Handgemaakte kaars van bijenwas", "12,50", 20),
            ["Handgemaakte", "kaars van", "bijenwas       12,50"]
        );
        assert_eq!(pair("Sjaal", "9,95", 16), ["Sjaal       9,95"]);
        assert_eq!(wrap("  3 x 2,50", 20), ["  3 x 2,50"]);
        assert_eq!(wrap("", 20), [""]);
    }

    #[test]
    fn large_amounts_in_a_table_still_fit() {
        let row = |cells: [&str; 4]| table_row(&cells.map(str::to_owned), 32);
        assert_eq!(
            row(["A 21%", "47,48", "9,97", "57,45"]),
            ["A 21%    47,48     9,97    57,45"]
        );
        assert_eq!(
            row(["Totaal", "1.020,25", "214,25", "1.234,50"]),
            ["Totaal 1.020,25  214,25 1.234,50"]
        );
        let lines = row(["Totaal", "123.456,78", "25.925,92", "149.382,70"]);
        assert_eq!(lines, ["Totaal 123.456,78 25.925,92", "149.382,70"]);
    }

    proptest! {
        #[test]
        fn every_line_fits_and_no_word_is_lost(text in "\\PC{0,80}", amount in "-?[0-9]{1,4},[0-9]{2}", columns in 16_usize..60) {
            let cleaned = clean(&text);
            let lines = pair(&cleaned, &amount, columns);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= columns));
            let squeeze = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&format!("{cleaned}{amount}")));
        }
    }
}
