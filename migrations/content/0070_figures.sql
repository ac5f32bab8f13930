-- What was published: the rows of each release, and the bytes of its pages, made once. Nothing here is ever changed; the newest release
-- is the one that is shown. scale: 100 where value is in hundredths (money). office: the code of an office; empty in a national row.
CREATE TABLE figure_release (
    id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    day    INTEGER NOT NULL,
    author BLOB    NOT NULL CHECK (length(author) = 16)
) STRICT;

CREATE TABLE figure_published (
    release     BLOB    NOT NULL REFERENCES figure_release (id),
    class       TEXT    NOT NULL CHECK (class IN ('exact', 'rounded', 'noise', 'published')),
    measure     TEXT    NOT NULL,
    office      TEXT    NOT NULL,
    fiscal_year TEXT    NOT NULL,
    value       INTEGER NOT NULL CHECK (value >= 0),
    scale       INTEGER NOT NULL CHECK (scale IN (1, 100)),
    PRIMARY KEY (release, class, measure, office, fiscal_year)
) STRICT;

-- part: a language ("en"), or "csv".
CREATE TABLE figure_page (
    release BLOB NOT NULL REFERENCES figure_release (id),
    part    TEXT NOT NULL,
    bytes   BLOB NOT NULL,
    PRIMARY KEY (release, part)
) STRICT;
