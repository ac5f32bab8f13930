-- name: alike_cases
SELECT id, office,
       (SELECT COUNT(*) FROM entry WHERE entry.root = casefile.id) + (SELECT COUNT(*) FROM subject WHERE subject.root = casefile.id) AS further
  FROM casefile
 WHERE id > :after
 ORDER BY id
 LIMIT :limit;
