-- What the house itself keeps, before any feature.

-- Work to be done after the transaction that caused it: mail, hooks, notices. Nothing here may name a person;
-- about is the id of the row the work is about. A row is claimed by a lease: until leased_until it belongs
-- to one claimer, then to whoever asks. dead: tried often enough, kept for a person to look at.
CREATE TABLE outbox (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind         INTEGER NOT NULL,
    about        BLOB    NOT NULL CHECK (length(about) = 16),
    due          INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0,
    tries        INTEGER NOT NULL DEFAULT 0,
    dead         INTEGER NOT NULL DEFAULT 0 CHECK (dead IN (0, 1))
) STRICT;
CREATE INDEX outbox_due ON outbox (dead, due);

-- What an administrator may set. The day, not the minute: when somebody worked is nobody's business.
CREATE TABLE setting (
    name        TEXT    NOT NULL PRIMARY KEY,
    value       TEXT    NOT NULL,
    changed_day INTEGER NOT NULL
) STRICT;
