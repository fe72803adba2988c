//! `report NAME`: a pure function of the book, printed as JSON, CSV or a table.

use std::io::Write;

use chrono::NaiveDate;
use journey::dataset::CustomerNo;
use journey::model::{Model, SHIPPED};
use journey::{Dataset, Query, path, reports};
use serde::Serialize;

use super::table::Fractions::{self, Numbers, Rates};
use super::{Done, Format, ReportArgs, ReportName, pretty, table};
use crate::api::Office;
use crate::error::{CliError, shops_are};
use crate::out;
use crate::scope::Filter;

/// What can be seen to be wrong without looking into any database.
pub(super) fn check(args: &ReportArgs) -> Done {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(CliError::usage(
            format!("--from {from} is after --to {to}"),
            "give the earlier day to --from",
        ));
    }
    if args.name == ReportName::Path {
        if args.customer.is_none() && !args.all {
            return Err(CliError::usage(
                "whose path?",
                "give --customer ID, or --all",
            ));
        }
    } else if args.customer.is_some() || args.all || args.model.is_some() {
        return Err(CliError::usage(
            "--customer, --all and --model belong to `report path`",
            "leave them out, or ask for `report path`",
        ));
    }
    Ok(())
}

pub(super) fn report(office: &Office, args: &ReportArgs) -> Done {
    let filter = Filter {
        from: args.from,
        to: args.to,
        shop: args.shop.clone(),
        as_of: args.as_of,
        without_imported: args.without_imported,
    };
    if let Some(shop) = &args.shop {
        let known = office.known_shops()?;
        if !known.contains(shop) {
            let known: Vec<String> = known.into_iter().collect();
            let message = format!("there is no shop {shop:?}");
            return Err(CliError::mend(message, shops_are(&known)));
        }
    }
    let book = office.book()?;
    let (dataset, query) = book.select(&office.command_line_scope(), &filter);
    match args.name {
        ReportName::Volumes => figures(&reports::volumes(dataset, &query), args.format, Rates),
        ReportName::Repeat => figures(&reports::repeat(dataset, &query), args.format, Rates),
        ReportName::Visits => figures(&reports::visits(dataset, &query), args.format, Numbers),
        ReportName::Cohorts if args.format == Format::Table => {
            out::bytes(pretty::cohorts(&reports::cohorts(dataset, &query)).as_bytes());
            Ok(())
        }
        ReportName::Cohorts => list(&reports::cohorts(dataset, &query), &COHORT, args.format),
        ReportName::Rfm if args.format == Format::Table => {
            let mut report = reports::rfm(dataset, &query);
            let cells = pretty::rfm_cells(&report);
            // As a grid below the customers: figure by figure they would stand for pages above them.
            (report.ntile_cells, report.tie_safe_cells) = Default::default();
            figures(&report, args.format, Numbers)?;
            out::bytes(cells.as_bytes());
            Ok(())
        }
        ReportName::Rfm => figures(&reports::rfm(dataset, &query), args.format, Numbers),
        ReportName::Returns => figures(&reports::returns(dataset, &query), args.format, Rates),
        ReportName::Path => paths(dataset, &query, args),
    }
}

/// Columns of lists: a file has them also where nobody is in it.
const COHORT: [&str; 5] = [
    "cohort",
    "size",
    "active",
    "last_month_is_partial",
    "history_may_start_earlier",
];
const PATH: [&str; 9] = [
    "customer",
    "model",
    "as_of",
    "counted_visits",
    "loyal_since",
    "asleep_since",
    "won_back",
    "stages",
    "anomalies",
];

fn list(rows: &[impl Serialize], columns: &[&str], format: Format) -> Done {
    if rows.is_empty() && format == Format::Csv {
        out::line(&columns.join(","));
        return Ok(());
    }
    print(&rows, format)
}

/// [`print()`] of a report: a table says what its dashes mean.
fn figures(report: &impl Serialize, format: Format, fractions: Fractions) -> Done {
    if format != Format::Table {
        return print(report, format);
    }
    let bug = |error: serde_json::Error| CliError::Bug(error.to_string());
    let json = serde_json::to_string(report).map_err(bug)?;
    out::bytes(table::figures_table(&table::Tree::read(&json).map_err(bug)?, fractions).as_bytes());
    Ok(())
}

/// Any list or object, in the format asked for.
pub(super) fn print(report: &impl Serialize, format: Format) -> Done {
    let bug = |error: serde_json::Error| CliError::Bug(error.to_string());
    let json = serde_json::to_string_pretty(report).map_err(bug)?;
    match format {
        Format::Json => out::line(&json),
        Format::Csv => {
            let csv = table::csv(&table::Tree::read(&json).map_err(bug)?);
            out::bytes(&csv.map_err(|error| CliError::Bug(error.to_string()))?);
        }
        Format::Table => {
            out::bytes(table::table(&table::Tree::read(&json).map_err(bug)?).as_bytes());
        }
    }
    Ok(())
}

fn model(name: Option<&str>) -> Result<Model, CliError> {
    let Some(name) = name else {
        return Model::default_model().map_err(|error| CliError::Bug(error.to_string()));
    };
    Model::shipped(name).ok_or_else(|| {
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        CliError::mend(
            format!("there is no model {name:?}"),
            format!("the models are: {}", names.join(", ")),
        )
    })
}

/// The path of one customer, or of all of them, one object a line.
fn paths(dataset: &Dataset, query: &Query, args: &ReportArgs) -> Done {
    let model = model(args.model.as_deref())?;
    let as_of = query
        .as_of
        .or_else(|| reports::seen_at(dataset, query))
        .unwrap_or_default();
    let of = |customer: CustomerNo, as_of: NaiveDate| {
        let history = dataset.history(customer);
        let history = if args.without_imported {
            history.without_imported()
        } else {
            history
        };
        path::path(&history, &model, as_of)
    };
    if let Some(id) = &args.customer {
        let known = dataset.customer(id).filter(|customer| {
            let history = dataset.history(*customer);
            !args.without_imported || !history.without_imported().is_empty()
        });
        let customer = known.ok_or_else(|| {
            CliError::mend(
                format!("there is no customer {id:?}"),
                "`report path --all` shows every customer",
            )
        })?;
        let path = of(customer, as_of);
        if args.format == Format::Table {
            out::bytes(pretty::path(&path, &model).as_bytes());
            return Ok(());
        }
        return print(&path, args.format);
    }
    let chosen = reports::customers_of(dataset, query).into_iter();
    if args.format != Format::Json {
        let rows: Vec<path::Path> = chosen.map(|customer| of(customer, as_of)).collect();
        if args.format == Format::Table {
            out::bytes(pretty::paths(&rows).as_bytes());
            return Ok(());
        }
        return list(&rows, &PATH, args.format);
    }
    let mut lines = out::buffered();
    for customer in chosen {
        let written = serde_json::to_writer(&mut lines, &of(customer, as_of))
            .map_err(std::io::Error::from)
            .and_then(|()| lines.write_all(b"\n"));
        if written.is_err() {
            // The reader went away.
            return Ok(());
        }
    }
    // As above.
    let _ = lines.flush();
    Ok(())
}
