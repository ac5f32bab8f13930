-- name: figure_release_insert
INSERT INTO figure_release (id, day, author)
VALUES (:id, :day, :author);

-- name: figure_release_newest
SELECT id, day, author
  FROM figure_release
 ORDER BY id DESC
 LIMIT 1;

-- name: figure_published_insert
INSERT INTO figure_published (release, class, measure, office, fiscal_year, value, scale)
VALUES (:release, :class, :measure, :office, :fiscal_year, :value, :scale);

-- name: figure_published_list
SELECT class, measure, office, fiscal_year, value, scale
  FROM figure_published
 WHERE release = :release
 ORDER BY class, measure, office, fiscal_year
 LIMIT :limit;

-- name: figure_page_insert
INSERT INTO figure_page (release, part, bytes)
VALUES (:release, :part, :bytes);

-- name: figure_page_newest
SELECT bytes
  FROM figure_page
 WHERE part = :part
 ORDER BY release DESC
 LIMIT 1;
