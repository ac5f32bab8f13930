-- Tips whose rows went, or went to a case alone, and which the index of look-alikes may still know: their erasure is done when the row is gone.
-- Written in the transaction that erases, so that no crash leaves one out.
CREATE TABLE forget (
    tip BLOB    NOT NULL PRIMARY KEY CHECK (length(tip) = 16),
    day INTEGER NOT NULL
) STRICT;
