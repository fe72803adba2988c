//! Any report as rows and columns: an object of figures is one row a figure, a list of objects one row an object.
//! What is nested deeper is written as JSON in its cell. Pure.

use serde_json::{Map, Value};

/// Header and rows.
type Rows = Vec<Vec<String>>;

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// One table of a report: what it is called (nothing for the figures themselves), header and rows.
fn tables(value: &Value) -> Vec<(String, Rows)> {
    match value {
        Value::Array(items) => vec![(String::new(), list(items))],
        Value::Object(object) => figures(object),
        single => vec![(String::new(), vec![vec![cell(single)]])],
    }
}

fn is_list(value: &Value) -> bool {
    matches!(value, Value::Array(items) if items.iter().any(Value::is_object))
}

fn figures(object: &Map<String, Value>) -> Vec<(String, Rows)> {
    let mut rows = vec![vec!["figure".to_owned(), "value".to_owned()]];
    let mut lists = Vec::new();
    for (name, value) in object {
        match value {
            Value::Array(items) if is_list(value) => lists.push((name.clone(), list(items))),
            Value::Object(inner) => {
                for (key, value) in inner {
                    rows.push(vec![format!("{name}.{key}"), cell(value)]);
                }
            }
            value => rows.push(vec![name.clone(), cell(value)]),
        }
    }
    let mut tables = vec![(String::new(), rows)];
    tables.append(&mut lists);
    tables
}

fn list(items: &[Value]) -> Rows {
    let mut header: Vec<String> = Vec::new();
    for item in items {
        for name in item.as_object().into_iter().flat_map(Map::keys) {
            if !header.contains(name) {
                header.push(name.clone());
            }
        }
    }
    if header.is_empty() {
        return items.iter().map(|item| vec![cell(item)]).collect();
    }
    let mut rows = vec![header.clone()];
    for item in items {
        let row = header
            .iter()
            .map(|name| item.get(name).map_or_else(String::new, cell));
        rows.push(row.collect());
    }
    rows
}

/// Aligned columns for people; numbers to the right.
pub(super) fn table(value: &Value) -> String {
    let mut text = String::new();
    for (name, rows) in tables(value) {
        if !name.is_empty() {
            text.push_str(&format!("\n{name}\n"));
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

/// CSV; more than one table are divided by an empty line and a line with the name.
pub(super) fn csv(value: &Value) -> Result<Vec<u8>, csv::Error> {
    let mut bytes = Vec::new();
    for (name, rows) in tables(value) {
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
    use serde_json::json;

    #[test]
    fn figures_and_lists_become_rows() {
        let report = json!({ "rate": 0.5, "gap": { "mean": 2 }, "none": null, "within": [{ "days": 30, "rate": 0.25 }] });
        assert_eq!(
            String::from_utf8(csv(&report).unwrap()).unwrap(),
            "figure,value\nrate,0.5\ngap.mean,2\nnone,\n\nwithin\ndays,rate\n30,0.25\n"
        );
        assert_eq!(
            table(&json!([{ "cohort": "2026-01", "size": 7 }])),
            "cohort   size\n2026-01     7\n"
        );
    }
}
