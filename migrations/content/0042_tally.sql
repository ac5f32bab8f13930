-- Counts of what is sealed: by measure, office and month, and no id. Written with the entry it counts, in one transaction (DESIGN 4).
CREATE TABLE tally (
    measure TEXT    NOT NULL,
    office  BLOB    NOT NULL CHECK (length(office) = 16),
    month   INTEGER NOT NULL,
    n       INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (office, measure, month)
) STRICT;
