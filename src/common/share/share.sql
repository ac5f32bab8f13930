-- name: share_put
INSERT INTO share (root, row_id, ring, until_day, keybox)
VALUES (:root, :row_id, :ring, :until_day, :keybox)
ON CONFLICT (root, row_id, ring) DO UPDATE
   SET until_day = excluded.until_day, keybox = excluded.keybox;

-- name: share_find
SELECT keybox
  FROM share
 WHERE root = :root AND row_id = :row_id AND ring = :ring AND (until_day IS NULL OR until_day >= :day);
