-- server/documents: what people say of cells. A thread is its first comment and those that answer it; resolved_at is of the first.
CREATE TABLE document_comments (
  id TEXT PRIMARY KEY,
  document_id TEXT NOT NULL REFERENCES documents (id),
  thread TEXT NOT NULL,
  cell TEXT NOT NULL,
  account_id TEXT NOT NULL,
  text TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  edited_at BIGINT,
  resolved_at BIGINT,
  resolved_by TEXT
);
CREATE INDEX document_comments_by_document ON document_comments (document_id, made_at);
