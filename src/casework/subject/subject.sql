-- name: subject_insert
INSERT INTO subject (root, id, number, version, author, day, sealed)
VALUES (:root, :id, :number, :version, :author, :day, :sealed);

-- name: subject_last_number
SELECT COALESCE(MAX(number), 0) AS number
  FROM subject
 WHERE root = :root;

-- name: subject_list
SELECT id, number, version, author, day, sealed
  FROM subject
 WHERE root = :root
   AND NOT EXISTS (SELECT 1 FROM subject AS newer
                    WHERE newer.root = subject.root AND newer.number = subject.number AND newer.version > subject.version)
 ORDER BY number
 LIMIT :limit;
