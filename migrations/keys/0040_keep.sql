-- What is to be destroyed because its time is over: since when everybody may know, and from which day on. epoch: this one of an office's
-- ring and all before it; 0: the ring whole.
CREATE TABLE ring_expiry (
    ring BLOB NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    day INTEGER NOT NULL,
    PRIMARY KEY (ring, epoch)
) STRICT;

-- What may not be destroyed until a day, that day included, whoever asks. epoch: from this one on; 0: the ring whole. One hold may lie on
-- several rings: what is held is sealed to each of them.
CREATE TABLE ring_hold (
    ring BLOB NOT NULL,
    id BLOB NOT NULL,
    about BLOB NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    until_day INTEGER NOT NULL,
    PRIMARY KEY (ring, id)
) STRICT;
CREATE INDEX ring_hold_id ON ring_hold (id);
