-- A tip is looked up by its office first: one of another office is not read at all, and takes no longer than one that is not.
CREATE INDEX tip_of_office ON tip (office, id);
