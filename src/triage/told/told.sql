-- name: tip_across_tip
SELECT tip
  FROM tip_across
 WHERE id = :id;

-- name: tip_told_put
INSERT INTO tip_told (tip, id, sealed)
VALUES (:tip, :id, :sealed)
ON CONFLICT (tip, id) DO UPDATE
   SET sealed = excluded.sealed;

-- name: tip_told_list
SELECT id, sealed
  FROM tip_told
 WHERE tip = :tip
 ORDER BY id
 LIMIT :limit;

-- name: tip_told_boxes
SELECT id, substr(sealed, 1, 128) AS keybox
  FROM tip_told
 WHERE tip = :tip;
