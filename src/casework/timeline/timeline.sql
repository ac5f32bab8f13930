-- name: timeline_insert
INSERT INTO entry (root, id, kind, compartment, office, author, day, written_day, number, corrects, withdrawn, counted, sealed)
VALUES (:root, :id, :kind, :compartment, :office, :author, :day, :written_day, :number, :corrects, :withdrawn, :counted, :sealed);

-- name: timeline_last_number
SELECT COALESCE(MAX(number), 0) AS number
  FROM entry
 WHERE root = :root;

-- name: timeline_value_insert
INSERT INTO entry_value (root, entry, field, pos, code, number)
VALUES (:root, :entry, :field, :pos, :code, :number);

-- name: timeline_values
SELECT field, code
  FROM entry_value
 WHERE root = :root AND entry = :entry
 ORDER BY field, pos;

-- name: timeline_list
SELECT entry.id AS id, entry.kind AS kind, entry.compartment AS compartment, entry.office AS office, entry.author AS author,
       entry.day AS day, entry.written_day AS written_day, entry.number AS number, entry.corrects AS corrects,
       entry.withdrawn AS withdrawn, entry.counted AS counted, entry.sealed AS sealed,
       later.id AS later_id, later.author AS later_author, later.written_day AS later_day, later.withdrawn AS later_withdrawn
  FROM entry
  LEFT JOIN entry AS later ON later.root = entry.root AND later.corrects = entry.id
 WHERE entry.root = :root
   AND (CAST(:kind AS TEXT) = '' OR entry.kind = :kind)
   AND (entry.day < :after_day
        OR (entry.day = :after_day AND (entry.number < :after_number OR (entry.number = :after_number AND entry.id < :after_id))))
 ORDER BY entry.day DESC, entry.number DESC, entry.id DESC
 LIMIT :limit;

-- name: timeline_find
SELECT entry.id AS id, entry.kind AS kind, entry.compartment AS compartment, entry.office AS office, entry.author AS author,
       entry.day AS day, entry.written_day AS written_day, entry.number AS number, entry.corrects AS corrects,
       entry.withdrawn AS withdrawn, entry.counted AS counted, entry.sealed AS sealed,
       later.id AS later_id, later.author AS later_author, later.written_day AS later_day, later.withdrawn AS later_withdrawn
  FROM entry
  LEFT JOIN entry AS later ON later.root = entry.root AND later.corrects = entry.id
 WHERE entry.root = :root AND entry.id = :id;

-- name: timeline_standing
SELECT entry.id AS id, entry.kind AS kind, entry.compartment AS compartment, entry.office AS office, entry.author AS author,
       entry.day AS day, entry.written_day AS written_day, entry.number AS number, entry.corrects AS corrects,
       entry.withdrawn AS withdrawn, entry.counted AS counted, entry.sealed AS sealed
  FROM entry
 WHERE entry.root = :root AND entry.kind = :kind AND entry.withdrawn = 0
   AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.root = entry.root AND later.corrects = entry.id)
 ORDER BY entry.number, entry.id
 LIMIT :limit;

-- name: timeline_kinds
SELECT kind, COUNT(*) AS n, SUM(counted) AS counted
  FROM entry
 WHERE root = :root AND withdrawn = 0
   AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.root = entry.root AND later.corrects = entry.id)
 GROUP BY kind
 ORDER BY kind;

-- name: timeline_set_counted
UPDATE entry
   SET counted = :counted
 WHERE root = :root AND id = :id;

-- name: timeline_last_status
SELECT entry.day AS day, entry_value.code AS code
  FROM entry
  JOIN entry_value ON entry_value.root = entry.root AND entry_value.entry = entry.id AND entry_value.field = 'status'
 WHERE entry.root = :root AND entry.kind = 'status_change' AND entry.withdrawn = 0
   AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.root = entry.root AND later.corrects = entry.id)
 ORDER BY entry.day DESC, entry.number DESC
 LIMIT 1;
