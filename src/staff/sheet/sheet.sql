-- name: sheet_read_insert
INSERT INTO sheet_read (office, id, account, day)
VALUES (:office, :id, :account, :day);

-- name: sheet_read_last
SELECT account, day
  FROM sheet_read
 WHERE office = :office
 ORDER BY day DESC, id DESC
 LIMIT 1;
