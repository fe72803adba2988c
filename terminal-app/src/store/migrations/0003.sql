-- Scans of the hub: committed before the hub beeps, gone in the transaction that keeps the work in hand they went into.
-- verdict: 0 good, 1 unknown. state: 0 committed, 1 confirmed (the hub beeped), 2 unheard (nobody knows whether it did).
CREATE TABLE hub_scan (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    boot INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    state INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (boot, sequence)
) STRICT;
-- The scan that was committed last, and whether it is known what became of its beep.
CREATE TABLE hub_last (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    boot INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    settled INTEGER NOT NULL
) STRICT;
-- The hub that was heard last.
CREATE TABLE hub_seen (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    protocol INTEGER NOT NULL,
    firmware TEXT NOT NULL,
    board TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
-- A receipt on its way by a hub: the hub's run, the job's number there, the hub's time at which the printer was watched last.
ALTER TABLE print_job ADD COLUMN hub INTEGER;
ALTER TABLE print_job ADD COLUMN hub_job INTEGER;
ALTER TABLE print_job ADD COLUMN watched_ms INTEGER;
