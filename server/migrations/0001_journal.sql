-- server/journal
CREATE TABLE events (
  number {serial_key},
  at BIGINT NOT NULL,
  name TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX events_by_name ON events (name, number);
CREATE TABLE event_subjects (
  event_number BIGINT NOT NULL REFERENCES events (number),
  place BIGINT NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (event_number, place)
);
CREATE INDEX event_subjects_by_subject ON event_subjects (subject, event_number);
