-- A certificate ends after 400 days and is then renewed. The first stands in the row of the principal, with its signatures in
-- cert; each later one is a term. whole: two have signed it. A term is never changed: what was granted in it is judged by it.
CREATE TABLE term (
    principal BLOB NOT NULL REFERENCES principal (id),
    serial INTEGER NOT NULL CHECK (serial >= 2),
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    PRIMARY KEY (principal, serial)
) STRICT;

CREATE TABLE term_cert (
    principal BLOB NOT NULL,
    serial INTEGER NOT NULL,
    signer BLOB NOT NULL,
    sig BLOB NOT NULL,
    PRIMARY KEY (principal, serial, signer),
    FOREIGN KEY (principal, serial) REFERENCES term (principal, serial)
) STRICT;

-- What root signed and the log knows of: all of the ceremony that made the house, and each act that was found at a start since.
-- ring the same as who: a certificate.
CREATE TABLE root_act (
    who BLOB NOT NULL,
    ring BLOB NOT NULL,
    sig BLOB NOT NULL,
    PRIMARY KEY (who, ring, sig)
) STRICT;
INSERT INTO root_act (who, ring, sig)
SELECT principal, principal, sig FROM cert WHERE signer IN (SELECT id FROM principal WHERE class = 9);
INSERT INTO root_act (who, ring, sig) SELECT member, ring, sig FROM member WHERE granter IN (SELECT id FROM principal WHERE class = 9);
