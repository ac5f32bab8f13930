-- A further ring that may open a row: the row's key, boxed again. The row itself is untouched. root: what the row belongs to.
CREATE TABLE share (
    root      BLOB    NOT NULL CHECK (length(root) = 16),
    row_id    BLOB    NOT NULL CHECK (length(row_id) = 16),
    ring      BLOB    NOT NULL CHECK (length(ring) = 16),
    until_day INTEGER,
    keybox    BLOB    NOT NULL CHECK (length(keybox) = 128),
    PRIMARY KEY (root, row_id, ring)
) STRICT;
