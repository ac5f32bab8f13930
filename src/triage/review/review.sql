-- name: tip_entry_insert
INSERT INTO tip_entry (tip, id, kind, author, day, sealed)
VALUES (:tip, :id, :kind, :author, :day, :sealed);

-- name: tip_entry_list
SELECT id, kind, author, day, sealed
  FROM tip_entry
 WHERE tip = :tip
 ORDER BY day DESC, id DESC
 LIMIT :limit OFFSET :skip;

-- name: tip_entry_boxes
SELECT id, substr(sealed, 1, 128) AS keybox
  FROM tip_entry
 WHERE tip = :tip;
