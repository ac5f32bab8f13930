-- name: expiry_find
SELECT day FROM expiry WHERE ring = :ring AND epoch = :epoch;

-- name: expiry_insert
INSERT INTO expiry (ring, epoch, day) VALUES (:ring, :epoch, :day);

-- name: expiry_delete
DELETE FROM expiry WHERE ring = :ring AND epoch = :epoch;

-- name: expiry_delete_all
DELETE FROM expiry WHERE ring = :ring;

-- name: hold_put
INSERT INTO hold (ring, id, about, epoch, until_day) VALUES (:ring, :id, :about, :epoch, :until_day)
ON CONFLICT (ring, id) DO UPDATE
   SET until_day = excluded.until_day, epoch = CASE WHEN excluded.epoch < hold.epoch THEN excluded.epoch ELSE hold.epoch END
 WHERE hold.about = excluded.about AND hold.until_day <= excluded.until_day;

-- name: hold_until
SELECT MAX(until_day) AS until_day
  FROM hold
 WHERE ring = :ring AND until_day >= :today AND epoch > 0 AND epoch <= :epoch;

-- name: hold_until_scope
SELECT MAX(hold.until_day) AS until_day
  FROM ring
  JOIN hold ON hold.ring = ring.id
 WHERE ring.scope_kind = :scope_kind AND ring.scope_id = :scope_id AND hold.until_day >= :today;

-- name: hold_rings
SELECT ring, about FROM hold WHERE id = :id ORDER BY ring LIMIT :count;

-- name: hold_delete
DELETE FROM hold WHERE id = :id;

-- name: hold_delete_all
DELETE FROM hold WHERE ring = :ring;
