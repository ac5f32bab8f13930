-- name: principal_find
SELECT id, name, class, powers, serial, not_before, not_after, state, xpub, epub
  FROM principal
 WHERE id = :id;

-- name: principal_by_name
SELECT id, name, class, powers, serial, not_before, not_after, state, xpub, epub
  FROM principal
 WHERE name = :name;

-- name: sign_in_after
SELECT sign_in.name, slot.salt, slot.ops, slot.mem_kib
  FROM sign_in JOIN slot ON slot.principal = sign_in.principal AND slot.kind = 1
 WHERE sign_in.name >= :name
 ORDER BY sign_in.name
 LIMIT 1;

-- name: sign_in_before
SELECT sign_in.name, slot.salt, slot.ops, slot.mem_kib
  FROM sign_in JOIN slot ON slot.principal = sign_in.principal AND slot.kind = 1
 WHERE sign_in.name <= :name
 ORDER BY sign_in.name DESC
 LIMIT 1;

-- name: sign_in_put
INSERT INTO sign_in (name, principal)
SELECT name, id FROM principal WHERE id = :principal AND name IS NOT NULL
ON CONFLICT (name) DO NOTHING;

-- name: sign_in_delete
DELETE FROM sign_in WHERE principal = :principal;

-- name: principal_insert
INSERT INTO principal (id, name, class, powers, serial, not_before, not_after, state, xpub, epub)
VALUES (:id, :name, :class, :powers, :serial, :not_before, :not_after, :state, :xpub, :epub);

-- name: principal_enrol
UPDATE principal
   SET xpub = :xpub, epub = :epub, not_before = :not_before, state = 1
 WHERE id = :id AND state = 0;

-- name: principal_activate
UPDATE principal SET state = 2 WHERE id = :id AND state = 1;

-- name: principal_revoke
UPDATE principal SET state = 3, name = NULL WHERE id = :id;

-- name: principal_free_name
UPDATE principal
   SET state = 3, name = NULL
 WHERE name = :name AND state = 0;

-- name: cert_list
SELECT signer, sig FROM cert WHERE principal = :principal ORDER BY signer LIMIT :count;

-- name: cert_insert
INSERT INTO cert (principal, signer, sig) VALUES (:principal, :signer, :sig);

-- name: invite_insert
INSERT INTO invite (principal, code, until_day) VALUES (:principal, :code, :until_day);

-- name: invite_find
SELECT principal FROM invite WHERE code = :code AND until_day >= :today;

-- name: invite_delete
DELETE FROM invite WHERE principal = :principal;

-- name: slot_find
SELECT kind, salt, ops, mem_kib, box FROM slot WHERE principal = :principal AND kind = :kind;

-- name: slot_put
INSERT INTO slot (principal, kind, version, salt, ops, mem_kib, box)
VALUES (:principal, :kind, 1, :salt, :ops, :mem_kib, :box)
ON CONFLICT (principal, kind) DO UPDATE
   SET salt = excluded.salt, ops = excluded.ops, mem_kib = excluded.mem_kib, box = excluded.box;

-- name: slot_delete
DELETE FROM slot WHERE principal = :principal;

-- name: api_slot_find
SELECT box FROM api_slot WHERE principal = :principal;

-- name: api_slot_insert
INSERT INTO api_slot (principal, class, box) VALUES (:principal, :class, :box);

-- name: api_slot_delete
DELETE FROM api_slot WHERE principal = :principal;

-- name: factor_find
SELECT otp FROM factor WHERE principal = :principal;

-- name: factor_insert
INSERT INTO factor (principal, otp, last_step) VALUES (:principal, :otp, 0);

-- name: factor_step
UPDATE factor SET last_step = :step WHERE principal = :principal AND last_step < :step;

-- name: factor_delete
DELETE FROM factor WHERE principal = :principal;

-- name: service_insert
INSERT INTO service (principal, keybox) VALUES (:principal, :keybox);

-- name: failure_find
SELECT tries, since, strikes, wait_until FROM failure WHERE name = :name AND device = :device;

-- name: failure_put
INSERT INTO failure (name, device, tries, since, strikes, wait_until)
VALUES (:name, :device, :tries, :since, :strikes, :wait_until)
ON CONFLICT (name, device) DO UPDATE
   SET tries = excluded.tries, since = excluded.since, strikes = excluded.strikes, wait_until = excluded.wait_until;

-- name: failure_delete
DELETE FROM failure WHERE name = :name AND device = :device;

-- name: failure_prune
DELETE FROM failure WHERE since < :before AND wait_until < :before;

-- name: term_list
SELECT serial, not_before, not_after, whole FROM term WHERE principal = :principal ORDER BY serial LIMIT :count;

-- name: term_insert
INSERT INTO term (principal, serial, not_before, not_after, whole) VALUES (:principal, :serial, :not_before, :not_after, 0);

-- name: term_set_whole
UPDATE term SET whole = 1 WHERE principal = :principal AND serial = :serial;

-- name: term_cert_list
SELECT signer, sig FROM term_cert WHERE principal = :principal AND serial = :serial ORDER BY signer LIMIT :count;

-- name: term_cert_insert
INSERT INTO term_cert (principal, serial, signer, sig) VALUES (:principal, :serial, :signer, :sig);

-- name: principal_ending
SELECT p.id, p.not_after
  FROM principal p
 WHERE p.state = 2 AND p.class NOT IN (7, 9) AND p.not_after < :before
   AND NOT EXISTS (SELECT 1 FROM term t WHERE t.principal = p.id AND t.whole = 1 AND t.not_after >= :before)
   AND NOT EXISTS (SELECT 1 FROM slot s WHERE s.principal = p.id AND s.kind = 3)
 ORDER BY p.not_after, p.id
 LIMIT :count;

-- name: principal_powers
SELECT id
  FROM principal
 WHERE powers <> 0
 ORDER BY id
 LIMIT :count;
