-- name: ring_find
SELECT id, scope_kind, scope_id, compartment, epoch FROM ring WHERE id = :id;

-- name: ring_by_scope
SELECT id, scope_kind, scope_id, compartment, epoch
  FROM ring
 WHERE scope_kind = :scope_kind AND scope_id = :scope_id AND compartment = :compartment;

-- name: ring_insert
INSERT INTO ring (id, scope_kind, scope_id, compartment, epoch) VALUES (:id, :scope_kind, :scope_id, :compartment, 0);

-- name: ring_advance
UPDATE ring SET epoch = :epoch WHERE id = :id AND epoch < :epoch;

-- name: ring_delete
DELETE FROM ring WHERE id = :id;

-- name: ring_aged
SELECT r.id
  FROM ring r JOIN ring_epoch e ON e.ring = r.id AND e.epoch = r.epoch
 WHERE r.scope_kind = 1 AND e.day < :before
 ORDER BY e.day, r.id
 LIMIT :count;

-- name: epoch_find
SELECT epoch, pub, back, signer, sig, day FROM ring_epoch WHERE ring = :ring AND epoch = :epoch;

-- name: epoch_insert
INSERT INTO ring_epoch (ring, epoch, pub, back, signer, sig, day) VALUES (:ring, :epoch, :pub, NULL, :signer, :sig, :day);

-- name: epoch_set_back
UPDATE ring_epoch SET back = :back WHERE ring = :ring AND epoch = :epoch;

-- name: epoch_cut
UPDATE ring_epoch SET back = NULL WHERE ring = :ring AND epoch <= :epoch + 1;

-- name: epoch_delete
DELETE FROM ring_epoch WHERE ring = :ring;

-- name: member_find
SELECT ring, member, compartment, class, granter, since_epoch, day, until_day, flags, sig
  FROM member
 WHERE ring = :ring AND member = :member;

-- name: member_list
SELECT ring, member, compartment, class, granter, since_epoch, day, until_day, flags, sig
  FROM member
 WHERE ring = :ring
 ORDER BY member;

-- name: member_insert
INSERT INTO member (ring, member, compartment, class, granter, since_epoch, day, until_day, flags, sig)
VALUES (:ring, :member, :compartment, :class, :granter, :since_epoch, :day, :until_day, :flags, :sig);

-- name: member_delete
DELETE FROM member WHERE ring = :ring AND member = :member;

-- name: member_delete_all
DELETE FROM member WHERE ring = :ring;

-- name: member_rings
SELECT ring FROM member WHERE member = :member ORDER BY ring;

-- name: member_rings_of
SELECT ring FROM member WHERE member = :member AND compartment = :compartment ORDER BY ring;

-- name: wrap_find
SELECT box FROM wrap WHERE ring = :ring AND member = :member AND epoch = :epoch;

-- name: wrap_insert
INSERT INTO wrap (ring, member, epoch, box) VALUES (:ring, :member, :epoch, :box);

-- name: wrap_delete
DELETE FROM wrap WHERE ring = :ring AND member = :member;

-- name: wrap_delete_old
DELETE FROM wrap WHERE ring = :ring AND epoch < :before;

-- name: wrap_delete_all
DELETE FROM wrap WHERE ring = :ring;

-- name: wall_read
SELECT gen FROM wall;

-- name: wall_move
UPDATE wall SET gen = gen + 1;

-- name: pepper_list
SELECT id, day, box FROM pepper ORDER BY id DESC LIMIT :count;

-- name: pepper_insert
INSERT INTO pepper (id, day, box) VALUES (:id, :day, :box);

-- name: opened_find
SELECT day_rows, hour, hour_rows
  FROM opened
 WHERE principal = :principal AND day = :day AND compartment = :compartment;

-- name: opened_since
SELECT day, compartment, day_rows
  FROM opened
 WHERE principal = :principal AND day >= :day
 ORDER BY day, compartment
 LIMIT :count;

-- name: opened_put
INSERT INTO opened (principal, day, compartment, day_rows, hour, hour_rows)
VALUES (:principal, :day, :compartment, :day_rows, :hour, :hour_rows)
ON CONFLICT (principal, day, compartment) DO UPDATE
   SET day_rows = excluded.day_rows, hour = excluded.hour, hour_rows = excluded.hour_rows;

-- name: budget_find
SELECT hour_rows, day_rows FROM budget WHERE compartment = :compartment;

-- name: budget_put
UPDATE budget SET hour_rows = :hour_rows, day_rows = :day_rows WHERE compartment = :compartment;

-- name: ring_list
SELECT id, scope_kind, scope_id, compartment, epoch FROM ring WHERE id > :after ORDER BY id LIMIT :count;

-- name: root_act_insert
INSERT INTO root_act (who, ring, sig) VALUES (:who, :ring, :sig) ON CONFLICT (who, ring, sig) DO NOTHING;

-- name: root_act_fill
INSERT INTO root_act (who, ring, sig)
SELECT member, ring, sig FROM member WHERE granter = :root
UNION SELECT principal, principal, sig FROM cert WHERE signer = :root;

-- name: root_act_new
SELECT who, ring, sig
  FROM (SELECT member.member AS who, member.ring AS ring, member.sig AS sig FROM member WHERE member.granter = :root
        UNION ALL SELECT cert.principal, cert.principal, cert.sig FROM cert WHERE cert.signer = :root
        UNION ALL SELECT term_cert.principal, term_cert.principal, term_cert.sig FROM term_cert WHERE term_cert.signer = :root) AS signed
 WHERE NOT EXISTS (SELECT 1 FROM root_act WHERE root_act.who = signed.who AND root_act.ring = signed.ring AND root_act.sig = signed.sig)
 ORDER BY who, ring
 LIMIT :count;
