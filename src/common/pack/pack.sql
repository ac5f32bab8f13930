-- name: pack_row_count
SELECT count(*) AS n
  FROM pack_row
 WHERE CAST(:file AS TEXT) IS NULL OR file = :file;

-- name: pack_row_list
SELECT pack, file, row_key, load, position, rank, valid_from, valid_to, basis, cells
  FROM pack_row
 WHERE CAST(:file AS TEXT) IS NULL OR file = :file;

-- name: pack_row_insert
INSERT INTO pack_row (pack, file, row_key, load, position, rank, valid_from, valid_to, basis, cells)
VALUES (:pack, :file, :row_key, :load, :position, :rank, :valid_from, :valid_to, :basis, :cells);

-- name: pack_row_end
UPDATE pack_row
   SET valid_to = :valid_to
 WHERE pack = :pack AND file = :file AND row_key = :row_key AND load = :load;

-- name: pack_row_move
UPDATE pack_row
   SET position = :position, rank = :rank
 WHERE pack = :pack AND file = :file AND row_key = :row_key AND load = :load;

-- name: pack_version_newest
SELECT load, version
  FROM pack_version
 WHERE pack = :pack
 ORDER BY load DESC
 LIMIT 1;

-- name: pack_version_insert
INSERT INTO pack_version (pack, load, version, loaded_day)
VALUES (:pack, :load, :version, :loaded_day);

-- name: pack_version_list
SELECT pack, version
  FROM pack_version
 ORDER BY pack, load;

-- name: pack_confirmation_list
SELECT pack, file, row_key, said
  FROM pack_confirmation
 ORDER BY pack, file, row_key, confirmed_day, who;

-- name: pack_confirmation_insert
INSERT INTO pack_confirmation (pack, file, row_key, confirmed_day, who, said, source)
VALUES (:pack, :file, :row_key, :confirmed_day, :who, :said, :source)
ON CONFLICT (pack, file, row_key, confirmed_day, who) DO UPDATE SET said = excluded.said, source = excluded.source;
