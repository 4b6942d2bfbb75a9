-- server/runtimes: which notebook uses which kernel; rows whose kernel is gone are removed at the next look.
CREATE TABLE kernel_sessions (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  kernel_id TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX kernel_sessions_of_account ON kernel_sessions (account_id);
