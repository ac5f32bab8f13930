-- name: casefile_insert
INSERT INTO casefile (id, office, status, opened_day, sealed)
VALUES (:id, :office, 'open', :opened_day, :sealed);

-- name: casefile_find
SELECT id, office, status, opened_day, closed_day, sealed
  FROM casefile
 WHERE id = :id;

-- A case of others is looked for as far as one that is not there: who is on it comes first, and the engine may not turn that round.
-- name: casefile_find_mine
SELECT casefile.id AS id, casefile.office AS office, casefile.status AS status, casefile.opened_day AS opened_day,
       casefile.closed_day AS closed_day, casefile.sealed AS sealed
  FROM case_person
 CROSS JOIN casefile
 WHERE case_person.root = :root AND case_person.account = :account AND case_person.until_day IS NULL
   AND casefile.id = case_person.root;

-- name: casefile_list_mine
SELECT id, office, status, opened_day, closed_day, sealed, due
  FROM (SELECT casefile.id AS id, casefile.office AS office, casefile.status AS status, casefile.opened_day AS opened_day,
               casefile.closed_day AS closed_day, casefile.sealed AS sealed,
               COALESCE((SELECT MIN(clock.due_minute) FROM clock WHERE clock.root = casefile.id), 9223372036854775807) AS due
          FROM case_person
          JOIN casefile ON casefile.id = case_person.root
         WHERE case_person.account = :account AND case_person.until_day IS NULL
           AND (CAST(:status AS TEXT) = '' OR casefile.status = :status)) AS mine
 WHERE due > :after_due
    OR (due = :after_due AND (opened_day < :after_day OR (opened_day = :after_day AND id < :after_id)))
 ORDER BY due, opened_day DESC, id DESC
 LIMIT :limit;

-- name: casefile_set_status
UPDATE casefile
   SET status = :status, closed_day = :closed_day
 WHERE id = :id;

-- name: casefile_person_put
INSERT INTO case_person (root, account, part, since_day)
VALUES (:root, :account, :part, :since_day)
ON CONFLICT (root, account) DO UPDATE
   SET part = excluded.part, since_day = excluded.since_day, until_day = NULL;

-- name: casefile_person_end
UPDATE case_person
   SET until_day = :until_day
 WHERE root = :root AND account = :account AND until_day IS NULL;

-- name: casefile_people
SELECT case_person.account AS account, case_person.part AS part, case_person.since_day AS since_day, account.name AS name,
       account.role AS role, account.state AS state
  FROM case_person
  JOIN account ON account.id = case_person.account
 WHERE case_person.root = :root AND case_person.until_day IS NULL
 ORDER BY case_person.part, account.name
 LIMIT :limit;

-- name: casefile_office_put
INSERT INTO case_office (root, office, since_day)
VALUES (:root, :office, :since_day)
ON CONFLICT (root, office) DO NOTHING;

-- name: casefile_offices
SELECT office, since_day
  FROM case_office
 WHERE root = :root
 ORDER BY since_day, office
 LIMIT :limit;

-- name: casefile_tip_put
INSERT INTO case_tip (root, tip, author, day)
VALUES (:root, :tip, :author, :day)
ON CONFLICT (root, tip) DO UPDATE
   SET author = excluded.author, day = excluded.day, undone_day = NULL;

-- name: casefile_tips
SELECT case_tip.tip AS tip, case_tip.day AS day, tip.office AS office, tip.sealed AS sealed
  FROM case_tip
  JOIN tip ON tip.id = case_tip.tip
 WHERE case_tip.root = :root AND case_tip.undone_day IS NULL
 ORDER BY case_tip.day DESC, case_tip.tip DESC
 LIMIT :limit;

-- name: casefile_list_shared
SELECT casefile.id AS id, casefile.office AS office, casefile.status AS status, casefile.opened_day AS opened_day,
       casefile.closed_day AS closed_day, casefile.sealed AS sealed
  FROM case_person
  JOIN case_person AS theirs ON theirs.root = case_person.root AND theirs.account = :former AND theirs.until_day IS NULL
  JOIN casefile ON casefile.id = case_person.root
 WHERE case_person.account = :account AND case_person.until_day IS NULL
   AND NOT EXISTS (SELECT 1 FROM case_person AS fresh
                    WHERE fresh.root = case_person.root AND fresh.account = :newcomer AND fresh.until_day IS NULL)
 ORDER BY casefile.opened_day DESC, casefile.id DESC
 LIMIT :limit;
