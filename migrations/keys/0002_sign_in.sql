-- The names that a passphrase belongs to, and no others: sign-in looks for the nearest one, whoever asks, so that a name that is
-- nobody's is answered in the time of one that is somebody's.
CREATE TABLE sign_in (
    name BLOB NOT NULL PRIMARY KEY,
    principal BLOB NOT NULL REFERENCES principal (id)
) STRICT;
CREATE INDEX sign_in_principal ON sign_in (principal);
INSERT INTO sign_in (name, principal)
SELECT principal.name, principal.id FROM principal JOIN slot ON slot.principal = principal.id AND slot.kind = 1 WHERE principal.name IS NOT NULL;
