-- name: tally_change
UPDATE tally
   SET n = n + :more
 WHERE office = :office AND measure = :measure AND month = :month AND n + :more >= 0;

-- name: tally_insert
INSERT INTO tally (measure, office, month, n)
VALUES (:measure, :office, :month, :n);

-- name: tally_list
SELECT measure, office, month, n
  FROM tally
 WHERE month >= :from_month AND month <= :to_month AND n > 0
 ORDER BY measure, office, month
 LIMIT :limit;
