-- name: node_insert
INSERT INTO node (number, principal, name) VALUES (:number, :principal, :name);

-- name: node_list
SELECT number, principal, name FROM node ORDER BY number LIMIT :count;

-- name: node_sign
SELECT p.epub, p.id FROM principal p JOIN node n ON n.principal = p.id WHERE n.number = :number;

-- name: log_orphans
SELECT count(*) AS logs FROM loghead h WHERE NOT EXISTS (SELECT 1 FROM node n WHERE n.number = h.log);
