-- The last day the acceptor believed the clock when it swept, and the doubted time since: a clock that jumped deletes nothing,
-- also across a restart. One row; days, no minutes.
CREATE TABLE sweep_look (
    one         INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    day         INTEGER NOT NULL,
    odd_day     INTEGER NOT NULL,
    odd_seconds INTEGER NOT NULL CHECK (odd_seconds >= 0)
) STRICT;
