-- name: notice_insert
INSERT INTO notice (account, id, kind, about, day)
VALUES (:account, :id, :kind, :about, :day)
ON CONFLICT (account, id) DO NOTHING;

-- name: notice_count
SELECT count(*) AS unseen
  FROM notice
 WHERE account = :account AND seen = 0;

-- name: notice_seen_by_all
UPDATE notice
   SET seen = 1
 WHERE about = :about AND seen = 0;

-- name: notice_seen
UPDATE notice
   SET seen = 1
 WHERE account = :account AND about = :about AND seen = 0;
