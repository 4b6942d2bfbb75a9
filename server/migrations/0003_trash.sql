-- server/contents
CREATE TABLE trash (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  path TEXT NOT NULL,
  type TEXT NOT NULL,
  size BIGINT NOT NULL,
  deleted_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX trash_by_account ON trash (account_id, deleted_at);
CREATE INDEX trash_by_expiry ON trash (expires_at);
