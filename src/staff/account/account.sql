-- name: account_insert
INSERT INTO account (id, name, role, state, office, made_day)
VALUES (:id, :name, :role, :state, :office, :made_day);

-- name: account_find
SELECT id, office, name, role, state, made_day, left_day
  FROM account
 WHERE id = :id;

-- name: account_find_name
SELECT id, office, name, role, state, made_day, left_day
  FROM account
 WHERE name = :name;

-- name: account_list
SELECT id, office, name, role, state, made_day, left_day
  FROM account
 WHERE name > :after
 ORDER BY name
 LIMIT :limit;

-- name: account_list_office
SELECT id, office, name, role, state, made_day, left_day
  FROM account
 WHERE office = :office AND name > :after
 ORDER BY name
 LIMIT :limit;

-- name: account_oldest
SELECT id, office, name, role, state, made_day, left_day
  FROM account
 WHERE state = :state
 ORDER BY made_day, name
 LIMIT 1;

-- name: account_active_roles
SELECT office, role, COUNT(*) AS people
  FROM account
 WHERE state = 'active'
 GROUP BY office, role
 ORDER BY office, role
 LIMIT :limit;

-- name: account_set_state
UPDATE account
   SET state = :state
 WHERE id = :id AND state <> 'left';

-- name: account_leave
UPDATE account
   SET state = 'left', left_day = :day
 WHERE id = :id AND state <> 'left';

-- name: account_end_sessions
DELETE FROM session
 WHERE account = :id;
