-- Who works here. The id is the principal's in the keys database; nothing secret stands in these tables.
CREATE TABLE account (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name     TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 2 AND 64),
    role     TEXT    NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('invited', 'pending', 'active', 'left')),
    office   BLOB    NOT NULL CHECK (length(office) = 16),
    made_day INTEGER NOT NULL,
    left_day INTEGER
) STRICT;

-- A signed-in browser. The id is a hash of the cookie's token, which stands nowhere.
CREATE TABLE session (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account BLOB    NOT NULL REFERENCES account (id),
    made_at INTEGER NOT NULL,
    hard_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account);

-- What a person should look at next, whatever tab is open. One row a person; carries no content.
CREATE TABLE notice (
    account BLOB    NOT NULL REFERENCES account (id),
    id      BLOB    NOT NULL CHECK (length(id) = 16),
    kind    TEXT    NOT NULL,
    about   BLOB    NOT NULL CHECK (length(about) = 16),
    day     INTEGER NOT NULL,
    seen    INTEGER NOT NULL DEFAULT 0 CHECK (seen IN (0, 1)),
    PRIMARY KEY (account, id)
) STRICT;
