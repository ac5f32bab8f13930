-- name: queue_first_unowned
SELECT id, priority, due
  FROM (SELECT tip.id AS id, tip.priority AS priority,
               COALESCE((SELECT MIN(clock.due_minute) FROM clock WHERE clock.root = tip.id), 9223372036854775807) AS due
          FROM tip
         WHERE tip.office = :office AND tip.state = 'open' AND tip.priority <= :priority AND tip.assignee IS NULL) AS waiting
 ORDER BY priority, due, id
 LIMIT 1;

-- name: queue_first_of_clock
SELECT tip.id AS id, tip.priority AS priority, clock.due_minute AS due
  FROM tip
  JOIN clock ON clock.root = tip.id
 WHERE tip.office = :office AND tip.assignee = :assignee AND clock.code = :code AND clock.due_minute IS NOT NULL
 ORDER BY tip.priority, clock.due_minute, tip.id
 LIMIT 1;

-- name: queue_first_late
SELECT tip.id AS id, tip.priority AS priority, clock.due_minute AS due
  FROM clock
  JOIN tip ON tip.id = clock.root
 WHERE clock.due_minute < :minute AND tip.office = :office AND tip.state = 'open'
 ORDER BY tip.priority, clock.due_minute, tip.id
 LIMIT 1;

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
