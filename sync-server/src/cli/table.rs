//! Any report as rows and columns: an object of figures is one row a figure, a list of objects one row an object.
//! What is nested deeper is written as JSON in its cell. Fields keep the order of the report. Pure.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

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

/// Aligned columns for people; numbers to the right.
pub(super) fn table(tree: &Tree) -> String {
    let mut text = String::new();
    for (name, rows) in tables(tree) {
        if !name.is_empty() {
            text.push('\n');
            text.push_str(&name);
            text.push('\n');
        }
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &rows {
            let cells = row.iter().zip(&widths).map(|(cell, width)| {
                if cell.parse::<f64>().is_ok() {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
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
        let cohorts = r#"[{"cohort":"2026-01","size":7,"active":[7,1]}]"#;
        assert_eq!(
            table(&Tree::read(cohorts).unwrap()),
            "cohort   size  active\n2026-01     7  [7,1]\n"
        );
    }
}
