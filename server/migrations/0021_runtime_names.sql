-- server/runtimes: what a person calls a runtime of theirs beside the one that everything uses unless told otherwise, and which notebooks use it.
CREATE TABLE runtime_names (
  runtime_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL
);
CREATE TABLE notebook_runtimes (
  account_id TEXT NOT NULL,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (account_id, path)
);
