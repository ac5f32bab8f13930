-- name: leaf_insert
INSERT INTO leaf (log, seq, actor, record, root, sig) VALUES (:log, :seq, :actor, :record, :root, :sig);

-- name: detail_insert
INSERT INTO detail (log, seq, sealed, own) VALUES (:log, :seq, :sealed, :own);

-- name: leaf_scan
SELECT seq, record, root, sig FROM leaf WHERE log = :log AND seq >= :first ORDER BY seq;

-- name: leaf_at
SELECT record, root, sig FROM leaf WHERE log = :log AND seq = :seq;

-- name: leaf_last
SELECT seq, root FROM leaf WHERE log = :log ORDER BY seq DESC LIMIT 1;

-- name: leaf_last_of
SELECT record FROM leaf WHERE log = :log AND substr(record, 2, 1) = :action ORDER BY seq DESC LIMIT 1;

-- name: leaf_page
SELECT l.seq, l.record, d.sealed, d.own
  FROM leaf l LEFT JOIN detail d ON d.log = l.log AND d.seq = l.seq
 WHERE l.log = :log AND l.seq < :before
 ORDER BY l.seq DESC
 LIMIT :count;

-- name: leaf_page_own
SELECT l.seq, l.record, d.sealed, d.own
  FROM leaf l LEFT JOIN detail d ON d.log = l.log AND d.seq = l.seq
 WHERE l.log = :log AND l.actor = :actor
 ORDER BY l.seq DESC
 LIMIT :count OFFSET :skip;

-- name: loghead_find
SELECT size, frontier FROM loghead WHERE log = :log;

-- name: loghead_put
INSERT INTO loghead (log, size, frontier, witnessed_size) VALUES (:log, :size, :frontier, 0)
ON CONFLICT (log) DO UPDATE SET size = excluded.size, frontier = excluded.frontier;

-- name: leaf_export
SELECT record, root, sig FROM leaf WHERE log = :log ORDER BY seq;

-- name: leaf_acts
SELECT l.record, d.own
  FROM leaf l LEFT JOIN detail d ON d.log = l.log AND d.seq = l.seq
 WHERE l.log = :log AND l.actor = :actor
 ORDER BY l.seq DESC
 LIMIT :count;

-- The plus keeps SQLite from walking the whole log backwards for the order's sake: it takes the index of objects, and sorts what that finds.
-- name: leaf_about
SELECT l.seq, l.record, d.sealed, d.own
  FROM leaf l LEFT JOIN detail d ON d.log = l.log AND d.seq = l.seq
 WHERE l.log = :log AND substr(l.record, 33, 16) IN (:object, :other) AND l.actor <> :but
 ORDER BY +l.seq DESC
 LIMIT :count OFFSET :skip;

-- name: loghead_witness
UPDATE loghead SET witnessed_size = :size WHERE log = :log AND witnessed_size < :size;

-- name: loghead_witnessed
SELECT witnessed_size FROM loghead WHERE log = :log;
