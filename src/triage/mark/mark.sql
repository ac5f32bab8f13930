-- name: tip_mark_insert
INSERT INTO tip_mark (tip, turn, id, author, day, sealed)
VALUES (:tip, :turn, :id, :author, :day, :sealed);

-- name: tip_mark_newest
SELECT turn, id, author, day, sealed
  FROM tip_mark
 WHERE tip = :tip
 ORDER BY turn DESC
 LIMIT 1;

-- name: tip_mark_boxes
SELECT id, substr(sealed, 1, 128) AS keybox
  FROM tip_mark
 WHERE tip = :tip;
