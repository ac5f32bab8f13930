-- Tips of two offices that name the same, as far as the officer of deconfliction has decided on them (ADR 44). Each of the two has a row of its own;
-- that they are a pair stands sealed alone, and the id of a row is a blind key of both. Without a row number: on the disk they lie by tip and not in
-- the order in which they were written, by which two would be told for a pair. Sealed to the ring of deconfliction.
CREATE TABLE tip_across (
    tip    BLOB NOT NULL CHECK (length(tip) = 16),
    id     BLOB NOT NULL CHECK (length(id) = 16),
    sealed BLOB NOT NULL,
    PRIMARY KEY (tip, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tip_across_id ON tip_across (id);

-- What the owner of such a tip was told: that somebody else has this, and nothing of whom. Its id is that of its row in tip_across; sealed to the TIP
-- ring of the office.
CREATE TABLE tip_told (
    tip    BLOB NOT NULL CHECK (length(tip) = 16),
    id     BLOB NOT NULL CHECK (length(id) = 16),
    sealed BLOB NOT NULL,
    PRIMARY KEY (tip, id)
) STRICT, WITHOUT ROWID;
