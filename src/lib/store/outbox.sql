-- name: outbox_insert
INSERT INTO outbox (id, kind, about, due)
VALUES (:id, :kind, :about, :due);

-- The second test of leased_until decides between two claimers on an engine that reads before it locks.
-- name: outbox_claim_next
UPDATE outbox
   SET leased_until = :until, tries = tries + 1
 WHERE id = (SELECT o.id
               FROM outbox AS o
              WHERE o.dead = 0 AND o.due <= :now AND o.leased_until <= :now AND o.kind <> :but
              ORDER BY o.due, o.id
              LIMIT 1)
   AND leased_until <= :now
RETURNING id, kind, about, tries;

-- name: outbox_delete
DELETE FROM outbox
 WHERE id = :id AND tries = :tries;

-- name: outbox_postpone
UPDATE outbox
   SET due = :due, leased_until = 0
 WHERE id = :id AND tries = :tries;

-- name: outbox_park
UPDATE outbox
   SET dead = 1, leased_until = 0
 WHERE id = :id AND tries = :tries;

-- name: outbox_count_waiting
SELECT count(*) AS waiting
  FROM outbox
 WHERE dead = 0;

-- name: outbox_count_dead
SELECT count(*) AS dead
  FROM outbox
 WHERE dead = 1;

-- name: outbox_of_kind
SELECT id, about, tries, due
  FROM outbox
 WHERE kind = :kind AND dead = 0
 ORDER BY due, id
 LIMIT 1;

-- name: outbox_dead_of_kind
SELECT count(*) AS dead
  FROM outbox
 WHERE kind = :kind AND dead = 1;

-- name: outbox_now
UPDATE outbox
   SET due = :now
 WHERE kind = :kind AND dead = 0 AND due > :until;

-- name: outbox_drop_dead
DELETE FROM outbox
 WHERE kind = :kind AND dead = 1;
