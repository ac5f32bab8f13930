-- A key of the API opens one seed, as a passphrase opens a person's. The class stands here too, so that the database itself keeps
-- immigration enforcement (5) and every other class that reads no case from ever holding one (docs/adr/0022-api-keys.md).
CREATE TABLE api_slot (
    principal BLOB NOT NULL PRIMARY KEY,
    class INTEGER NOT NULL CHECK (class IN (2, 3)),
    box BLOB NOT NULL,
    FOREIGN KEY (principal, class) REFERENCES principal (id, class)
) STRICT;
