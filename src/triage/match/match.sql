-- name: match_tips
SELECT id, office, (SELECT COUNT(*) FROM tip_addition WHERE tip_addition.tip = tip.id) AS additions
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
