-- name: office_insert
INSERT INTO office (id, code, name, city, state, kind, made_day)
VALUES (:id, :code, :name, :city, :state, :kind, :made_day);

-- name: office_find
SELECT id, code, name, city, state, kind, made_day
  FROM office
 WHERE id = :id;

-- name: office_find_code
SELECT id, code, name, city, state, kind, made_day
  FROM office
 WHERE code = :code;

-- name: office_list
SELECT id, code, name, city, state, kind, made_day
  FROM office
 WHERE name > :after
 ORDER BY name, id
 LIMIT :limit;
