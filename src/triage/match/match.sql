-- name: match_tips
SELECT id, office,
       (SELECT COUNT(*) FROM tip_addition WHERE tip_addition.tip = tip.id) + (SELECT COUNT(*) FROM tip_mark WHERE tip_mark.tip = tip.id) AS further
  FROM tip
 WHERE id > :after
 ORDER BY id
 LIMIT :limit;

-- name: match_tip
SELECT sealed
  FROM tip
 WHERE id = :id;

-- name: match_tip_rings
SELECT ring
  FROM share
 WHERE root = :tip AND row_id = :tip
 ORDER BY ring
 LIMIT :limit;
