-- name: tip_across_put
INSERT INTO tip_across (tip, id, sealed)
VALUES (:tip, :id, :sealed)
ON CONFLICT (tip, id) DO UPDATE
   SET sealed = excluded.sealed;

-- name: tip_across_find
SELECT sealed
  FROM tip_across
 WHERE tip = :tip AND id = :id;

-- name: tip_across_list
SELECT tip, id, sealed
  FROM tip_across
 WHERE id > :after
 ORDER BY id
 LIMIT :limit;

-- name: across_case_office
SELECT office
  FROM casefile
 WHERE id = :root;

-- name: across_tip_on_case
SELECT CASE WHEN EXISTS (SELECT 1 FROM case_tip WHERE root = :root AND tip = :tip AND undone_day IS NULL)
              OR EXISTS (SELECT 1
                           FROM case_person
                           JOIN account ON account.id = case_person.account
                          WHERE case_person.root = :root AND case_person.until_day IS NULL AND account.office = :office)
            THEN 1 ELSE 0 END AS both;

-- name: across_on_both_cases
SELECT COUNT(*) AS both
  FROM case_person AS one
  JOIN case_person AS other ON other.account = one.account
 WHERE one.root = :one AND other.root = :other AND one.until_day IS NULL AND other.until_day IS NULL;
