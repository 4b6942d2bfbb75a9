-- server/journal: the chain that shows whether the journal was changed afterwards. Places count from 1 without a gap; a hash covers the one
-- before it and the whole event.
CREATE TABLE event_seals (
  place BIGINT PRIMARY KEY,
  event_number BIGINT NOT NULL REFERENCES events (number),
  hash TEXT NOT NULL
);
CREATE UNIQUE INDEX event_seals_once ON event_seals (event_number);
