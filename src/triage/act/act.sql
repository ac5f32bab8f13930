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

-- name: tip_act_decided
SELECT link.tip AS tip, link.id AS id, link.author AS author, link.day AS day, link.sealed AS sealed
  FROM (SELECT tip, id, author, day, sealed
          FROM tip_act
         WHERE kind = 'link'
         ORDER BY day DESC, id DESC
         LIMIT :among) AS link
  JOIN tip ON tip.id = link.tip
 WHERE tip.office = :office
 ORDER BY link.day DESC, link.id DESC
 LIMIT :limit;
