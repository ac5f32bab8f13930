-- name: session_insert
INSERT INTO session (id, account, made_at, hard_at)
VALUES (:id, :account, :now, :hard_at);

-- name: session_find
SELECT account, hard_at
  FROM session
 WHERE id = :id;

-- name: session_delete
DELETE FROM session
 WHERE id = :id;

-- name: session_delete_beyond
DELETE FROM session
 WHERE account = :account
   AND id NOT IN (SELECT id FROM session WHERE account = :account ORDER BY made_at DESC, id LIMIT :keep);

-- name: session_delete_ended
DELETE FROM session
 WHERE hard_at <= :now;
