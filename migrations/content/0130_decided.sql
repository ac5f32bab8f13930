-- What an office decided of its pairs, the newest first: /look-alikes counts it. A day is as near as it comes to a time.
CREATE INDEX tip_act_decided ON tip_act (day, id) WHERE kind = 'link';
