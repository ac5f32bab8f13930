-- name: packet_insert
INSERT INTO packet (id, holder, until_day, sealed)
VALUES (:id, :holder, :until_day, :sealed);

-- name: packet_list
SELECT id, until_day, sealed
  FROM packet
 WHERE holder = :holder AND until_day >= :today AND id < :before
 ORDER BY id DESC
 LIMIT :limit;

-- name: packet_delete
DELETE FROM packet
 WHERE id = :id;
