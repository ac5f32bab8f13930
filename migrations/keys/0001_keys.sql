-- The keys database: who people are, which ring's secret is wrapped to whom, and the log. Only the keeper opens it.
-- Layouts of the blobs: docs/keys.md.

CREATE TABLE principal (
    id BLOB NOT NULL PRIMARY KEY,
    name BLOB UNIQUE,                       -- keyed hash of the name; NULL once revoked
    class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 9),
    powers INTEGER NOT NULL CHECK (powers BETWEEN 0 AND 7),
    serial INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    xpub BLOB,                              -- NULL until enrolled
    epub BLOB,
    UNIQUE (id, class)
) STRICT;

CREATE TABLE cert (
    principal BLOB NOT NULL REFERENCES principal (id),
    signer BLOB NOT NULL,
    sig BLOB NOT NULL,
    PRIMARY KEY (principal, signer)
) STRICT;

CREATE TABLE invite (
    principal BLOB NOT NULL PRIMARY KEY REFERENCES principal (id),
    code BLOB NOT NULL UNIQUE,              -- keyed hash of the one-time code
    until_day INTEGER NOT NULL
) STRICT;

-- kind 1 passphrase, 2 recovery code, 3 the node (boxed under K_node)
CREATE TABLE slot (
    principal BLOB NOT NULL REFERENCES principal (id),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
    version INTEGER NOT NULL,
    salt BLOB NOT NULL,
    ops INTEGER NOT NULL,
    mem_kib INTEGER NOT NULL,
    box BLOB NOT NULL,
    PRIMARY KEY (principal, kind)
) STRICT;

CREATE TABLE factor (
    principal BLOB NOT NULL PRIMARY KEY REFERENCES principal (id),
    otp BLOB NOT NULL,
    last_step INTEGER NOT NULL
) STRICT;

-- The seed of a service boxed to the SERVICE ring: opened by the first certifier who signs in.
CREATE TABLE service (
    principal BLOB NOT NULL PRIMARY KEY REFERENCES principal (id),
    keybox BLOB NOT NULL
) STRICT;

CREATE TABLE ring (
    id BLOB NOT NULL PRIMARY KEY,
    scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 4),
    scope_id BLOB NOT NULL,
    compartment INTEGER NOT NULL CHECK (compartment BETWEEN 1 AND 10),
    epoch INTEGER NOT NULL,
    UNIQUE (id, compartment),
    UNIQUE (scope_kind, scope_id, compartment)
) STRICT;

CREATE TABLE ring_epoch (
    ring BLOB NOT NULL REFERENCES ring (id),
    epoch INTEGER NOT NULL,
    pub BLOB NOT NULL,
    back BLOB,                              -- the secret of the epoch before, for whoever holds this one's
    signer BLOB NOT NULL,
    sig BLOB NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (ring, epoch)
) STRICT;

-- The wall: 8 U.S.C. 1367 and its neighbours as a constraint. vault/wall.c holds the same table; a test compares every cell.
CREATE TABLE member (
    ring BLOB NOT NULL,
    member BLOB NOT NULL,
    compartment INTEGER NOT NULL,
    class INTEGER NOT NULL,
    granter BLOB NOT NULL,
    since_epoch INTEGER NOT NULL,
    day INTEGER NOT NULL,
    until_day INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    sig BLOB NOT NULL,
    PRIMARY KEY (ring, member),
    FOREIGN KEY (ring, compartment) REFERENCES ring (id, compartment),
    FOREIGN KEY (member, class) REFERENCES principal (id, class),
    CHECK ((class = 1 AND compartment IN (1, 2))
        OR (class IN (2, 3) AND compartment IN (1, 2, 3, 6, 8, 10))
        OR (class = 4 AND compartment IN (1, 4, 5, 7, 8, 10))
        OR (class = 5 AND compartment IN (3, 6))
        OR (class = 6 AND compartment = 8)
        OR (class = 7 AND compartment IN (1, 3))
        OR (class = 8 AND compartment = 9)
        OR (class = 9 AND compartment BETWEEN 1 AND 10))
) STRICT;
CREATE INDEX member_rings ON member (member, compartment, ring);

CREATE TABLE wrap (
    ring BLOB NOT NULL,
    member BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    box BLOB NOT NULL,
    PRIMARY KEY (ring, member, epoch),
    FOREIGN KEY (ring, member) REFERENCES member (ring, member)
) STRICT;

-- Moves with every act that takes something away; read in each transaction.
CREATE TABLE wall (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    gen INTEGER NOT NULL
) STRICT;
INSERT INTO wall (one, gen) VALUES (1, 1);

CREATE TABLE pepper (
    id INTEGER NOT NULL PRIMARY KEY,
    day INTEGER NOT NULL,
    box BLOB NOT NULL
) STRICT;

-- Failed sign-ins of a (name hash, device) pair; a zero device is every stranger's.
CREATE TABLE failure (
    name BLOB NOT NULL,
    device BLOB NOT NULL,
    tries INTEGER NOT NULL,
    since INTEGER NOT NULL,
    strikes INTEGER NOT NULL,
    wait_until INTEGER NOT NULL,
    PRIMARY KEY (name, device)
) STRICT;

CREATE TABLE opened (
    principal BLOB NOT NULL,
    day INTEGER NOT NULL,
    compartment INTEGER NOT NULL,
    day_rows INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    hour_rows INTEGER NOT NULL,
    PRIMARY KEY (principal, day, compartment)
) STRICT;

CREATE TABLE budget (
    compartment INTEGER NOT NULL PRIMARY KEY CHECK (compartment BETWEEN 1 AND 10),
    hour_rows INTEGER NOT NULL,
    day_rows INTEGER NOT NULL
) STRICT;
INSERT INTO budget (compartment, hour_rows, day_rows) VALUES
    (1, 5000, 25000), (2, 1000, 5000), (3, 5000, 25000), (4, 600, 2400), (5, 10, 30), (6, 200, 1000), (7, 600, 2400),
    (8, 600, 2400), (9, 5000, 25000), (10, 10, 30);

CREATE TABLE leaf (
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    actor BLOB NOT NULL,                    -- a copy out of the record, to find one's own
    record BLOB NOT NULL,
    root BLOB NOT NULL,
    sig BLOB NOT NULL,
    PRIMARY KEY (log, seq)
) STRICT;
CREATE INDEX leaf_actor ON leaf (log, actor, seq);

CREATE TABLE detail (
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sealed BLOB NOT NULL,                   -- to the AUDIT ring
    own BLOB NOT NULL,                      -- exact time and compartment, for the actor's own list
    PRIMARY KEY (log, seq)
) STRICT;

CREATE TABLE loghead (
    log INTEGER NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    witnessed_size INTEGER NOT NULL
) STRICT;
