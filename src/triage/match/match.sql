-- name: match_tips
SELECT id, office,
       (SELECT COUNT(*) FROM tip_addition WHERE tip_addition.tip = tip.id) + (SELECT COUNT(*) FROM tip_mark WHERE tip_mark.tip = tip.id) +
       (SELECT COUNT(*) FROM share WHERE share.root = tip.id AND share.row_id = tip.id) AS further
  FROM tip
 WHERE id > :after
 ORDER BY id
 LIMIT :limit;

-- name: match_tip
SELECT sealed
  FROM tip
 WHERE id = :id;

-- name: match_on_case
SELECT root
  FROM case_tip
 WHERE root = :root AND tip = :tip AND undone_day IS NULL;

-- name: match_tip_rings
SELECT ring
  FROM share
 WHERE root = :tip AND row_id = :tip
 ORDER BY ring
 LIMIT :limit;
