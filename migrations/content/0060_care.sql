-- Help to people who were harmed. In clear stand ids, the rings in the keyboxes and the hour something is due, nothing else (DESIGN 4):
-- kind, day, code, count, alias and whatever links to a police case are inside the envelopes. Ids carry the day only.

-- The head of a file: alias, what is due, the rule of safe contact, what was counted. Changed in place, so that no row says when.
CREATE TABLE care_file (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    due_hour INTEGER,
    sealed   BLOB    NOT NULL
) STRICT;

-- Who the person is: a row of its own, so that showing a name is an opening of its own.
CREATE TABLE care_name (
    root   BLOB NOT NULL PRIMARY KEY REFERENCES care_file (id),
    sealed BLOB NOT NULL
) STRICT;

-- The timeline: append-only. What an entry corrects is inside its envelope.
CREATE TABLE care_entry (
    root   BLOB NOT NULL REFERENCES care_file (id),
    id     BLOB NOT NULL CHECK (length(id) = 16),
    sealed BLOB NOT NULL,
    PRIMARY KEY (root, id)
) STRICT;

-- Where a person is safe and how to reach them: sealed to the file's LOCATION ring, opened one row at a time.
CREATE TABLE care_place (
    root   BLOB NOT NULL REFERENCES care_file (id),
    id     BLOB NOT NULL CHECK (length(id) = 16),
    sealed BLOB NOT NULL,
    PRIMARY KEY (root, id)
) STRICT;

-- Whose files these are, for finding one's own; who may read one is decided by the keys alone.
CREATE TABLE caseload (
    holder BLOB NOT NULL REFERENCES account (id),
    root   BLOB NOT NULL REFERENCES care_file (id),
    PRIMARY KEY (holder, root)
) STRICT;
CREATE INDEX caseload_root ON caseload (root);

-- What colleagues outside the wall ask of the carers of an office. Anybody writes it, nobody outside reads it.
CREATE TABLE care_request (
    office BLOB NOT NULL CHECK (length(office) = 16),
    id     BLOB NOT NULL CHECK (length(id) = 16),
    sealed BLOB NOT NULL,
    PRIMARY KEY (office, id)
) STRICT;

-- The one door: named fields for a named officer until a day, sealed to a ring of their own.
CREATE TABLE packet (
    id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    holder    BLOB    NOT NULL REFERENCES account (id),
    until_day INTEGER NOT NULL,
    sealed    BLOB    NOT NULL
) STRICT;
CREATE INDEX packet_holder ON packet (holder, until_day);
