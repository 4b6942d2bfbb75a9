-- server/notices: what people are told outside the page that it happened on. about is the id of a document or a group.
CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  by_account TEXT NOT NULL,
  about TEXT NOT NULL,
  title TEXT NOT NULL,
  comment TEXT,
  words TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  read_at BIGINT
);
CREATE INDEX notices_by_account ON notices (account_id, made_at);
