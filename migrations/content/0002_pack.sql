-- Packs: what changes by country. Reference tables: small, the same on every node, no person in them.

-- Each loading that changed something.
CREATE TABLE pack_version (
    pack       TEXT    NOT NULL,
    load       INTEGER NOT NULL,
    version    TEXT    NOT NULL,
    loaded_day INTEGER NOT NULL,
    PRIMARY KEY (pack, load)
) STRICT;

-- One row of one file. cells: by position in schema.csv, U+001F between them (no cell holds a control character).
-- A changed row is a further one of a later load; the earlier one ends. Days; -2147483648: no known limit.
CREATE TABLE pack_row (
    pack       TEXT    NOT NULL,
    file       TEXT    NOT NULL,
    row_key    TEXT    NOT NULL,
    load       INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    rank       INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    basis      INTEGER NOT NULL CHECK (basis BETWEEN 0 AND 2),
    cells      TEXT    NOT NULL,
    PRIMARY KEY (pack, file, row_key, load)
) STRICT;
CREATE INDEX pack_row_file ON pack_row (file);

-- A person of the house looked the row up. said: its cells without basis, source and validity; another text is another row.
CREATE TABLE pack_confirmation (
    pack          TEXT    NOT NULL,
    file          TEXT    NOT NULL,
    row_key       TEXT    NOT NULL,
    confirmed_day INTEGER NOT NULL,
    who           BLOB    NOT NULL CHECK (length(who) = 16),
    said          TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    PRIMARY KEY (pack, file, row_key, confirmed_day, who)
) STRICT;
