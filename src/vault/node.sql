-- name: node_insert
INSERT INTO node (number, principal, name) VALUES (:number, :principal, :name);

-- name: node_list
SELECT number, principal, name FROM node ORDER BY number LIMIT :count;

-- name: node_sign
SELECT p.epub, p.id FROM principal p JOIN node n ON n.principal = p.id WHERE n.number = :number;

-- name: log_orphans
SELECT count(*) AS logs FROM loghead h WHERE NOT EXISTS (SELECT 1 FROM node n WHERE n.number = h.log);

-- name: boot_put
INSERT INTO node_boot (number, pub, sig, box) VALUES (:number, :pub, :sig, NULL)
ON CONFLICT (number) DO UPDATE SET pub = excluded.pub, sig = excluded.sig, box = NULL;

-- name: boot_find
SELECT pub, sig, box FROM node_boot WHERE number = :number;

-- name: boot_waiting
SELECT number, pub, sig FROM node_boot WHERE box IS NULL AND number <> :but ORDER BY number LIMIT :count;

-- name: boot_give
UPDATE node_boot SET box = :box WHERE number = :number AND pub = :pub;

-- name: boot_delete
DELETE FROM node_boot WHERE number = :number;
