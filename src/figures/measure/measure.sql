-- name: figure_entry_days
SELECT e.kind, e.office, e.day, count(*) AS n
  FROM entry AS e
 WHERE e.counted = 1 AND e.day >= :from_day AND e.day <= :to_day
   AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.root = e.root AND later.corrects = e.id)
 GROUP BY e.kind, e.office, e.day;

-- name: figure_written_since
SELECT count(*) AS n
  FROM entry
 WHERE counted = 1 AND written_day > :day;

-- name: figure_entry_sums
SELECT e.kind, e.office, e.day, v.field, CAST(sum(v.number) AS BIGINT) AS total
  FROM entry AS e
  JOIN entry_value AS v ON v.root = e.root AND v.entry = e.id
 WHERE e.counted = 1 AND e.day >= :from_day AND e.day <= :to_day AND v.number IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.root = e.root AND later.corrects = e.id)
 GROUP BY e.kind, e.office, e.day, v.field;

-- name: figure_tip_days
SELECT office, day, count(*) AS n
  FROM tip
 WHERE day >= :from_day AND day <= :to_day AND office <> :nowhere
 GROUP BY office, day;

-- By the index of closed tips: of those that are open nothing is read.
-- name: figure_copy_days
SELECT office, day, count(*) AS n
  FROM tip
 WHERE disposition = :reason AND closed_day IS NOT NULL AND day >= :from_day AND day <= :to_day AND office <> :nowhere
 GROUP BY office, day;

-- name: figure_case_opened_days
SELECT office, opened_day AS day, count(*) AS n
  FROM casefile
 WHERE opened_day >= :from_day AND opened_day <= :to_day
 GROUP BY office, opened_day;

-- name: figure_case_closed_days
SELECT office, closed_day AS day, count(*) AS n
  FROM casefile
 WHERE closed_day >= :from_day AND closed_day <= :to_day
 GROUP BY office, closed_day;

-- name: figure_case_open_count
SELECT office, count(*) AS n
  FROM casefile
 WHERE opened_day <= :day AND (closed_day IS NULL OR closed_day > :day)
 GROUP BY office;

-- name: figure_entry_list
SELECT e.root, e.id, e.kind, e.office, e.day,
       (SELECT count(*) FROM case_person AS p WHERE p.root = e.root AND p.account = :account AND p.until_day IS NULL) AS mine
  FROM entry AS e
 WHERE e.kind IN (:kind_1, :kind_2, :kind_3, :kind_4) AND e.counted = 1 AND e.day >= :from_day AND e.day <= :to_day
   AND (:every = 1 OR e.office = :office)
   AND (e.day < :before_day OR (e.day = :before_day AND e.id < :before))
   AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.root = e.root AND later.corrects = e.id)
 ORDER BY e.day DESC, e.id DESC
 LIMIT :limit;

-- name: figure_value_list
SELECT field, code
  FROM entry_value
 WHERE root = :root AND entry = :entry
 ORDER BY field, pos
 LIMIT :limit;
