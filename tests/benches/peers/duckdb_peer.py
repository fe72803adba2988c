"""The four questions of the benchmark asked of DuckDB, from the CSV file: prints what it found as JSON, and how long the
questions alone took. Definitions as in the reports: a visit is a distinct (customer, local day) with a sale."""

import json
import sys
import time

import duckdb

con = duckdb.connect()
con.execute("SET enable_progress_bar = false")  # it would write to standard output
con.execute(
    """
CREATE TEMP TABLE sale AS
SELECT customer_id AS customer, CAST(substr(occurred_at, 1, 10) AS DATE) AS day, receipt_id AS receipt, amount_cents AS cents
FROM read_csv(?, header = true, columns = {
  'event_id': 'VARCHAR', 'occurred_at': 'VARCHAR', 'shop_id': 'VARCHAR', 'till_id': 'VARCHAR', 'customer_id': 'VARCHAR',
  'kind': 'VARCHAR', 'receipt_id': 'VARCHAR', 'product_id': 'VARCHAR', 'category': 'VARCHAR', 'quantity': 'DECIMAL(18,3)',
  'amount_cents': 'BIGINT'})
WHERE kind = 'sale' AND customer_id IS NOT NULL AND customer_id <> ''
""",
    [sys.argv[1]],
)
loaded = time.perf_counter()
con.execute(
    """
CREATE TEMP TABLE customer AS
SELECT customer, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS visits,
       count(DISTINCT receipt) AS receipts, sum(cents) AS gross
FROM sale GROUP BY customer
"""
)
customers, repeat = con.execute("SELECT count(*), count(*) FILTER (visits > 1) FROM customer").fetchone()
cohorts = con.execute(
    """
SELECT date_trunc('month', first_day) AS cohort,
       date_diff('month', date_trunc('month', first_day), date_trunc('month', s.day)) AS k,
       count(DISTINCT s.customer) AS active
FROM (SELECT DISTINCT customer, day FROM sale) s JOIN customer USING (customer) GROUP BY 1, 2
"""
).fetchall()
cells = con.execute(
    """
SELECT r * 100 + f * 10 + m AS cell, count(*) FROM (
  SELECT ntile(5) OVER (ORDER BY last_day, customer) AS r, ntile(5) OVER (ORDER BY receipts, customer) AS f,
         ntile(5) OVER (ORDER BY gross, customer) AS m FROM customer) GROUP BY 1
"""
).fetchall()
visits, gross = con.execute("SELECT sum(visits), sum(gross) FROM customer").fetchone()
asked = time.perf_counter() - loaded
print(
    json.dumps(
        {
            "asked_ms": round(asked * 1000),
            "customers": customers,
            "repeat": repeat,
            "visits": int(visits),
            "gross": int(gross),
            "active": sum(row[2] for row in cohorts),
            "best": dict(cells).get(555, 0),
        }
    )
)
