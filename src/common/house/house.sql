-- name: setting_list
SELECT name, value
  FROM setting;

-- name: setting_put
INSERT INTO setting (name, value, changed_day)
VALUES (:name, :value, :day)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_day = excluded.changed_day;
