-- server/documents: earlier states of notebooks. A revision's content is the hash of a part that lists its cells' hashes; parts are JSON, packed
-- by zlib, in base64, and stored once for a document. size is that of the JSON.
CREATE TABLE document_revisions (
  id TEXT PRIMARY KEY,
  document_id TEXT NOT NULL REFERENCES documents (id),
  made_at BIGINT NOT NULL,
  authors TEXT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  changes TEXT NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX document_revisions_by_document ON document_revisions (document_id, made_at);
CREATE TABLE document_parts (
  document_id TEXT NOT NULL REFERENCES documents (id),
  hash TEXT NOT NULL,
  size BIGINT NOT NULL,
  bytes TEXT NOT NULL,
  PRIMARY KEY (document_id, hash)
);
