-- The machines whose index may know a tip (docs/keys.md 4.5): each forgets for itself, and an erasure is done when all of them have. A row is put before
-- the engine of a machine starts for the first time, and goes when the machine is taken out.
CREATE TABLE index_node (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 1 AND 16),
    name   TEXT    NOT NULL
) STRICT;
INSERT INTO index_node (number, name) VALUES (1, 'first');

CREATE TABLE forget_before (
    tip BLOB    NOT NULL PRIMARY KEY,
    day INTEGER NOT NULL
) STRICT;
INSERT INTO forget_before (tip, day) SELECT tip, day FROM forget;
DROP TABLE forget;
CREATE TABLE forget (
    tip  BLOB    NOT NULL CHECK (length(tip) = 16),
    node INTEGER NOT NULL,
    day  INTEGER NOT NULL,
    PRIMARY KEY (tip, node)
) STRICT;
INSERT INTO forget (tip, node, day) SELECT tip, 1, day FROM forget_before;
DROP TABLE forget_before;

-- Work that one process does at a time, whatever machine it is on: until that second it is that node's.
CREATE TABLE lease (
    name   TEXT    NOT NULL PRIMARY KEY,
    holder INTEGER NOT NULL,
    until  INTEGER NOT NULL
) STRICT;
