//! Every table as a file. XLSX is for people: the words of the page, amounts in euros, real dates. CSV follows the
//! language of the pages: in English it is for programs (names of the report definitions, cents, fractions, commas); in
//! Dutch it is what a Dutch spreadsheet opens by itself (semicolons, decimal commas, euros, the words of the page).
//! Text from outside never becomes a formula.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::ask::{Answer, Ask, Refused};
use super::strings::Language;
use super::table::{Cell, Column, Shown, Table};
use super::{customer, customers, receipts, returning, synchronisation};

/// The most rows of a worksheet, its header left out.
const MOST_ROWS: usize = 1_048_575;
/// The longest text of a cell that spreadsheets read.
const LONGEST_TEXT: usize = 32_767;

/// `GET /export/NAME.csv` and `.xlsx`, with the filter of the page.
pub(crate) fn page(ask: &Ask) -> Answer {
    let file = ask.path.strip_prefix("/export/").unwrap_or_default();
    let (name, kind) = file.split_once('.').ok_or(Refused::NotFound)?;
    let table = match name {
        "kerncijfers" | "weken" | "cohorten" | "tweede-bezoek" => returning::export(ask, name)?,
        "klanten" => customers::export(ask)?,
        "bonnen" => receipts::export(ask)?,
        "klant-bonnen" | "klant-tijdlijn" => customer::export(ask, name)?,
        "kassas" | "dagen" | "aandachtspunten" => synchronisation::export(ask, name)?,
        _ => return Err(Refused::NotFound),
    };
    let (bytes, content_type) = match kind {
        "csv" => (csv(&table, ask.language)?, "text/csv; charset=utf-8"),
        "xlsx" => (
            xlsx(&table, called(name, ask.language), ask.language)
                .map_err(|error| Refused::Failed(error.to_string()))?,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        _ => return Err(Refused::NotFound),
    };
    Ok(download(
        bytes,
        content_type,
        &format!("{}.{kind}", called(name, ask.language)),
    ))
}

/// What a file is called in the language of the pages.
pub(crate) fn called(name: &str, language: Language) -> &str {
    const ENGLISH: [(&str, &str); 11] = [
        ("kerncijfers", "key-figures"),
        ("weken", "weeks"),
        ("cohorten", "cohorts"),
        ("tweede-bezoek", "second-visit"),
        ("klanten", "customers"),
        ("bonnen", "receipts"),
        ("klant-bonnen", "customer-receipts"),
        ("klant-tijdlijn", "customer-timeline"),
        ("kassas", "tills"),
        ("dagen", "days"),
        ("aandachtspunten", "to-look-at"),
    ];
    match language {
        Language::Nl => name,
        Language::En => ENGLISH
            .iter()
            .find(|(dutch, _)| *dutch == name)
            .map_or(name, |(_, english)| english),
    }
}

fn download(bytes: Vec<u8>, content_type: &'static str, file: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    // `file` is one of the names above.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn in_files(columns: &[Column]) -> Vec<usize> {
    columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.shown != Shown::OnPages)
        .map(|(at, _)| at)
        .collect()
}

/// Text that a spreadsheet could take for a formula gets an apostrophe before it (CWE-1236).
fn tame(text: &str) -> String {
    let first = text
        .trim_start_matches([' ', '\u{a0}', '\u{feff}'])
        .chars()
        .next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}")
        }
        _ => text.to_owned(),
    }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Rate(None) | Cell::Decimal(None) | Cell::Day(None) => String::new(),
        Cell::Text(text) => tame(text),
        Cell::Count(count) => count.to_string(),
        Cell::Number(number) | Cell::Cents(number) => number.to_string(),
        Cell::Quantity(thousandths) => retail::quantity::Quantity(*thousandths)
            .to_string()
            .replace(',', "."),
        Cell::Rate(Some(number)) | Cell::Decimal(Some(number)) => number.to_string(),
        Cell::Day(Some(day)) => day.to_string(),
        Cell::Time(at) => at.format("%Y-%m-%dT%H:%M:%S").to_string(),
        Cell::Flag(flag) => flag.to_string(),
    }
}

/// As a Dutch spreadsheet reads it: amounts in euros and rates in percent, with a decimal comma and nothing between the
/// thousands.
fn dutch(cell: &Cell) -> String {
    match cell {
        Cell::Cents(cents) => {
            let sign = if *cents < 0 { "-" } else { "" };
            let cents = cents.unsigned_abs();
            format!("{sign}{},{:02}", cents / 100, cents % 100)
        }
        Cell::Quantity(thousandths) => retail::quantity::Quantity(*thousandths).to_string(),
        Cell::Decimal(Some(number)) => {
            let text = format!("{number:.2}");
            text.trim_end_matches('0')
                .trim_end_matches('.')
                .replace('.', ",")
        }
        Cell::Rate(Some(rate)) => format!("{:.2}%", rate * 100.0).replace('.', ","),
        Cell::Time(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        Cell::Flag(_) => cell.text(Language::Nl),
        other => plain(other),
    }
}

fn csv(table: &Table, language: Language) -> Result<Vec<u8>, Refused> {
    let failed = |error: csv::Error| Refused::Failed(error.to_string());
    let is_dutch = language == Language::Nl;
    let columns = in_files(&table.columns);
    // A spreadsheet takes a file without this mark for one of another alphabet.
    let start = if is_dutch { "\u{feff}" } else { "" };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(if is_dutch { b';' } else { b',' })
        .from_writer(start.as_bytes().to_vec());
    let names = columns.iter().filter_map(|at| table.columns.get(*at));
    writer
        .write_record(names.map(|column| if is_dutch { &column.head } else { &column.name }))
        .map_err(failed)?;
    for row in &table.rows {
        let cells = columns.iter().map(|at| {
            row.get(*at).map_or(String::new(), |entry| {
                if is_dutch {
                    dutch(&entry.cell)
                } else {
                    plain(&entry.cell)
                }
            })
        });
        writer.write_record(cells).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| Refused::Failed(error.to_string()))
}

struct Formats {
    head: Format,
    money: Format,
    rate: Format,
    day: Format,
    time: Format,
}

fn xlsx(table: &Table, name: &str, language: Language) -> Result<Vec<u8>, XlsxError> {
    let columns = in_files(&table.columns);
    let formats = Formats {
        head: Format::new().set_bold(),
        money: Format::new().set_num_format("€ #,##0.00"),
        rate: Format::new().set_num_format("0.0%"),
        day: Format::new().set_num_format("dd-mm-yyyy"),
        time: Format::new().set_num_format("dd-mm-yyyy hh:mm"),
    };
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (to, at) in (0_u16..).zip(&columns) {
        if let Some(column) = table.columns.get(*at) {
            sheet.write_string_with_format(0, to, &column.head, &formats.head)?;
            sheet.set_column_width(to, 16)?;
        }
    }
    for (line, row) in (1_u32..).zip(table.rows.iter().take(MOST_ROWS)) {
        for (to, at) in (0_u16..).zip(&columns) {
            if let Some(entry) = row.get(*at) {
                write(sheet, line, to, &entry.cell, &formats, language)?;
            }
        }
    }
    workbook.save_to_buffer()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a worksheet holds nothing but floating point numbers; cents are exact up to 2^53"
)]
fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
    language: Language,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty | Cell::Rate(None) | Cell::Decimal(None) | Cell::Day(None) => {}
        Cell::Text(text) => {
            let text: String = text.chars().take(LONGEST_TEXT).collect();
            sheet.write_string(row, column, &text)?;
        }
        Cell::Count(count) => {
            sheet.write_number(row, column, *count as f64)?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Cents(cents) => {
            sheet.write_number_with_format(row, column, *cents as f64 / 100.0, &formats.money)?;
        }
        Cell::Quantity(thousandths) => {
            sheet.write_number(row, column, *thousandths as f64 / 1000.0)?;
        }
        Cell::Decimal(Some(number)) => {
            sheet.write_number(row, column, *number)?;
        }
        Cell::Flag(flag) => {
            let text = match language {
                Language::Nl => cell.text(language),
                Language::En => flag.to_string(),
            };
            sheet.write_string(row, column, text)?;
        }
        Cell::Rate(Some(rate)) => {
            sheet.write_number_with_format(row, column, *rate, &formats.rate)?;
        }
        Cell::Day(Some(day)) => {
            let text = day.to_string();
            let date = rust_xlsxwriter::ExcelDateTime::parse_from_str(&text)?;
            sheet.write_datetime_with_format(row, column, &date, &formats.day)?;
        }
        Cell::Time(at) => {
            let text = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            let date = rust_xlsxwriter::ExcelDateTime::parse_from_str(&text)?;
            sheet.write_datetime_with_format(row, column, &date, &formats.time)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::table::Entry;

    #[test]
    fn outside_text_is_no_formula() {
        for text in ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r\n=1"] {
            assert_eq!(tame(text), format!("'{text}"));
        }
        for text in ["Jip", "1-2", "", "a=b"] {
            assert_eq!(tame(text), text);
        }
    }

    #[test]
    fn a_dutch_file_has_dutch_numbers() {
        let time = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        for (cell, text) in [
            (Cell::Cents(-5), "-0,05"),
            (Cell::Cents(123_456_789), "1234567,89"),
            (Cell::Rate(Some(0.483_149)), "48,31%"),
            (Cell::Rate(None), ""),
            (Cell::Decimal(Some(17.5)), "17,5"),
            (Cell::Decimal(Some(18.333_333)), "18,33"),
            (Cell::Decimal(Some(10.0)), "10"),
            (Cell::Quantity(-1_500), "-1,5"),
            (Cell::Count(1_234), "1234"),
            (Cell::Day(Some(time)), "2026-03-01"),
            (
                Cell::Time(time.and_hms_opt(9, 5, 0).unwrap()),
                "2026-03-01 09:05:00",
            ),
            (Cell::Flag(true), "ja"),
            (Cell::Text("=1".to_owned()), "'=1"),
        ] {
            assert_eq!(dutch(&cell), text);
        }
    }

    #[test]
    fn files_hold_what_is_for_files() {
        let table = Table {
            caption: String::new(),
            columns: vec![
                Column::new("a", "A"),
                Column::new("b", "B").only(Shown::OnPages),
                Column::new("c", "C").only(Shown::InFiles),
            ],
            rows: vec![vec![
                Entry::text("=cmd|'/C calc'!A0, \"x\""),
                Cell::Count(1).into(),
                Cell::Cents(-1_250).into(),
            ]],
        };
        let text = |language| String::from_utf8(csv(&table, language).unwrap()).unwrap();
        assert_eq!(
            text(Language::En),
            "a,c\n\"'=cmd|'/C calc'!A0, \"\"x\"\"\",-1250\n"
        );
        assert_eq!(
            text(Language::Nl),
            "\u{feff}A;C\n\"'=cmd|'/C calc'!A0, \"\"x\"\"\";-12,50\n"
        );
        assert!(
            xlsx(&table, "klanten", Language::Nl)
                .unwrap()
                .starts_with(b"PK")
        );
    }
}
