-- Every import of a file, so that it can be listed and taken back. Rows from before this migration belong to import 0.
CREATE TABLE import_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    source TEXT,
    started_ms INTEGER NOT NULL,
    finished_ms INTEGER,
    read INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    known INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    undone_ms INTEGER,
    undone_rows INTEGER,
    cleared_ms INTEGER
) STRICT;
INSERT INTO import_run (id, file, started_ms, finished_ms, read, added)
    SELECT 0, '(before imports were listed)', 0, 0, count(*), count(*) FROM imported HAVING count(*) > 0;
ALTER TABLE imported ADD COLUMN import INTEGER NOT NULL DEFAULT 0;
