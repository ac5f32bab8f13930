-- Which machines serve this house, each with a keeper of its own that writes the log of that number (docs/keys.md 4.5). A house made before has one.
CREATE TABLE node (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 1 AND 16),
    principal BLOB NOT NULL UNIQUE REFERENCES principal (id),
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO node (number, principal, name) SELECT 1, principal, 'first' FROM slot WHERE kind = 3;
