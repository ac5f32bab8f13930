-- Offices: who a tip is sent to, who a case belongs to, and the places of the figures. Reference rows: few, and no person in them.
CREATE TABLE office (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code     TEXT    NOT NULL UNIQUE CHECK (length(code) BETWEEN 2 AND 32),
    name     TEXT    NOT NULL,
    city     TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    made_day INTEGER NOT NULL
) STRICT;

-- Who is on duty for what, from day to day: suggestions come from here, with their reason.
CREATE TABLE roster (
    office   BLOB    NOT NULL REFERENCES office (id),
    id       BLOB    NOT NULL CHECK (length(id) = 16),
    account  BLOB    NOT NULL REFERENCES account (id),
    duty     TEXT    NOT NULL CHECK (duty IN ('supervisor', 'intake', 'investigation', 'victim_assistance')),
    language TEXT    NOT NULL,
    from_day INTEGER NOT NULL,
    to_day   INTEGER NOT NULL,
    PRIMARY KEY (office, id)
) STRICT;
CREATE INDEX roster_account ON roster (account);
