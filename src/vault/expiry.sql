-- name: expiry_find
SELECT day FROM ring_expiry WHERE ring = :ring AND epoch = :epoch;

-- name: expiry_insert
INSERT INTO ring_expiry (ring, epoch, day) VALUES (:ring, :epoch, :day);

-- name: expiry_delete
DELETE FROM ring_expiry WHERE ring = :ring AND epoch = :epoch;

-- name: expiry_delete_all
DELETE FROM ring_expiry WHERE ring = :ring;

-- name: hold_put
INSERT INTO ring_hold (ring, id, about, epoch, until_day) VALUES (:ring, :id, :about, :epoch, :until_day)
ON CONFLICT (ring, id) DO UPDATE
   SET until_day = excluded.until_day, epoch = CASE WHEN excluded.epoch < ring_hold.epoch THEN excluded.epoch ELSE ring_hold.epoch END
 WHERE ring_hold.about = excluded.about AND ring_hold.until_day <= excluded.until_day;

-- name: hold_until
SELECT MAX(until_day) AS until_day
  FROM ring_hold
 WHERE ring = :ring AND until_day >= :today AND epoch > 0 AND epoch <= :epoch;

-- name: hold_until_scope
SELECT MAX(ring_hold.until_day) AS until_day
  FROM ring
  JOIN ring_hold ON ring_hold.ring = ring.id
 WHERE ring.scope_kind = :scope_kind AND ring.scope_id = :scope_id AND ring_hold.until_day >= :today;

-- name: hold_rings
SELECT ring, about FROM ring_hold WHERE id = :id ORDER BY ring LIMIT :count;

-- name: hold_delete
DELETE FROM ring_hold WHERE id = :id;

-- name: hold_delete_all
DELETE FROM ring_hold WHERE ring = :ring;
