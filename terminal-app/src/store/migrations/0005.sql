-- Names of articles by every three letters in a row: what is looked for may stand inside a compound. `article_words` stays for
-- the beginnings of words, which come first.
CREATE VIRTUAL TABLE article_parts USING fts5 (
    name, content = 'article', content_rowid = 'id', tokenize = 'trigram remove_diacritics 1'
);
INSERT INTO article_parts (article_parts) VALUES ('rebuild');
CREATE TRIGGER article_parts_in AFTER INSERT ON article BEGIN
    INSERT INTO article_parts (rowid, name) VALUES (new.id, new.name);
END;
CREATE TRIGGER article_parts_out AFTER DELETE ON article BEGIN
    INSERT INTO article_parts (article_parts, rowid, name) VALUES ('delete', old.id, old.name);
END;
CREATE TRIGGER article_parts_changed AFTER UPDATE OF name ON article WHEN old.name <> new.name BEGIN
    INSERT INTO article_parts (article_parts, rowid, name) VALUES ('delete', old.id, old.name);
    INSERT INTO article_parts (rowid, name) VALUES (new.id, new.name);
END;
