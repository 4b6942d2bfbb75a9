-- server/quota: while no new runtimes are let in, one row with the reason that people read.
CREATE TABLE admission_pause (
  id BIGINT PRIMARY KEY,
  why TEXT NOT NULL
);
