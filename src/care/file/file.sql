-- name: care_file_insert
INSERT INTO care_file (id, due_hour, sealed)
VALUES (:id, :due_hour, :sealed);

-- A file of others is looked for as far as one that is not there: whose it is comes first, and the engine may not turn that round.
-- name: care_file_find
SELECT care_file.id AS id, care_file.due_hour AS due_hour, care_file.end_day AS end_day, care_file.sealed AS sealed
  FROM caseload
 CROSS JOIN care_file
 WHERE caseload.holder = :holder AND caseload.root = :id AND care_file.id = caseload.root;

-- name: care_file_change
UPDATE care_file
   SET due_hour = :due_hour, end_day = :end_day, sealed = :sealed
 WHERE id = :id AND sealed = :before;

-- The end alone, of the head that was read.
-- name: care_file_end
UPDATE care_file
   SET end_day = :end_day
 WHERE id = :id AND sealed = :before;

-- name: care_file_list
SELECT f.id, f.due_hour, f.end_day, f.sealed
  FROM caseload c JOIN care_file f ON f.id = c.root
 WHERE c.holder = :holder
   AND (COALESCE(f.due_hour, :never), f.id) > (:after_hour, :after_id)
 ORDER BY COALESCE(f.due_hour, :never), f.id
 LIMIT :limit;

-- name: care_name_put
INSERT INTO care_name (root, sealed)
VALUES (:root, :sealed)
ON CONFLICT (root) DO UPDATE
   SET sealed = excluded.sealed;

-- name: care_name_find
SELECT sealed
  FROM care_name
 WHERE root = :root;

-- name: care_entry_insert
INSERT INTO care_entry (root, id, sealed)
VALUES (:root, :id, :sealed);

-- name: care_entry_find
SELECT sealed
  FROM care_entry
 WHERE root = :root AND id = :id;

-- name: care_entry_list
SELECT id, sealed
  FROM care_entry
 WHERE root = :root AND id < :before
 ORDER BY id DESC
 LIMIT :limit;

-- name: care_place_insert
INSERT INTO care_place (root, id, sealed)
VALUES (:root, :id, :sealed);

-- name: care_place_find
SELECT sealed
  FROM care_place
 WHERE root = :root AND id = :id;

-- name: caseload_insert
INSERT INTO caseload (holder, root)
VALUES (:holder, :root)
ON CONFLICT (holder, root) DO NOTHING;

-- name: caseload_delete
DELETE FROM caseload
 WHERE holder = :holder AND root = :root;

-- name: caseload_list
SELECT holder
  FROM caseload
 WHERE root = :root
 ORDER BY holder
 LIMIT :limit;
