-- name: ask_insert
INSERT INTO care_request (office, id, sealed)
VALUES (:office, :id, :sealed);

-- name: ask_list
SELECT id, sealed
  FROM care_request
 WHERE office = :office AND id < :before
 ORDER BY id DESC
 LIMIT :limit;

-- name: ask_find
SELECT sealed
  FROM care_request
 WHERE office = :office AND id = :id;

-- name: ask_delete
DELETE FROM care_request
 WHERE office = :office AND id = :id;
