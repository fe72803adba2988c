//! `report NAME`: a pure function of the book, printed as JSON, CSV or a table.

use std::io::Write;

use chrono::NaiveDate;
use journey::dataset::CustomerNo;
use journey::model::{Model, SHIPPED};
use journey::{Dataset, Query, path, reports};
use serde::Serialize;

use super::{Done, Format, ReportArgs, ReportName, table};
use crate::api::Office;
use crate::error::CliError;
use crate::out;
use crate::scope::Filter;

pub(super) fn report(office: &Office, args: &ReportArgs) -> Done {
    let filter = Filter {
        from: args.from,
        to: args.to,
        shop: args.shop.clone(),
        as_of: args.as_of,
        without_imported: args.without_imported,
    };
    let book = office.book()?;
    let (dataset, query) = book.select(&office.command_line_scope(), &filter);
    if let Some(shop) = &args.shop
        && !dataset.shops().contains(&shop.as_str())
        && !office
            .shops(&office.command_line_scope())?
            .iter()
            .any(|known| known.id == *shop)
    {
        return Err(CliError::mend(
            format!("there is no shop {shop:?}"),
            format!("the shops are: {}", dataset.shops().join(", ")),
        ));
    }
    match args.name {
        ReportName::Volumes => print(&reports::volumes(dataset, &query), args.format),
        ReportName::Repeat => print(&reports::repeat(dataset, &query), args.format),
        ReportName::Visits => print(&reports::visits(dataset, &query), args.format),
        ReportName::Cohorts => print(&reports::cohorts(dataset, &query), args.format),
        ReportName::Rfm => print(&reports::rfm(dataset, &query), args.format),
        ReportName::Returns => print(&reports::returns(dataset, &query), args.format),
        ReportName::Path => paths(dataset, &query, args),
    }
}

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
        .or_else(|| reports::last_sale_day(dataset, &Query::all()))
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
        let customer = dataset.customer(id).ok_or_else(|| {
            CliError::mend(
                format!("there is no customer {id:?}"),
                "`report path --all` shows every customer",
            )
        })?;
        return print(&of(customer, as_of), args.format);
    }
    if !args.all {
        return Err(CliError::mend("of whom?", "give --customer ID, or --all"));
    }
    let customers = dataset.customers();
    let shop = |customer: CustomerNo| {
        let Some(shops) = &query.shops else {
            return true;
        };
        let history = dataset.history(customer);
        history
            .events()
            .any(|event| shops.iter().any(|shop| shop == event.shop()))
    };
    let chosen = customers.into_iter().filter(|customer| shop(*customer));
    if args.format != Format::Json {
        let rows: Vec<path::Path> = chosen.map(|customer| of(customer, as_of)).collect();
        return print(&rows, args.format);
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
