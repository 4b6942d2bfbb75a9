-- server/previews: web apps of runtimes that are shown in browsers.
CREATE TABLE previews (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  runtime_id TEXT NOT NULL,
  port BIGINT NOT NULL,
  made_at BIGINT NOT NULL
);
CREATE TABLE preview_viewers (
  preview_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (preview_id, account_id)
);
