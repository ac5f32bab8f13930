-- What strangers send. In clear stands only what queues and clocks need: no minute, no code of what was said.
CREATE TABLE tip (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    office   BLOB    NOT NULL CHECK (length(office) = 16),
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 4),
    day      INTEGER NOT NULL,
    language TEXT    NOT NULL,
    channel  TEXT    NOT NULL,
    sealed   BLOB    NOT NULL
) STRICT;
CREATE INDEX tip_queue ON tip (office, priority, day DESC, id DESC);

-- Who told us, when they allowed us to know. Deleted when they allow less.
CREATE TABLE tip_source (
    tip    BLOB NOT NULL PRIMARY KEY REFERENCES tip (id),
    sealed BLOB NOT NULL
) STRICT;

-- What came later through the mailbox: more words, or the wish to share less.
CREATE TABLE tip_addition (
    tip    BLOB    NOT NULL REFERENCES tip (id),
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    kind   TEXT    NOT NULL CHECK (kind IN ('words', 'share_less')),
    day    INTEGER NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (tip, id)
) STRICT;

-- Locator tables: found by what the other side remembers, not by a root id. Partitioned by month where tables are.
CREATE TABLE mailbox (
    locator     BLOB    NOT NULL PRIMARY KEY CHECK (length(locator) = 16),
    pepper      INTEGER NOT NULL,
    tip         BLOB    NOT NULL CHECK (length(tip) = 16),
    open        BLOB    NOT NULL CHECK (length(open) = 32),
    expires_day INTEGER NOT NULL
) STRICT;
CREATE INDEX mailbox_tip ON mailbox (tip);
CREATE INDEX mailbox_expires ON mailbox (expires_day);

-- Our answers, sealed to the mailbox. read_day is the first day it was shown; it goes 30 days later.
CREATE TABLE reply (
    locator  BLOB    NOT NULL CHECK (length(locator) = 16),
    id       BLOB    NOT NULL CHECK (length(id) = 16),
    day      INTEGER NOT NULL,
    read_day INTEGER,
    sealed   BLOB    NOT NULL,
    PRIMARY KEY (locator, id)
) STRICT;
CREATE INDEX reply_read ON reply (read_day);

-- A repeated submission finds its first answer here, shut under what only the sender's key and words open.
CREATE TABLE idem (
    idem   BLOB    NOT NULL PRIMARY KEY CHECK (length(idem) = 16),
    tip    BLOB    NOT NULL CHECK (length(tip) = 16),
    answer BLOB    NOT NULL,
    day    INTEGER NOT NULL
) STRICT;
CREATE INDEX idem_day ON idem (day);
