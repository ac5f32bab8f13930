-- A new tip is nobody's: it stands in the list of what somebody works on only from when it is assigned, and costs that index nothing before.
DROP INDEX tip_mine;
CREATE INDEX tip_mine ON tip (office, assignee, state, priority, day DESC, id DESC, language, channel) WHERE assignee IS NOT NULL;
