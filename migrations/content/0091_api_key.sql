-- Keys of partners' systems. The verifier is a hash of 160 random bits that stand nowhere. class is that of the principal a key opens in
-- the keeper, 0 when it opens none: only classes that read cases may have one, and immigration enforcement (5) is none of them.
CREATE TABLE api_key (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 2 AND 64),
    verifier   BLOB    NOT NULL CHECK (length(verifier) = 32),
    scopes     INTEGER NOT NULL CHECK (scopes BETWEEN 1 AND 31),
    class      INTEGER NOT NULL CHECK (class IN (0, 2, 3)),
    office     BLOB    NOT NULL CHECK (length(office) = 16),
    per_minute INTEGER NOT NULL CHECK (per_minute BETWEEN 1 AND 6000),
    maker      BLOB    NOT NULL REFERENCES account (id),
    made_day   INTEGER NOT NULL,
    until_day  INTEGER NOT NULL,
    ended_day  INTEGER
) STRICT;
