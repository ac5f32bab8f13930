-- Deadlines that start by themselves. root: the tip (later the case) the clock belongs to. While it runs, the due minute stands in
-- clear, so that a locked house still warns; once stopped only the day is left (DESIGN 11, Intake).
CREATE TABLE clock (
    root        BLOB    NOT NULL CHECK (length(root) = 16),
    code        TEXT    NOT NULL,
    run         INTEGER NOT NULL CHECK (run >= 1),
    started_day INTEGER NOT NULL,
    due_minute  INTEGER,
    stopped_day INTEGER,
    PRIMARY KEY (root, code, run),
    CHECK ((due_minute IS NULL) <> (stopped_day IS NULL))
) STRICT;
CREATE INDEX clock_due ON clock (due_minute, root, code, run);
