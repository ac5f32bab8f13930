-- A mailbox is found by its pepper first, which changes every month: a locator is a random number, and among all that ever stood each new one
-- would be written to a page of its own. The rows step aside, since a primary key cannot be changed in place.
CREATE TABLE mailbox_aside (
    locator     BLOB    NOT NULL,
    pepper      INTEGER NOT NULL,
    tip         BLOB    NOT NULL,
    open        BLOB    NOT NULL,
    expires_day INTEGER NOT NULL,
    office      BLOB
) STRICT;
INSERT INTO mailbox_aside (locator, pepper, tip, open, expires_day, office)
SELECT locator, pepper, tip, open, expires_day, office FROM mailbox;
DROP TABLE mailbox;

CREATE TABLE mailbox (
    locator     BLOB    NOT NULL CHECK (length(locator) = 16),
    pepper      INTEGER NOT NULL,
    tip         BLOB    NOT NULL CHECK (length(tip) = 16),
    open        BLOB    NOT NULL CHECK (length(open) = 32),
    expires_day INTEGER NOT NULL,
    office      BLOB    CHECK (length(office) = 16),
    PRIMARY KEY (pepper, locator)
) STRICT;
INSERT INTO mailbox (locator, pepper, tip, open, expires_day, office)
SELECT locator, pepper, tip, open, expires_day, office FROM mailbox_aside;
DROP TABLE mailbox_aside;
CREATE INDEX mailbox_tip ON mailbox (tip);
CREATE INDEX mailbox_expires ON mailbox (expires_day);
