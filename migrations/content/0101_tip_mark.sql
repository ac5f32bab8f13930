-- What a tip names, as people have confirmed or struck it: one row each time somebody saves, the newest turn holds all decisions. Append-only.
-- sealed: to the office's TIP ring, as notes are.
CREATE TABLE tip_mark (
    tip    BLOB    NOT NULL CHECK (length(tip) = 16),
    turn   INTEGER NOT NULL CHECK (turn > 0),
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    author BLOB    NOT NULL CHECK (length(author) = 16),
    day    INTEGER NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (tip, turn)
) STRICT;
