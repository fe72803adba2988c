-- Times are milliseconds since 1970-01-01 UTC, days ISO dates, hashes and links blobs.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE shop (id TEXT PRIMARY KEY, name TEXT NOT NULL, time_zone TEXT NOT NULL) STRICT;

CREATE TABLE till_code (
    digest BLOB PRIMARY KEY,
    shop TEXT NOT NULL REFERENCES shop (id),
    expires_ms INTEGER NOT NULL,
    used_by INTEGER
) STRICT;

CREATE TABLE till (
    till INTEGER PRIMARY KEY,
    shop TEXT NOT NULL REFERENCES shop (id),
    name TEXT NOT NULL,
    public_key BLOB NOT NULL,
    enrolled_ms INTEGER NOT NULL,
    revoked_ms INTEGER,
    events INTEGER NOT NULL DEFAULT 0,
    duplicates INTEGER NOT NULL DEFAULT 0,
    forked INTEGER NOT NULL DEFAULT 0,
    dropped_late INTEGER NOT NULL DEFAULT 0,
    last_batch_ms INTEGER,
    last_seen_ms INTEGER,
    clock_offset_ms INTEGER,
    last_event_ms INTEGER,
    last_receipt INTEGER
) STRICT;

CREATE TABLE owner (name TEXT PRIMARY KEY, password TEXT NOT NULL, shops TEXT) STRICT;
CREATE TABLE session (
    token BLOB PRIMARY KEY,
    owner TEXT NOT NULL,
    csrf TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE problem (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    till INTEGER,
    detail TEXT NOT NULL,
    resolved_ms INTEGER
) STRICT;

CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    till INTEGER NOT NULL REFERENCES till (till),
    epoch INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    header TEXT NOT NULL,
    signature BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    sent_ms INTEGER NOT NULL
) STRICT;

-- The journals as a tree: one name (till, epoch, seq) may have several hashes.
CREATE TABLE event (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    till INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    prev_hash BLOB NOT NULL,
    branch INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id),
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    clamped INTEGER NOT NULL,
    day TEXT NOT NULL,
    receipt INTEGER,
    of_receipt INTEGER,
    link BLOB,
    bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_name ON event (till, epoch, seq, hash);
CREATE INDEX event_day ON event (till, day) WHERE receipt IS NOT NULL;
CREATE INDEX event_receipt ON event (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX event_of ON event (of_receipt) WHERE of_receipt IS NOT NULL;

CREATE TABLE branch (
    till INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    from_seq INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (till, epoch, branch)
) STRICT, WITHOUT ROWID;

CREATE TABLE hole (
    id INTEGER PRIMARY KEY,
    till INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    reason TEXT NOT NULL,
    declared_ms INTEGER NOT NULL,
    acknowledged_ms INTEGER,
    UNIQUE (till, epoch, from_seq, to_seq)
) STRICT;

CREATE TABLE day (
    till INTEGER NOT NULL,
    day TEXT NOT NULL,
    claimed TEXT NOT NULL,
    found TEXT NOT NULL,
    proven INTEGER NOT NULL,
    counted_cents INTEGER,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (till, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX day_latest ON day (day);

CREATE TABLE link (link BLOB PRIMARY KEY, customer TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX link_customer ON link (customer);
CREATE TABLE alias (customer TEXT PRIMARY KEY, into_customer TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX alias_into ON alias (into_customer);
CREATE TABLE profile (id BLOB PRIMARY KEY, customer TEXT NOT NULL, at_ms INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX profile_customer ON profile (customer, at_ms, id);
CREATE TABLE card (card TEXT PRIMARY KEY, customer TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX card_customer ON card (customer);
CREATE TABLE text (id BLOB PRIMARY KEY, event INTEGER NOT NULL REFERENCES event (n), link BLOB, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX text_event ON text (event);
CREATE INDEX text_link ON text (link) WHERE link IS NOT NULL;
CREATE TABLE tombstone (key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE balance (customer TEXT PRIMARY KEY, points INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What tills and the book must know, in order; the latest change of a kind about a customer is the one that stays.
CREATE TABLE change (
    rev INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    customer TEXT NOT NULL,
    into_customer TEXT
) STRICT;
CREATE UNIQUE INDEX change_customer ON change (kind, customer);

CREATE TABLE imported (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    offset_minutes INTEGER NOT NULL,
    shop TEXT NOT NULL,
    till TEXT NOT NULL,
    customer TEXT,
    kind TEXT NOT NULL,
    receipt TEXT,
    product TEXT,
    category TEXT,
    quantity INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL
) STRICT;

CREATE TABLE dirty (customer TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE derived (customer TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
