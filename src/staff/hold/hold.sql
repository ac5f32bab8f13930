-- name: hold_insert
INSERT INTO hold (root, id, kind, author, day, until_day, sealed)
VALUES (:root, :id, :kind, :author, :day, :until_day, :sealed);

-- name: hold_list
SELECT id, kind, author, day, until_day, lifted_day, sealed
  FROM hold
 WHERE root = :root
 ORDER BY until_day DESC, id DESC
 LIMIT :limit;

-- name: hold_prolong
UPDATE hold
   SET until_day = :until_day
 WHERE root = :root AND id = :id AND lifted_day IS NULL AND until_day >= :today AND until_day < :until_day;

-- name: hold_lift
UPDATE hold
   SET lifted_day = :today
 WHERE root = :root AND id = :id AND lifted_day IS NULL AND until_day >= :today;

-- name: hold_last_day
SELECT MAX(until_day) AS until_day
  FROM hold
 WHERE root = :root AND lifted_day IS NULL AND until_day >= :today;

-- name: hold_list_ending
SELECT root, id, kind, until_day
  FROM hold
 WHERE author = :author AND lifted_day IS NULL AND until_day >= :today AND until_day <= :until_day
 ORDER BY until_day, id
 LIMIT :limit;
