-- name: service_find
SELECT keybox FROM service WHERE principal = :principal;

-- name: snapshot_find
SELECT box FROM engine_snapshot WHERE node = :node;

-- name: snapshot_put
INSERT INTO engine_snapshot (node, box) VALUES (:node, :box) ON CONFLICT (node) DO UPDATE SET box = excluded.box;

-- name: snapshot_delete
DELETE FROM engine_snapshot WHERE node = :node;

-- name: reach_list
SELECT m.ring, m.member, m.compartment, m.class, m.granter, m.since_epoch, m.day, m.until_day, m.flags, m.sig, r.scope_kind, r.scope_id, r.epoch
  FROM member m JOIN ring r ON r.id = m.ring
 WHERE m.member = :member AND m.compartment = :compartment AND m.ring > :after
   AND EXISTS (SELECT 1 FROM wrap w WHERE w.ring = m.ring AND w.member = m.member AND w.epoch = r.epoch)
 ORDER BY m.ring
 LIMIT :count;

-- name: service_lacking
SELECT p.id
  FROM principal p
 WHERE p.state = 2 AND p.class IN (2, 3, 4) AND p.powers IN (2, 3, 6, 7)
   AND NOT EXISTS (SELECT 1 FROM member m WHERE m.ring = :ring AND m.member = p.id)
 ORDER BY p.id
 LIMIT :count;
