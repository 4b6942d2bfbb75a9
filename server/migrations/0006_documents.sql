-- server/documents: notebooks that are edited live. The log holds Yjs updates in base64; the file on the drive has followed it through
-- saved_through, or through writing_through when its hash is writing_hash: a crash in the middle of writing leaves that open.
CREATE TABLE documents (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  path TEXT NOT NULL,
  session TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  saved_through BIGINT NOT NULL,
  writing_hash TEXT,
  writing_through BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  UNIQUE (account_id, path)
);
CREATE TABLE document_updates (
  document_id TEXT NOT NULL REFERENCES documents (id),
  number BIGINT NOT NULL,
  bytes TEXT NOT NULL,
  PRIMARY KEY (document_id, number)
);
