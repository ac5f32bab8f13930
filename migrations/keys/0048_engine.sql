-- The key of a node's index on disk (engine.snap), under a key that follows from the engine's own seed: a new one takes the place of the
-- old in one transaction, and the old file is noise from then on.
CREATE TABLE engine_snapshot (
    node BLOB NOT NULL PRIMARY KEY,
    box BLOB NOT NULL
) STRICT;
