-- name: duty_insert
INSERT INTO roster (office, id, account, duty, language, from_day, to_day)
VALUES (:office, :id, :account, :duty, :language, :from_day, :to_day);

-- name: duty_end
UPDATE roster
   SET to_day = :last_day
 WHERE office = :office AND id = :id AND to_day >= :last_day;

-- name: duty_list
SELECT office, id, account, duty, language, from_day, to_day
  FROM roster
 WHERE office = :office AND to_day >= :day AND (CAST(:duty AS TEXT) = '' OR duty = :duty)
 ORDER BY from_day, id
 LIMIT :limit;
