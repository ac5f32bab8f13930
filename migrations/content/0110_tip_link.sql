-- A kind of act more: somebody decided whether another tip speaks of the same situation. Which one it is stands sealed alone. The kinds
-- stand in a CHECK, which cannot be changed in place: the rows step aside while the table is made again with the longer list.
CREATE TABLE tip_act_aside (
    tip    BLOB    NOT NULL,
    id     BLOB    NOT NULL,
    kind   TEXT    NOT NULL,
    author BLOB    NOT NULL,
    day    INTEGER NOT NULL,
    sealed BLOB    NOT NULL
) STRICT;
INSERT INTO tip_act_aside (tip, id, kind, author, day, sealed)
SELECT tip, id, kind, author, day, sealed FROM tip_act;
DROP TABLE tip_act;

CREATE TABLE tip_act (
    tip    BLOB    NOT NULL CHECK (length(tip) = 16),
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    kind   TEXT    NOT NULL CHECK (kind IN ('assign', 'dispose', 'reopen', 'urgency', 'route', 'clock', 'link')),
    author BLOB    NOT NULL CHECK (length(author) = 16),
    day    INTEGER NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (tip, id)
) STRICT;
INSERT INTO tip_act (tip, id, kind, author, day, sealed)
SELECT tip, id, kind, author, day, sealed FROM tip_act_aside;
DROP TABLE tip_act_aside;
