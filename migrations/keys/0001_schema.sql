-- What the house itself keeps in the keys database, before rings and grants.
CREATE TABLE setting (
    name        TEXT    NOT NULL PRIMARY KEY,
    value       TEXT    NOT NULL,
    changed_day INTEGER NOT NULL
) STRICT;
