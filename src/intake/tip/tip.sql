-- name: tip_list_level
SELECT id, day, language, channel, assignee
  FROM tip
 WHERE office = :office AND state = :state AND priority = :priority
   AND (day, id) < (:day, :id)
   AND (CAST(:language AS TEXT) = '' OR language = :language)
   AND (:nobodys = 0 OR assignee IS NULL)
 ORDER BY day DESC, id DESC
 LIMIT :limit;

-- name: tip_list_assigned
SELECT id, day, language, channel, assignee
  FROM tip
 WHERE office = :office AND assignee = :assignee AND state = :state AND priority = :priority
   AND (day, id) < (:day, :id)
   AND (CAST(:language AS TEXT) = '' OR language = :language)
 ORDER BY day DESC, id DESC
 LIMIT :limit;

-- name: tip_find
SELECT priority, day, language, channel, state, disposition, assignee, sealed,
       (SELECT COUNT(*) FROM tip_source WHERE tip_source.tip = tip.id) AS sources
  FROM tip
 WHERE office = :office AND id BETWEEN :id AND :id; -- by (office, id): what is another office's is never touched

-- name: tip_find_source
SELECT sealed
  FROM tip_source
 WHERE tip = :tip;

-- name: tip_set_priority
UPDATE tip
   SET priority = :priority
 WHERE id = :id AND office = :office;

-- name: tip_set_state
UPDATE tip
   SET state = :state, disposition = :disposition, closed_day = :closed_day
 WHERE id = :id AND office = :office AND state <> :state;

-- name: tip_set_assignee
UPDATE tip
   SET assignee = :assignee
 WHERE id = :id AND office = :office;

-- name: tip_move
UPDATE tip
   SET office = :target, assignee = NULL
 WHERE id = :id AND office = :office;

-- name: tip_list_additions
SELECT id, kind, day, sealed
  FROM tip_addition
 WHERE tip = :tip
 ORDER BY day DESC, id DESC
 LIMIT :limit OFFSET :skip;

-- name: tip_office_of
SELECT office, CASE WHEN state = 'closed' THEN 0 ELSE 1 END AS waits
  FROM tip
 WHERE id = :id;

-- name: tip_boxes
SELECT 1 AS sealed_table, id, substr(sealed, 1, 128) AS keybox
  FROM tip
 WHERE id = :tip
UNION ALL
SELECT 2 AS sealed_table, tip AS id, substr(sealed, 1, 128) AS keybox
  FROM tip_source
 WHERE tip = :tip
UNION ALL
SELECT 3 AS sealed_table, id, substr(sealed, 1, 128) AS keybox
  FROM tip_addition
 WHERE tip = :tip;
