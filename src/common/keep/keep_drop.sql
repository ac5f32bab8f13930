-- Rows that go, and what they counted: children first, in parts, the root last (keep_drop_store.c).

-- What an entry takes the place of goes before it: that one counts no more because this one stands.
-- name: keep_case_entries
SELECT e.id AS id, e.kind AS kind, e.office AS office, e.day AS day,
       CASE WHEN e.counted = 1 AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.root = e.root AND later.corrects = e.id)
            THEN 1 ELSE 0 END AS counts
  FROM entry AS e
 WHERE e.root = :root
   AND NOT EXISTS (SELECT 1 FROM entry AS earlier WHERE earlier.root = e.root AND earlier.id = e.corrects)
 ORDER BY e.number, e.id
 LIMIT :limit;

-- name: keep_entry_sums
SELECT field, CAST(SUM(number) AS BIGINT) AS total
  FROM entry_value
 WHERE root = :root AND entry = :entry AND number IS NOT NULL
 GROUP BY field
 ORDER BY field
 LIMIT :limit;

-- name: keep_entry_values_drop
DELETE FROM entry_value
 WHERE root = :root AND entry = :entry;

-- name: keep_entry_drop
DELETE FROM entry
 WHERE root = :root AND id = :entry;

-- name: keep_case_days
SELECT office, opened_day, closed_day
  FROM casefile
 WHERE id = :root;

-- name: keep_drop_case_share
DELETE FROM share
 WHERE ring IN (SELECT ring FROM expiry WHERE root = :root)
   AND row_id IN (SELECT s.row_id FROM share AS s WHERE s.ring IN (SELECT ring FROM expiry WHERE root = :root) ORDER BY s.row_id LIMIT :limit);

-- name: keep_drop_tip_addition
DELETE FROM tip_addition
 WHERE tip = :root AND id IN (SELECT id FROM tip_addition WHERE tip = :root ORDER BY id LIMIT :limit);

-- name: keep_drop_tip_entry
DELETE FROM tip_entry
 WHERE tip = :root AND id IN (SELECT id FROM tip_entry WHERE tip = :root ORDER BY id LIMIT :limit);

-- name: keep_drop_tip_act
DELETE FROM tip_act
 WHERE tip = :root AND id IN (SELECT id FROM tip_act WHERE tip = :root ORDER BY id LIMIT :limit);

-- name: keep_drop_tip_mark
DELETE FROM tip_mark
 WHERE tip = :root AND turn IN (SELECT turn FROM tip_mark WHERE tip = :root ORDER BY turn LIMIT :limit);

-- name: keep_drop_tip_across
DELETE FROM tip_across
 WHERE tip = :root AND id IN (SELECT id FROM tip_across WHERE tip = :root ORDER BY id LIMIT :limit);

-- name: keep_drop_tip_told
DELETE FROM tip_told
 WHERE tip = :root AND id IN (SELECT id FROM tip_told WHERE tip = :root ORDER BY id LIMIT :limit);

-- name: keep_drop_subject
DELETE FROM subject
 WHERE root = :root AND id IN (SELECT id FROM subject WHERE root = :root ORDER BY id LIMIT :limit);

-- name: keep_drop_care_entry
DELETE FROM care_entry
 WHERE root = :root AND id IN (SELECT id FROM care_entry WHERE root = :root ORDER BY id LIMIT :limit);

-- name: keep_drop_care_place
DELETE FROM care_place
 WHERE root = :root AND id IN (SELECT id FROM care_place WHERE root = :root ORDER BY id LIMIT :limit);

-- name: keep_drop_share
DELETE FROM share
 WHERE root = :root AND row_id IN (SELECT row_id FROM share WHERE root = :root ORDER BY row_id LIMIT :limit);

-- name: keep_drop_tip_source
DELETE FROM tip_source
 WHERE tip = :root;

-- name: keep_drop_case_person
DELETE FROM case_person
 WHERE root = :root;

-- name: keep_drop_case_office
DELETE FROM case_office
 WHERE root = :root;

-- name: keep_drop_case_tip
DELETE FROM case_tip
 WHERE root = :root;

-- name: keep_drop_reseal
DELETE FROM reseal
 WHERE root = :root;

-- name: keep_drop_care_name
DELETE FROM care_name
 WHERE root = :root;

-- name: keep_drop_caseload
DELETE FROM caseload
 WHERE root = :root;

-- name: keep_drop_clock
DELETE FROM clock
 WHERE root = :root;

-- name: keep_drop_notice
DELETE FROM notice
 WHERE about = :root;

-- name: keep_drop_hold
DELETE FROM hold
 WHERE root = :root;

-- name: keep_drop_expiry
DELETE FROM expiry
 WHERE root = :root;

-- name: keep_drop_tip_link
DELETE FROM case_tip
 WHERE tip = :root;

-- name: keep_drop_tip
DELETE FROM tip
 WHERE id = :root;

-- name: keep_drop_casefile
DELETE FROM casefile
 WHERE id = :root;

-- name: keep_drop_care_file
DELETE FROM care_file
 WHERE id = :root;

-- name: keep_drop_packet
DELETE FROM packet
 WHERE id = :root;
