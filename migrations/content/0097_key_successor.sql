-- A key that was renewed: which one follows it. Both are good until the last day of the earlier.
ALTER TABLE api_key ADD COLUMN successor BLOB CHECK (length(successor) = 16);
