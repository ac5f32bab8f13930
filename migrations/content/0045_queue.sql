-- What became of a tip, and who works on it: codes, so that the queue can be drawn while nothing is opened.
ALTER TABLE tip ADD COLUMN state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed'));
ALTER TABLE tip ADD COLUMN disposition TEXT NOT NULL DEFAULT '';
ALTER TABLE tip ADD COLUMN assignee BLOB CHECK (length(assignee) = 16);

-- A page of the queue is read from the index alone: the rows themselves hold the sealed words and lie far apart.
DROP INDEX tip_queue;
CREATE INDEX tip_queue ON tip (office, state, priority, day DESC, id DESC, language, channel, assignee);
CREATE INDEX tip_mine ON tip (office, assignee, state, priority, day DESC, id DESC, language, channel);

-- To whose ring later words are sealed: the office that has the tip now. Null: a mailbox whose tip is gone.
ALTER TABLE mailbox ADD COLUMN office BLOB CHECK (length(office) = 16);
UPDATE mailbox SET office = (SELECT tip.office FROM tip WHERE tip.id = mailbox.tip);

-- What staff did with a tip, append-only. What was decided and why is sealed to the office's TIP ring.
CREATE TABLE tip_act (
    tip    BLOB    NOT NULL CHECK (length(tip) = 16),
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    kind   TEXT    NOT NULL CHECK (kind IN ('assign', 'dispose', 'reopen', 'urgency', 'route')),
    author BLOB    NOT NULL CHECK (length(author) = 16),
    day    INTEGER NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (tip, id)
) STRICT;

-- Filters of the queue that a person keeps. The name is in clear: the page says so.
CREATE TABLE queue_filter (
    account BLOB NOT NULL REFERENCES account (id),
    name    TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    query   TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT;

-- What was closed or sent on is taken off everybody's badge.
CREATE INDEX notice_about ON notice (about);
