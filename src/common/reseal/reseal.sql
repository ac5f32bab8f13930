-- Rows whose key is boxed to a ring of a case or a file of care, and the same key boxed anew: the first 128 bytes and nothing else.
-- The same statements for each table; reseal_store.c lists them, and its test compares that list with the tables there are.
-- Of a keybox: bytes 5 to 8 are the epoch, 9 to 24 the ring (docs/keys.md 3).

-- name: reseal_find_casefile
SELECT id AS root, id AS id, substr(sealed, 1, 128) AS keybox
  FROM casefile
 WHERE id = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_casefile
SELECT COUNT(*) AS n
  FROM casefile
 WHERE id = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_casefile
SELECT sealed
  FROM casefile
 WHERE id = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_casefile
UPDATE casefile
   SET sealed = :sealed
 WHERE id = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_find_subject
SELECT root AS root, id AS id, substr(sealed, 1, 128) AS keybox
  FROM subject
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_subject
SELECT COUNT(*) AS n
  FROM subject
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_subject
SELECT sealed
  FROM subject
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_subject
UPDATE subject
   SET sealed = :sealed
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_find_entry
SELECT root AS root, id AS id, substr(sealed, 1, 128) AS keybox
  FROM entry
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_entry
SELECT COUNT(*) AS n
  FROM entry
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_entry
SELECT sealed
  FROM entry
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_entry
UPDATE entry
   SET sealed = :sealed
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_find_care_file
SELECT id AS root, id AS id, substr(sealed, 1, 128) AS keybox
  FROM care_file
 WHERE id = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_care_file
SELECT COUNT(*) AS n
  FROM care_file
 WHERE id = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_care_file
SELECT sealed
  FROM care_file
 WHERE id = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_care_file
UPDATE care_file
   SET sealed = :sealed
 WHERE id = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_find_care_name
SELECT root AS root, root AS id, substr(sealed, 1, 128) AS keybox
  FROM care_name
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_care_name
SELECT COUNT(*) AS n
  FROM care_name
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_care_name
SELECT sealed
  FROM care_name
 WHERE root = :root AND root = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_care_name
UPDATE care_name
   SET sealed = :sealed
 WHERE root = :root AND root = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_find_care_entry
SELECT root AS root, id AS id, substr(sealed, 1, 128) AS keybox
  FROM care_entry
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_care_entry
SELECT COUNT(*) AS n
  FROM care_entry
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_care_entry
SELECT sealed
  FROM care_entry
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_care_entry
UPDATE care_entry
   SET sealed = :sealed
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_find_care_place
SELECT root AS root, id AS id, substr(sealed, 1, 128) AS keybox
  FROM care_place
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_care_place
SELECT COUNT(*) AS n
  FROM care_place
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_care_place
SELECT sealed
  FROM care_place
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_care_place
UPDATE care_place
   SET sealed = :sealed
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_find_share
SELECT root, row_id AS id, keybox
  FROM share
 WHERE (root = :root OR root <> :root) AND ring = :ring AND substr(keybox, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_share
SELECT COUNT(*) AS n
  FROM share
 WHERE (root = :root OR root <> :root) AND ring = :ring AND substr(keybox, 5, 4) <> :epoch;

-- name: reseal_read_share
SELECT keybox AS sealed
  FROM share
 WHERE root = :root AND row_id = :id AND ring = :ring;

-- name: reseal_put_share
UPDATE share
   SET keybox = :sealed
 WHERE root = :root AND row_id = :id AND ring = :ring;

-- name: reseal_begin
INSERT INTO reseal (root, author, day, done_day)
VALUES (:root, :author, :day, NULL)
ON CONFLICT (root) DO UPDATE
   SET author = excluded.author, day = excluded.day, done_day = NULL;

-- name: reseal_done
UPDATE reseal
   SET done_day = :day
 WHERE root = :root;

-- name: reseal_look
SELECT author, day, done_day
  FROM reseal
 WHERE root = :root;

-- name: reseal_find_hold
SELECT root AS root, id AS id, substr(sealed, 1, 128) AS keybox
  FROM hold
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_hold
SELECT COUNT(*) AS n
  FROM hold
 WHERE root = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_hold
SELECT sealed
  FROM hold
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_hold
UPDATE hold
   SET sealed = :sealed
 WHERE root = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- Of a case: what a tip's owner was told is sealed to an office's ring.
-- name: reseal_find_tip_told
SELECT tip AS root, id AS id, substr(sealed, 1, 128) AS keybox
  FROM tip_told
 WHERE tip = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch
 LIMIT :limit;

-- name: reseal_count_tip_told
SELECT COUNT(*) AS n
  FROM tip_told
 WHERE tip = :root AND substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) <> :epoch;

-- name: reseal_read_tip_told
SELECT sealed
  FROM tip_told
 WHERE tip = :root AND id = :id AND substr(sealed, 9, 16) = :ring;

-- name: reseal_put_tip_told
UPDATE tip_told
   SET sealed = :sealed
 WHERE tip = :root AND id = :id AND substr(sealed, 9, 16) = :ring;
