-- That the weekly sheet of an office was read: by whom, on what day. What stood in it is counted anew each time and stored nowhere.
CREATE TABLE sheet_read (
    office  BLOB    NOT NULL REFERENCES office (id),
    id      BLOB    NOT NULL CHECK (length(id) = 16),
    account BLOB    NOT NULL REFERENCES account (id),
    day     INTEGER NOT NULL,
    PRIMARY KEY (office, id)
) STRICT;
CREATE INDEX sheet_read_day ON sheet_read (office, day);
