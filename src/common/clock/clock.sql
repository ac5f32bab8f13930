-- name: clock_last_run
SELECT run, due_minute
  FROM clock
 WHERE root = :root AND code = :code
 ORDER BY run DESC
 LIMIT 1;

-- name: clock_insert
INSERT INTO clock (root, code, run, started_day, due_minute)
VALUES (:root, :code, :run, :started_day, :due_minute);

-- name: clock_stop
UPDATE clock
   SET due_minute = NULL, stopped_day = :day
 WHERE root = :root AND code = :code AND due_minute IS NOT NULL;

-- name: clock_list_of
SELECT root, code, run, started_day, due_minute, stopped_day
  FROM clock
 WHERE root = :root
 ORDER BY CASE WHEN stopped_day IS NULL THEN 0 ELSE 1 END, code, run
 LIMIT :limit;

-- name: clock_list_due
SELECT root, code, run, started_day, due_minute, stopped_day
  FROM clock
 WHERE due_minute <= :until_minute
   AND (due_minute, root, code, run) > (:after_minute, :after_root, :after_code, :after_run)
 ORDER BY due_minute, root, code, run
 LIMIT :limit;

-- name: clock_count_due
SELECT count(*) AS due
  FROM clock
 WHERE due_minute <= :until_minute;
