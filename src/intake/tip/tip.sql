-- name: tip_list
SELECT id, priority, day, language, channel
  FROM tip
 WHERE office = :office
   AND (:priority < 0 OR priority = :priority)
   AND (CAST(:language AS TEXT) = '' OR language = :language)
   AND priority >= :after_priority
   AND (priority > :after_priority OR day < :after_day OR (day = :after_day AND id < :after_id))
 ORDER BY priority, day DESC, id DESC
 LIMIT :limit;

-- name: tip_find
SELECT priority, day, language, channel, sealed,
       (SELECT COUNT(*) FROM tip_source WHERE tip_source.tip = tip.id) AS sources
  FROM tip
 WHERE office = :office AND id BETWEEN :id AND :id; -- by (office, id): what is another office's is never touched

-- name: tip_find_source
SELECT sealed
  FROM tip_source
 WHERE tip = :tip;

-- name: tip_list_additions
SELECT id, kind, day, sealed
  FROM tip_addition
 WHERE tip = :tip
 ORDER BY day DESC, id DESC
 LIMIT :limit OFFSET :skip;

-- name: tip_office_of
SELECT office
  FROM tip
 WHERE id = :id;
