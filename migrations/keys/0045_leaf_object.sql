-- Records about somebody or something, by the pseudonym in them (bytes 33 to 48): failed sign-ins under a name, acts on an account.
CREATE INDEX leaf_object ON leaf (log, substr(record, 33, 16), seq);
