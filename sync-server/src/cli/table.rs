//! Any report as rows and columns: an object of figures is one row a figure, a list of objects one row an object.
//! What is nested deeper is written as JSON in its cell. Fields keep the order of the report. Pure.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::columns::aligned;

/// Amounts in cents whose agreed name does not say so: what a customer spent, in rfm.
const CENTS: [&str; 1] = ["m"];

/// JSON with its fields in the order in which they stand and its numbers to the letter.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    /// A number, a text, yes or no, or nothing: as JSON.
    Single(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Tree {
    /// Reads JSON.
    pub(super) fn read(json: &str) -> Result<Self, serde_json::Error> {
        Self::of(serde_json::from_str(json)?)
    }

    fn of(raw: &RawValue) -> Result<Self, serde_json::Error> {
        let json = raw.get();
        match json.as_bytes().first() {
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json)?;
                items
                    .into_iter()
                    .map(Self::of)
                    .collect::<Result<_, _>>()
                    .map(Self::List)
            }
            Some(b'{') => {
                let Fields(fields) = serde_json::from_str(json)?;
                let fields = fields
                    .into_iter()
                    .map(|(name, raw)| Ok((name, Self::of(raw)?)));
                fields.collect::<Result<_, _>>().map(Self::Object)
            }
            _ => Ok(Self::Single(json.to_owned())),
        }
    }
}

/// The fields of an object, in order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

/// Header and rows.
type Rows = Vec<Vec<String>>;

fn json(tree: &Tree) -> String {
    match tree {
        Tree::Single(json) => json.clone(),
        Tree::List(items) => {
            let items: Vec<String> = items.iter().map(json).collect();
            format!("[{}]", items.join(","))
        }
        Tree::Object(fields) => {
            let fields = fields.iter();
            let fields: Vec<String> = fields
                .map(|(name, field)| format!("{}:{}", Value::from(name.as_str()), json(field)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
    }
}

fn cell(tree: &Tree) -> String {
    match tree {
        Tree::Single(json) if json == "null" => String::new(),
        // What is no text stands as it is.
        Tree::Single(json) => serde_json::from_str(json).unwrap_or_else(|_| json.clone()),
        other => json(other),
    }
}

/// The tables of a report: what each is called (nothing for the figures themselves), header and rows.
fn tables(tree: &Tree) -> Vec<(String, Rows)> {
    match tree {
        Tree::List(items) => vec![(String::new(), list(items))],
        Tree::Object(fields) => figures(fields),
        Tree::Single(_) => vec![(String::new(), vec![vec![cell(tree)]])],
    }
}

fn figures(fields: &[(String, Tree)]) -> Vec<(String, Rows)> {
    let mut rows = vec![vec!["figure".to_owned(), "value".to_owned()]];
    let mut lists = Vec::new();
    for (name, field) in fields {
        match field {
            Tree::List(items) if items.iter().any(|item| matches!(item, Tree::Object(_))) => {
                lists.push((name.clone(), list(items)));
            }
            Tree::Object(inner) => {
                let inner = inner.iter();
                rows.extend(inner.map(|(key, value)| vec![format!("{name}.{key}"), cell(value)]));
            }
            field => rows.push(vec![name.clone(), cell(field)]),
        }
    }
    let mut tables = vec![(String::new(), rows)];
    tables.append(&mut lists);
    tables
}

fn list(items: &[Tree]) -> Rows {
    let mut header: Vec<String> = Vec::new();
    for item in items {
        if let Tree::Object(fields) = item {
            for (name, _) in fields {
                if !header.contains(name) {
                    header.push(name.clone());
                }
            }
        }
    }
    if header.is_empty() {
        return items.iter().map(|item| vec![cell(item)]).collect();
    }
    let mut rows = vec![header.clone()];
    for item in items {
        let of = |name: &String| match item {
            Tree::Object(fields) => fields
                .iter()
                .find(|(field, _)| field == name)
                .map_or_else(String::new, |(_, value)| cell(value)),
            other => cell(other),
        };
        rows.push(header.iter().map(of).collect());
    }
    rows
}

/// What stands where a report has no figure, and what it means.
pub(super) const NONE: &str = "-";
const NO_FIGURE: &str = "\n-  no figure: nothing in this selection to count it over\n";

/// What the fractions of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fractions {
    /// Parts of a whole, shown in percent.
    Rates,
    /// Numbers such as days, shown to three decimals.
    Numbers,
}

/// [`table`] of a report, with a word about the figures that are not there.
pub(super) fn figures_table(tree: &Tree, fractions: Fractions) -> String {
    let mut text = laid_out(&for_people(&in_words(tree), fractions));
    if has_gap(tree) {
        text.push_str(NO_FIGURE);
    }
    text
}

fn has_gap(tree: &Tree) -> bool {
    match tree {
        Tree::Single(json) => json == "null",
        Tree::List(items) => items.iter().any(has_gap),
        Tree::Object(fields) => fields.iter().any(|(_, field)| has_gap(field)),
    }
}

/// Aligned columns for people, at most 100 wide; numbers to the right, fractions rounded, nothing as a dash.
pub(super) fn table(tree: &Tree) -> String {
    laid_out(&for_people(tree, Fractions::Numbers))
}

/// The figures of a report for people: `mean of gap` instead of `gap.mean`, and a dash for a list of nothing.
fn in_words(tree: &Tree) -> Tree {
    let Tree::Object(fields) = tree else {
        return tree.clone();
    };
    let words = fields.iter().flat_map(|(name, field)| match field {
        Tree::Object(inner) => {
            let inner = inner.iter();
            inner
                .map(|(key, value)| (format!("{key} of {name}"), value.clone()))
                .collect()
        }
        Tree::List(items) if items.is_empty() => {
            vec![(name.clone(), Tree::Single(Value::from(NONE).to_string()))]
        }
        field => vec![(name.clone(), field.clone())],
    });
    Tree::Object(words.collect())
}

fn laid_out(tree: &Tree) -> String {
    let mut text = String::new();
    for (name, rows) in tables(tree) {
        if !name.is_empty() {
            text.push('\n');
            text.push_str(&name);
            text.push('\n');
        }
        text.push_str(&aligned(&rows));
    }
    text
}

/// Numbers with a fraction rounded, amounts in euros under a name without `_cents`, and a dash for nothing.
fn for_people(tree: &Tree, fractions: Fractions) -> Tree {
    match tree {
        Tree::Single(json) if json == "null" => Tree::Single(Value::from(NONE).to_string()),
        Tree::Single(json) if !json.starts_with('"') && json.contains(['.', 'e']) => {
            let number = json.parse::<f64>().map(|number| match fractions {
                Fractions::Rates => Value::from(format!("{:.1}%", number * 100.0)).to_string(),
                Fractions::Numbers => format!("{number:.3}"),
            });
            Tree::Single(number.unwrap_or_else(|_| json.clone()))
        }
        Tree::Single(_) => tree.clone(),
        Tree::List(items) => {
            let items = items.iter();
            Tree::List(items.map(|item| for_people(item, fractions)).collect())
        }
        Tree::Object(fields) => {
            let fields = fields.iter();
            Tree::Object(
                fields
                    .map(|(name, field)| match (name.strip_suffix("_cents"), field) {
                        (Some(name), Tree::Single(json)) => (name.to_owned(), euros(json)),
                        (None, Tree::Single(json)) if CENTS.contains(&name.as_str()) => {
                            (name.clone(), euros(json))
                        }
                        (_, Tree::List(items)) if is_plain(items) => (name.clone(), joined(items)),
                        _ => (name.clone(), for_people(field, fractions)),
                    })
                    .collect(),
            )
        }
    }
}

/// A list of texts and numbers stands in one cell.
fn is_plain(items: &[Tree]) -> bool {
    items.iter().all(|item| matches!(item, Tree::Single(_)))
}

fn joined(items: &[Tree]) -> Tree {
    let texts: Vec<String> = items.iter().map(cell).collect();
    Tree::Single(Value::from(texts.join(", ")).to_string())
}

/// Cents as euros with two decimals; a dash for nothing.
fn euros(json: &str) -> Tree {
    Tree::Single(match json.parse::<i64>() {
        Ok(cents) => {
            let sign = if cents < 0 { "-" } else { "" };
            let cents = cents.unsigned_abs();
            format!("{sign}{}.{:02}", cents / 100, cents % 100)
        }
        Err(_) if json == "null" => Value::from(NONE).to_string(),
        Err(_) => json.to_owned(),
    })
}

/// CSV; where a report is more than one table, an empty line and a line with the name stand between them.
pub(super) fn csv(tree: &Tree) -> Result<Vec<u8>, csv::Error> {
    let mut bytes = Vec::new();
    for (name, rows) in tables(tree) {
        if !name.is_empty() {
            bytes.extend_from_slice(format!("\n{name}\n").as_bytes());
        }
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        for row in rows {
            writer.write_record(row)?;
        }
        let written = writer.into_inner().map_err(|error| error.into_error())?;
        bytes.extend_from_slice(&written);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::columns::WIDTH;
    use super::*;

    #[test]
    fn a_rate_has_the_digits_of_the_report() {
        let rate = 300.0 / 3300.0;
        let report = format!(r#"{{"rate":{rate},"name":"a \"b\""}}"#);
        assert_eq!(
            String::from_utf8(csv(&Tree::read(&report).unwrap()).unwrap()).unwrap(),
            format!("figure,value\nrate,{rate}\nname,\"a \"\"b\"\"\"\n")
        );
    }

    #[test]
    fn figures_and_lists_become_rows() {
        let report =
            r#"{"rate":0.5,"gap":{"mean":2},"none":null,"within":[{"days":30,"rate":0.25}]}"#;
        assert_eq!(
            String::from_utf8(csv(&Tree::read(report).unwrap()).unwrap()).unwrap(),
            "figure,value\nrate,0.5\ngap.mean,2\nnone,\n\nwithin\ndays,rate\n30,0.25\n"
        );
        let list = r#"[{"key":"2026-01","lines":7,"rate":0.123456789}]"#;
        assert_eq!(
            table(&Tree::read(list).unwrap()),
            "key      lines  rate\n2026-01      7  0.123\n"
        );
    }

    #[test]
    fn a_table_rounds_and_says_what_a_dash_is() {
        let tree = Tree::read(r#"{"rate":0.48349999,"tiny":1e-7,"none":null}"#).unwrap();
        let text = figures_table(&tree, Fractions::Numbers);
        assert_eq!(
            text,
            format!("figure  value\nrate    0.483\ntiny    0.000\nnone        -\n{NO_FIGURE}")
        );
        let whole = Tree::read(r#"{"rate":0.5,"code":"e1.5"}"#).unwrap();
        assert_eq!(
            figures_table(&whole, Fractions::Numbers),
            "figure  value\nrate    0.500\ncode    e1.5\n"
        );
    }

    #[test]
    fn a_table_says_in_words_what_a_file_nests() {
        let tree = Tree::read(r#"{"gap":{"mean":2.5},"by_reason":[]}"#).unwrap();
        assert_eq!(
            figures_table(&tree, Fractions::Numbers),
            "figure       value\nmean of gap  2.500\nby_reason        -\n"
        );
    }

    #[test]
    fn a_table_shows_euros_and_percent_and_a_file_does_not() {
        let report = r#"{"gross_cents":41342972,"net_cents":-5,"none_cents":null,"rate":0.3333333333333333,"all":1.0,"lines":2,"by":[{"key":"x","value_cents":100}]}"#;
        let tree = Tree::read(report).unwrap();
        assert_eq!(
            figures_table(&tree, Fractions::Rates),
            format!(
                "figure  value\ngross   413429.72\nnet         -0.05\nnone            -\nrate        33.3%\nall        100.0%\nlines           2\n\nby\nkey  value\nx     1.00\n{NO_FIGURE}"
            )
        );
        assert_eq!(
            String::from_utf8(csv(&tree).unwrap()).unwrap(),
            "figure,value\ngross_cents,41342972\nnet_cents,-5\nnone_cents,\nrate,0.3333333333333333\nall,1.0\nlines,2\n\nby\nkey,value_cents\nx,100\n"
        );
    }

    #[test]
    fn a_table_fits_a_terminal_and_shows_no_control_letters() {
        let wide = "x".repeat(300);
        let report = format!(
            r#"[{{"key":"{wide}","name":"{wide}","n":1000000}},{{"key":"a\u001b[31mb","name":"","n":2}}]"#
        );
        let text = table(&Tree::read(&report).unwrap());
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert!(text.contains("1000000") && text.contains("x.."), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
