-- A case whose keys may be known to somebody gets new ones: who said so, on what day, and since when the old keys are gone.
CREATE TABLE reseal (
    root     BLOB    NOT NULL PRIMARY KEY CHECK (length(root) = 16),
    author   BLOB    NOT NULL CHECK (length(author) = 16),
    day      INTEGER NOT NULL,
    done_day INTEGER
) STRICT;
-- All rows shared to a ring.
CREATE INDEX share_ring ON share (ring);
