-- server/runtimes: which accelerator a person wants in a runtime of that name from its next start on; no row where none is wanted.
CREATE TABLE runtime_accelerators (
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (account_id, name)
);
