-- What ends: from when a tip's days run, and when a file of care ends. The day of a file is the first of a month, as a deadline is, and says
-- nothing of the day on which care ended.
ALTER TABLE tip ADD COLUMN closed_day INTEGER;
UPDATE tip
   SET closed_day = COALESCE((SELECT MAX(tip_act.day) FROM tip_act WHERE tip_act.tip = tip.id AND tip_act.kind = 'dispose'), tip.day)
 WHERE state = 'closed';
CREATE INDEX tip_closed ON tip (disposition, closed_day, id) WHERE closed_day IS NOT NULL;
CREATE INDEX casefile_closed ON casefile (closed_day, id) WHERE closed_day IS NOT NULL;
ALTER TABLE care_file ADD COLUMN end_day INTEGER;
CREATE INDEX care_file_end ON care_file (end_day, id) WHERE end_day IS NOT NULL;

-- What may not end before a day, that day included: root is a tip, a case or a file of care. Who asked, and why, is sealed to its ring.
CREATE TABLE hold (
    root       BLOB    NOT NULL CHECK (length(root) = 16),
    id         BLOB    NOT NULL CHECK (length(id) = 16),
    kind       TEXT    NOT NULL CHECK (kind IN ('tip', 'case', 'file')),
    author     BLOB    NOT NULL CHECK (length(author) = 16),
    day        INTEGER NOT NULL,
    until_day  INTEGER NOT NULL,
    lifted_day INTEGER,
    sealed     BLOB    NOT NULL,
    PRIMARY KEY (root, id)
) STRICT;
CREATE INDEX hold_author ON hold (author, until_day);

-- Rings whose end was told to the log, and from which day on they are destroyed. root: the case, file or packet; of an office's ring the ring
-- itself, with the last epoch that ends. class: 1 cases, 2 files of care, 3 packets, 4 months of an office.
CREATE TABLE expiry (
    root  BLOB    NOT NULL CHECK (length(root) = 16),
    ring  BLOB    NOT NULL CHECK (length(ring) = 16),
    class INTEGER NOT NULL CHECK (class BETWEEN 1 AND 4),
    epoch INTEGER NOT NULL,
    day   INTEGER NOT NULL,
    PRIMARY KEY (root, ring)
) STRICT;
CREATE INDEX expiry_class ON expiry (class, root);

-- The first epoch of an office's ring that is not destroyed yet.
CREATE TABLE ring_cut (
    ring  BLOB    NOT NULL PRIMARY KEY CHECK (length(ring) = 16),
    epoch INTEGER NOT NULL
) STRICT;
