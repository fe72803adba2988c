"""The four questions of the benchmark asked of Polars, from the CSV file: prints what it found as JSON, and how long the
questions alone took. Definitions as in the reports: a visit is a distinct (customer, local day) with a sale."""

import json
import sys
import time

import polars as pl

sale = (
    pl.scan_csv(
        sys.argv[1],
        schema_overrides={"customer_id": pl.String, "occurred_at": pl.String, "receipt_id": pl.String, "amount_cents": pl.Int64},
    )
    .filter((pl.col("kind") == "sale") & pl.col("customer_id").is_not_null() & (pl.col("customer_id") != ""))
    .select(
        customer=pl.col("customer_id"),
        day=pl.col("occurred_at").str.slice(0, 10).str.to_date("%Y-%m-%d"),
        receipt=pl.col("receipt_id"),
        cents=pl.col("amount_cents"),
    )
    .collect()
)
loaded = time.perf_counter()
customer = sale.group_by("customer").agg(
    first_day=pl.col("day").min(),
    last_day=pl.col("day").max(),
    visits=pl.col("day").n_unique(),
    receipts=pl.col("receipt").n_unique(),
    gross=pl.col("cents").sum(),
)


def month(column):
    return pl.col(column).dt.year().cast(pl.Int32) * 12 + pl.col(column).dt.month()


days = sale.select("customer", "day").unique().join(customer.select("customer", "first_day"), on="customer")
cohorts = days.group_by(cohort=month("first_day"), k=month("day") - month("first_day")).agg(active=pl.col("customer").n_unique())


def ntile(column):
    rank = pl.struct(column, "customer").rank("ordinal") - 1
    n, size, more = pl.len(), pl.len() // 5, pl.len() % 5
    large = more * (size + 1)
    return pl.when(rank < large).then(rank // (size + 1)).otherwise(more + (rank - large) // size).cast(pl.Int64) + 1


cells = customer.select(cell=ntile("last_day") * 100 + ntile("receipts") * 10 + ntile("gross")).group_by("cell").len()
found = {
    "customers": customer.height,
    "repeat": customer.filter(pl.col("visits") > 1).height,
    "visits": int(customer["visits"].sum()),
    "gross": int(customer["gross"].sum()),
    "active": int(cohorts["active"].sum()),
    "best": int(cells.filter(pl.col("cell") == 555)["len"].sum()),
}
found["asked_ms"] = round((time.perf_counter() - loaded) * 1000)
print(json.dumps(found))
