-- What has been kept its time, and its end. This is the one place that knows in which tables the rows of a tip, a case, a file of care and a
-- packet lie; keep_drop_store.c lists them, and its test compares that list with the tables there are.

-- name: keep_next_disposition
SELECT disposition
  FROM tip
 WHERE closed_day IS NOT NULL AND disposition > :after
 ORDER BY disposition
 LIMIT 1;

-- A mailbox that lives keeps its tip.
-- name: keep_ended_tips
SELECT id, office, day
  FROM tip
 WHERE disposition = :disposition AND closed_day IS NOT NULL AND closed_day < :before
   AND NOT EXISTS (SELECT 1 FROM mailbox WHERE mailbox.tip = tip.id)
   AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.root = tip.id AND hold.lifted_day IS NULL AND hold.until_day >= :today)
 ORDER BY closed_day, id
 LIMIT :limit;

-- A tip that its office has no more, of a case that is gone.
-- name: keep_lost_tips
SELECT id, office, day
  FROM tip
 WHERE office = :nowhere AND state = 'closed'
   AND NOT EXISTS (SELECT 1 FROM case_tip JOIN casefile ON casefile.id = case_tip.root
                    WHERE case_tip.tip = tip.id AND case_tip.undone_day IS NULL)
   AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.root = tip.id AND hold.lifted_day IS NULL AND hold.until_day >= :today)
 ORDER BY id
 LIMIT :limit;

-- name: keep_cases_of_tip
SELECT case_tip.root AS root
  FROM case_tip
  JOIN casefile ON casefile.id = case_tip.root
 WHERE case_tip.tip = :tip AND case_tip.undone_day IS NULL
 ORDER BY case_tip.root
 LIMIT :limit;

-- name: keep_ended_cases
SELECT id
  FROM casefile
 WHERE closed_day IS NOT NULL AND closed_day < :before
   AND NOT EXISTS (SELECT 1 FROM expiry WHERE expiry.root = casefile.id AND expiry.day > :today)
   AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.root = casefile.id AND hold.lifted_day IS NULL AND hold.until_day >= :today)
 ORDER BY closed_day, id
 LIMIT 1;

-- name: keep_ended_files
SELECT id
  FROM care_file
 WHERE end_day IS NOT NULL AND end_day < :before
   AND NOT EXISTS (SELECT 1 FROM expiry WHERE expiry.root = care_file.id AND expiry.day > :today)
   AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.root = care_file.id AND hold.lifted_day IS NULL AND hold.until_day >= :today)
 ORDER BY end_day, id
 LIMIT 1;

-- name: keep_ended_packets
SELECT id
  FROM packet
 WHERE until_day < :before
   AND NOT EXISTS (SELECT 1 FROM expiry WHERE expiry.root = packet.id AND expiry.day > :today)
 ORDER BY until_day, id
 LIMIT 1;

-- Told to end, and opened again or kept longer meanwhile.
-- name: keep_kept_case
SELECT root
  FROM expiry
 WHERE class = 1 AND NOT EXISTS (SELECT 1 FROM casefile WHERE casefile.id = expiry.root AND closed_day IS NOT NULL AND closed_day < :before)
 LIMIT 1;

-- name: keep_kept_file
SELECT root
  FROM expiry
 WHERE class = 2 AND NOT EXISTS (SELECT 1 FROM care_file WHERE care_file.id = expiry.root AND end_day IS NOT NULL AND end_day < :before)
 LIMIT 1;

-- name: keep_kept_packet
SELECT root
  FROM expiry
 WHERE class = 3 AND NOT EXISTS (SELECT 1 FROM packet WHERE packet.id = expiry.root AND until_day < :before)
 LIMIT 1;

-- What comes to the end of its time, of what somebody has anyhow.
-- name: keep_due_tips
SELECT COUNT(*) AS n
  FROM tip
 WHERE disposition = :disposition AND closed_day >= :from AND closed_day < :until AND office = :whose;

-- name: keep_due_cases
SELECT COUNT(*) AS n
  FROM case_person
  JOIN casefile ON casefile.id = case_person.root
 WHERE case_person.account = :whose AND case_person.until_day IS NULL AND casefile.closed_day >= :from AND casefile.closed_day < :until;

-- name: keep_due_files
SELECT COUNT(*) AS n
  FROM caseload
  JOIN care_file ON care_file.id = caseload.root
 WHERE caseload.holder = :whose AND care_file.end_day >= :from AND care_file.end_day < :until;

-- name: keep_due_packets
SELECT COUNT(*) AS n
  FROM packet
 WHERE holder = :whose AND until_day >= :from AND until_day < :until;

-- name: keep_told_put
INSERT INTO expiry (root, ring, class, epoch, day)
VALUES (:root, :ring, :class, :epoch, :day)
ON CONFLICT (root, ring) DO UPDATE
   SET epoch = excluded.epoch, day = excluded.day;

-- name: keep_told_find
SELECT epoch, day
  FROM expiry
 WHERE root = :root AND ring = :ring;

-- name: keep_told_day
SELECT MIN(day) AS day
  FROM expiry
 WHERE root = :root;

-- name: keep_told_delete
DELETE FROM expiry
 WHERE root = :root;

-- name: keep_told_list
SELECT root, class, MIN(day) AS day
  FROM expiry
 WHERE class = :class
 GROUP BY root, class
 ORDER BY MIN(day), root
 LIMIT :limit;

-- name: keep_cut_find
SELECT epoch
  FROM ring_cut
 WHERE ring = :ring;

-- name: keep_cut_put
INSERT INTO ring_cut (ring, epoch)
VALUES (:ring, :epoch)
ON CONFLICT (ring) DO UPDATE
   SET epoch = excluded.epoch;

-- Is there a row that needs this epoch of an office's ring, TIP, SOURCE or VICTIM? The oldest rows stand first, so what is needed is found at
-- once; where nothing is, all are looked through: each asks only the tables that hold rows of its ring.
-- Of a keybox: bytes 5 to 8 are the epoch, 9 to 24 the ring (docs/keys.md 3).
-- name: keep_epoch_of_tips
SELECT CASE WHEN EXISTS (SELECT 1 FROM tip WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM tip_addition WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM tip_entry WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM tip_act WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM tip_mark WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM tip_told WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM share WHERE substr(keybox, 9, 16) = :ring AND substr(keybox, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM hold WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
            THEN 1 ELSE 0 END AS used;

-- name: keep_epoch_of_sources
SELECT CASE WHEN EXISTS (SELECT 1 FROM tip_source WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM share WHERE substr(keybox, 9, 16) = :ring AND substr(keybox, 5, 4) = :epoch)
            THEN 1 ELSE 0 END AS used;

-- name: keep_epoch_of_requests
SELECT CASE WHEN EXISTS (SELECT 1 FROM care_request WHERE substr(sealed, 9, 16) = :ring AND substr(sealed, 5, 4) = :epoch)
              OR EXISTS (SELECT 1 FROM share WHERE substr(keybox, 9, 16) = :ring AND substr(keybox, 5, 4) = :epoch)
            THEN 1 ELSE 0 END AS used;

-- Rows of a tip that do not name the ring of its case yet.
-- name: keep_tip_additions
SELECT id, sealed
  FROM tip_addition
 WHERE tip = :tip AND substr(sealed, 9, 16) <> :ring
 ORDER BY id
 LIMIT :limit;

-- name: keep_tip_entries
SELECT id, sealed
  FROM tip_entry
 WHERE tip = :tip AND substr(sealed, 9, 16) <> :ring
 ORDER BY id
 LIMIT :limit;

-- name: keep_tip_row
SELECT id, sealed
  FROM tip
 WHERE id = :tip AND substr(sealed, 9, 16) <> :ring
 LIMIT :limit;

-- name: keep_tip_addition_put
UPDATE tip_addition
   SET sealed = :sealed
 WHERE tip = :tip AND id = :id;

-- name: keep_tip_entry_put
UPDATE tip_entry
   SET sealed = :sealed
 WHERE tip = :tip AND id = :id;

-- name: keep_tip_addition_drop
DELETE FROM tip_addition
 WHERE tip = :tip AND id = :id;

-- name: keep_tip_entry_drop
DELETE FROM tip_entry
 WHERE tip = :tip AND id = :id;

-- name: keep_tip_give
UPDATE tip
   SET sealed = :sealed, office = :nowhere, assignee = NULL, closed_day = NULL
 WHERE id = :tip;

-- name: keep_share_rings
SELECT DISTINCT ring
  FROM share
 WHERE root = :tip
 ORDER BY ring
 LIMIT :limit;

-- name: keep_share_drop
DELETE FROM share
 WHERE root = :tip AND ring = :ring;

-- Tips that are erased and that the index of a node may still know: a row for each that has one.
-- name: keep_forget_put
INSERT INTO forget (tip, node, day)
SELECT :tip, number, :day
  FROM index_node
 WHERE number > 0
ON CONFLICT (tip, node) DO NOTHING;

-- name: keep_forget_list
SELECT tip
  FROM forget
 WHERE node = :node
 ORDER BY day, tip
 LIMIT :limit;

-- name: keep_forget_since
SELECT MIN(day) AS day
  FROM forget;

-- name: keep_forget_names
SELECT name
  FROM index_node
 WHERE EXISTS (SELECT 1 FROM forget WHERE forget.node = index_node.number)
 ORDER BY name;

-- name: keep_forget_drop
DELETE FROM forget
 WHERE tip = :tip AND node = :node;

-- name: keep_node_put
INSERT INTO index_node (number, name)
VALUES (:number, :name)
ON CONFLICT (number) DO NOTHING;

-- name: keep_node_list
SELECT number
  FROM index_node
 ORDER BY number
 LIMIT :limit;

-- name: keep_node_forgets
DELETE FROM forget
 WHERE node = :number;

-- name: keep_node_drop
DELETE FROM index_node
 WHERE number = :number;
