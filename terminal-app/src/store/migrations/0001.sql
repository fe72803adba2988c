-- Who this till is: one row after enrolment.
CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    org BLOB NOT NULL,
    shop TEXT NOT NULL,
    till INTEGER NOT NULL,
    directory_key BLOB NOT NULL,
    private_key BLOB NOT NULL
) STRICT;

-- The journal. key = epoch * 2^40 + seq.
CREATE TABLE event (
    key INTEGER PRIMARY KEY,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- Sales and returns by number (the first twelve digits of the receipt's barcode), with the shop's local day (days from CE).
CREATE TABLE receipt (
    number INTEGER PRIMARY KEY,
    event INTEGER NOT NULL,
    day INTEGER NOT NULL,
    return_of INTEGER
) STRICT;
CREATE INDEX receipt_day ON receipt (day);
CREATE INDEX receipt_return_of ON receipt (return_of) WHERE return_of IS NOT NULL;

-- Days closed, by the event that closed them last.
CREATE TABLE closed_day (
    day INTEGER PRIMARY KEY,
    event INTEGER NOT NULL
) STRICT;

-- Links, profiles and texts that travel beside an event.
CREATE TABLE side (
    event INTEGER NOT NULL,
    n INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (event, n)
) STRICT, WITHOUT ROWID;

-- What events did to a customer's points, and which events concern him.
CREATE TABLE ledger (
    customer BLOB NOT NULL,
    event INTEGER NOT NULL,
    points INTEGER NOT NULL,
    visit_day INTEGER,
    PRIMARY KEY (customer, event)
) STRICT, WITHOUT ROWID;

-- The directory of customers, as head office sends it and as this till enrolled them (generation NULL).
CREATE TABLE customer (
    customer BLOB PRIMARY KEY,
    name TEXT,
    points INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    phase TEXT,
    state TEXT,
    last_visit INTEGER,
    watermark INTEGER NOT NULL,
    cards BLOB NOT NULL,
    generation INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE card (
    card BLOB PRIMARY KEY,
    customer BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE alias (
    customer BLOB PRIMARY KEY,
    target BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_target ON alias (target);
CREATE TABLE tombstone (
    customer BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE article (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    gtin TEXT NOT NULL,
    name TEXT NOT NULL,
    price INTEGER,
    vat INTEGER NOT NULL,
    category TEXT NOT NULL,
    unit INTEGER NOT NULL,
    deposit INTEGER
) STRICT;
CREATE VIRTUAL TABLE article_words USING fts5 (
    name, content = 'article', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TRIGGER article_in AFTER INSERT ON article BEGIN
    INSERT INTO article_words (rowid, name) VALUES (new.id, new.name);
END;
CREATE TRIGGER article_out AFTER DELETE ON article BEGIN
    INSERT INTO article_words (article_words, rowid, name) VALUES ('delete', old.id, old.name);
END;
CREATE TRIGGER article_changed AFTER UPDATE OF name ON article WHEN old.name <> new.name BEGIN
    INSERT INTO article_words (article_words, rowid, name) VALUES ('delete', old.id, old.name);
    INSERT INTO article_words (rowid, name) VALUES (new.id, new.name);
END;

CREATE TABLE cashier (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    pin TEXT
) STRICT;

-- Receipts on their way to the paper; the key is that of the event they were written with. Gone when settled.
-- state: 0 queued, 1 sending, 2 unknown.
CREATE TABLE print_job (
    key INTEGER PRIMARY KEY,
    receipt INTEGER NOT NULL,
    state INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- The work in hand.
CREATE TABLE work (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    rev INTEGER NOT NULL,
    json TEXT NOT NULL
) STRICT;

-- What is safe at head office, and what came down from there.
CREATE TABLE exchange (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    cursor INTEGER,
    cursor_hash BLOB,
    down_after INTEGER NOT NULL DEFAULT 0,
    down_run TEXT,
    generation INTEGER NOT NULL DEFAULT 1,
    sweep INTEGER NOT NULL DEFAULT 0,
    last_night_ms INTEGER
) STRICT;
INSERT INTO exchange (id) VALUES (1);
-- Events or side records that head office will not take.
CREATE TABLE apart (
    event INTEGER PRIMARY KEY,
    what INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
