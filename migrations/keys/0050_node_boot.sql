-- How the engine's seed reaches another machine without a person (docs/keys.md 7): a node without it puts the public half of a pair that it has in
-- memory alone, signed with its own key; a node that has the seed boxes it to that. The row goes when it is taken.
CREATE TABLE node_boot (
    number INTEGER NOT NULL PRIMARY KEY REFERENCES node (number),
    pub BLOB NOT NULL CHECK (length(pub) = 32),
    sig BLOB NOT NULL CHECK (length(sig) = 64),
    box BLOB CHECK (length(box) = 128)
) STRICT;
