-- Where the journal declares holes, so that nobody has to read all of it to find them.
CREATE TABLE hole (
    event INTEGER PRIMARY KEY
) STRICT;
INSERT INTO hole (event)
SELECT key FROM event WHERE instr(substr(bytes, 1, 200), CAST('"kind":"hole"' AS BLOB)) > 0;
