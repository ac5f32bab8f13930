-- name: idem_insert
INSERT INTO idem (idem, tip, answer, day)
VALUES (:idem, :tip, :answer, :day)
ON CONFLICT (idem) DO NOTHING;

-- name: idem_find
SELECT answer
  FROM idem
 WHERE idem = :idem;

-- name: idem_delete
DELETE FROM idem
 WHERE idem = :idem AND tip = :tip;

-- name: tip_insert
INSERT INTO tip (id, office, priority, day, language, channel, sealed)
VALUES (:id, :office, :priority, :day, :language, :channel, :sealed)
ON CONFLICT (id) DO NOTHING;

-- name: tip_delete
DELETE FROM tip
 WHERE id = :id;

-- name: tip_source_insert
INSERT INTO tip_source (tip, sealed)
VALUES (:tip, :sealed);

-- name: tip_source_delete
DELETE FROM tip_source
 WHERE tip = :tip;

-- name: mailbox_insert
INSERT INTO mailbox (locator, pepper, tip, open, expires_day, office)
VALUES (:locator, :pepper, :tip, :open, :expires_day, :office)
ON CONFLICT (pepper, locator) DO NOTHING;

-- name: mailbox_is_of
SELECT tip
  FROM mailbox
 WHERE tip = :tip AND locator = :locator AND expires_day >= :day AND (office IS NULL OR office = :office);

-- name: mailbox_visit
UPDATE mailbox
   SET expires_day = :expires_day
 WHERE pepper = :pepper AND locator = :locator AND expires_day >= :day AND expires_day < :expires_day;

-- name: reply_mark_read
UPDATE reply
   SET read_day = :day
 WHERE locator = :locator AND id = :id AND read_day IS NULL;

-- name: addition_insert
INSERT INTO tip_addition (tip, id, kind, day, sealed)
VALUES (:tip, :id, :kind, :day, :sealed)
ON CONFLICT (tip, id) DO NOTHING;

-- name: idem_sweep
DELETE FROM idem
 WHERE idem IN (SELECT idem FROM idem WHERE day < :oldest ORDER BY day, idem LIMIT :limit);

-- name: reply_sweep
DELETE FROM reply
 WHERE read_day < :oldest
   AND (locator, id) IN (SELECT locator, id FROM reply WHERE read_day < :oldest ORDER BY read_day, locator, id LIMIT :limit);

-- The same mailboxes in both, in one transaction.
-- name: reply_sweep_with_mailbox
DELETE FROM reply
 WHERE locator IN (SELECT locator FROM mailbox WHERE expires_day < :today ORDER BY expires_day, pepper, locator LIMIT :limit);

-- name: mailbox_sweep
DELETE FROM mailbox
 WHERE (pepper, locator) IN (SELECT pepper, locator FROM mailbox WHERE expires_day < :today ORDER BY expires_day, pepper, locator LIMIT :limit);

-- name: sweep_kept_find
SELECT day, odd_day, odd_seconds
  FROM sweep_look
 WHERE one = 1;

-- name: sweep_kept_put
INSERT INTO sweep_look (one, day, odd_day, odd_seconds)
VALUES (1, :day, :odd_day, :odd_seconds)
ON CONFLICT (one) DO UPDATE SET day = excluded.day, odd_day = excluded.odd_day, odd_seconds = excluded.odd_seconds;
