-- What staff write on a tip: notes, and their own copy of each answer. Sealed to the office's TIP ring.
CREATE TABLE tip_entry (
    tip    BLOB    NOT NULL CHECK (length(tip) = 16),
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    kind   TEXT    NOT NULL CHECK (kind IN ('note', 'answer')),
    author BLOB    NOT NULL CHECK (length(author) = 16),
    day    INTEGER NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (tip, id)
) STRICT;
