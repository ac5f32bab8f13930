-- name: api_key_insert
INSERT INTO api_key (id, name, verifier, scopes, class, office, per_minute, maker, made_day, until_day)
VALUES (:id, :name, :verifier, :scopes, :class, :office, :per_minute, :maker, :made_day, :until_day);

-- name: api_key_find
SELECT id, name, verifier, scopes, class, office, per_minute, maker, made_day, until_day, ended_day, successor
  FROM api_key
 WHERE id = :id;

-- name: api_key_list
SELECT id, name, verifier, scopes, class, office, per_minute, maker, made_day, until_day, ended_day, successor
  FROM api_key
 ORDER BY CASE WHEN ended_day IS NULL THEN 0 ELSE 1 END, name
 LIMIT :limit;

-- name: api_key_end
UPDATE api_key
   SET ended_day = :day
 WHERE id = :id AND ended_day IS NULL;

-- name: api_key_succeed
UPDATE api_key
   SET successor = :successor, until_day = :until_day
 WHERE id = :id AND ended_day IS NULL AND successor IS NULL;
