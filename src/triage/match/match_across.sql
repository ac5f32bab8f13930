-- name: tip_across_put
INSERT INTO tip_across (tip, id, sealed)
VALUES (:tip, :id, :sealed)
ON CONFLICT (tip, id) DO UPDATE
   SET sealed = excluded.sealed;

-- name: tip_across_find
SELECT sealed
  FROM tip_across
 WHERE tip = :tip AND id = :id;

-- name: tip_across_list
SELECT tip, id, sealed
  FROM tip_across
 WHERE id > :after
 ORDER BY id
 LIMIT :limit;
