-- name: queue_filter_put
INSERT INTO queue_filter (account, name, query)
VALUES (:account, :name, :query)
ON CONFLICT (account, name) DO UPDATE
   SET query = excluded.query;

-- name: queue_filter_list
SELECT name, query
  FROM queue_filter
 WHERE account = :account
 ORDER BY name
 LIMIT :limit;

-- name: queue_filter_delete
DELETE FROM queue_filter
 WHERE account = :account AND name = :name;
