-- Cases. In clear stands what queues, clocks and figures need: kind, day, office, codes of lists. Words are sealed to the case's rings.
CREATE TABLE casefile (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    office     BLOB    NOT NULL CHECK (length(office) = 16),
    status     TEXT    NOT NULL CHECK (status IN ('open', 'closed')),
    opened_day INTEGER NOT NULL,
    closed_day INTEGER,
    sealed     BLOB    NOT NULL
) STRICT;
CREATE INDEX casefile_office ON casefile (office, status, opened_day DESC, id DESC);

-- Who is on a case, for finding one's own; who may read it is decided by the keys alone.
CREATE TABLE case_person (
    root      BLOB    NOT NULL REFERENCES casefile (id),
    account   BLOB    NOT NULL REFERENCES account (id),
    part      TEXT    NOT NULL CHECK (part IN ('lead', 'member')),
    since_day INTEGER NOT NULL,
    until_day INTEGER,
    PRIMARY KEY (root, account)
) STRICT;
CREATE INDEX case_person_account ON case_person (account);

-- Other offices that work on it too.
CREATE TABLE case_office (
    root      BLOB    NOT NULL REFERENCES casefile (id),
    office    BLOB    NOT NULL CHECK (length(office) = 16),
    since_day INTEGER NOT NULL,
    PRIMARY KEY (root, office)
) STRICT;

CREATE TABLE case_tip (
    root       BLOB    NOT NULL REFERENCES casefile (id),
    tip        BLOB    NOT NULL CHECK (length(tip) = 16),
    author     BLOB    NOT NULL CHECK (length(author) = 16),
    day        INTEGER NOT NULL,
    undone_day INTEGER,
    PRIMARY KEY (root, tip)
) STRICT;
CREATE INDEX case_tip_tip ON case_tip (tip);

-- Suspects. number: how people name them on this case ("subject 1"); never used again. A change is a further version; none goes away.
CREATE TABLE subject (
    root    BLOB    NOT NULL REFERENCES casefile (id),
    id      BLOB    NOT NULL CHECK (length(id) = 16),
    number  INTEGER NOT NULL CHECK (number > 0),
    version INTEGER NOT NULL CHECK (version > 0),
    author  BLOB    NOT NULL CHECK (length(author) = 16),
    day     INTEGER NOT NULL,
    sealed  BLOB    NOT NULL,
    PRIMARY KEY (root, id),
    UNIQUE (root, number, version)
) STRICT;

-- The timeline: append-only. corrects: the entry this one takes the place of; withdrawn: it says that it did not happen.
-- number: in the order of writing, from 1 in each case (the hour stands in clear nowhere). office: whose act it is.
-- counted: 0 when it counts in no figure (a second conviction of one person in one case; a withdrawal).
CREATE TABLE entry (
    root        BLOB    NOT NULL REFERENCES casefile (id),
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    kind        TEXT    NOT NULL,
    compartment INTEGER NOT NULL CHECK (compartment IN (3, 6)),
    office      BLOB    NOT NULL CHECK (length(office) = 16),
    author      BLOB    NOT NULL CHECK (length(author) = 16),
    day         INTEGER NOT NULL,
    written_day INTEGER NOT NULL,
    number      INTEGER NOT NULL DEFAULT 0,
    corrects    BLOB             CHECK (length(corrects) = 16),
    withdrawn   INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
    counted     INTEGER NOT NULL CHECK (counted IN (0, 1)),
    sealed      BLOB    NOT NULL,
    PRIMARY KEY (root, id)
) STRICT;
CREATE INDEX entry_day ON entry (root, day DESC, number DESC, id DESC);
CREATE UNIQUE INDEX entry_corrects ON entry (root, corrects);
CREATE INDEX entry_count ON entry (kind, day, office);

-- The values in clear of an entry: codes, days, numbers (hundredths of decimals and of money).
CREATE TABLE entry_value (
    root   BLOB    NOT NULL CHECK (length(root) = 16),
    entry  BLOB    NOT NULL CHECK (length(entry) = 16),
    field  TEXT    NOT NULL,
    pos    INTEGER NOT NULL,
    code   TEXT    NOT NULL,
    number INTEGER,
    PRIMARY KEY (root, entry, field, pos)
) STRICT;
