-- name: mailbox_after
SELECT locator, tip, open, expires_day, office
  FROM mailbox
 WHERE pepper = :pepper AND locator >= :locator
 ORDER BY locator
 LIMIT 1;

-- name: mailbox_before
SELECT locator, tip, open, expires_day, office
  FROM mailbox
 WHERE pepper = :pepper AND locator <= :locator
 ORDER BY locator DESC
 LIMIT 1;

-- name: mailbox_of_tip
SELECT locator, open, expires_day
  FROM mailbox
 WHERE tip = :tip AND expires_day >= :today;

-- name: mailbox_move
UPDATE mailbox
   SET office = :office
 WHERE tip = :tip;

-- name: reply_list
SELECT id, day, COALESCE(read_day, 0) AS read_day, sealed
  FROM reply
 WHERE locator = :locator
   AND (read_day IS NULL OR read_day >= :oldest)
 ORDER BY day DESC, id DESC
 LIMIT :limit;

-- name: reply_insert
INSERT INTO reply (locator, id, day, sealed)
VALUES (:locator, :id, :day, :sealed);
