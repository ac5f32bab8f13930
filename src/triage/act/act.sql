-- name: tip_act_insert
INSERT INTO tip_act (tip, id, kind, author, day, sealed)
VALUES (:tip, :id, :kind, :author, :day, :sealed);

-- name: tip_act_list
SELECT id, kind, author, day, sealed
  FROM tip_act
 WHERE tip = :tip
 ORDER BY day DESC, id DESC
 LIMIT :limit OFFSET :skip;

-- name: tip_act_links
SELECT id, kind, author, day, sealed
  FROM tip_act
 WHERE tip = :tip AND kind = 'link'
 ORDER BY day DESC, id DESC
 LIMIT :limit OFFSET :skip;

-- name: tip_act_boxes
SELECT id, substr(sealed, 1, 128) AS keybox
  FROM tip_act
 WHERE tip = :tip;
